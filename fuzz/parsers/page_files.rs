//! Files of pages: what is kept of one is of the same kind, no longer than what came and a word about which way up it is
//! held, has nothing beside the picture, and is taken once more as it is.

use scrub::{Kind, scrub};

/// What the word about which way up takes, at the most.
const HELD: usize = 36;

pub(crate) fn parse(bytes: &[u8]) {
    let Ok((kind, kept)) = scrub(bytes) else { return };
    assert_eq!(Kind::of(&kept), Some(kind), "what it is it stays");
    assert!(kept.len() <= bytes.len() + HELD, "nothing is made up");
    assert_eq!(scrub(&kept), Ok((kind, kept.clone())), "what is clean stays as it is");
    match kind {
        Kind::Jpeg => assert!(segments(&kept).iter().all(|marker| is_of_a_picture(*marker))),
        Kind::Png => assert_eq!(kept.get(kept.len() - 8..kept.len() - 4), Some(&b"IEND"[..])),
        Kind::Pdf => assert_eq!(kept, bytes),
    }
}

/// The markers of the segments before the first scan, found another way than the filter does.
fn segments(kept: &[u8]) -> Vec<u8> {
    let (mut found, mut at) = (Vec::new(), 2);
    while let Some(&[0xFF, marker, high, low]) = kept.get(at..at + 4) {
        found.push(marker);
        if marker == 0xDA {
            break;
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
    found
}

fn is_of_a_picture(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xC2 | 0xC4 | 0xDA..=0xDD | 0xE0 | 0xE1 | 0xEE)
}
