//! The dialogue with a reader: find, select, read, newest address; and what is done when it breaks off.

mod exchange;

use std::iter;

use driver_api::{CardProblem, CardReading, DeviceUrl, IdCard, IdCardReader, LinkFault, ReaderFault};

use crate::{
    Deadlines,
    protocol::{Command, Meaning, Response, SamId, meaning, parse_card, parse_new_address},
    transport::Line,
};
use exchange::Exchange;

/// After so many commands in a row without a right answer the line is closed and the module is reset.
const PATIENCE: u8 = 3;

/// After a disturbance so many cards are read twice.
const WARY: u8 = 50;
/// No card is read more often than this.
const READINGS: usize = 4;

/// A reader behind whatever `connect` opens: it is given the rate in bits per second and returns a line.
///
/// Every call opens what is closed. Times per call are bounded by [`Deadlines`].
pub struct SamReader<C> {
    connect: C,
    rate: u32,
    /// Rates that are tried where the known one is not answered.
    others: &'static [u32],
    deadlines: Deadlines,
    exchange: Option<Exchange>,
    /// Commands in a row without a right answer.
    unanswered: u8,
    reset_due: bool,
    /// Cards that are still read twice, because the line was disturbed not long ago.
    wary: u8,
    /// The module has read a card whose content never arrived here: it will not be found again, and can still be read.
    owed: bool,
}

/// Why a look at the plate ended before there was an identity.
enum Turn {
    Fault(ReaderFault),
    NoCard,
    Problem(CardProblem),
    /// Worth one more try from the beginning.
    Slipped,
}

/// What one reading gave.
#[derive(PartialEq, Eq)]
struct Content {
    read: Response,
    /// The newest address, where the kind of card can have one.
    newest: Option<Response>,
}

impl Content {
    fn card(&self) -> Result<IdCard, CardProblem> {
        let mut card = parse_card(&self.read.data)?;
        let newest = self.newest.as_ref().filter(|answer| meaning(answer.sw3()) != Meaning::Empty);
        if let Some(answer) = newest
            && let Some(address) = parse_new_address(&answer.data)?
        {
            card.address = Some(address);
        }
        Ok(card)
    }

    fn is_sound(&self) -> bool {
        self.card().is_ok()
    }
}

impl<T: Into<ReaderFault>> From<T> for Turn {
    fn from(fault: T) -> Self {
        Self::Fault(fault.into())
    }
}

impl<C: FnMut(u32) -> Result<Box<dyn Line>, LinkFault> + Send> SamReader<C> {
    /// A reader that is not opened yet.
    pub fn new(connect: C, rate: u32, deadlines: Deadlines) -> Self {
        Self {
            connect,
            rate,
            others: &DeviceUrl::RATES,
            deadlines,
            exchange: None,
            unanswered: 0,
            reset_due: false,
            wary: 0,
            owed: false,
        }
    }

    /// The same on a bus that has no rate to be found.
    pub fn without_rates(connect: C, deadlines: Deadlines) -> Self {
        Self { others: &[], ..Self::new(connect, DeviceUrl::RATES[0], deadlines) }
    }

    /// One dialogue from the beginning.
    fn look(&mut self) -> Result<IdCard, Turn> {
        self.take_disturbed();
        match self.step(Command::Find) {
            Ok(_) => self.select()?,
            Err(Turn::NoCard) if self.owed => {}
            Err(turn) => return Err(turn),
        }
        let owed = std::mem::replace(&mut self.owed, true);
        let content = self.content();
        self.owed = matches!(content, Err(Turn::Fault(ReaderFault::Link(_))));
        match content {
            // It was another card's last chance, and that card has gone: nothing lies there that has to be read.
            Err(Turn::Slipped) if owed => Err(Turn::NoCard),
            Err(turn) => Err(turn),
            Ok(content) => content.card().map_err(Turn::Problem),
        }
    }

    fn select(&mut self) -> Result<(), Turn> {
        match self.step(Command::Select) {
            Ok(_) => Ok(()),
            // Whether it was selected cannot be known, and selecting twice is an error: begin anew.
            Err(Turn::Fault(ReaderFault::Link(LinkFault::Garbled))) => Err(Turn::Slipped),
            Err(turn) => Err(turn),
        }
    }

    /// What the chip says. A name has no check of its own and a frame has one byte, which two turned bits can pass,
    /// and a late answer of the last resident's card looks like any other. So one reading is believed only on a line
    /// that has been clean for long; on any other two must say the same, of which the last came through clean.
    fn content(&mut self) -> Result<Content, Turn> {
        let mut seen = Vec::with_capacity(READINGS);
        while seen.len() < READINGS {
            if !seen.is_empty() {
                self.settle()?;
            }
            let content = self.reading()?;
            let clean = !self.is_disturbed() && (self.wary == 0 || seen.contains(&content));
            // On a clean line text that breaks its rules may be the chip's, or two turned bits: look again.
            if clean && (content.is_sound() || !seen.is_empty()) {
                self.wary = self.wary.saturating_sub(1);
                return Ok(content);
            }
            self.wary = WARY;
            seen.push(content);
        }
        Err(LinkFault::Garbled.into())
    }

    /// One reading, ended by a command that comes after it in any case: whatever else answered the first one stands
    /// between the two answers, and is noticed.
    fn reading(&mut self) -> Result<Content, Turn> {
        let read = self.step(Command::Read)?;
        let has_home = parse_card(&read.data).is_ok_and(|card| card.address.is_some());
        let last = self.step(if has_home { Command::ReadNewAddress } else { Command::Status })?;
        Ok(Content { read, newest: Some(last).filter(|_| has_home) })
    }

