//! Typing as a resident does: keys, pages, choices.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "test")]

mod any_keys;
mod reach;
mod typist;
mod words;
