//! Ink on paper, told from each other also where a shadow lies across both.

use super::{Grey, sums::Sums};

/// So far around a pixel its surroundings reach, as a part of the shorter side.
const REACH: usize = 6;
/// Ink is darker than so many hundredths of what is around it.
const DARKER: u32 = 90;

/// The same picture in black and white: black is what is darker than its surroundings are.
#[must_use]
pub(crate) fn inked(grey: &Grey) -> Grey {
    let sums = Sums::of(grey);
    let (width, height) = (grey.width(), grey.height());
    let reach = (width.min(height) / REACH).max(1);
    let around = |at: usize, end: usize| (at.saturating_sub(reach), (at + reach + 1).min(end));
    let shade = |(at, pixel): (usize, &u8)| {
        let ((left, right), (top, below)) = (around(at % width, width), around(at / width, height));
        let (across, down) = (right - left, below - top);
        let count = u32::try_from(across * down).unwrap_or(u32::MAX);
        let mean = sums.block(left, top, across, down) / count;
        if u32::from(*pixel) * 100 < mean * DARKER { 0 } else { 255 }
    };
    Grey::new(width, grey.pixels().iter().enumerate().map(shade).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_in_the_light_is_ink_where_it_is_brighter_than_paper_in_the_shadow() {
        // Light falls off to the right; every third column of a field in the middle is ink.
        let (width, height) = (300, 60);
        let is_ink = |x: usize| (x + 15) % 30 < 10;
        let shade = |at: usize| {
            let x = at % width;
            u8::try_from((255 - x * 2 / 3) * if is_ink(x) { 5 } else { 10 } / 10).unwrap()
        };
        let grey = Grey::new(width, (0..width * height).map(shade).collect());
        assert!(shade(15) > shade(width - 5), "paper that is darker than ink");
        let seen = inked(&grey);
        assert!((0..width).all(|x| (seen.pixels()[30 * width + x] == 0) == is_ink(x)));
    }
}
