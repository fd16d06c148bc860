//! What went over a wire, step by step, in a file that people can read and a test can play again.
//!
//! A driver wraps its line: everything that is sent and everything that comes passes a [`Tape`]. Before a byte is written
//! to the file a [`Redactor`] of that driver has replaced what is personal by as many bytes that are not, so that a
//! session at a real machine leaves no card, no receipt and no code behind. [`Replay`] is the other side: a line that
//! says what the recorded one said, and finds fault with a driver that asks something else.
//!
//! A recording is lines of text: `call read`, `open 115200`, `> AA AA AA 96 69`, `< 00*16`, `! Silent`, `result NoCard`.

mod replay;
mod step;
mod tape;

pub use replay::Replay;
pub use step::{NotARecording, Step, parse};
pub use tape::{Redactor, SharedTape, Tape};
