//! The same printer, with everything that goes over its line written down.

use std::time::Instant;

use driver_api::{LinkFault, PrintJob, PrintOutcome, PrinterFault, PrinterStatus, ReceiptPrinter};
use recorder::SharedTape;

use crate::transport::Transport;

/// A way to a printer with a tape beside it.
pub(crate) struct RecordedTransport {
    pub(crate) transport: Box<dyn Transport>,
    pub(crate) tape: SharedTape,
}

impl Transport for RecordedTransport {
    fn name(&self) -> String {
        self.transport.name()
    }

    fn open(&mut self) -> Result<(), LinkFault> {
        let opened = self.transport.open();
        self.tape.opened("", opened)
    }

    fn write(&mut self, bytes: &[u8], until: Instant) -> Result<usize, LinkFault> {
        let count = self.transport.write(bytes, until);
        self.tape.sent(bytes, count)
    }

    fn read(&mut self, into: &mut [u8], until: Instant) -> Result<usize, LinkFault> {
        let count = self.transport.read(into, until);
        self.tape.came(into, count)
    }
}

/// A printer whose calls are recorded.
pub struct RecordedPrinter {
    pub(crate) printer: Box<dyn ReceiptPrinter>,
    pub(crate) tape: SharedTape,
}

impl ReceiptPrinter for RecordedPrinter {
    fn identify(&mut self) -> Result<String, PrinterFault> {
        let Self { printer, tape } = self;
        tape.call("identify", || printer.identify(), identified)
    }

    fn status(&mut self) -> Result<PrinterStatus, PrinterFault> {
        let Self { printer, tape } = self;
        tape.call("status", || printer.status(), |status| format!("{status:?}"))
    }

    fn print(&mut self, job: &PrintJob) -> PrintOutcome {
        let Self { printer, tape } = self;
        let what = format!("print {} {}", job.number, job.image.height());
        tape.call(&what, || printer.print(job), |outcome| format!("{outcome:?}"))
    }

    fn clear(&mut self) -> Result<(), PrinterFault> {
        let Self { printer, tape } = self;
        tape.call("clear", || printer.clear(), |cleared| format!("{cleared:?}"))
    }

    fn dots(&self) -> u32 {
        self.printer.dots()
    }
}

/// What a recording says came of `identify`. A name that is not the printer's own is that of a node or a host, which
/// belongs to the machine.
#[must_use]
pub fn identified(identified: &Result<String, PrinterFault>) -> String {
    identified.as_ref().map_or_else(|fault| format!("{fault:?}"), |_| "Ok".to_owned())
}
