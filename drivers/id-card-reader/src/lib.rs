//! Driver for ID-card readers that speak the SAM business-terminal protocol (GA/T 467) over a serial line.
//!
//! [`protocol`] is bytes and text, without a port or a clock. [`transport`] is the way to the reader. [`device`] holds
//! the dialogue: find, select, read, and what is done when the line or the card does not play along.

pub mod deadlines;
pub mod device;
pub mod error;
pub mod protocol;
pub mod transport;

use driver_api::{DeviceUrl, IdCardReader};

pub use deadlines::Deadlines;
pub use device::SamReader;
pub use error::UnsupportedUrl;
pub use transport::Line;

/// A reader at `url`. The port is opened by the first call, so the reader may come later than the kiosk.
pub fn open(url: &DeviceUrl) -> Result<Box<dyn IdCardReader>, UnsupportedUrl> {
    let DeviceUrl::Serial { path, baud } = url else { return Err(UnsupportedUrl(url.clone())) };
    let path = path.clone();
    let connect = move |rate| transport::serial(&path, rate);
    Ok(Box::new(SamReader::new(connect, *baud, Deadlines::default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_serial_readers_are_driven_yet() {
        for text in ["usb://0400:c35a", "file:///dev/hidraw0", "tcp://reader:50000"] {
            let url: DeviceUrl = text.parse().unwrap();
            let refused = open(&url).err().unwrap();
            assert_eq!(refused, UnsupportedUrl(url));
            assert!(refused.to_string().contains("serial://"), "{refused}");
        }
        assert!(open(&"serial:///dev/ttyS0".parse().unwrap()).is_ok(), "it may come later");
    }
}
