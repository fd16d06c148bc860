//! Every screen with every view at its worst: is it whole, can it be touched, is it labelled?
//!
//! `SCREENS_OUT=dir cargo test --workspace --test it pictures` writes a picture of each.

mod bare;
mod cases;
mod geometry;
mod home;
mod panel;
mod photographing;
mod pictures;
mod resulting;
mod typing;
mod voicing;
