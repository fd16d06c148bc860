//! Driver for ESC/POS receipt printers, which tells the truth about its paper.
//!
//! [`protocol`] is bytes, without a port or a clock. [`transport`] is the way to the printer: a serial line, a device
//! node of the kernel, a TCP port. [`profile`] says what a model can do. [`device`] holds the dialogue: ask before,
//! send, and find out what became of it. A write that succeeded proves nothing, and no receipt is ever sent twice.

pub mod deadlines;
pub mod device;
pub mod error;
pub mod profile;
pub mod protocol;
pub mod recorded;
pub mod transport;

use driver_api::{DeviceUrl, ReceiptPrinter};
use recorder::SharedTape;

pub use deadlines::Deadlines;
pub use device::EscPosPrinter;
pub use error::OpenError;
pub use profile::Profile;
pub use transport::Transport;

/// A printer of model `profile` at `url`. The way to it is opened by the first call, so the printer may come later
/// than the kiosk: until then it is a [`driver_api::LinkFault`].
pub fn open(url: &DeviceUrl, profile: &str) -> Result<Box<dyn ReceiptPrinter>, OpenError> {
    let profile = Profile::named(profile)?;
    let transport = transport::to(url).ok_or_else(|| OpenError::UnsupportedUrl(url.clone()))?;
    let deadlines = Deadlines::for_url(url);
    Ok(Box::new(EscPosPrinter::new(transport, profile, deadlines)))
}

/// The same, with its wire session written to `tape`, which was made with a [`protocol::redact::DotRedactor`].
pub fn open_recorded(
    url: &DeviceUrl,
    profile: &str,
    tape: &SharedTape,
) -> Result<Box<dyn ReceiptPrinter>, OpenError> {
    let profile = Profile::named(profile)?;
    let transport = transport::to(url).ok_or_else(|| OpenError::UnsupportedUrl(url.clone()))?;
    let transport = Box::new(recorded::RecordedTransport { transport, tape: tape.clone() });
    let printer = Box::new(EscPosPrinter::new(transport, profile, Deadlines::for_url(url)));
    Ok(Box::new(recorded::RecordedPrinter { printer, tape: tape.clone() }))
}

#[cfg(test)]
mod tests {
    use driver_api::{LinkFault, PrinterFault};

    use super::*;

    #[test]
    fn what_is_not_supported_names_what_is() {
        let here: DeviceUrl = "serial:///dev/absent".parse().unwrap();
        let unknown = open(&here, "laser").err().unwrap();
        assert_eq!(unknown, OpenError::UnknownProfile("laser".into()));
        assert!(unknown.to_string().contains("escpos-58, escpos-80"), "{unknown}");
        let usb: DeviceUrl = "usb://0400:c35a".parse().unwrap();
        let refused = open(&usb, "escpos-80").err().unwrap();
        assert_eq!(refused, OpenError::UnsupportedUrl(usb));
        assert!(refused.to_string().contains("file:///dev/usb/lp0"), "{refused}");
    }

    #[test]
    fn a_printer_that_is_not_there_may_come_later() {
        for url in ["serial:///dev/absent", "file:///dev/usb/absent"] {
            let mut printer = open(&url.parse().unwrap(), "escpos-58").unwrap();
            assert_eq!(printer.dots(), 384);
            assert_eq!(printer.status(), Err(PrinterFault::Link(LinkFault::NotFound)), "{url}");
            assert_eq!(printer.identify(), Err(PrinterFault::Link(LinkFault::NotFound)), "{url}");
        }
    }
}
