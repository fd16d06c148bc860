//! Lines that break at a chosen byte: what is said of a receipt follows from what the printer can have got of it.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use driver_api::{LinkFault, PrintOutcome, PrinterFault, ReceiptPrinter};
use driver_sim::{Action, Machine, receipt_printer::ReceiptPrinterMachine};
use receipt_printer::{Deadlines, EscPosPrinter, Profile, Transport, profile::Proof};

use crate::stage::job;

/// A machine at the end of a line that breaks after so many bytes of print data.
struct Frail {
    machine: ReceiptPrinterMachine,
    heard: Arc<Mutex<Vec<u8>>>,
    breaks_after: usize,
    printing: bool,
}

impl Transport for Frail {
    fn name(&self) -> String {
        "frail".into()
    }

    fn open(&mut self) -> Result<(), LinkFault> {
        if self.breaks_after == 0 { Err(LinkFault::NotFound) } else { Ok(()) }
    }

    fn write(&mut self, bytes: &[u8], _: Instant) -> Result<usize, LinkFault> {
        // Questions pass; the line breaks within the image, of which it takes a few bytes at a time.
        self.printing |= bytes.starts_with(b"\x1Dv0");
        let count = if self.printing { bytes.len().min(self.breaks_after).min(64) } else { bytes.len() };
        if self.printing {
            self.breaks_after -= count;
        }
        if count == 0 {
            return Err(LinkFault::Unplugged);
        }
        let part = &bytes[..count];
        self.heard.lock().unwrap().extend(part);
        self.machine.receive(part, Instant::now());
        Ok(count)
    }

    fn read(&mut self, into: &mut [u8], until: Instant) -> Result<usize, LinkFault> {
        let said = self.machine.send(Instant::now());
        if said.is_empty() {
            std::thread::sleep(until.saturating_duration_since(Instant::now()));
        }
        into[..said.len()].copy_from_slice(&said);
        Ok(said.len())
    }
}

fn outcome(breaks_after: usize) -> (PrintOutcome, usize) {
    let heard = Arc::new(Mutex::new(vec![]));
    let machine = ReceiptPrinterMachine::new(576, 0);
    let line = Frail { machine, heard: Arc::clone(&heard), breaks_after, printing: false };
    let profile = Profile::named("escpos-80").unwrap();
    let mut printer = EscPosPrinter::new(Box::new(line), profile, Deadlines::default());
    let outcome = printer.print(&job(1, 576, 40));
    let heard = heard.lock().unwrap();
    let images = heard.windows(3).filter(|bytes| bytes == b"\x1Dv0").count();
    (outcome, images)
}

#[test]
fn a_line_that_breaks_before_the_first_dot_has_printed_nothing() {
    let unplugged = PrinterFault::Link(LinkFault::Unplugged);
    assert_eq!(outcome(0).0, PrintOutcome::NotPrinted(PrinterFault::Link(LinkFault::NotFound)));
    assert_eq!(outcome(8), (PrintOutcome::NotPrinted(unplugged), 1), "the head alone prints nothing");
}

#[test]
fn a_line_that_breaks_after_the_first_dot_may_have_printed_something() {
    let unplugged = PrinterFault::Link(LinkFault::Unplugged);
    for after in [9, 100, 2000] {
        assert_eq!(outcome(after), (PrintOutcome::Unknown(unplugged), 1), "{after}: and it is sent once");
    }
}

/// A printer that jams in the first image, whose word of that is lost, and a line that makes one byte of noise for
/// each question in turn: the byte looks like an answer.
struct Noisy {
    machine: ReceiptPrinterMachine,
    jammed: bool,
    noise: Vec<u8>,
}

impl Transport for Noisy {
    fn name(&self) -> String {
        "noisy".into()
    }

    fn open(&mut self) -> Result<(), LinkFault> {
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], _: Instant) -> Result<usize, LinkFault> {
        if bytes.starts_with(b"\x1Dv0") {
            self.jammed = true;
            self.machine.perform(&Action::named("jam"), Instant::now()).unwrap();
            self.machine.send(Instant::now());
        }
        if self.jammed && bytes == b"\x1Dr\x01" {
            self.noise.push(0);
        }
        self.machine.receive(bytes, Instant::now());
        Ok(bytes.len())
    }

    fn read(&mut self, into: &mut [u8], until: Instant) -> Result<usize, LinkFault> {
        let mut said = std::mem::take(&mut self.noise);
        said.extend(self.machine.send(Instant::now()));
        if said.is_empty() {
            std::thread::sleep(until.saturating_duration_since(Instant::now()));
        }
        into[..said.len()].copy_from_slice(&said);
        Ok(said.len())
    }
}

#[test]
fn a_byte_of_noise_does_not_prove_a_receipt() {
    let machine = ReceiptPrinterMachine::new(576, 0);
    let mut profile = Profile::named("escpos-80").unwrap();
    profile.confirmation = vec![Proof::GsR];
    let line = Noisy { machine, jammed: false, noise: vec![] };
    let mut printer = EscPosPrinter::new(Box::new(line), profile, Deadlines::default());
    assert_eq!(printer.print(&job(1, 576, 40)), PrintOutcome::Unknown(PrinterFault::Jam));
}
