//! The store from the outside: what is promised in the crate's documentation, one file per promise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod canary;
mod decisions;
mod kill;
mod limits;
mod machine;
mod memory;
mod opening;
mod pages;
mod queue;
mod support;
