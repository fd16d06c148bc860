//! What can be wrong before there is a scanner at all. Everything later is a state of `driver_api`.

use driver_api::DeviceUrl;

/// The URL leads over a bus that this driver does not speak.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a code scanner at {0} is not supported: use one on a serial line, as in serial:///dev/ttyACM0, or one that poses as \
     a keyboard, as in usb://1eab:0c10 or file:///dev/input/by-id/usb-…-event-kbd"
)]
pub struct UnsupportedUrl(pub DeviceUrl);
