//! Starts a whole stage: platform, emulators, a faulty network and a kiosk, each a process of its own.
//!
//! Nothing in here is known to the programs that it starts: they speak their true protocols, and people are acted over
//! the emulators' control sockets.

pub mod memory;
pub mod network;
pub mod paper;
pub mod remote;
pub mod stage;

pub use network::{Network, Weather};
pub use paper::Paper;
pub use remote::Remote;
pub use stage::{ENROLLED, Process, Stage, StageOptions, Surroundings, invitation, program, says};
