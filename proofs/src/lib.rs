//! Proofs by many deaths: the kiosk's real store, outbox, courier and client run against a platform that counts what it
//! was made to do, while the process is killed, the power cut or the network broken at one point after the other.
//!
//! - [`disk`] is what a disk may do to writes that were not synced when the power fails;
//! - [`vfs`] puts it under `SQLite`, counts every change, and lets the machine die at one of them;
//! - [`platform`] is the other side: it speaks HTTP, opens what is sealed, and counts effects;
//! - [`kiosk`] plays a script of a day, through any number of deaths;
//! - [`crash`] chooses the points and gives the verdict;
//! - [`simulate`] is a town of kiosks, with the flow and the real platform, in virtual time;
//! - [`speed`] measures what all of it costs, for `cargo xtask bench`;
//! - [`service`] measures what the platform costs, for the same;
//! - [`fleet`] does the like to enrolment, certificates and configuration, against the platform program itself.

pub mod crash;
pub mod disk;
pub mod fleet;
pub mod kiosk;
pub mod platform;
pub mod script;
pub mod service;
pub mod simulate;
pub mod speed;
pub mod vfs;
