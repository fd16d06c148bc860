//! The same tests on `PostgreSQL`, and those of several nodes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::cast_possible_truncation,
    reason = "test"
)]

mod auditing;
mod bundle_editing;
mod bundle_pages;
mod bundles;
mod call_backs;
mod casework;
mod configuring;
mod console;
mod database;
mod drafts;
mod enrolling;
mod every_item;
mod exchange;
mod exports;
mod fixture;
mod idempotency;
mod items;
mod kinds;
mod looking;
mod lookup;
mod making;
mod materials;
mod matrix;
mod nodes;
mod office;
mod open;
mod operations;
mod paging;
mod papers;
mod people;
mod privacy;
mod process;
mod ratings;
mod registry;
mod rolling;
mod rules;
mod schema;
mod sealed;
mod signed_catalogue;
mod told;
mod uploads;
mod web;
mod withdrawing;

const ON: database::Kind = database::Kind::Postgres;
