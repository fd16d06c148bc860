//! The same tests on `PostgreSQL`, and those of several nodes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "test")]

mod casework;
mod console;
mod database;
mod every_item;
mod fixture;
mod idempotency;
mod kinds;
mod lookup;
mod matrix;
mod nodes;
mod office;
mod open;
mod people;
mod privacy;
mod process;
mod ratings;
mod registry;
mod rules;
mod sealed;

const ON: database::Kind = database::Kind::Postgres;
