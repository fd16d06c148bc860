//! The screens: Slint markup and the generated code, fenced.

#[allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::todo
)]
mod generated {
    slint::include_modules!();
}
pub use generated::*;
pub use slint;
