//! How the light falls on a page.

use super::{Grey, numbers::real};

/// As bright as a pixel gets; nothing of what is there can be read.
const BLOWN: usize = 250;
/// With this share of a page blown a lamp shines back from it: a tenth of a line of text.
const GLARE: f64 = 0.004;
/// A page whose paper is darker than this …
const DARK: usize = 70;
/// … or brighter than this was not exposed well.
const BRIGHT: usize = 244;

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// Nothing.
    Good,
    /// A lamp shines back.
    Glare,
    /// Too little.
    Dark,
    /// Too much.
    Bright,
}

/// Judges the light on a page that fills the picture.
#[must_use]
pub fn light(page: &Grey) -> Light {
    let histogram = page.histogram();
    // Text is on less than half of a page, so that three quarters of the way up there is paper.
    let paper = quantile(&histogram, page.pixels().len() * 3 / 4);
    let blown: usize = histogram.iter().skip(BLOWN).sum();
    match paper {
        _ if paper < DARK => Light::Dark,
        _ if paper > BRIGHT => Light::Bright,
        _ if real(blown) > GLARE * real(page.pixels().len()) => Light::Glare,
        _ => Light::Good,
    }
}

/// The brightness that so many pixels do not exceed.
fn quantile(histogram: &[usize; 256], rank: usize) -> usize {
    let mut below = 0;
    histogram
        .iter()
        .position(|count| {
            below += count;
            below > rank
        })
        .unwrap_or(255)
}
