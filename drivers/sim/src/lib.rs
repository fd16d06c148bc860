//! Device emulators: machines with named physical situations, on pseudo-terminals.
//!
//! A [`Machine`] is pure: bytes and a clock go in, bytes and the next deadline come out, and a person at it puts cards,
//! tears paper, pulls plugs by name. [`Emulator`] gives it a pseudo-terminal, [`control::serve`] a socket through which
//! other programs act that person. No machine shares code with the driver of its class, so each checks the other.

pub mod cable;
pub mod camera;
pub mod chaos;
pub mod code_scanner;
pub mod control;
pub mod emulator;
pub mod escpos;
pub mod id_card_reader;
pub mod loudspeaker;
pub mod machine;
pub mod pty;
pub mod receipt_printer;
pub mod tcp;

pub use cable::{Cable, Socket};
pub use chaos::Chaos;
pub use emulator::{Commander, Emulator};
pub use machine::{Action, Machine, Refusal};
