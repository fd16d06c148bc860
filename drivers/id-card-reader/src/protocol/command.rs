//! The commands that this driver gives. It never changes the rate of a module, which would stick, and never asks for
//! fingerprints.

use super::frame::{Response, encode_request};

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Start anew, as after a power cut.
    Reset,
    /// Is the module well?
    Status,
    /// The number of the module.
    SamId,
    /// Is there a card that has not been read?
    Find,
    /// Open it.
    Select,
    /// Text and photo.
    Read,
    /// The newest address appended to the card.
    ReadNewAddress,
}

impl Command {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Reset, Self::Status, Self::SamId, Self::Find, Self::Select, Self::Read, Self::ReadNewAddress];

    /// The request as it goes out.
    #[must_use]
    pub fn request(self) -> Vec<u8> {
        let (command, parameter) = match self {
            Self::Reset => (0x10, 0xFF),
            Self::Status => (0x11, 0xFF),
            Self::SamId => (0x12, 0xFF),
            Self::Find => (0x20, 0x01),
            Self::Select => (0x20, 0x02),
            Self::Read => (0x30, 0x01),
            Self::ReadNewAddress => (0x30, 0x03),
        };
        encode_request(command, parameter, &[])
    }

    /// Whether `response` can be the answer to this command. Answers carry no number, so what succeeds must have the
    /// shape that this command's success has; anything else is the late answer to an earlier command.
    #[must_use]
    pub fn is_answered_by(self, response: &Response) -> bool {
        let size = response.data.len();
        match response.sw3() {
            0x90 => match self {
                Self::Reset | Self::Status => size == 0,
                Self::SamId => size == 16,
                Self::Find => false,
                Self::Select => size == 8,
                // Its own lengths are checked with its content: a card with strange ones is a strange card.
                Self::Read => size >= 1024,
                Self::ReadNewAddress => size == 70,
            },
            0x9F => self == Self::Find && size == 4,
            0x91 => self == Self::ReadNewAddress,
            _ => true,
        }
    }
}
