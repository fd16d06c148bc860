//! What is wrong with a kiosk: which conditions there are, and which of them stand.
//!
//! [`Condition`] is the catalogue: a code that never changes, cause, action, and when it is over. [`Board`] is which of
//! them stand, and since when. Pure: whoever sees a fact tells the board, with the time as an argument, and a condition
//! is raised and cleared by the same fact. Where a fact is a quantity, it clears at another value than it was raised at,
//! so that nothing flickers.
//!
//! ```
//! use kiosk_health::{Board, Condition, Severity};
//!
//! let mut board = Board::default();
//! let now = "2026-11-25T08:00:00Z".parse().unwrap();
//! assert!(board.set(Condition::PrinterPaperOut, true, now));
//! assert_eq!(board.worst(), Some(Severity::Degraded));
//! assert_eq!(board.standing().next(), Some((Condition::PrinterPaperOut, now)));
//! ```

mod board;
mod catalogue;
mod facts;

pub use board::Board;
pub use catalogue::{Condition, Severity, markdown};
pub use facts::{Facts, Limits};
