//! Dots on paper.

use std::io;

/// The paper that hangs out of the printer.
#[derive(Clone, Debug)]
pub struct Roll {
    dots: usize,
    rows: Vec<Vec<u8>>,
}

/// A piece of paper that was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    dots: usize,
    rows: Vec<Vec<u8>>,
}

impl Roll {
    /// Nothing hangs out yet.
    #[must_use]
    pub fn new(dots: usize) -> Self {
        Self { dots, rows: Vec::new() }
    }

    /// Rows come out.
    pub fn feed(&mut self, rows: &[Vec<u8>]) {
        self.rows.extend_from_slice(rows);
    }

    /// How many rows hang out.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Cuts off what hangs out.
    pub fn cut(&mut self) -> Sheet {
        Sheet { dots: self.dots, rows: std::mem::take(&mut self.rows) }
    }
}

impl Sheet {
    /// Rows of dots.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rows.len()
    }

    /// How many dots are black.
    #[must_use]
    pub fn ink(&self) -> usize {
        self.rows.iter().flatten().map(|byte| byte.count_ones() as usize).sum()
    }

    /// The paper as a picture, one pixel a dot.
    pub fn png(&self) -> io::Result<Vec<u8>> {
        let size = |n: usize| u32::try_from(n).map_err(io::Error::other);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, size(self.dots)?, size(self.rows.len().max(1))?);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels())?;
        writer.finish()?;
        Ok(file)
    }

    fn pixels(&self) -> Vec<u8> {
        let dot = |row: &Vec<u8>, x: usize| row.get(x / 8).is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0);
        let mut pixels = Vec::with_capacity(self.dots * self.rows.len().max(1));
        for row in &self.rows {
            pixels.extend((0..self.dots).map(|x| if dot(row, x) { 0 } else { 255 }));
        }
        pixels.resize(self.dots * self.rows.len().max(1), 255);
        pixels
    }
}
