//! The ID-card reader: a module that speaks the SAM business-terminal protocol, with a plate for one card.

mod cards;
mod faults;
mod plate;
pub mod shells;
mod wire;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

pub use cards::Card;
pub use faults::Fault;

use crate::{Action, Chaos, Machine, Refusal};
use faults::Noise;
use plate::Plate;
use wire::Heard;

const ACTIONS: &str = "put-card, lift-card, fault, cards, status, plug, unplug";
/// About as long as radio and cryptography take.
const THINK: Duration = Duration::from_millis(300);
/// A request that stops for so long is not going on.
const GAP: Duration = Duration::from_millis(500);
/// Longer than any host waits for a read.
const LATE: Duration = Duration::from_millis(4_500);
/// How often a flooding module adds noise, and how much.
const FLOOD: (Duration, usize) = (Duration::from_millis(10), 64);
/// Commands kept for the situation.
const KEPT: usize = 16;
/// Module number of the published vector: 05.01-20101129-0001228293-0296863149.
const SAM_ID: [u8; 16] =
    [0x05, 0x00, 0x01, 0x00, 0x09, 0xB8, 0x32, 0x01, 0x05, 0xBE, 0x12, 0x00, 0xAD, 0xC5, 0xB1, 0x11];

/// The emulated reader.
#[derive(Default)]
pub struct IdCardReaderMachine {
    think: Duration,
    drawer: Vec<Card>,
    plate: Plate,
    fault: Fault,
    noise: Noise,
    inbox: Vec<u8>,
    heard_at: Option<Instant>,
    waiting: VecDeque<Heard>,
    working: Option<(Instant, Heard)>,
    flood_at: Option<Instant>,
    last_answer: Vec<u8>,
    chaos: Option<Chaos>,
    /// What chaos still holds back, in the order in which it was said.
    held: VecDeque<(Instant, Vec<u8>)>,
    commands: u64,
    last_commands: VecDeque<&'static str>,
}

impl IdCardReaderMachine {
    /// A reader with an empty plate that takes `think` for a read, or about as long as a real one.
    pub fn new(think: Option<Duration>) -> Result<Self, toml::de::Error> {
        Ok(Self { think: think.unwrap_or(THINK), drawer: Card::drawer()?, ..Self::default() })
    }

    /// The cards that can be put on the plate.
    #[must_use]
    pub fn drawer(&self) -> &[Card] {
        &self.drawer
    }

    /// What is wrong with it now.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.fault
    }

    fn begin(&mut self, now: Instant) {
        if self.working.is_none()
            && let Some(heard) = self.waiting.pop_front()
        {
            self.note(heard);
            self.working = Some((now + self.effort(heard), heard));
        }
    }

    fn note(&mut self, heard: Heard) {
        self.commands += 1;
        self.last_commands.push_back(name(heard));
        while self.last_commands.len() > KEPT {
            self.last_commands.pop_front();
        }
    }

    fn effort(&self, heard: Heard) -> Duration {
        match heard {
            Heard::Command(0x30, 0x01 | 0x10) if self.fault == Fault::LateAnswer => LATE,
            Heard::Command(0x30, 0x01 | 0x10) => self.think,
            Heard::Command(0x20 | 0x30, _) => self.think / 6,
            _ => self.think / 30,
        }
    }

    fn finish(&mut self, heard: Heard, now: Instant) -> Vec<u8> {
        let answer = self.answer(heard);
        let sent = self.fault.distort(answer.clone(), &self.last_answer, &mut self.noise);
        self.last_answer = answer;
        if let Some(chaos) = &mut self.chaos {
            chaos.hold(&mut self.held, sent, now);
            return vec![];
        }
        if self.fault == Fault::Flooding {
            self.flood_at = Some(now);
        }
        sent
    }

    fn answer(&mut self, heard: Heard) -> Vec<u8> {
        let Heard::Command(command, parameter) = heard else {
            return status(if heard == Heard::WrongChecksum { 0x10 } else { 0x11 });
        };
        match self.fault {
            Fault::SelfTestFailed => return status(0x60),
            Fault::NotAuthorised => return status(0x66),
            Fault::CardLiftedMidway if (command, parameter) == (0x30, 0x01) => self.plate.lift(),
            _ => {}
        }
        match (command, parameter) {
            (0x10, 0xFF) => self.reset(),
            (0x11 | 0x61, 0xFF) | (0x60, 0x00..=0x04) => status(0x90),
            (0x12, 0xFF) => wire::answer([0, 0, 0x90], &SAM_ID),
            (0x20, 0x01) => self.plate.find(),
            (0x20, 0x02) => self.plate.select(),
            (0x30, 0x01) => self.plate.read(Card::content),
            (0x30, 0x10) => self.plate.read(Card::content_with_fingerprints),
            (0x30, 0x03) => self.plate.read_new_address(),
            _ => status(0x21),
        }
    }

    fn reset(&mut self) -> Vec<u8> {
        self.plate.forget();
        status(0x90)
    }

    fn put(&mut self, id: &str) -> Result<(), Refusal> {
        let card = self.drawer.iter().find(|card| card.id == id);
        let card = card.ok_or_else(|| Refusal::Unknown("card", id.to_owned()))?.clone();
        self.plate.put(card)
    }

    fn strike(&mut self, action: &Action) -> Result<(), Refusal> {
        let name = action.text("name")?;
        self.fault = Fault::named(name).ok_or_else(|| Refusal::Unknown("fault", name.to_owned()))?;
        self.chaos = (self.fault == Fault::Chaos).then(|| Chaos::from_action(action));
        self.flood_at = None;
        Ok(())
    }

    fn list(&self) -> Map<String, Value> {
        let cards = self.drawer.iter().map(|card| json!({"id": card.id, "title": card.title})).collect();
        [("cards".to_owned(), Value::Array(cards))].into_iter().collect()
    }

    fn flood(&mut self, now: Instant) -> Vec<u8> {
        let mut noise = Vec::new();
        while let Some(at) = self.flood_at.filter(|at| *at <= now) {
            noise.extend(std::iter::repeat_with(|| self.noise.byte()).take(FLOOD.1));
            self.flood_at = Some(at + FLOOD.0);
        }
        noise
    }
}

