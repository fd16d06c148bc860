//! What the kiosk says: texts, recordings, and files that are none.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::single_match,
    clippy::maybe_infinite_iter,
    reason = "tests"
)]

mod hostile;
mod replaced;
mod sound;
mod texts;
