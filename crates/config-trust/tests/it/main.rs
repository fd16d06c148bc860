//! The client against servers that lie.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod attacks;
mod bins;
mod common;
mod hostile;
