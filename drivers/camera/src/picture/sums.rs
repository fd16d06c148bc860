//! How bright a block of pixels is, whatever its size, from four numbers.

use zeroize::Zeroizing;

use super::Grey;

/// How bright everything above and to the left of each corner of a pixel is. Wiped when dropped.
pub(super) struct Sums {
    corners: usize,
    sums: Zeroizing<Vec<u32>>,
}

impl Sums {
    pub(super) fn of(grey: &Grey) -> Self {
        let corners = grey.width() + 1;
        // All of it at once, so that growing leaves no copies behind.
        let mut sums = Zeroizing::new(Vec::with_capacity(corners * (grey.height() + 1)));
        sums.resize(corners, 0);
        for row in grey.rows() {
            let above = sums.len() - corners;
            let mut along = 0;
            sums.push(0);
            for (at, pixel) in row.iter().enumerate() {
                along += u32::from(*pixel);
                let over: u32 = sums.get(above + at + 1).copied().unwrap_or_default();
                sums.push(over.wrapping_add(along));
            }
        }
        Self { corners, sums }
    }

    /// A block of so many pixels; what of it lies beyond the picture counts nothing. Numbers that went over the top of
    /// theirs, in a picture of more than 16 million pixels, come back where one is taken from the other.
    pub(super) fn block(&self, x: usize, y: usize, across: usize, down: usize) -> u32 {
        let at = |x: usize, y: usize| {
            let (x, y) = (x.min(self.corners - 1), y.min(self.sums.len() / self.corners - 1));
            self.sums.get(y * self.corners + x).copied().unwrap_or_default()
        };
        let below = at(x + across, y + down).wrapping_sub(at(x, y + down));
        below.wrapping_sub(at(x + across, y).wrapping_sub(at(x, y)))
    }
}

#[cfg(test)]
mod tests {
    use driver_api::Picture;

    use super::*;

    #[test]
    fn a_block_is_as_bright_as_its_pixels_together() {
        let shades = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        let rgb = shades.iter().flat_map(|shade| [*shade; 3]).collect();
        let grey = Grey::of(&Picture::new(4, 3, rgb).unwrap());
        let sums = Sums::of(&grey);
        let pixel = |x: usize, y: usize| u32::from(grey.pixels()[y * 4 + x]);
        assert_eq!(sums.block(1, 1, 2, 2), pixel(1, 1) + pixel(2, 1) + pixel(1, 2) + pixel(2, 2));
        assert_eq!(sums.block(0, 0, 4, 3), grey.pixels().iter().map(|pixel| u32::from(*pixel)).sum());
        assert_eq!(sums.block(3, 2, 9, 9), pixel(3, 2), "beyond the edge there is nothing");
    }
}
