//! Frames as cameras send them, one by one or in an answer without end, made into pixels; and pixels made into the file that a page is sent as.

mod file;
mod huffman;
mod jpeg;
mod parts;
mod scan;
mod yuyv;

use driver_api::Picture;

use crate::transport::{Encoding, Format};

pub use file::jpeg_file;
pub use jpeg::{Strictness, decode as decode_jpeg, is_whole, size as jpeg_size, with_tables};
pub use parts::{LARGEST_FRAME, Parts, StreamError};
pub use yuyv::decode as decode_yuyv;

/// Why a frame is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum FrameError {
    /// It does not begin as a JPEG file does, or does not end as one.
    #[error("the frame is cut off")]
    CutOff,
    /// It is not what its encoding asks for.
    #[error("the frame is damaged")]
    Damaged,
    /// It has another size than was agreed on.
    #[error("the frame has another size than was agreed on")]
    OtherSize,
}

/// Makes a picture of a frame.
pub fn decode(frame: &[u8], format: Format, strictness: Strictness) -> Result<Picture, FrameError> {
    let Format { encoding, width, height } = format;
    match encoding {
        Encoding::Jpeg => {
            let picture = decode_jpeg(frame, strictness)?;
            let agreed = (picture.width(), picture.height()) == (width, height);
            if agreed { Ok(picture) } else { Err(FrameError::OtherSize) }
        }
        Encoding::Yuyv { stride } => decode_yuyv(frame, width, height, stride),
    }
}
