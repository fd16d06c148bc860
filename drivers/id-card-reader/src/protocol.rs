//! Bytes and text of the protocol, both directions, without a port and without a clock.

pub mod check;
pub mod command;
pub mod frame;
pub mod layout;
pub mod pipes;
pub mod redact;
pub mod report;
pub mod sam_id;
pub mod status;
pub mod text;

pub use command::Command;
pub use frame::{Decoder, Response, encode_request, encode_response};
pub use layout::{parse_card, parse_new_address};
pub use redact::CardRedactor;
pub use sam_id::SamId;
pub use status::{Meaning, meaning};
