//! The hands of the demo: a window to put cards, tear paper and pull cables, and to see what the machine does.
//!
//! It acts on the emulators over their control sockets and on the network's relay, as a person acts on devices and
//! cables. The kiosk knows nothing of it.

pub mod desk;
pub mod display;
pub mod window;

#[allow(
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::todo
)]
mod generated {
    slint::include_modules!();
}
pub use generated::*;
