//! 回执: what a resident takes home, from document to dots.
//!
//! ```text
//! protocol::Case ─▶ compose ─▶ Document ─▶ layout (marks on a page) ─▶ raster ─▶ Bitmap of one bit a dot
//! ```
//!
//! A receipt is drawn as one picture with the bundled fonts, so that every name prints alike on every printer. A
//! character that no font has is drawn as a box with its code point and reported: nothing is dropped in silence.
//! The words come from `texts/`, the looks from [`layout`](self); neither knows a printer.

mod compose;
mod document;
mod fonts;
mod layout;
mod qr;
mod raster;
mod time;
mod words;
mod wrap;

pub use compose::{
    Bring, BundleWaiting, Part, Slip, Waiting, bundle_filed, bundle_waiting, filed, test_strip, waiting,
};
pub use document::{Align, Block, Document, Drawing, Size, Weight};
