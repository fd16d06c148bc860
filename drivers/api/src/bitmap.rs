//! Black dots on white paper.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A picture of one bit a dot, rows padded to whole bytes, the leftmost dot in the highest bit: the form in which
/// printers take it. Wiped when dropped, because a receipt names a person.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Bitmap {
    width: u32,
    rows: Vec<u8>,
}

impl Bitmap {
    /// White paper.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        let bytes = width.div_ceil(8) as usize * height as usize;
        Self { width, rows: vec![0; bytes] }
    }

    /// Dots in a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Bytes in a row.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.width.div_ceil(8) as usize
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        u32::try_from(self.rows.len() / self.stride().max(1)).unwrap_or(u32::MAX)
    }

    /// All rows, one behind the other.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.rows
    }

    /// Blackens a dot; what lies outside the paper is ignored.
    pub fn blacken(&mut self, x: u32, y: u32) {
        if let Some((place, bit)) = self.place(x, y)
            && let Some(byte) = self.rows.get_mut(place)
        {
            *byte |= bit;
        }
    }

    /// Whether a dot is black; outside the paper none is.
    #[must_use]
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        self.place(x, y).is_some_and(|(place, bit)| self.rows.get(place).is_some_and(|byte| byte & bit != 0))
    }

    fn place(&self, x: u32, y: u32) -> Option<(usize, u8)> {
        (x < self.width).then(|| (y as usize * self.stride() + (x / 8) as usize, 0x80 >> (x % 8)))
    }
}

impl std::fmt::Debug for Bitmap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bitmap({}×{})", self.width, self.height())
    }
}
