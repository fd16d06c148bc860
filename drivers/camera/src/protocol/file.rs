//! A page as a JPEG file that is not too large.

use driver_api::Picture;
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
use zeroize::Zeroizing;

use crate::picture::shrunk;

/// Print is legible at each of them; the first that makes the file small enough is taken.
const QUALITIES: [u8; 4] = [85, 75, 60, 45];
/// Below so many pixels a side nobody could read a page any more.
const LEAST: u32 = 256;

/// The picture as a file of at most `most` bytes: written less finely, and then smaller, until it is. `None` where not
/// even a small picture is small enough.
#[must_use]
pub fn jpeg_file(picture: &Picture, most: usize) -> Option<Zeroizing<Vec<u8>>> {
    for quality in QUALITIES {
        let file = written(picture, quality)?;
        if file.len() <= most {
            return Some(file);
        }
    }
    let side = picture.width().max(picture.height()) / 2;
    (side >= LEAST).then(|| shrunk(picture, side)).and_then(|smaller| jpeg_file(&smaller, most))
}

fn written(picture: &Picture, quality: u8) -> Option<Zeroizing<Vec<u8>>> {
    let mut file = Zeroizing::new(Vec::new());
    let mut encoder = JpegEncoder::new_with_quality(&mut *file, quality);
    encoder.encode(picture.rgb(), picture.width(), picture.height(), ExtendedColorType::Rgb8).ok()?;
    Some(file)
}
