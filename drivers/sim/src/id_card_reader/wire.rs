//! The module's side of the wire: requests taken apart, answers put together.

/// What every frame begins with.
const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];

/// The longest request there is: command, parameter, one byte, checksum. More is a wrong length.
const LONGEST_REQUEST: usize = 64;

/// A request as it came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Command and parameter of a frame that is right.
    Command(u8, u8),
    /// The checksum does not fit.
    WrongChecksum,
    /// The length is none that a request has.
    WrongLength,
}

/// Takes the next request out of `inbox`, or nothing when it has not come whole.
pub(super) fn next_request(inbox: &mut Vec<u8>) -> Option<Heard> {
    let start = inbox.windows(PREAMBLE.len()).position(|window| window == PREAMBLE);
    // What cannot begin a frame any more is noise.
    let noise = start.unwrap_or(inbox.len().saturating_sub(PREAMBLE.len() - 1));
    inbox.drain(..noise);
    let (high, low) = (*inbox.get(5)?, *inbox.get(6)?);
    let length = usize::from(u16::from_be_bytes([high, low]));
    if !(3..=LONGEST_REQUEST).contains(&length) {
        inbox.clear();
        return Some(Heard::WrongLength);
    }
    if inbox.len() < 7 + length {
        return None;
    }
    let frame: Vec<u8> = inbox.drain(..7 + length).collect();
    Some(judge(&frame))
}

fn judge(frame: &[u8]) -> Heard {
    let covered = frame.get(5..).unwrap_or_default();
    // The checksum at the end makes the sum of all nothing.
    match (xor(covered), covered) {
        (0, [_, _, command, parameter, ..]) => Heard::Command(*command, *parameter),
        _ => Heard::WrongChecksum,
    }
}

/// An answer: status word, data.
pub(super) fn answer(status: [u8; 3], data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(status.len() + data.len() + 1).unwrap_or(u16::MAX);
    let mut frame = PREAMBLE.to_vec();
    frame.extend(length.to_be_bytes());
    frame.extend(status);
    frame.extend(data);
    frame.push(xor(frame.get(5..).unwrap_or_default()));
    frame
}

fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIND: [u8; 10] = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, 0x20, 0x01, 0x22];

    #[test]
    fn a_request_is_heard_when_it_is_whole_and_after_noise() {
        let mut inbox = vec![0xAA, 0x13, 0xAA];
        inbox.extend(&FIND[..9]);
        assert_eq!(next_request(&mut inbox), None);
        inbox.push(0x22);
        assert_eq!(next_request(&mut inbox), Some(Heard::Command(0x20, 0x01)));
        assert!(inbox.is_empty());
    }

    #[test]
    fn a_wrong_checksum_or_length_is_told() {
        let mut wrong = FIND.to_vec();
        wrong[9] ^= 1;
        assert_eq!(next_request(&mut wrong), Some(Heard::WrongChecksum));
        let mut long = FIND.to_vec();
        long[5] = 0xFF;
        assert_eq!(next_request(&mut long), Some(Heard::WrongLength));
    }

    #[test]
    fn answers_look_as_published() {
        assert_eq!(answer([0, 0, 0x80], &[]), [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x80, 0x84]);
        assert_eq!(answer([0, 0, 0x9F], &[0; 4]).last(), Some(&0x97));
        assert_eq!(answer([0, 0, 0x90], &[0; 8]).last(), Some(&0x9C));
    }
}
