//! The platform from the outside: over its router, and as the program that is started.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::cast_possible_truncation,
    reason = "test"
)]

mod additive;
mod auditing;
mod bundle_editing;
mod bundle_pages;
mod bundles;
mod call_backs;
mod casework;
mod config;
mod configuring;
mod console;
mod contract;
mod database;
mod document;
mod drafts;
mod enrolling;
mod every_item;
mod exchange;
mod exports;
mod file;
mod fixture;
mod fleet_pages;
mod idempotency;
mod items;
mod kinds;
mod load;
mod looking;
mod lookup;
mod making;
mod materials;
mod matrix;
mod office;
mod open;
mod operations;
mod paging;
mod papers;
mod people;
mod posters;
mod privacy;
mod process;
mod ratings;
mod recordings;
mod registry;
mod rolling;
mod rules;
mod sealed;
mod signed_catalogue;
mod stewarding;
mod telemetry;
mod told;
mod uploads;
mod web;
mod withdrawing;

const ON: database::Kind = database::Kind::Sqlite;
