//! Driver for ID-card readers that speak the SAM business-terminal protocol (GA/T 467) over a serial line, USB bulk pipes or HID
//! reports.
//!
//! [`protocol`] is bytes and text, without a port or a clock. [`transport`] is the way to the reader. [`device`] holds
//! the dialogue: find, select, read, and what is done when the line or the card does not play along.

pub mod deadlines;
pub mod device;
pub mod error;
pub mod protocol;
pub mod recorded;
pub mod transport;

use driver_api::{DeviceUrl, IdCardReader};
use recorder::SharedTape;

pub use deadlines::Deadlines;
pub use device::SamReader;
pub use error::UnsupportedUrl;
pub use transport::Line;

/// A reader at `url`. The port is opened by the first call, so the reader may come later than the kiosk.
pub fn open(url: &DeviceUrl) -> Result<Box<dyn IdCardReader>, UnsupportedUrl> {
    let deadlines = Deadlines::default();
    match url.clone() {
        DeviceUrl::Serial { path, baud } => {
            Ok(Box::new(SamReader::new(move |rate| transport::serial(&path, rate), baud, deadlines)))
        }
        DeviceUrl::Usb { vendor, product } => {
            Ok(Box::new(SamReader::without_rates(move |_| transport::usb(vendor, product), deadlines)))
        }
        url @ (DeviceUrl::File { .. } | DeviceUrl::Tcp { .. } | DeviceUrl::Http { .. }) => {
            Err(UnsupportedUrl(url))
        }
    }
}

/// The same, with its wire session written to `tape`, which was made with a [`protocol::CardRedactor`].
pub fn open_recorded(url: &DeviceUrl, tape: &SharedTape) -> Result<Box<dyn IdCardReader>, UnsupportedUrl> {
    let (deadlines, beside) = (Deadlines::default(), tape.clone());
    let reader: Box<dyn IdCardReader> = match url.clone() {
        DeviceUrl::Serial { path, baud } => {
            let connect = move |rate| recorded::line(transport::serial(&path, rate), rate, &beside);
            Box::new(SamReader::new(connect, baud, deadlines))
        }
        DeviceUrl::Usb { vendor, product } => {
            let connect = move |rate| recorded::line(transport::usb(vendor, product), rate, &beside);
            Box::new(SamReader::without_rates(connect, deadlines))
        }
        url @ (DeviceUrl::File { .. } | DeviceUrl::Tcp { .. } | DeviceUrl::Http { .. }) => {
            return Err(UnsupportedUrl(url));
        }
    };
    Ok(Box::new(recorded::RecordedReader { reader, tape: tape.clone() }))
}

#[cfg(test)]
mod tests {
    use driver_api::{LinkFault, ReaderFault};

    use super::*;

    #[test]
    fn what_is_not_supported_names_what_is() {
        for text in ["file:///dev/hidraw0", "tcp://reader:50000"] {
            let url: DeviceUrl = text.parse().unwrap();
            let refused = open(&url).err().unwrap();
            assert_eq!(refused, UnsupportedUrl(url));
            let told = refused.to_string();
            assert!(told.contains("serial:///dev/ttyS0") && told.contains("usb://0400:c35a"), "{told}");
        }
    }

    #[test]
    fn a_reader_that_is_not_there_may_come_later() {
        for text in ["serial:///dev/absent", "usb://0400:c35a"] {
            let mut reader = open(&text.parse().unwrap()).unwrap();
            assert_eq!(reader.identify(), Err(ReaderFault::Link(LinkFault::NotFound)), "{text}");
        }
    }
}
