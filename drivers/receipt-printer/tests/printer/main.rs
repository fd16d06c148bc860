//! The driver against the emulated printer over a pseudo-terminal, against scripted lines, and before a foreign judge.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code: an unexpected value is a failed test"
)]

mod chaos;
mod corpus;
mod foreign;
mod judge;
mod papers;
mod recordings;
mod scripted;
mod situations;
mod stage;
mod ways;
