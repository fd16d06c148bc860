//! What the third status byte means.

use driver_api::{CardProblem, ReaderFault};

/// What to do about an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// 90, or 9F for find: done.
    Done,
    /// 91: the card has no such item.
    Empty,
    /// 80: no card that has not been read. It may lie there all the same.
    NoCard,
    /// 81, 41, 47: the card slipped away; worth one more try from the beginning.
    Slipped,
    /// 10, 11: the module could not make out what we said; worth saying again.
    NotUnderstood,
    /// The card gives no identity.
    Card(CardProblem),
    /// The module is unfit.
    Reader(ReaderFault),
}

/// The meaning of SW3.
#[must_use]
pub fn meaning(sw3: u8) -> Meaning {
    match sw3 {
        0x90 | 0x9F => Meaning::Done,
        0x91 => Meaning::Empty,
        0x80 => Meaning::NoCard,
        0x81 | 0x41 | 0x47 => Meaning::Slipped,
        0x10 | 0x11 => Meaning::NotUnderstood,
        0x40 => Meaning::Card(CardProblem::NotAnIdCard),
        0x31 | 0x32 | 0x33 | 0x37 | 0x3F => Meaning::Card(CardProblem::NotGenuine),
        0x60 => Meaning::Reader(ReaderFault::SelfTestFailed),
        0x66 => Meaning::Reader(ReaderFault::NotAuthorised),
        other => Meaning::Reader(ReaderFault::Refused(other)),
    }
}
