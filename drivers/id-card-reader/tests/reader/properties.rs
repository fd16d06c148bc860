//! Hostile bytes: nothing panics, nothing wrong passes, and what is right is found among it.

use id_card_reader::protocol::{
    Decoder, Response, SamId, encode_response,
    frame::{PREAMBLE, decode_request, encode_request},
    parse_card, parse_new_address,
};
use proptest::{collection::vec, prelude::*};

/// Bytes that like to look like a frame.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        vec(any::<u8>(), 0..40),
        Just(PREAMBLE.to_vec()),
        Just(vec![0xAA; 4]),
        Just([&PREAMBLE[..], &[0x0A, 0x00]].concat()),
        Just([&PREAMBLE[..], &[0xFF, 0xFF, 0, 0, 0x90]].concat()),
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn response() -> impl Strategy<Value = Response> {
    (any::<[u8; 3]>(), vec(any::<u8>(), 0..1400))
        .prop_map(|(status, data)| Response { status, data: data.into() })
}

/// The content of a read: right lengths, and text of any kind with any of the marks.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let digit = (b'0'..=b'9').prop_map(|digit| [digit, 0]);
    let unit = prop_oneof![digit, Just([0x20, 0]), any::<[u8; 2]>()];
    let mark = prop_oneof![Just(0x20_u8), Just(b'J'), Just(b'I'), Just(b'Y'), any::<u8>()];
    (vec(unit, 128), mark, any::<u8>()).prop_map(|(units, mark, photo)| {
        let mut text = units.concat();
        text[248..250].copy_from_slice(&[mark, 0]);
        [&[1, 0, 4, 0][..], &text, &[photo; 1024]].concat()
    })
}

proptest! {
    #[test]
    fn an_answer_is_found_behind_noise_however_it_is_cut(noise in noise(), response in response(), cut in 1_usize..97) {
        let may_swallow = noise.windows(PREAMBLE.len()).any(|window| window == PREAMBLE);
        let bytes = [noise, encode_response(&response).to_vec()].concat();
        let mut decoder = Decoder::new();
        let mut found = vec![];
        for piece in bytes.chunks(cut) {
            decoder.push(piece);
            found.extend(std::iter::from_fn(|| decoder.next_response()));
        }
        found.extend(std::iter::from_fn(|| decoder.next_response_at_rest()));
        // Noise with a head of its own may swallow it, in a frame that happens to be right.
        prop_assert!(!found.is_empty());
        prop_assert!(may_swallow || found == [response]);
    }

    #[test]
    fn a_turned_bit_never_passes(response in response(), place: prop::sample::Index, bit in 0_u8..8) {
        let mut bytes = encode_response(&response).to_vec();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let mut decoder = Decoder::new();
        decoder.push(&bytes);
        let found: Vec<Response> = std::iter::from_fn(|| decoder.next_response_at_rest()).collect();
        prop_assert!(!found.contains(&response));
        prop_assert!(decoder.noise() > 0 || !found.is_empty());
    }

    #[test]
    fn no_bytes_do_harm(bytes in vec(any::<u8>(), 0..3000)) {
        let mut decoder = Decoder::new();
        decoder.push(&bytes);
        let mut taken = 0;
        while let Some(response) = decoder.next_response_at_rest() {
            taken += 11 + response.data.len();
        }
        prop_assert_eq!(taken + decoder.noise(), bytes.len(), "every byte is a frame's or noise");
        let _ = (parse_card(&bytes), parse_new_address(&bytes), SamId::parse(&bytes), decode_request(&bytes));
    }

    #[test]
    fn no_text_does_harm_and_what_passes_is_sound(content in content()) {
        if let Ok(card) = parse_card(&content) {
            prop_assert!(!card.name.is_empty() && !card.name.chars().any(char::is_control));
            prop_assert!([15, 18].contains(&card.number.len()));
        }
    }

    #[test]
    fn a_request_reads_back(command: u8, parameter: u8, data in vec(any::<u8>(), 0..60)) {
        let bytes = encode_request(command, parameter, &data);
        prop_assert_eq!(decode_request(&bytes), Some((command, parameter, &data[..])));
    }
}
