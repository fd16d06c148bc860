//! The driver against a real sound system, and against lines that break.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::single_match,
    clippy::maybe_infinite_iter,
    reason = "tests"
)]

mod ear;
mod hostile;
mod scripted;

const MONO: &[u8] = include_bytes!("../recordings/mono.ogg");
const STEREO: &[u8] = include_bytes!("../recordings/stereo.ogg");
const TOO_LONG: &[u8] = include_bytes!("../recordings/too-long.ogg");
