//! A receipt printer: takes ESC/POS, moves paper, and tells the truth about both.

mod actions;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use serde_json::{Map, Value};

use crate::{
    Action, Machine, Refusal,
    escpos::{Command, Roll, Sheet, next_command},
};

/// Dots in a line of 80 mm paper.
pub const DOTS: usize = 576;
/// Dots in a millimetre of paper, at 203 dots an inch.
const DOTS_PER_MM: f64 = 8.0;

/// A printer with paper in it.
pub struct ReceiptPrinterMachine {
    input: Vec<u8>,
    orders: VecDeque<(Command, Vec<u8>)>,
    answers: Vec<u8>,
    busy_until: Option<Instant>,
    mm_per_second: f64,
    state: Situation,
    roll: Roll,
    /// The bytes that made what hangs out.
    raw: Vec<u8>,
    cut: Vec<(Sheet, Vec<u8>)>,
    printed_rows: usize,
}

/// What a person sees at it.
#[derive(Clone, Debug, Default)]
struct Situation {
    /// Rows until the roll ends; `None` is a full roll.
    rows_left: Option<usize>,
    near_end: bool,
    cover_open: bool,
    jam: bool,
    hot: bool,
    offline: bool,
    fault: Fault,
}

/// A printer that does not do what its manual says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fault {
    #[default]
    None,
    Silent,
    NoConfirmation,
}

impl Situation {
    fn paper_out(&self) -> bool {
        self.rows_left == Some(0)
    }

    fn stopped(&self) -> bool {
        self.paper_out() || self.cover_open || self.jam || self.hot || self.offline
    }

    /// `DLE EOT n`.
    fn real_time(&self, n: u8) -> u8 {
        let bit = |on: bool, bit: u8| if on { bit } else { 0 };
        0x12 | match n {
            1 => bit(self.stopped(), 0x08),
            2 => bit(self.cover_open, 0x04) | bit(self.paper_out(), 0x20) | bit(self.jam || self.hot, 0x40),
            3 => bit(self.jam, 0x08) | bit(self.hot, 0x40),
            4 => bit(self.near_end || self.paper_out(), 0x0C) | bit(self.paper_out(), 0x60),
            _ => 0,
        }
    }
}

impl ReceiptPrinterMachine {
    /// A printer of 80 mm paper; 0 millimetres a second prints at once.
    #[must_use]
    pub fn new(mm_per_second: f64) -> Self {
        Self {
            input: Vec::new(),
            orders: VecDeque::new(),
            answers: Vec::new(),
            busy_until: None,
            mm_per_second,
            state: Situation::default(),
            roll: Roll::new(DOTS),
            raw: Vec::new(),
            cut: Vec::new(),
            printed_rows: 0,
        }
    }

    /// What cannot wait is done while it is read; the rest waits for its turn.
    fn read_input(&mut self) {
        while let Some((command, used)) = next_command(&self.input) {
            let bytes: Vec<u8> = self.input.drain(..used).collect();
            match command {
                Command::RealTimeStatus(n) => self.answer(&[self.state.real_time(n)]),
                Command::Recover(2) => self.orders.clear(),
                Command::Recover(_) => {}
                command => self.orders.push_back((command, bytes)),
            }
        }
    }

    fn answer(&mut self, bytes: &[u8]) {
        if self.state.fault != Fault::Silent {
            self.answers.extend_from_slice(bytes);
        }
    }

    fn work(&mut self, now: Instant) {
        while self.busy_until.is_none_or(|until| until <= now) && !self.state.stopped() {
            let Some((command, bytes)) = self.orders.pop_front() else { return };
            self.obey(command, bytes, now);
        }
    }

    fn obey(&mut self, command: Command, bytes: Vec<u8>, now: Instant) {
        self.raw.extend_from_slice(&bytes);
        match command {
            Command::Raster { .. } | Command::Feed(_) => self.print(&command, now),
            Command::Cut => {
                let sheet = self.roll.cut();
                self.cut.push((sheet, std::mem::take(&mut self.raw)));
            }
            Command::ProcessId(id) if self.state.fault != Fault::NoConfirmation => {
                self.answer(&[&[0x37, 0x22], id.as_slice(), &[0]].concat());
            }
            Command::Status(_) if self.state.fault != Fault::NoConfirmation => {
                let near_end = if self.state.near_end { 0x03 } else { 0 };
                self.answer(&[near_end]);
            }
            Command::Identity(66) => self.answer(b"_Example\0"),
            Command::Identity(67) => self.answer(b"_Receipt 80\0"),
            _ => {}
        }
    }

    /// Prints as far as the paper goes; the rest of the rows stays in the printer's memory.
    fn print(&mut self, command: &Command, now: Instant) {
        let rows = command.rows().unwrap_or_default();
        let fits = self.state.rows_left.map_or(rows.len(), |left| left.min(rows.len()));
        let (out, rest) = rows.split_at(fits);
        self.roll.feed(out);
        self.printed_rows += fits;
        if let Some(left) = &mut self.state.rows_left {
            *left -= fits;
        }
        if let (Command::Raster { stride, .. }, false) = (command, rest.is_empty()) {
            let left = Command::Raster { stride: *stride, data: rest.concat() };
            self.orders.push_front((left, Vec::new()));
        }
        self.busy_until = Some(now + self.time_for(fits));
    }

    fn time_for(&self, rows: usize) -> Duration {
        let millimetres = f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) / DOTS_PER_MM;
        if self.mm_per_second > 0.0 {
            Duration::from_secs_f64(millimetres / self.mm_per_second)
        } else {
            Duration::ZERO
        }
    }
}

impl Machine for ReceiptPrinterMachine {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.input.extend_from_slice(bytes);
        self.read_input();
        self.work(now);
    }

    fn due(&self) -> Option<Instant> {
        if !self.answers.is_empty() {
            return Some(Instant::now());
        }
        let waiting = !self.orders.is_empty() && !self.state.stopped();
        waiting.then(|| self.busy_until.unwrap_or_else(Instant::now))
    }

    fn send(&mut self, now: Instant) -> Vec<u8> {
        self.work(now);
        std::mem::take(&mut self.answers)
    }

    fn perform(&mut self, action: &Action, now: Instant) -> Result<Map<String, Value>, Refusal> {
        let done = actions::perform(self, action);
        self.work(now);
        done
    }

    fn situation(&self) -> Map<String, Value> {
        actions::situation(self)
    }

    fn lose_power(&mut self) {
        self.input.clear();
        self.orders.clear();
        self.answers.clear();
        self.busy_until = None;
    }
}
