use proptest::prelude::*;
use scrub::{Fault, Kind, scrub};

use crate::{CANARY, holds, join, pixels};

fn encoded(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&pixels(width, height)).unwrap();
    file
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&kind);
    hasher.update(data);
    let length = u32::try_from(data.len()).unwrap();
    [&length.to_be_bytes()[..], &kind, data, &hasher.finalize().to_be_bytes()].concat()
}

/// `file` with chunks put in behind its head, which is 33 bytes long.
fn with(file: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    [&file[..33], &chunks.concat(), &file[33..]].concat()
}

/// A picture with all that programs write beside it.
pub(crate) fn with_everything() -> Vec<u8> {
    let chunks = [
        chunk(*b"eXIf", CANARY),
        chunk(*b"tEXt", &join(&[b"Author\0", CANARY])),
        chunk(*b"iTXt", CANARY),
        chunk(*b"tIME", &[0; 7]),
        chunk(*b"iCCP", CANARY),
        chunk(*b"caNv", CANARY),
    ];
    let mut file = with(&encoded(20, 10), &chunks);
    file.extend(CANARY);
    file
}

#[test]
fn a_picture_without_anything_beside_it_comes_out_byte_for_byte() {
    let file = encoded(64, 48);
    assert_eq!(scrub(&file), Ok((Kind::Png, file.clone())));
}

#[test]
fn what_is_written_beside_a_picture_goes() {
    let file = with_everything();
    assert!(holds(&file, CANARY));
    assert_eq!(scrub(&file), Ok((Kind::Png, encoded(20, 10))));
}

#[test]
fn what_is_cut_off_or_no_picture_is_refused() {
    let file = encoded(20, 10);
    for end in [8, 20, 33, file.len() / 2, file.len() - 1] {
        assert_eq!(scrub(&file[..end]), Err(Fault::Damaged("a whole chunk")), "{end}");
    }
    let mut flipped = file.clone();
    flipped[45] ^= 1;
    assert_eq!(scrub(&flipped), Err(Fault::Damaged("a whole chunk")), "its sum is another");
    let head = |width: u32, height: u32| {
        let data = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
        let file = [&file[..8], &chunk(*b"IHDR", &data), &file[33..]].concat();
        scrub(&file).map(drop)
    };
    assert_eq!(head(8000, 8000), Ok(()));
    assert_eq!(head(8000, 8001), Err(Fault::TooLarge));
    assert_eq!(head(u32::MAX, u32::MAX), Err(Fault::TooLarge));
    assert_eq!(head(0, 5), Err(Fault::Damaged("a size")));
    let empty = [&file[..33], &chunk(*b"IEND", b"")].concat();
    assert_eq!(scrub(&empty), Err(Fault::Damaged("a picture")));
    let unknown = with(&file, &[chunk(*b"CaNv", b"")]);
    assert_eq!(scrub(&unknown), Err(Fault::Damaged("chunks that are known")));
}

proptest! {
    #[test]
    fn nothing_of_what_is_put_in_beside_stays(
        name in "[a-z][A-Za-z]{3}",
        data in prop::collection::vec(any::<u8>(), 0..200),
        trailer in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        prop_assume!(name != "tRNS");
        let (clean, name) = (encoded(16, 16), name.as_bytes().try_into().unwrap());
        let mut file = with(&clean, &[chunk(name, &data)]);
        file.extend(trailer);
        prop_assert_eq!(scrub(&file), Ok((Kind::Png, clean)));
    }
}
