//! Frames of an ID-card reader: every byte belongs to an answer or is noise, however the bytes are cut up.

use id_card_reader::protocol::{Command, Decoder, SamId, encode_response, frame::decode_request, meaning};

pub(crate) fn parse(bytes: &[u8]) {
    let (cut, rest) = bytes.split_first().map_or((1, bytes), |(cut, rest)| (usize::from(*cut).max(1), rest));
    let mut decoder = Decoder::new();
    let mut taken = 0;
    for piece in rest.chunks(cut) {
        decoder.push(piece);
        while let Some(answer) = decoder.next_response() {
            taken += encode_response(&answer).len();
            let _ = (meaning(answer.sw3()), SamId::parse(&answer.data));
            let _ = Command::ALL.map(|command| command.is_answered_by(&answer));
        }
    }
    while let Some(answer) = decoder.next_response_at_rest() {
        taken += encode_response(&answer).len();
    }
    assert_eq!(taken + decoder.noise(), rest.len(), "every byte is an answer's or noise");
    let _ = decode_request(rest);
}
