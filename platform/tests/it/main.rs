//! The platform from the outside: over its router, and as the program that is started.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "test")]

mod casework;
mod config;
mod console;
mod database;
mod document;
mod every_item;
mod file;
mod fixture;
mod idempotency;
mod kinds;
mod lookup;
mod matrix;
mod office;
mod open;
mod people;
mod privacy;
mod process;
mod ratings;
mod registry;
mod rules;
mod sealed;

const ON: database::Kind = database::Kind::Sqlite;
