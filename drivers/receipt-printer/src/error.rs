//! What can be wrong before there is a printer at all. Everything later is a state of `driver_api`.

use driver_api::DeviceUrl;

use crate::profile;

/// Why no printer can be made of what the configuration says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// No profile has that name.
    #[error("unknown printer profile {0:?}: known are {known}", known = profile::names())]
    UnknownProfile(String),
    /// The URL leads over a bus that this driver does not speak.
    #[error(
        "a receipt printer at {0} is not supported: use serial:///dev/ttyS0, file:///dev/usb/lp0 or tcp://host:9100"
    )]
    UnsupportedUrl(DeviceUrl),
}
