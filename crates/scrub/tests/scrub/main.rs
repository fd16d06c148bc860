//! Pictures with and without what a camera writes beside them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "test"
)]

// As everybody else calls it, the fuzz target too.
extern crate kiosk_scrub as scrub;

mod corpus;
mod jpeg;
mod png;

use proptest::prelude::*;
use scrub::{Fault, Kind, scrub};

/// What must be found nowhere.
const CANARY: &[u8] = b"CANARY 0830.0000N";

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// A picture in which every pixel differs from its neighbours.
fn pixels(width: u32, height: u32) -> image::RgbImage {
    image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x * 7 % 256) as u8, (y * 11 % 256) as u8, ((x + y) * 5 % 256) as u8])
    })
}

#[test]
fn a_file_is_what_it_begins_like_and_a_document_is_kept_as_it_is() {
    let document = b"%PDF-1.7\nsomething\n%%EOF\n";
    assert_eq!(scrub(document), Ok((Kind::Pdf, document.to_vec())));
    assert_eq!(scrub(b"%PDF-1.7\nsomething"), Err(Fault::Damaged("the end")));
    for other in
        [&b""[..], b"<html>", b"GIF89a", b"\xFF\xD8", b"PK\x03\x04", b"<svg xmlns=", b"RIFF\0\0\0\0WEBP"]
    {
        assert_eq!(scrub(other), Err(Fault::Unknown));
    }
}

proptest! {
    #[test]
    fn no_bytes_bring_it_down(bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 0usize..4) {
        let begun = [&b"\xFF\xD8\xFF"[..], b"\x89PNG\r\n\x1a\n", b"%PDF-", b""][kind];
        let _ = scrub(&[begun, &bytes].concat());
    }

    /// Whatever happens to a good file: it is refused, or what is kept is clean.
    #[test]
    fn a_damaged_picture_is_refused_or_clean(place in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<prop::sample::Index>()) {
        for good in [jpeg::with_everything(), png::with_everything()] {
            let mut bad = good.clone();
            bad[place.index(good.len())] = value;
            for file in [&bad[..], &bad[..cut.index(good.len())]] {
                if let Ok((kind, kept)) = scrub(file) {
                    prop_assert_eq!(scrub(&kept), Ok((kind, kept.clone())));
                }
            }
        }
    }
}
