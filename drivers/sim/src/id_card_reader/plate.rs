//! The plate and what the module knows about the card on it.

use super::{cards::Card, status, wire};
use crate::Refusal;

/// A plate for one card.
#[derive(Debug, Default)]
pub(super) struct Plate {
    card: Option<Card>,
    stage: Stage,
}

/// How far the module has come with the card on the plate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// Not seen yet.
    #[default]
    New,
    /// Found.
    Found,
    /// Selected.
    Selected,
    /// Read; it is not found again until it has been lifted.
    Read,
    /// It would not be selected or read; it must be lifted.
    Failed,
}

impl Plate {
    pub(super) fn put(&mut self, card: Card) -> Result<(), Refusal> {
        if self.card.is_some() {
            return Err(Refusal::NotNow("a card lies on the plate; lift it first"));
        }
        *self = Self { card: Some(card), stage: Stage::New };
        Ok(())
    }

    pub(super) fn lift(&mut self) {
        *self = Self::default();
    }

    /// What a reset or a power cut does: the card on the plate is as new.
    pub(super) fn forget(&mut self) {
        self.stage = Stage::New;
    }

    pub(super) fn card_id(&self) -> Option<&str> {
        self.card.as_ref().map(|card| card.id.as_str())
    }

    pub(super) fn find(&mut self) -> Vec<u8> {
        if self.card.is_none() || matches!(self.stage, Stage::Read | Stage::Failed) {
            return status(0x80);
        }
        self.stage = Stage::Found;
        // A chip number that is not nothing: drivers that compare with zeros are wrong.
        wire::answer([0, 0, 0x9F], &[0x80, 0x01, 0x02, 0x03])
    }

    pub(super) fn select(&mut self) -> Vec<u8> {
        let refused = self.card.as_ref().and_then(|card| card.select_status);
        if self.card.is_none() || self.stage != Stage::Found || refused.is_some() {
            return self.fail(refused.unwrap_or(0x81));
        }
        self.stage = Stage::Selected;
        wire::answer([0, 0, 0x90], &[0x80, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07])
    }

    pub(super) fn read(&mut self, content: impl Fn(&Card) -> Vec<u8>) -> Vec<u8> {
        match &self.card {
            Some(card) if self.is_open() && card.read_status.is_none() => {
                let data = content(card);
                self.stage = Stage::Read;
                wire::answer([0, 0, 0x90], &data)
            }
            card => {
                let word = card.as_ref().filter(|_| self.is_open()).and_then(|card| card.read_status);
                self.fail(word.unwrap_or(0x41))
            }
        }
    }

    pub(super) fn read_new_address(&mut self) -> Vec<u8> {
        match &self.card {
            Some(card) if self.is_open() => {
                card.new_address().map_or_else(|| status(0x91), |data| wire::answer([0, 0, 0x90], &data))
            }
            _ => self.fail(0x41),
        }
    }

    /// Whether the chip is open for reading.
    fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Selected | Stage::Read)
    }

    /// SW1 and SW2 echo the card's own words here.
    fn fail(&mut self, word: u8) -> Vec<u8> {
        self.stage = Stage::Failed;
        wire::answer([0x69, 0x82, word], &[])
    }
}
