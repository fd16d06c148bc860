//! What every emulated device is.

use std::time::Instant;

use serde_json::{Map, Value};

/// A device without its cable: all of its behaviour, none of its input and output.
pub trait Machine: Send {
    /// Bytes of the host arrive.
    fn receive(&mut self, bytes: &[u8], now: Instant);

    /// When it next has something to say, where it has.
    fn due(&self) -> Option<Instant>;

    /// What it says by `now`.
    fn send(&mut self, now: Instant) -> Vec<u8>;

    /// A person does something at it. What the device has to answer beyond "done" comes back as members of an object.
    fn perform(&mut self, action: &Action, now: Instant) -> Result<Map<String, Value>, Refusal>;

    /// How it stands, as members of an object. Never personal data.
    fn situation(&self) -> Map<String, Value>;

    /// The plug is pulled: what was half heard or half said is gone.
    fn lose_power(&mut self);

    /// The host has left, or another has come: what it had asked for concerns nobody now.
    fn lose_host(&mut self) {}
}

/// One thing that a person does: `{"do":"put-card","card":"citizen-1"}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    members: Map<String, Value>,
}

impl Action {
    /// An action without details.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { members: Map::new() }.with("do", name)
    }

    /// The same action with one detail more.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.members.insert(key.to_owned(), value.into());
        self
    }

    /// One line of a control socket.
    pub fn parse(line: &str) -> Result<Self, Refusal> {
        let members: Map<String, Value> = serde_json::from_str(line).map_err(|_| Refusal::NotAnObject)?;
        let action = Self { members };
        action.text("do").map(|_| ()).map(|()| action)
    }

    /// What is done.
    #[must_use]
    pub fn name(&self) -> &str {
        self.members.get("do").and_then(Value::as_str).unwrap_or_default()
    }

    /// A detail that must be there, as text.
    pub fn text(&self, key: &'static str) -> Result<&str, Refusal> {
        self.members.get(key).and_then(Value::as_str).ok_or(Refusal::Missing(key))
    }

    /// A detail that may be there, as a whole number.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<u64> {
        self.members.get(key).and_then(Value::as_u64)
    }
}

/// Why an action was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The line is no JSON object.
    #[error("expected one JSON object a line, such as {{\"do\":\"status\"}}")]
    NotAnObject,
    /// A member is missing or is no text.
    #[error("the member {0:?} is missing or no text")]
    Missing(&'static str),
    /// The device knows no such action.
    #[error("unknown action {0:?}: known are {1}")]
    UnknownAction(String, &'static str),
    /// The device knows no such value.
    #[error("unknown {0} {1:?}")]
    Unknown(&'static str, String),
    /// It cannot be done as things stand.
    #[error("not possible now: {0}")]
    NotNow(&'static str),
    /// A file that it was to write could not be written.
    #[error("{0}: {1}")]
    File(String, String),
    /// The pseudo-terminal, or what else it is plugged into, could not be made.
    #[error("no cable: {0}")]
    Terminal(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_an_object_that_says_what_to_do() {
        let action = Action::parse(r#"{"do":"put-card","card":"citizen-1"}"#).unwrap();
        assert_eq!(action, Action::named("put-card").with("card", "citizen-1"));
        assert_eq!(action.text("slot"), Err(Refusal::Missing("slot")));
        assert_eq!(Action::parse("put-card"), Err(Refusal::NotAnObject));
        assert_eq!(Action::parse("[]"), Err(Refusal::NotAnObject));
        assert_eq!(Action::parse(r#"{"do":7}"#), Err(Refusal::Missing("do")));
    }
}
