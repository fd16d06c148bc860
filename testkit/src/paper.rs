//! Paper that an emulated printer has drawn, as whoever holds it sees it.

use std::{fs::File, io::BufReader, path::Path};

use anyhow::Context as _;

/// A picture of paper, a byte a dot.
#[derive(Clone)]
pub struct Paper {
    /// Dots across.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// From white 255 to black 0.
    pub grey: Vec<u8>,
}

impl Paper {
    /// The picture in a file that the printer has saved.
    pub fn develop(path: &Path) -> anyhow::Result<Self> {
        let mut decoder = png::Decoder::new(BufReader::new(File::open(path)?));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info()?;
        let mut grey = vec![0; reader.output_buffer_size().context("too large a picture")?];
        let info = reader.next_frame(&mut grey)?;
        Ok(Self { width: info.width, height: info.height, grey })
    }

    /// What the QR code on it says.
    pub fn code(&self) -> anyhow::Result<String> {
        let (width, height) = (usize::try_from(self.width)?, usize::try_from(self.height)?);
        let shade = |x: usize, y: usize| self.grey.get(y * width + x).copied().unwrap_or(255);
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, shade);
        let grids = picture.detect_grids();
        let mut codes = grids.iter().filter_map(|grid| Some(grid.decode().ok()?.1));
        codes.next_back().context("no QR code on the paper")
    }
}
