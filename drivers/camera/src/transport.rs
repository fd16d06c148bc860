//! The way to a camera: frames come one after the other.

mod http;
mod v4l2;

use std::time::Duration;

use driver_api::{CameraFault, LinkFault};

pub use http::http;
pub use v4l2::v4l2;

/// What the camera is switched on for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A picture on a screen, many times a second.
    Preview,
    /// One photograph, as fine as can be had.
    Capture,
}

/// How a frame is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Motion JPEG: each frame a JPEG file, often without its Huffman tables.
    Jpeg,
    /// YUYV 4:2:2, rows of so many bytes.
    Yuyv {
        /// Bytes from one row to the next.
        stride: usize,
    },
}

/// What was agreed on with the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// How its frames are written.
    pub encoding: Encoding,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// What a wait gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// No frame.
    Nothing,
    /// A frame.
    Frame,
    /// A frame of which the camera itself says that it is spoilt.
    Spoilt,
}

/// A camera that is switched on. Dropped, it is off.
pub trait Source: Send {
    /// What its frames are.
    fn format(&self) -> Format;

    /// Puts the next frame into `into`, waiting at most `wait` for it.
    fn receive(&mut self, into: &mut Vec<u8>, wait: Duration) -> Result<Arrival, LinkFault>;
}

/// A camera that can be switched on.
pub trait Switch: Send {
    /// What its maker calls it.
    fn name(&self) -> Result<String, CameraFault>;

    /// Switches it on.
    fn on(&mut self, wanted: Wanted) -> Result<Box<dyn Source>, CameraFault>;
}
