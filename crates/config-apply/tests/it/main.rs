//! Configurations that come and go, while the power does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod apply;
mod power;
