//! 办件 from its filing to the archive. Pure: the same facts and the same act at the same moment always come to the same.
//!
//! `rules` is the life of a case as one table: from which state, by which act, to which state, by whom, under what
//! conditions, with which document and what it does to the clocks. `machine` reads it, `workflow` says at which desk a
//! case lies meanwhile, `clock` when it is due, `light` how that looks today, and `filing` is where it begins.

pub(crate) mod act;
pub(crate) mod call_back;
pub(crate) mod clock;
pub(crate) mod facts;
pub(crate) mod filing;
pub(crate) mod guard;
pub(crate) mod light;
pub(crate) mod machine;
pub(crate) mod rules;
pub(crate) mod state;
#[cfg(test)]
mod tests;
pub(crate) mod workflow;

pub(crate) use filing::{Filing, file, valid_until};
