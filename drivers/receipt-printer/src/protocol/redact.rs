//! What is personal in what a printer is sent: the dots of receipts. They become white paper.

use recorder::Redactor;

/// The image command that receipts are made of.
const IMAGE: [u8; 3] = [0x1D, 0x76, 0x30];
/// Mode, bytes in a row and rows, behind it.
const SIZE: usize = 5;

/// The redactor of this driver. An image is sent in many pieces, with answers in between.
#[derive(Default)]
pub struct DotRedactor {
    /// The command as far as it has come.
    head: Vec<u8>,
    /// Dots of its image that are still to come, eight in a byte.
    dots: usize,
}

impl Redactor for DotRedactor {
    fn sent(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.dots > 0 {
                self.dots -= 1;
                *byte = 0;
            } else {
                self.follow(*byte);
            }
        }
    }

    /// A printer says how it is, and who.
    fn came(&mut self, _: &mut [u8]) {}
}

impl DotRedactor {
    fn follow(&mut self, byte: u8) {
        self.head.push(byte);
        let begun = self.head.len().min(IMAGE.len());
        if self.head.get(..begun) != IMAGE.get(..begun) {
            // None of its bytes but the first begins it.
            self.head.clear();
            self.head.extend((byte == IMAGE[0]).then_some(byte));
        }
        if let [_, _, _, _, x_low, x_high, y_low, y_high] = self.head[..] {
            let number = |low, high| usize::from(u16::from_le_bytes([low, high]));
            self.dots = number(x_low, x_high) * number(y_low, y_high);
            self.head.clear();
        }
        debug_assert!(self.head.len() < IMAGE.len() + SIZE, "a head is as long as it is");
    }
}

#[cfg(test)]
mod tests {
    use driver_api::Bitmap;
    use proptest::prelude::*;

    use super::*;
    use crate::{Profile, protocol::job};

    proptest! {
        /// However it is cut, what is kept of a receipt is what an empty one of its size is.
        #[test]
        fn no_dot_is_kept(rows in 1_u32..600, cut in 1_usize..5_000, ink: u8) {
            let profile = Profile::named("escpos-80").unwrap();
            let (mut image, empty) = (Bitmap::new(576, rows), Bitmap::new(576, rows));
            for y in 0..rows {
                (0..8).filter(|bit| ink & 1 << bit != 0).for_each(|bit| image.blacken(y % 500 + bit, y));
            }
            let mut sent = job::sheet(&image, &profile).unwrap();
            let mut redactor = DotRedactor::default();
            for piece in sent.chunks_mut(cut) {
                redactor.sent(piece);
                redactor.came(&mut [0x12]);
            }
            prop_assert_eq!(sent, job::sheet(&empty, &profile).unwrap());
        }
    }
}
