//! What can be wrong before there is a reader at all. Everything later is a state of `driver_api`.

use driver_api::DeviceUrl;

/// The URL leads over a bus that this driver does not speak.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an ID-card reader at {0} is not supported: use one on a serial line, as in serial:///dev/ttyS0, or on USB, as in \
     usb://0400:c35a"
)]
pub struct UnsupportedUrl(pub DeviceUrl);
