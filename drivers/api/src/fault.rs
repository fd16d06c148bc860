//! What can be wrong with the way to a device, whatever the device is.

/// The link to a device does not work. Each one tells a technician what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LinkFault {
    /// There is no such device node: not plugged in, or under another name.
    #[error("the device is not there: check cable and power, and the device URL in kiosk.toml")]
    NotFound,
    /// The node exists and may not be opened.
    #[error("permission denied: the kiosk's user needs the udev rules and groups of the package")]
    PermissionDenied,
    /// Another process holds the device.
    #[error("the device is in use by another program: end it, and check that no second kiosk runs")]
    Busy,
    /// It was there and has gone while we talked to it.
    #[error("the device was unplugged or lost power")]
    Unplugged,
    /// It is there and does not answer.
    #[error("the device does not answer: check its power, and the rate in the device URL")]
    Silent,
    /// It answers, and nothing that makes sense came through.
    #[error("the line is disturbed: check cable, shielding and the rate in the device URL")]
    Garbled,
}