impl Machine for IdCardReaderMachine {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        if self.heard_at.is_some_and(|at| now.saturating_duration_since(at) > GAP) {
            self.inbox.clear();
        }
        self.heard_at = Some(now);
        match &mut self.chaos {
            Some(chaos) => self.inbox.extend(chaos.hear(bytes)),
            None => self.inbox.extend(bytes),
        }
        while let Some(heard) = wire::next_request(&mut self.inbox) {
            self.waiting.push_back(heard);
        }
        self.begin(now);
    }

    fn due(&self) -> Option<Instant> {
        let work = self.working.map(|(due, _)| due);
        let held = self.held.front().map(|(at, _)| *at);
        work.into_iter().chain(self.flood_at).chain(held).min()
    }

    fn send(&mut self, now: Instant) -> Vec<u8> {
        let mut sent = self.flood(now);
        while let Some((due, heard)) = self.working.take_if(|(due, _)| *due <= now) {
            sent.extend(self.finish(heard, now));
            self.begin(due);
        }
        let ready = self.held.iter().take_while(|(at, _)| *at <= now).count();
        sent.extend(self.held.drain(..ready).flat_map(|(_, piece)| piece));
        sent
    }

    fn perform(&mut self, action: &Action, _now: Instant) -> Result<Map<String, Value>, Refusal> {
        match action.name() {
            "put-card" => self.put(action.text("card")?)?,
            "lift-card" => self.plate.lift(),
            "fault" => self.strike(action)?,
            "cards" => return Ok(self.list()),
            other => return Err(Refusal::UnknownAction(other.to_owned(), ACTIONS)),
        }
        Ok(Map::new())
    }

    fn situation(&self) -> Map<String, Value> {
        [
            ("device".to_owned(), "id-card-reader".into()),
            ("card".to_owned(), self.plate.card_id().into()),
            ("fault".to_owned(), self.fault.name().into()),
            ("commands".to_owned(), self.commands.into()),
            ("last_commands".to_owned(), self.last_commands.iter().copied().collect()),
        ]
        .into_iter()
        .collect()
    }

    fn lose_power(&mut self) {
        self.plate.forget();
        self.inbox.clear();
        self.waiting.clear();
        self.working = None;
        self.flood_at = None;
        self.last_answer.clear();
        self.held.clear();
    }
}

fn status(word: u8) -> Vec<u8> {
    wire::answer([0, 0, word], &[])
}

fn name(heard: Heard) -> &'static str {
    match heard {
        Heard::Command(0x10, 0xFF) => "reset",
        Heard::Command(0x11, 0xFF) => "status",
        Heard::Command(0x12, 0xFF) => "sam-id",
        Heard::Command(0x20, 0x01) => "find",
        Heard::Command(0x20, 0x02) => "select",
        Heard::Command(0x30, 0x01) => "read",
        Heard::Command(0x30, 0x03) => "read-new-address",
        Heard::Command(0x30, 0x10) => "read-fingerprints",
        Heard::Command(0x60, _) => "set-rate",
        Heard::Command(..) => "unknown",
        Heard::WrongChecksum => "wrong-checksum",
        Heard::WrongLength => "wrong-length",
    }
}

#[cfg(test)]
mod tests;
