//! Whole kiosks, played through from outside while something goes wrong.
#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tests"
)]

mod bundles;
mod camera;
mod canary;
mod catalogue;
mod clock;
mod config;
mod disk;
mod drafts;
mod enrolled;
mod home;
mod image;
mod maintenance;
mod platform;
mod posters;
mod power;
mod printer;
mod reader;
mod scanner;
mod service;
mod telemetry;
mod trial;
mod visit;
mod voice;
