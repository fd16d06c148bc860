//! What scanners say, without a port and without a clock.

pub mod keys;
pub mod lines;

pub use keys::Keys;
pub use lines::Lines;
