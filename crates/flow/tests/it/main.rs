//! Whole visits in virtual time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "test"
)]

mod configured;
mod drafts;
mod kiosk;
mod papers;
mod transcripts;
mod voice;
mod walk;
