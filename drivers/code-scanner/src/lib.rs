//! Driver for scanners of bar codes and QR codes.
//!
//! Those on a serial line (RS-232, CDC-ACM) say lines. Those that pose as a keyboard type into whatever has the focus,
//! which on a kiosk is a form field, or worse: they are read from their own event node, which is grabbed, so that no
//! keystroke reaches anything else. [`protocol`] is bytes and keys, without a port or a clock.

pub mod device;
pub mod error;
pub mod protocol;
pub mod recorded;
pub mod transport;

use driver_api::{CodeScanner, DeviceUrl};
use recorder::SharedTape;

pub use device::Scanner;
pub use error::UnsupportedUrl;
pub use transport::Source;

/// A scanner at `url`. It is opened by the first call, so it may come later than the kiosk.
pub fn open(url: &DeviceUrl) -> Result<Box<dyn CodeScanner>, UnsupportedUrl> {
    let at = url.clone();
    match url {
        DeviceUrl::Serial { .. } | DeviceUrl::Usb { .. } | DeviceUrl::File { .. } => {
            Ok(Box::new(Scanner::new(url.to_string(), move || transport::to(&at))))
        }
        DeviceUrl::Tcp { .. } | DeviceUrl::Http { .. } => Err(UnsupportedUrl(at)),
    }
}

/// The same, with what it says written to `tape`, which was made with a [`recorded::CodeRedactor`].
pub fn open_recorded(url: &DeviceUrl, tape: &SharedTape) -> Result<Box<dyn CodeScanner>, UnsupportedUrl> {
    let (at, beside) = (url.clone(), tape.clone());
    if matches!(at, DeviceUrl::Tcp { .. } | DeviceUrl::Http { .. }) {
        return Err(UnsupportedUrl(at));
    }
    let connect = move || recorded::source(transport::to(&at), &beside);
    let scanner = Box::new(Scanner::new(url.to_string(), connect));
    Ok(Box::new(recorded::RecordedScanner { scanner, tape: tape.clone() }))
}

#[cfg(test)]
mod tests {
    use driver_api::LinkFault;

    use super::*;

    #[test]
    fn what_is_not_supported_names_what_is() {
        let url: DeviceUrl = "tcp://scanner:9100".parse().unwrap();
        let told = open(&url).err().unwrap().to_string();
        for known in ["serial:///dev", "usb://", "file:///dev/input"] {
            assert!(told.contains(known), "{told}");
        }
    }

    #[test]
    fn a_scanner_that_is_not_there_may_come_later() {
        for url in ["serial:///dev/absent", "file:///dev/input/absent", "usb://0000:ffff"] {
            let mut scanner = open(&url.parse().unwrap()).unwrap();
            assert_eq!(scanner.identify(), Err(LinkFault::NotFound), "{url}");
        }
    }
}
