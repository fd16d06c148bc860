//! What the kiosk decides: a pure state machine.
//!
//! One way in and one way out: [`Flow::handle`] takes an event at a time, [`Flow::view`] tells what to show,
//! [`Flow::next_deadline`] tells when to come back without an event. No clock, no file, no socket, no screen: a whole
//! visit runs in a test in microseconds.

mod application;
pub mod calibration;
mod chosen;
pub mod deadlines;
pub mod effect;
mod entry;
pub mod event;
mod flow;
pub mod home;
pub mod maintenance;
pub mod now;
pub mod page;
mod proof;
mod state;
pub mod view;
pub mod voice;

pub use deadlines::Deadlines;
pub use effect::Effect;
pub use event::{Event, Touch};
pub use flow::Flow;
pub use now::Now;
pub use view::View;
