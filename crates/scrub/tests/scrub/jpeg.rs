use image::codecs::jpeg::JpegEncoder;
use proptest::prelude::*;
use scrub::{Fault, Kind, scrub};

use crate::{CANARY, holds, join, pixels};

fn encoded(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 80).encode_image(&pixels(width, height)).unwrap();
    file
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap();
    [&[0xFF, marker][..], &length.to_be_bytes(), data].concat()
}

/// `file` with segments put in behind its beginning.
fn with(file: &[u8], segments: &[Vec<u8>]) -> Vec<u8> {
    [&file[..2], &segments.concat(), &file[2..]].concat()
}

/// Exif with a place, a day, and which way up, in either order of bytes.
fn exif(held: u8, little: bool) -> Vec<u8> {
    let two = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let four = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&two(tag)[..], &two(kind), &four(count), &value].concat()
    };
    let [low, high] = two(held.into());
    let entries = [
        entry(0x010F, 2, 17, four(50)),
        entry(0x0112, 3, 1, [low, high, 0, 0]),
        entry(0x8825, 4, 1, four(50)),
    ];
    let head = if little { b"II*\0" } else { b"MM\0*" };
    let tiff = [&head[..], &four(8), &two(3), &entries.concat(), &four(0), CANARY].concat();
    join(&[b"Exif\0\0", &tiff])
}

/// A photograph with all that cameras write beside it.
pub(crate) fn with_everything() -> Vec<u8> {
    let thumbnail = join(&[b"JFIF\0\x01\x02\0\0\x01\0\x01\x03\x02", &[7; 18], CANARY]);
    let mut file = with(
        &encoded(40, 30),
        &[
            segment(0xE0, &thumbnail),
            segment(0xE1, &exif(6, true)),
            segment(0xE1, &join(&[b"http://ns.adobe.com/xap/1.0/\0", CANARY])),
            segment(0xE2, &join(&[b"MPF\0", CANARY])),
            segment(0xE2, &join(&[b"ICC_PROFILE\0\x01\x01", CANARY])),
            segment(0xED, &join(&[b"Photoshop 3.0\0", CANARY])),
            segment(0xFE, CANARY),
        ],
    );
    file.extend(encoded(8, 8));
    file.extend(CANARY);
    file
}

fn shown(file: &[u8]) -> image::RgbImage {
    image::load_from_memory_with_format(file, image::ImageFormat::Jpeg).unwrap().to_rgb8()
}

#[test]
fn a_photograph_without_anything_beside_it_comes_out_byte_for_byte() {
    let file = encoded(64, 48);
    assert_eq!(scrub(&file), Ok((Kind::Jpeg, file.clone())));
}

#[test]
fn what_a_camera_wrote_goes_every_pixel_stays_and_so_does_which_way_up() {
    let file = with_everything();
    assert!(holds(&file, CANARY));
    let (kind, kept) = scrub(&file).unwrap();
    assert_eq!(kind, Kind::Jpeg);
    for gone in [CANARY, b"xap", b"MPF", b"ICC_PROFILE", b"Photoshop"] {
        assert!(!holds(&kept, gone), "{}", String::from_utf8_lossy(gone));
    }
    assert_eq!(shown(&kept), shown(&encoded(40, 30)));
    assert!(kept.ends_with(&[0xFF, 0xD9]) && kept.len() < encoded(40, 30).len() + 80);
    // Which way up is said in the one entry of the one directory that is left.
    let said = kept.windows(6).position(|window| window == b"Exif\0\0").unwrap();
    assert_eq!(&kept[said + 6..said + 16], b"MM\0*\0\0\0\x08\0\x01");
    assert_eq!(&kept[said + 16..said + 28], [1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
}

#[test]
fn which_way_up_is_read_in_either_order_and_upright_needs_no_word() {
    let clean = encoded(16, 16);
    for little in [true, false] {
        for held in [0, 1, 9, 255] {
            let (_, kept) = scrub(&with(&clean, &[segment(0xE1, &exif(held, little))])).unwrap();
            assert_eq!(kept, clean, "{held}");
        }
        for held in 2..=8 {
            let (_, kept) = scrub(&with(&clean, &[segment(0xE1, &exif(held, little))])).unwrap();
            assert_eq!(kept.len(), clean.len() + 36);
            assert_eq!(scrub(&kept), Ok((Kind::Jpeg, kept.clone())));
        }
    }
}

#[test]
fn what_is_cut_off_or_no_photograph_is_refused() {
    let file = encoded(64, 48);
    for end in [3, 20, file.len() / 2, file.len() - 1] {
        assert!(matches!(scrub(&file[..end]), Err(Fault::Damaged(_))), "{end}");
    }
    let size = file.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap() + 5;
    let resized = |height: [u8; 2], width: [u8; 2]| {
        let mut bad = file.clone();
        bad[size..size + 2].copy_from_slice(&height);
        bad[size + 2..size + 4].copy_from_slice(&width);
        scrub(&bad).unwrap_err()
    };
    assert_eq!(resized([0xFF, 0xFF], [0xFF, 0xFF]), Fault::TooLarge);
    assert_eq!(resized([0, 0], [0, 9]), Fault::Damaged("a size"));
    let nothing = [&[0xFF, 0xD8][..], &segment(0xFE, b"x"), &[0xFF, 0xD9]].concat();
    assert!(scrub(&nothing).is_err(), "an end and no picture");
    for unknown in [0xC3, 0xC9, 0xD8, 0x01, 0x00] {
        assert!(scrub(&with(&file, &[segment(unknown, b"x")])).is_err(), "{unknown:x}");
    }
}

proptest! {
    #[test]
    fn nothing_of_what_is_put_in_beside_stays(
        marker in prop::sample::select(vec![0xE1u8, 0xE2, 0xE3, 0xEB, 0xED, 0xEF, 0xFE]),
        data in prop::collection::vec(any::<u8>(), 0..200),
        trailer in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let clean = encoded(16, 16);
        let mut file = with(&clean, &[segment(marker, &join(&[b"x", &data]))]);
        file.extend(trailer);
        prop_assert_eq!(scrub(&file), Ok((Kind::Jpeg, clean)));
    }
}
