//! What happened at a kiosk: a log that only grows, in a chain that cannot be mended unseen.
//!
//! - An event is written in the transaction of the fact: [`append`] takes the caller's connection.
//! - Each entry has the next number and the hash of the one before: [`verify`] finds what was changed, and a gap in the
//!   numbers shows what is missing.
//! - A [`Checkpoint`] is the device's signature under an entry, and so under everything before it.
//! - [`prune`] drops the oldest beyond a cap, but nothing that is younger than [`KEPT`].
//! - Nothing personal can be written: an event holds only what [`Detail`] allows, and no text of anybody's is among it.

mod catalogue;
mod chain;
mod checkpoint;
mod detail;

pub use catalogue::{Event, markdown};
pub use chain::{BYTE_CAP, Broken, Entry, KEPT, append, entries, prune, verify};
pub use checkpoint::{BadKey, Checkpoint, DeviceKey};
pub use detail::{Detail, Word};

/// The tables that this crate needs, as a step of the schema of the store that it lives in.
pub const SCHEMA: &str = include_str!("schema.sql");
