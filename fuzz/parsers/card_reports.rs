//! What USB puts around the frames of an ID-card reader: no report gives more than it has, and no byte of a pipe is lost.

use id_card_reader::protocol::{
    pipes::{Merge, Pipe, Pipes},
    report::{REPORT, decode_response, encode_request},
};

pub(crate) fn parse(bytes: &[u8]) {
    for report in bytes.chunks(REPORT) {
        assert!(
            decode_response(report).is_none_or(|piece| piece.len() <= 54),
            "a piece fits into its report"
        );
    }
    let _ = (encode_request(bytes), Pipes::choose(bytes.iter().copied()));
    merge(bytes);
}

/// Each byte goes over the pipe that its neighbour's last bit names.
fn merge(bytes: &[u8]) {
    let (mut merge, mut into, mut got) = (Merge::default(), [0; 64], 0);
    for pair in bytes.chunks_exact(2) {
        merge.push(if pair[0] & 1 == 0 { Pipe::Heads } else { Pipe::Bodies }, &pair[1..]);
        got += merge.take(&mut into);
    }
    loop {
        match merge.take(&mut into) {
            0 => break,
            count => got += count,
        }
    }
    loop {
        match merge.give_up(&mut into) {
            0 => break,
            count => got += count,
        }
    }
    assert_eq!(got, bytes.len() / 2, "every byte comes out once");
}
