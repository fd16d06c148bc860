//! Driver for cameras that photograph documents and people, over V4L2 or, on a
//! network line inside the cabinet, as Motion JPEG over HTTP.
//!
//! [`protocol`] makes pixels of frames, [`picture`] judges and straightens pixels; both are pure. [`transport`] is the
//! way to the camera. [`device`] switches it on and off and chooses among frames. [`document`], [`portrait`] and [`code`]
//! are what a screen asks for. Frames live in memory and are wiped when dropped; nothing here writes a file.

pub mod code;
pub mod device;
pub mod document;
pub mod error;
pub mod picture;
pub mod portrait;
pub mod protocol;
pub mod transport;

use driver_api::{Camera, DeviceUrl};

pub use device::FrameCamera;
pub use document::{Page, Warning};
pub use error::UnsupportedUrl;
pub use transport::Source;

/// A camera at `url`. Its node is opened by the first call, so the camera may come later than the kiosk.
pub fn open(url: &DeviceUrl) -> Result<Box<dyn Camera>, UnsupportedUrl> {
    match url.clone() {
        DeviceUrl::File { path } => Ok(Box::new(FrameCamera::new(transport::v4l2(&path)))),
        DeviceUrl::Http { host, port, path } => {
            Ok(Box::new(FrameCamera::new(transport::http(&host, port, &path))))
        }
        other => Err(UnsupportedUrl(other)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use driver_api::{CameraFault, LinkFault};

    use super::*;

    #[test]
    fn what_is_not_supported_names_what_is() {
        let url: DeviceUrl = "usb://046d:0825".parse().unwrap();
        let refused = open(&url).err().unwrap();
        assert_eq!(refused, UnsupportedUrl(url));
        assert!(refused.to_string().contains("file:///dev/v4l/by-id/"), "{refused}");
        assert!(refused.to_string().contains("http://"), "{refused}");
    }

    #[test]
    fn a_camera_that_is_not_there_may_come_later() {
        let mut camera = open(&"file:///dev/absent".parse().unwrap()).unwrap();
        let missing = CameraFault::Link(LinkFault::NotFound);
        assert_eq!(camera.identify(), Err(missing));
        assert_eq!(camera.preview(Duration::ZERO), Err(missing));
        assert_eq!(camera.capture(), Err(missing));
    }

    #[test]
    fn what_is_no_camera_says_so() {
        let mut camera = open(&"file:///dev/null".parse().unwrap()).unwrap();
        assert_eq!(camera.identify(), Err(CameraFault::NoFormat));
    }
}
