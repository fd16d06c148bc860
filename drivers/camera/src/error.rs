//! What can be wrong before there is a camera at all. Everything later is a state of `driver_api`.

use driver_api::DeviceUrl;

/// The URL leads over a bus that this driver does not speak.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a camera at {0} is not supported: use its video node, as in file:///dev/v4l/by-id/…-video-index0, or where it sends Motion JPEG, as in http://192.0.2.8:8080/?action=stream"
)]
pub struct UnsupportedUrl(pub DeviceUrl);