    /// Waits until nothing is on its way any more, and begins to watch the line anew.
    fn settle(&mut self) -> Result<(), Turn> {
        if let Some(exchange) = &mut self.exchange {
            exchange.doubt();
        }
        self.step(Command::Status)?;
        self.take_disturbed();
        Ok(())
    }

    /// One command of the dialogue and what its answer means.
    fn step(&mut self, command: Command) -> Result<Response, Turn> {
        let answer = self.ask(command)?;
        match meaning(answer.sw3()) {
            Meaning::Done | Meaning::Empty => Ok(answer),
            Meaning::NoCard => Err(Turn::NoCard),
            Meaning::Slipped => Err(Turn::Slipped),
            Meaning::NotUnderstood => Err(LinkFault::Garbled.into()),
            Meaning::Card(problem) => Err(Turn::Problem(problem)),
            Meaning::Reader(fault) => Err(fault.into()),
        }
    }

    /// A command and its answer; said again once where one of the two was not understood.
    fn ask(&mut self, command: Command) -> Result<Response, ReaderFault> {
        let answer = self.ask_once(command);
        let again = match &answer {
            Ok(answer) => meaning(answer.sw3()) == Meaning::NotUnderstood,
            Err(fault) => *fault == ReaderFault::Link(LinkFault::Garbled) && command != Command::Select,
        };
        if again && self.exchange.is_some() { self.ask_once(command) } else { answer }
    }

    fn ask_once(&mut self, command: Command) -> Result<Response, ReaderFault> {
        let answer = self.open()?.ask(command);
        let told = answer.as_ref().is_ok_and(|answer| meaning(answer.sw3()) == Meaning::NotUnderstood);
        if told || answer.is_err() || self.is_disturbed() {
            self.wary = WARY;
        }
        match answer {
            Ok(_) => self.unanswered = 0,
            Err(LinkFault::Silent | LinkFault::Garbled) => self.lose_patience(),
            Err(_) => self.exchange = None,
        }
        Ok(answer?)
    }

    fn lose_patience(&mut self) {
        self.unanswered += 1;
        if self.unanswered >= PATIENCE {
            self.unanswered = 0;
            self.reset_due = true;
            self.exchange = None;
        }
    }

    fn open(&mut self) -> Result<&mut Exchange, ReaderFault> {
        let exchange = match self.exchange.take() {
            Some(open) => open,
            None => self.find_rate()?,
        };
        Ok(self.exchange.insert(exchange))
    }

    /// Opens the line at the rate at which the module answers: the known one first. The module's own rate is never
    /// changed, it would stick.
    fn find_rate(&mut self) -> Result<Exchange, ReaderFault> {
        let known = self.rate;
        let others = self.others.iter().copied().filter(|rate| *rate != known);
        let mut first_fault = None;
        for rate in iter::once(known).chain(others) {
            match self.try_rate(rate) {
                Err(ReaderFault::Link(fault @ (LinkFault::Silent | LinkFault::Garbled))) => {
                    first_fault.get_or_insert(fault);
                }
                Err(fault) => return Err(fault),
                Ok(exchange) => {
                    self.rate = rate;
                    return Ok(exchange);
                }
            }
        }
        Err(first_fault.unwrap_or(LinkFault::Silent).into())
    }

    fn try_rate(&mut self, rate: u32) -> Result<Exchange, ReaderFault> {
        let mut patience = if rate == self.rate { self.deadlines.status } else { self.deadlines.probe };
        let mut exchange = Exchange::new((self.connect)(rate)?, self.deadlines);
        if std::mem::take(&mut self.reset_due) {
            // A module that is stuck may not even answer this; the status tells.
            let _ = exchange.ask_within(Command::Reset, self.deadlines.status);
            patience = self.deadlines.boot;
        }
        let status = exchange.ask_within(Command::Status, patience)?;
        match meaning(status.sw3()) {
            Meaning::Done => Ok(exchange),
            Meaning::Reader(fault) => Err(fault),
            _ => Err(LinkFault::Garbled.into()),
        }
    }

    fn is_disturbed(&self) -> bool {
        self.exchange.as_ref().is_some_and(Exchange::is_disturbed)
    }

    fn take_disturbed(&mut self) {
        if let Some(exchange) = &mut self.exchange {
            exchange.forget_disturbance();
        }
    }
}

impl<C: FnMut(u32) -> Result<Box<dyn Line>, LinkFault> + Send> IdCardReader for SamReader<C> {
    fn identify(&mut self) -> Result<String, ReaderFault> {
        let answer = self.ask(Command::SamId)?;
        match (meaning(answer.sw3()), SamId::parse(&answer.data)) {
            (Meaning::Done, Some(id)) => Ok(id.to_string()),
            (Meaning::Reader(fault), _) => Err(fault),
            _ => Err(LinkFault::Garbled.into()),
        }
    }

    fn read(&mut self) -> Result<CardReading, ReaderFault> {
        let first = self.look();
        let slipped = matches!(first, Err(Turn::Slipped));
        match if slipped { self.look() } else { first } {
            Ok(card) => Ok(CardReading::Card(Box::new(card))),
            // A card that has slipped is not found any more, or is found and slips again.
            Err(Turn::NoCard) if slipped => Ok(CardReading::Unreadable(CardProblem::Moved)),
            Err(Turn::Slipped) => Ok(CardReading::Unreadable(CardProblem::Moved)),
            Err(Turn::NoCard) => Ok(CardReading::NoCard),
            Err(Turn::Problem(problem)) => Ok(CardReading::Unreadable(problem)),
            Err(Turn::Fault(fault)) => Err(fault),
        }
    }
}
