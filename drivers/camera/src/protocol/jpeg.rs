//! Motion JPEG: files that may lack their Huffman tables, may have zeros behind their end, and may be cut off.

use std::borrow::Cow;

use driver_api::Picture;
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::JpegDecoder;

use super::{FrameError, huffman, scan};

const SOI: [u8; 2] = [0xFF, 0xD8];
const EOI: [u8; 2] = [0xFF, 0xD9];
const DHT: u8 = 0xC4;
const SOS: u8 = 0xDA;
/// No camera of a kiosk has longer rows or more of them.
const LONGEST: usize = 8192;

/// How much of a frame must be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// A preview: a spoilt corner is gone with the next frame.
    Lenient,
    /// A photograph: whole, or none.
    Strict,
}

/// Whether it begins and ends as a file does. Zeros behind the end do no harm.
#[must_use]
pub fn is_whole(frame: &[u8]) -> bool {
    let end = frame.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    frame.starts_with(&SOI) && frame.get(..end).is_some_and(|file| file.ends_with(&EOI))
}

/// The frame with the tables that every decoder is to know, where it has none of its own; `None` where its segments do
/// not lead to a scan.
#[must_use]
pub fn with_tables(frame: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut at = SOI.len();
    loop {
        let [0xFF, marker, high, low] = *frame.get(at..at + 4)? else { return None };
        match marker {
            DHT => return Some(Cow::Borrowed(frame)),
            SOS => {
                let (before, scan) = frame.split_at_checked(at)?;
                return Some(Cow::Owned([before, &huffman::segment(), scan].concat()));
            }
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low]).max(2)),
        }
    }
}

/// How wide and high the picture says that it is.
#[must_use]
pub fn size(frame: &[u8]) -> Option<(u32, u32)> {
    let options = DecoderOptions::default().set_max_width(LONGEST).set_max_height(LONGEST);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(frame), options);
    decoder.decode_headers().ok()?;
    decoder.info().map(|size| (size.width.into(), size.height.into()))
}

/// Makes a picture of it.
pub fn decode(frame: &[u8], strictness: Strictness) -> Result<Picture, FrameError> {
    if strictness == Strictness::Strict && !is_whole(frame) {
        return Err(FrameError::CutOff);
    }
    let file = zeroize::Zeroizing::new(with_tables(frame).ok_or(FrameError::Damaged)?.into_owned());
    if strictness == Strictness::Strict && !scan::is_complete(&file) {
        return Err(FrameError::Damaged);
    }
    let options = DecoderOptions::default()
        .set_strict_mode(strictness == Strictness::Strict)
        .set_max_width(LONGEST)
        .set_max_height(LONGEST)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&*file), options);
    let pixels = decoder.decode().map_err(|_| FrameError::Damaged)?;
    let size = decoder.info().ok_or(FrameError::Damaged)?;
    Picture::new(size.width.into(), size.height.into(), pixels).ok_or(FrameError::Damaged)
}
