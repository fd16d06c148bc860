//! From whole numbers to real ones and back, in the ranges that pictures have.

/// Exact far beyond any number of pixels.
#[expect(clippy::cast_precision_loss, reason = "pictures have fewer than 2^52 pixels")]
pub(super) fn real(number: usize) -> f64 {
    number as f64
}

/// Rounded; what is below zero, or no number, is zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is wanted"
)]
pub(super) fn whole(number: f64) -> usize {
    number.round() as usize
}

/// Rounded, and at most 255.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is wanted"
)]
pub(super) fn byte(number: f64) -> u8 {
    number.round() as u8
}
