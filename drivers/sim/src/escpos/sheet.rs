//! Paper with dots on it.

use super::{LINE_FEED, Piece};

/// A piece of paper. Black dots are ones, the leftmost dot is the highest bit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    stride: usize,
    dots: Vec<u8>,
    rows: u32,
}

impl Sheet {
    /// A sheet without length, so many bytes wide.
    pub(crate) fn new(stride: usize) -> Self {
        Self { stride, dots: vec![], rows: 0 }
    }

    /// Dots across.
    #[must_use]
    pub fn width(&self) -> u32 {
        u32::try_from(self.stride * 8).unwrap_or(u32::MAX)
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.rows
    }

    /// Whether a dot is black.
    #[must_use]
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        let inside = x < self.width() && y < self.rows;
        let place = y as usize * self.stride + (x / 8) as usize;
        inside && self.dots.get(place).is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0)
    }

    /// The sheet as a PNG picture of one bit a dot.
    pub fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut file = vec![];
        let mut encoder = png::Encoder::new(&mut file, self.width(), self.rows);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let white: Vec<u8> = self.dots.iter().map(|byte| !byte).collect();
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&white)?;
        writer.finish()?;
        Ok(file)
    }

    /// Moves the paper without printing.
    pub(crate) fn feed(&mut self, rows: u32) {
        self.rows += rows;
        self.dots.resize(self.rows as usize * self.stride, 0);
    }

    /// Prints one piece. Dots beyond the edge are lost, as on paper.
    pub(crate) fn print(&mut self, piece: &Piece) {
        match piece {
            Piece::Row(dots) => {
                self.dots.extend(dots.iter().take(self.stride));
                self.feed(1);
            }
            other => self.feed(other.rows()),
        }
    }
}

impl Piece {
    /// By how many rows it moves the paper.
    pub(crate) fn rows(&self) -> u32 {
        match self {
            Self::Row(_) => 1,
            Self::FeedDots(rows) | Self::Cut { feed: rows } => u32::from(*rows),
            Self::FeedLines(lines) => u32::from(*lines) * LINE_FEED,
            _ => 0,
        }
    }
}
