//! Files that are no recording are refused, whatever they are.

use kiosk_voice::{MOST_BYTES, Recording, Unfit, Voice};
use proptest::prelude::*;
use protocol::Language;

use crate::lasts;

fn good() -> Vec<u8> {
    Voice::built_in().recording(Language::Simplified, "end.card").unwrap().ogg().to_vec()
}

fn judged(file: Vec<u8>) -> Result<Recording, Unfit> {
    Recording::check(file)
}

/// A file of one stream: each packet on a page of its own, with its place in samples.
fn ogg(packets: &[(&[u8], u64)]) -> Vec<u8> {
    let mut file = Vec::new();
    for (number, (packet, at)) in packets.iter().enumerate() {
        let kind = if number == 0 {
            2
        } else if number + 1 == packets.len() {
            4
        } else {
            0
        };
        let mut page = [b"OggS\0".as_slice(), &[kind], &at.to_le_bytes(), &1_u32.to_le_bytes()].concat();
        page.extend((number as u32).to_le_bytes());
        page.extend([0; 4]);
        page.push((packet.len() / 255 + 1) as u8);
        page.extend(std::iter::repeat_n(255, packet.len() / 255));
        page.push((packet.len() % 255) as u8);
        page.extend(*packet);
        let sum = page.iter().fold(0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
                (sum << 1) ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
            })
        });
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        file.extend(page);
    }
    file
}

fn identification(channels: u8, rate: u32) -> Vec<u8> {
    let mut packet = [b"\x01vorbis\0\0\0\0".as_slice(), &[channels], &rate.to_le_bytes(), &[0; 12]].concat();
    packet.extend([0xb8, 1]);
    packet
}

const COMMENT: &[u8] = b"\x03vorbis\0\0\0\0\0\0\0\0\x01";

/// A setup whose only codebook has so many dimensions and entries, all in a few bits, and a lookup table of values.
fn setup(dimensions: u64, entries: u64) -> Vec<u8> {
    let mut bits = Vec::new();
    let mut put =
        |value: u64, count: u32| bits.extend((0..count).map(|bit| value.checked_shr(bit).unwrap_or(0) & 1));
    put(0, 8);
    put(0x56_43_42, 24);
    put(dimensions, 16);
    put(entries, 24);
    // In the order of their lengths: all have 24 bits.
    put(1, 1);
    put(23, 5);
    put(entries, 64 - entries.leading_zeros());
    // Type 1, minimum and step 0, a value in a bit, no sum: one value spans all dimensions.
    put(1, 4);
    put(0, 64);
    put(0, 4);
    put(0, 1);
    put(0, 16);
    // A placeholder, and what follows as it comes.
    put(0, 6 + 16);
    put(0, 400);
    let bytes = bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |sum, bit| sum << 1 | *bit as u8));
    b"\x05vorbis".iter().copied().chain(bytes).collect()
}

#[test]
fn a_good_one_is_taken() {
    assert!(judged(good()).is_ok());
}

#[test]
fn files_of_other_kinds_are_refused() {
    let wav = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\xc0\x5d\0\0\x80\xbb\0\0\x02\0\x10\0data\0\0\0\0"
        .to_vec();
    for file in [Vec::new(), b"OggS".to_vec(), wav, b"\xff\xd8\xff\xe0".to_vec(), vec![0; 4_000]] {
        assert_eq!(judged(file), Err(Unfit::Unreadable));
    }
    assert_eq!(judged(vec![0; MOST_BYTES + 1]), Err(Unfit::Large));
}

/// Without a bound of ours the decoder would ask for as much memory as the file claims, and the program would end.
#[test]
fn a_codebook_that_claims_terabytes_is_refused() {
    let file =
        ogg(&[(&identification(1, 24_000), 0), (COMMENT, 0), (&setup(0xffff, 0xff_ffff), 0), (&[0], 1_000)]);
    assert_eq!(judged(file), Err(Unfit::Unreadable));
}

#[test]
fn two_sentences_in_one_file_are_refused() {
    let twice = [good(), good()].concat();
    assert!(judged(twice).is_err());
}

#[test]
fn half_a_file_is_either_refused_or_a_shorter_sentence() {
    let whole = lasts(&judged(good()).unwrap()).unwrap();
    let file = good();
    for cut in (0..file.len()).step_by(97) {
        if let Ok(half) = judged(file[..cut].to_vec()) {
            assert!(lasts(&half).unwrap() < whole, "cut at {cut}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Nothing takes the program down, and what is taken can be played to its end.
    #[test]
    fn a_damaged_file_is_judged(at in 0_usize..6_000, damage in proptest::collection::vec(any::<u8>(), 1..40)) {
        let mut file = good();
        let at = at % file.len();
        for (byte, other) in file[at..].iter_mut().zip(damage) {
            *byte = other;
        }
        if let Ok(recording) = judged(file) {
            prop_assert!(lasts(&recording).is_ok());
        }
    }
}
