//! Brightness alone, in which everything is measured.

use driver_api::Picture;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// One byte a pixel. Wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Grey {
    width: usize,
    pixels: Vec<u8>,
}

impl Grey {
    /// Whole rows of so many pixels.
    pub(crate) fn new(width: usize, pixels: Vec<u8>) -> Self {
        Self { width, pixels }
    }

    /// The brightness of `picture`, weighed as eyes do.
    #[must_use]
    pub fn of(picture: &Picture) -> Self {
        let weigh = |pixel: &[u8]| {
            let weighed =
                pixel.iter().zip([77_u32, 150, 29]).map(|(value, weight)| u32::from(*value) * weight);
            u8::try_from(weighed.sum::<u32>() >> 8).unwrap_or(u8::MAX)
        };
        Self { width: picture.width() as usize, pixels: picture.rgb().chunks_exact(3).map(weigh).collect() }
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.pixels.len() / self.width.max(1)
    }

    /// All of them, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Its rows.
    #[must_use]
    pub fn rows(&self) -> Vec<&[u8]> {
        self.pixels.chunks_exact(self.width.max(1)).collect()
    }

    /// Half as wide and half as high, four pixels into one.
    #[must_use]
    pub fn half(&self) -> Self {
        let mut pixels = Vec::with_capacity(self.pixels.len() / 4);
        for pair in self.rows().chunks_exact(2) {
            let [upper, lower] = pair else { continue };
            for (above, below) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
                let sum: u16 = above.iter().chain(below).map(|value| u16::from(*value)).sum();
                pixels.push(u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX));
            }
        }
        Self { width: self.width / 2, pixels }
    }

    /// Halved until no side is longer than `most`; tells how often, too.
    #[must_use]
    pub fn small(&self, most: usize) -> (Self, u32) {
        let (mut small, mut halvings) = (self.clone(), 0);
        while small.width.max(small.height()) > most.max(2) {
            small = small.half();
            halvings += 1;
        }
        (small, halvings)
    }

    /// How many pixels have each brightness.
    #[must_use]
    pub fn histogram(&self) -> [usize; 256] {
        let mut counts = [0; 256];
        for pixel in &self.pixels {
            if let Some(count) = counts.get_mut(usize::from(*pixel)) {
                *count += 1;
            }
        }
        counts
    }
}
