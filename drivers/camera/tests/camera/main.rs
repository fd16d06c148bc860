//! The driver against an emulated camera over a table, and its pure parts against pages that are drawn.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by panicking"
)]

mod codes;
mod corpus;
mod faces;
mod frames;
mod network;
mod pages;
mod portraits;
mod situations;
mod stage;
