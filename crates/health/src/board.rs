use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{Condition, Severity};

/// What is wrong now, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    standing: BTreeMap<Condition, Timestamp>,
}

impl Board {
    /// Whether `condition` stands; tells whether that is news.
    pub fn set(&mut self, condition: Condition, stands: bool, now: Timestamp) -> bool {
        match (stands, self.standing.contains_key(&condition)) {
            (true, false) => {
                self.standing.insert(condition, now);
                true
            }
            (false, true) => {
                self.standing.remove(&condition);
                true
            }
            _ => false,
        }
    }

    /// Of the conditions whose codes begin with `letter`, exactly `these` stand; tells whether that is news.
    pub fn replace(&mut self, letter: char, these: &[Condition], now: Timestamp) -> bool {
        let of_it = |condition: &&Condition| condition.code().starts_with(letter);
        let all = Condition::ALL.iter().filter(of_it);
        all.fold(false, |news, condition| self.set(*condition, these.contains(condition), now) | news)
    }

    /// Whether it stands.
    #[must_use]
    pub fn stands(&self, condition: Condition) -> bool {
        self.standing.contains_key(&condition)
    }

    /// All that stand, in the order of the catalogue, and since when.
    pub fn standing(&self) -> impl Iterator<Item = (Condition, Timestamp)> + '_ {
        self.standing.iter().map(|(condition, since)| (*condition, *since))
    }

    /// How bad it is.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.standing.keys().map(|condition| condition.severity()).max()
    }

    /// What takes the machine out of service: the first of its kind in the catalogue.
    #[must_use]
    pub fn stop(&self) -> Option<Condition> {
        self.standing.keys().copied().find(|condition| condition.severity() == Severity::Stopped)
    }
}
