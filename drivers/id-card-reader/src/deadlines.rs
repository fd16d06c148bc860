//! How long what may take.

use std::time::Duration;

use crate::protocol::Command;

/// The table of deadlines. No standard gives them; these leave room above what readers in the field take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// To the first byte of an answer about the module itself.
    pub status: Duration,
    /// The same while looking for the rate that the module talks at.
    pub probe: Duration,
    /// The same right after a reset: the module starts anew.
    pub boot: Duration,
    /// To the first byte of the answer to find and select.
    pub find: Duration,
    /// To the first byte of the content of a card.
    pub read: Duration,
    /// Between two bytes of one answer.
    pub gap: Duration,
    /// For one command as a whole, whatever comes in.
    pub ceiling: Duration,
    /// The silence after which nothing late can be on its way any more.
    pub quiet: Duration,
    /// How long to wait for that silence.
    pub drain: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        let ms = Duration::from_millis;
        Self {
            status: ms(1_000),
            probe: ms(400),
            boot: ms(1_500),
            find: ms(800),
            read: ms(3_000),
            gap: ms(200),
            ceiling: ms(5_000),
            quiet: ms(80),
            drain: ms(500),
        }
    }
}

impl Deadlines {
    /// To the first byte of the answer to `command`.
    #[must_use]
    pub fn first_byte(&self, command: Command) -> Duration {
        match command {
            Command::Reset | Command::Status | Command::SamId => self.status,
            Command::Find | Command::Select => self.find,
            Command::Read | Command::ReadNewAddress => self.read,
        }
    }
}
