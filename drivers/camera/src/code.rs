//! QR codes that are held before the camera, on paper or on a telephone.
//!
//! `quircs` decodes. Before a picture gets there nothing but its size is asked, so what a picture can do to a decoder
//! was the choice: 67,000 hostile ones (fields of finder patterns, right corrections over wrong words, flipped modules,
//! noise, all at odd sizes) never brought it down nor held it up. `rqrr` takes minutes over a wall of finder patterns.

use driver_api::{Scan, ScannedCode};
use quircs::Quirc;

use crate::picture::{Grey, inked};

/// No side is longer when a code is looked for: a code that is smaller then is too far away for any camera.
const SIDE: usize = 1280;
/// Modules of the smallest code.
const SMALLEST: usize = 21;

/// The first code in the picture that can be read. What it says is checked as what a scanner says is.
///
/// Three views of the picture, each good where the others are not: half as large, where noise is averaged away; the same
/// with paper and ink told apart, for shadows; and all of it, for what is far away.
#[must_use]
pub fn code(picture: &Grey) -> Scan {
    let (whole, _) = picture.small(SIDE);
    let half = whole.half();
    let found = read(&half).or_else(|| read(&inked(&half))).or_else(|| read(&whole));
    found.unwrap_or(Scan::Nothing)
}

fn read(view: &Grey) -> Option<Scan> {
    if view.width().min(view.height()) < SMALLEST {
        return None;
    }
    // A new one each time: it keeps what it has seen.
    let mut decoder = Quirc::new();
    let codes = decoder.identify(view.width(), view.height(), view.pixels());
    let said = codes.flatten().find_map(|code| code.decode().ok())?;
    Some(match ScannedCode::new(&said.payload) {
        Ok(code) => Scan::Code(code),
        Err(problem) => Scan::Rejected(problem),
    })
}
