//! The driver against published vectors, against the emulated module in virtual time, and against it on a
//! pseudo-terminal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by panicking"
)]

mod cards;
mod chaos;
mod corpus;
mod faults;
mod properties;
mod pty;
mod recordings;
mod scripted;
mod shells;
mod stage;
mod vectors;
