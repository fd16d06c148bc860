//! The ID-card reader: a module that speaks the SAM business-terminal protocol, with a plate for one card.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use crate::{Action, Machine, Refusal};

/// The emulated reader.
pub struct IdCardReaderMachine {
    think: Duration,
}

impl IdCardReaderMachine {
    /// A reader with an empty plate that takes `think` for a read, or about as long as a real one.
    #[must_use]
    pub fn new(think: Option<Duration>) -> Self {
        Self { think: think.unwrap_or(Duration::from_millis(300)) }
    }
}

impl Machine for IdCardReaderMachine {
    fn receive(&mut self, _bytes: &[u8], _now: Instant) {}

    fn due(&self) -> Option<Instant> {
        None
    }

    fn send(&mut self, _now: Instant) -> Vec<u8> {
        Vec::new()
    }

    fn perform(&mut self, action: &Action, _now: Instant) -> Result<Map<String, Value>, Refusal> {
        Err(Refusal::UnknownAction(action.name().into(), "none yet"))
    }

    fn situation(&self) -> Map<String, Value> {
        [("think_s".to_owned(), Value::from(self.think.as_secs_f64()))].into_iter().collect()
    }

    fn lose_power(&mut self) {}
}
