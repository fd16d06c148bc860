//! The way to the reader: a serial line, bulk pipes of USB, reports of USB HID, or anything else that carries bytes both
//! ways. A wrapper around the frame is a line around a line, so that all of it can be tested without a port.

mod bulk;
mod hidraw;
mod reports;
mod serial;
mod split;
mod usb;

use std::time::{Duration, Instant};

use driver_api::LinkFault;

pub use reports::ReportLine;
pub use serial::serial;
pub use split::SplitLine;
pub use usb::usb;

/// Longer than a request takes at the slowest rate; so long may sending it take, however many packets it needs.
const WRITE: Duration = Duration::from_millis(500);

/// A line that is open. Once it has failed it is closed and another one is opened.
pub trait Line: Send {
    /// Sends all of `bytes`.
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkFault>;

    /// Takes what has come, waiting at most `wait` for the first byte. Nothing after that is `Ok(0)`.
    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault>;

    /// The clock that `wait` is measured by.
    fn now(&self) -> Instant {
        Instant::now()
    }
}
