//! What is decided, without a disk.

use serde::{Deserialize, Serialize};

/// Starts in a row without good health after which what is on trial is reverted.
pub const MAX_TRIAL_STARTS: u32 = 3;
/// Starts in a row without good health after which what is confirmed gives way to the safe configuration.
pub const MAX_STARTS: u32 = 5;

/// A document, by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Counts up.
    pub version: u64,
    /// In hexadecimal digits.
    pub sha256: String,
}

/// What was tried and given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reverted {
    /// Which.
    pub slot: Slot,
    /// What was wrong with it.
    pub why: String,
}

/// Why a document is not staged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The program does not understand it; the text names the key and the reason.
    #[error("the configuration is not valid: {0}")]
    Invalid(String),
    /// A newer one, or another one of this version, is here already.
    #[error("the configuration has version {offered}, but {have} is here already")]
    NotNewer {
        /// The version of the document.
        offered: u64,
        /// The highest version here.
        have: u64,
    },
    /// It was reverted before.
    #[error("configuration {version} was reverted: {why}")]
    Reverted {
        /// Its version.
        version: u64,
        /// What was wrong with it.
        why: String,
    },
}

/// How far the newest document has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// There never was one.
    None,
    /// Waits until nobody is in front of the kiosk.
    Staged,
    /// In force, on trial.
    Active,
    /// In force for good.
    Confirmed,
    /// Given up; the one before is in force.
    Reverted,
}

/// What the platform is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// How far the newest document has come.
    pub phase: Phase,
    /// The newest document.
    pub newest: Option<Slot>,
    /// The last one that was confirmed.
    pub confirmed: Option<Slot>,
    /// Why the newest was given up.
    pub why: Option<String>,
}

/// What is on the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    /// Confirmed: what is gone back to, and below which nothing goes.
    pub(crate) good: Option<Slot>,
    /// In force in its place, on trial.
    pub(crate) trial: Option<Slot>,
    pub(crate) staged: Option<Slot>,
    pub(crate) reverted: Option<Reverted>,
    /// What was wrong already when the trial began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) wrong_before: Vec<String>,
    /// In a row, without good health.
    pub(crate) starts: u32,
}

impl State {
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Slot> {
        [&self.staged, &self.trial, &self.good].into_iter().flatten()
    }

    /// `None` if it is here already.
    pub(crate) fn stage(&self, slot: Slot) -> Result<Option<Self>, Refusal> {
        if self.slots().any(|have| *have == slot) {
            return Ok(None);
        }
        if let Some(Reverted { slot: gone, why }) = &self.reverted
            && *gone == slot
        {
            return Err(Refusal::Reverted { version: slot.version, why: why.clone() });
        }
        let reverted = self.reverted.iter().map(|reverted| &reverted.slot);
        if let Some(have) = self.slots().chain(reverted).map(|slot| slot.version).max()
            && slot.version <= have
        {
            return Err(Refusal::NotNewer { offered: slot.version, have });
        }
        Ok(Some(Self { staged: Some(slot), ..self.clone() }))
    }

    /// `None` while nothing is staged, or another is still on trial.
    pub(crate) fn activate(&self, wrong: impl FnOnce() -> Vec<String>) -> Option<Self> {
        if self.trial.is_some() {
            return None;
        }
        let trial = Some(self.staged.clone()?);
        Some(Self { trial, staged: None, wrong_before: wrong(), starts: 0, ..self.clone() })
    }

    /// The health window is over. `None` if that changes nothing.
    pub(crate) fn healthy(&self) -> Option<Self> {
        match &self.trial {
            Some(trial) => Some(Self {
                good: Some(trial.clone()),
                trial: None,
                wrong_before: Vec::new(),
                starts: 0,
                ..self.clone()
            }),
            None if self.starts > 0 => Some(Self { starts: 0, ..self.clone() }),
            None => None,
        }
    }

    /// `None` if nothing is on trial.
    pub(crate) fn revert(&self, why: &str) -> Option<Self> {
        let reverted = Some(Reverted { slot: self.trial.clone()?, why: why.to_owned() });
        Some(Self { trial: None, reverted, wrong_before: Vec::new(), starts: 0, ..self.clone() })
    }

    /// The program starts.
    pub(crate) fn started(&self) -> Self {
        let starts = self.starts.saturating_add(1);
        let counted = Self { starts, ..self.clone() };
        if starts > MAX_TRIAL_STARTS
            && let Some(reverted) = self.revert("the kiosk did not stay up with it")
        {
            return Self { starts: 1, ..reverted };
        }
        counted
    }

    pub(crate) fn reported(&self) -> Reported {
        let gone = self.reverted.as_ref();
        let gone = gone.filter(|gone| self.good.as_ref().is_none_or(|good| good.version < gone.slot.version));
        let (phase, newest) = match (&self.staged, &self.trial, gone, &self.good) {
            (Some(staged), ..) => (Phase::Staged, Some(staged)),
            (_, Some(trial), ..) => (Phase::Active, Some(trial)),
            (_, _, Some(gone), _) => (Phase::Reverted, Some(&gone.slot)),
            (_, _, _, Some(good)) => (Phase::Confirmed, Some(good)),
            _ => (Phase::None, None),
        };
        let why = (phase == Phase::Reverted).then(|| gone.map(|gone| gone.why.clone())).flatten();
        Reported { phase, newest: newest.cloned(), confirmed: self.good.clone(), why }
    }
}
