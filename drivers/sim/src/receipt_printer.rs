//! The receipt printer: ESC/POS in, paper out, with a roll that ends, a cover, a cutter and a head that gets hot.

mod paper;
mod person;
mod situation;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use serde_json::{Map, Value};

use crate::{
    Action, Chaos, Machine, Refusal,
    escpos::{Decoder, Item, Piece},
};
use paper::Output;
pub use situation::{Fault, Roll};
use situation::{Sign, Situation};

/// Dots in a millimetre at 203 dpi.
const DOTS_PER_MM: u32 = 8;
/// Rows are printed in bursts, so that a fast printer does not wake its thread for every row.
const BURST: Duration = Duration::from_millis(5);
/// What it says of itself.
const MAKER: &str = "EMULATOR";

/// The emulated printer.
pub struct ReceiptPrinterMachine {
    /// How long a row takes; nothing where it prints at once.
    row_time: Duration,
    decoder: Decoder,
    waiting: VecDeque<Item>,
    output: Output,
    situation: Situation,
    reports: u8,
    says: Vec<u8>,
    chaos: Option<Chaos>,
    /// What chaos still holds back, in the order in which it was said.
    held: VecDeque<(Instant, Vec<u8>)>,
    /// When the head is free for the next row.
    free_at: Option<Instant>,
    not_understood: u64,
}

impl ReceiptPrinterMachine {
    /// A printer with a full roll, so many dots wide. At 0 mm/s it prints at once.
    #[must_use]
    pub fn new(dots: u32, mm_per_second: u32) -> Self {
        let rows_per_second = u64::from(mm_per_second * DOTS_PER_MM);
        let row_time =
            1_000_000_000_u64.checked_div(rows_per_second).map_or(Duration::ZERO, Duration::from_nanos);
        Self {
            row_time,
            decoder: Decoder::default(),
            waiting: VecDeque::new(),
            output: Output::new(dots),
            situation: Situation::default(),
            reports: 0,
            says: vec![],
            chaos: None,
            held: VecDeque::new(),
            free_at: None,
            not_understood: 0,
        }
    }

    /// The paper that came out: receipts, and what hangs out.
    #[must_use]
    pub fn output(&self) -> &Output {
        &self.output
    }

    /// Does what waits, as far as time and the situation allow.
    fn work(&mut self, now: Instant) {
        let free_at = *self.free_at.get_or_insert(now);
        let mut free_at = free_at;
        while free_at <= now && !self.situation.stopped() {
            let Some(item) = self.waiting.pop_front() else { break };
            let rows = item.piece.rows();
            if !self.situation.use_paper(rows) {
                self.waiting.push_front(item);
                self.change(|situation| situation.set(Sign::PaperOut, true));
                break;
            }
            free_at += self.row_time * rows;
            self.obey(&item);
        }
        self.free_at = (!self.waiting.is_empty() || free_at > now).then_some(free_at);
        if self.waiting.is_empty() {
            self.output.forget_before(self.decoder.begun());
        }
    }

    fn obey(&mut self, item: &Item) {
        match &item.piece {
            Piece::Initialise => self.reports = 0,
            Piece::ReportChanges(wanted) => {
                self.reports = *wanted;
                if self.reports != 0 {
                    self.says.extend(self.situation.asb());
                }
            }
            Piece::InTurn(_) => self.confirm(&[self.situation.in_turn()]),
            Piece::ProcessId(mark) => self.confirm(&[&[0x37, 0x22], &mark[..], &[0]].concat()),
            Piece::Info(66) => self.say_name(MAKER),
            Piece::Info(67) => self.say_name(&format!("RECEIPT-{}", self.output.dots())),
            Piece::Info(_) | Piece::NotUnderstood => self.not_understood += 1,
            _ => self.output.take(item),
        }
    }

    fn confirm(&mut self, answer: &[u8]) {
        if self.situation.fault != Fault::NoConfirmation {
            self.says.extend(answer);
        }
    }

    fn say_name(&mut self, name: &str) {
        self.says.push(0x5F);
        self.says.extend(name.bytes());
        self.says.push(0);
    }

    fn at_once(&mut self, piece: &Piece, now: Instant) {
        match piece {
            Piece::Status(n) => self.says.push(self.situation.real_time(*n)),
            // 1 goes on from the line where it stopped, which this printer does by itself.
            Piece::Recover(2) => {
                self.waiting.clear();
                self.free_at = Some(now);
            }
            _ => {}
        }
    }

    /// Changes the situation, and reports it where the host asked for reports.
    fn change(&mut self, how: impl FnOnce(&mut Situation)) {
        let before = self.situation.asb();
        how(&mut self.situation);
        let after = self.situation.asb();
        if self.reports != 0 && after != before {
            self.says.extend(after);
        }
    }
}

impl Machine for ReceiptPrinterMachine {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.work(now);
        self.output.hear(bytes);
        for byte in bytes {
            match self.decoder.feed(*byte) {
                Some(Item { piece: piece @ (Piece::Status(_) | Piece::Recover(_)), .. }) => {
                    self.at_once(&piece, now);
                }
                Some(item) => self.waiting.push_back(item),
                None => {}
            }
        }
        self.work(now);
    }

    fn due(&self) -> Option<Instant> {
        let work = self.free_at.filter(|_| !self.waiting.is_empty() && !self.situation.stopped());
        // Whatever is to be said is to be said at once: any moment that has passed will do.
        let next = if self.says.is_empty() {
            work.map(|at| at + BURST.min(self.row_time * 8))
        } else {
            self.free_at.or(work)
        };
        next.into_iter().chain(self.held.front().map(|(at, _)| *at)).min()
    }

    fn send(&mut self, now: Instant) -> Vec<u8> {
        self.work(now);
        let said = std::mem::take(&mut self.says);
        let said = self.situation.fault.distort(said);
        match &mut self.chaos {
            Some(chaos) => {
                chaos.hold(&mut self.held, said, now);
                let ready = self.held.iter().take_while(|(at, _)| *at <= now).count();
                self.held.drain(..ready).flat_map(|(_, piece)| piece).collect()
            }
            None => [self.held.drain(..).flat_map(|(_, piece)| piece).collect(), said].concat(),
        }
    }

    fn perform(&mut self, action: &Action, now: Instant) -> Result<Map<String, Value>, Refusal> {
        self.work(now);
        let done = self.act(action);
        if self.free_at.is_some_and(|at| at < now) {
            // Time that it stood still is not caught up.
            self.free_at = Some(now);
        }
        self.work(now);
        done
    }

    fn situation(&self) -> Map<String, Value> {
        self.describe()
    }

    fn lose_power(&mut self) {
        self.decoder = Decoder::default();
        self.waiting.clear();
        self.says.clear();
        self.held.clear();
        self.reports = 0;
        self.free_at = None;
        self.output.forget_stream();
    }
}
