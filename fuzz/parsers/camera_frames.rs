//! Frames of a camera: what passes is as large as it says, a strict reader takes nothing that a lenient one refuses, and
//! nothing that comes of it brings the judging of pages down.

use camera::{
    Page,
    protocol::{Strictness, decode, decode_jpeg, is_whole},
    transport::{Encoding, Format},
};

/// Pixels up to which a page is judged: more of them say nothing new, and take long.
const JUDGED: u32 = 128 * 128;

pub(crate) fn parse(bytes: &[u8]) {
    let (strict, lenient) = (decode_jpeg(bytes, Strictness::Strict), decode_jpeg(bytes, Strictness::Lenient));
    if let Ok(picture) = &strict {
        assert!(is_whole(bytes), "what is whole begins and ends");
        assert!(lenient.is_ok(), "a lenient reader takes what a strict one takes");
        let Some(pixels) = picture.width().checked_mul(picture.height()) else { return };
        assert_eq!(picture.rgb().len(), pixels as usize * 3, "every pixel is there");
        if pixels <= JUDGED {
            let _ = Page::of(picture);
        }
    }
    let Some(([width, height, stride], rest)) = bytes.split_first_chunk::<3>() else { return };
    let (width, height) = (u32::from(*width), u32::from(*height));
    let format = Format { encoding: Encoding::Yuyv { stride: usize::from(*stride) }, width, height };
    if let Ok(picture) = decode(rest, format, Strictness::Strict) {
        assert_eq!((picture.width(), picture.height()), (width, height), "as large as agreed");
    }
}
