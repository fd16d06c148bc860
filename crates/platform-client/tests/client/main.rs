//! The client against a platform that misbehaves in every way a network allows.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod calls;
mod courier;
mod faults;
mod support;
