//! The class of cameras that photograph documents and people.

use std::{fmt, time::Duration};

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::LinkFault;

/// A camera that runs only while somebody looks at what it sees.
pub trait Camera: Send {
    /// Says which camera it is, without switching it on.
    fn identify(&mut self) -> Result<String, CameraFault>;

    /// What it sees now, for a screen: switched on where it is off, and the newest picture of those that came within
    /// `wait`. A spoilt one is left out.
    fn preview(&mut self, wait: Duration) -> Result<Option<Picture>, CameraFault>;

    /// Photographs as finely as it can: several times, and gives the sharpest picture that is whole. Off afterwards.
    fn capture(&mut self) -> Result<Picture, CameraFault>;

    /// Switches it off.
    fn stop(&mut self);
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CameraFault {
    /// The way to it does not work.
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// It is no camera, or one that gives neither MJPG nor YUYV.
    #[error("this is no camera that gives MJPG or YUYV: check which /dev/v4l/by-id/… stands in kiosk.toml")]
    NoFormat,
}

/// Pixels, three bytes each, row by row: a document or a face. Wiped when dropped; its `Debug` shows the size only.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Picture {
    /// `None` unless there are as many bytes as the size asks for, and at least one pixel.
    #[must_use]
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Option<Self> {
        let bytes = (width as usize).checked_mul(height as usize)?.checked_mul(3)?;
        (bytes > 0 && rgb.len() == bytes).then_some(Self { width, height, rgb })
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// All rows, one behind the other.
    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// Its rows.
    #[must_use]
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &[u8]> + ExactSizeIterator {
        self.rgb.chunks_exact(self.width as usize * 3)
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} × {})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_as_many_bytes_as_its_size_asks_for() {
        let picture = Picture::new(2, 3, vec![7; 18]).unwrap();
        assert_eq!(picture.rows().map(<[u8]>::len).collect::<Vec<_>>(), [6, 6, 6]);
        assert_eq!(format!("{picture:?}"), "Picture(2 × 3)");
        for (width, height, bytes) in [(2, 3, 17), (2, 3, 19), (0, 3, 0), (2, 0, 0), (u32::MAX, u32::MAX, 3)]
        {
            assert_eq!(Picture::new(width, height, vec![7; bytes]), None, "{width} × {height}, {bytes}");
        }
    }
}
