//! The whole kiosk's screens, without a display.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::unnecessary_wraps,
    reason = "a test fails by panicking"
)]

mod catalogues;
mod screens;
mod voice;
