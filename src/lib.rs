//! The kiosk program: wiring only.
//!
//! In the order in which a touch travels: [`screens`] turns it into an event, [`app`] hands it to the state machine,
//! [`effects`] do what it wants, and their news come back through the [`inbox`].

pub mod app;
pub mod clock;
pub mod config;
pub mod effects;
pub mod inbox;
mod log;
pub mod panel;
mod provision;
mod run;
pub mod screens;
mod secret;
mod service;
mod standing;
mod starts;
mod technician;

pub use app::App;
pub use config::Config;
pub use log::log;
pub use provision::provision;
pub use run::run;
pub use technician::{Unseen, register};
pub use wipe::keep_inside;

/// Whatever program this becomes, what it gives back is empty.
#[global_allocator]
static ALLOCATOR: wipe::WipingAllocator = wipe::WipingAllocator;
