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

/// How long a recording lasts, played to its end.
fn lasts(recording: &kiosk_voice::Recording) -> Result<std::time::Duration, kiosk_voice::Unfit> {
    kiosk_voice::Recording::measured(recording.ogg()).map(|(_, duration)| duration)
}
