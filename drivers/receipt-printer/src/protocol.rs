//! The bytes of ESC/POS in both directions, without a port or a clock.

pub mod command;
pub mod job;
pub mod redact;
pub mod reply;
pub mod status;
