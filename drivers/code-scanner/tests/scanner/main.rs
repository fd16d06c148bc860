//! The driver against the emulated scanner on a pseudo-terminal, and its parsers against hostile bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by panicking"
)]

mod corpus;
mod properties;
mod recordings;
mod situations;
