//! What staff do over HTTP, and the clock's own work.
//!
//! `service` is everything that somebody who has signed in can ask for, decided once; the routes here speak JSON, those
//! of `console` speak HTML, and both call it. `access` says which roles may ask at all.

pub(crate) mod access;
pub(crate) mod accounts;
pub(crate) mod auth;
pub(crate) mod bundles;
pub(crate) mod calendars;
pub(crate) mod call_backs;
mod csv;
pub(crate) mod editing;
pub(crate) mod exports;
pub(crate) mod items;
pub(crate) mod jobs;
pub(crate) mod letters;
pub(crate) mod making;
pub(crate) mod materials;
pub(crate) mod papers;
pub(crate) mod routes;
pub(crate) mod service;
pub(crate) mod view;
