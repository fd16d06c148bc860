//! The dialogue with a printer: ask before, send, find out what became of it, and leave nothing behind.

mod ask;
mod clear;
mod confirm;

use std::time::Instant;

use driver_api::{LinkFault, Paper, PrintJob, PrintOutcome, PrinterFault, PrinterStatus, ReceiptPrinter};

use crate::{
    Deadlines, Transport,
    profile::{Profile, Proof, StatusSet},
    protocol::{job, reply::Stream},
};

/// A printer of receipts on ESC/POS.
pub struct EscPosPrinter {
    transport: Box<dyn Transport>,
    profile: Profile,
    deadlines: Deadlines,
    replies: Stream,
    open: bool,
    /// Something of an earlier job may be in its memory: always so after it was opened, because nobody knows what the
    /// kiosk did before it was started.
    dirty: bool,
    /// What it proves its receipts by, once that was tried.
    proof: Option<Proof>,
}

/// A receipt that broke off.
struct Stop {
    /// Bytes that were taken. The printer has at most these.
    sent: usize,
    why: PrinterFault,
}

impl EscPosPrinter {
    /// A printer at the end of `transport`, which is opened by the first call.
    #[must_use]
    pub fn new(transport: Box<dyn Transport>, profile: Profile, deadlines: Deadlines) -> Self {
        Self {
            transport,
            profile,
            deadlines,
            replies: Stream::default(),
            open: false,
            dirty: true,
            proof: None,
        }
    }

    fn ensure_open(&mut self) -> Result<(), LinkFault> {
        if !self.open {
            self.transport.open()?;
            self.replies.forget();
            (self.open, self.dirty, self.proof) = (true, true, None);
        }
        Ok(())
    }

    /// Everything that can be known before the first dot.
    fn prepare(&mut self) -> Result<Proof, PrinterFault> {
        if let Some(fault) = self.status()?.fault {
            return Err(fault);
        }
        let proof = self.find_proof()?;
        self.set_up()?;
        Ok(proof)
    }

    /// Sends a receipt and stops at the first sign of trouble.
    fn send_sheet(&mut self, sheet: &[u8], deadline: Instant) -> Result<(), Stop> {
        let mut sent = 0;
        while let Some(rest) = sheet.get(sent..).filter(|rest| !rest.is_empty()) {
            let step = self.send_some(rest, deadline);
            sent += *step.as_ref().unwrap_or(&0);
            let trouble = match step {
                Err(fault) => Some(fault.into()),
                Ok(0) if Instant::now() >= deadline => Some(self.cause()),
                Ok(_) => self.trouble(),
            };
            if let Some(why) = trouble {
                return Err(Stop { sent, why });
            }
        }
        Ok(())
    }

    /// Brings the printer back, so that the rest of a receipt does not come out in another visit. Where that fails
    /// now it is done before anything else is printed.
    fn abandon(&mut self) {
        let _ = self.clear();
    }

    fn outcome(&mut self, job: &PrintJob) -> PrintOutcome {
        let proof = match self.prepare() {
            Ok(proof) => proof,
            Err(fault) => return PrintOutcome::NotPrinted(fault),
        };
        let Ok(sheet) = job::sheet(&job.image, &self.profile) else {
            return PrintOutcome::NotPrinted(PrinterFault::Unrecoverable);
        };
        let rows = self.deadlines.rows(&job.image, &self.profile);
        let deadline = Instant::now() + self.deadlines.bytes(sheet.len()) + rows + self.deadlines.grace;
        self.dirty = true;
        let begun = Instant::now();
        if let Err(stop) = self.send_sheet(&sheet, deadline) {
            self.abandon();
            let no_dot = stop.sent <= job::HEAD;
            return if no_dot { PrintOutcome::NotPrinted(stop.why) } else { PrintOutcome::Unknown(stop.why) };
        }
        match self.confirm(proof, job.number, begun + rows, deadline) {
            Ok(()) => {
                self.dirty = false;
                PrintOutcome::Printed
            }
            Err(why) => {
                self.abandon();
                PrintOutcome::Unknown(why)
            }
        }
    }
}

impl ReceiptPrinter for EscPosPrinter {
    fn identify(&mut self) -> Result<String, PrinterFault> {
        let status = self.status()?;
        let name = self.transport.name();
        if !status.can_print() || self.profile.status == StatusSet::None {
            // What waits its turn is not answered now; that it is there is known.
            return Ok(format!("{} {name}", self.profile.name));
        }
        let said = self.who()?;
        self.find_proof()?;
        Ok(said.unwrap_or_else(|| format!("{} {name}", self.profile.name)))
    }

    fn status(&mut self) -> Result<PrinterStatus, PrinterFault> {
        self.ensure_open()?;
        if self.profile.status == StatusSet::None {
            return Ok(PrinterStatus { paper: Paper::Unknown, fault: None });
        }
        let asked = self.ask_status();
        match (self.dirty, asked) {
            (false, asked) => Ok(asked?),
            (true, Ok(status)) if !status.can_print() => {
                self.recover()?;
                Ok(status)
            }
            // In the middle of an image it may be deaf.
            (true, Ok(_) | Err(LinkFault::Silent | LinkFault::Garbled)) => match self.clear_now() {
                Err(fault @ PrinterFault::Link(_)) => Err(fault),
                _ => Ok(self.ask_status()?),
            },
            (true, Err(fault)) => Err(fault.into()),
        }
    }

    fn print(&mut self, job: &PrintJob) -> PrintOutcome {
        self.outcome(job)
    }

    fn clear(&mut self) -> Result<(), PrinterFault> {
        self.ensure_open()?;
        self.clear_now()
    }

    fn dots(&self) -> u32 {
        self.profile.dots
    }
}
