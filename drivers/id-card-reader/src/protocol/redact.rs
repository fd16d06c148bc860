//! What is personal in what a reader says, replaced by as much that is not: 示例, a region that does not exist, no face.

use recorder::Redactor;

use super::{
    check,
    layout::{mark, parse_card},
    text::Text,
};

const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];
/// Preamble and length.
const HEAD: usize = 7;
/// Three status bytes and the check byte.
const BARE: usize = 4;
/// The identity of the module, which is a device's.
const SAM_ID: usize = 16;
/// In the place of what is no answer.
const NOISE: u8 = b'?';
/// Lengths, text and photo.
const CONTENT: usize = 4 + 256 + 1024;

/// The redactor of this driver.
pub struct CardRedactor;

impl Redactor for CardRedactor {
    /// A request says nothing about anybody.
    fn sent(&mut self, _: &mut [u8]) {}

    /// Whatever was asked: an answer may come late.
    fn came(&mut self, bytes: &mut [u8]) {
        let mut at = 0;
        while let Some(rest) = bytes.get_mut(at..).filter(|rest| !rest.is_empty()) {
            at += match frame(rest) {
                Some(length) => rest.get_mut(..length).map_or(1, answer),
                None => {
                    rest.iter_mut().take(1).for_each(|byte| *byte = NOISE);
                    1
                }
            };
        }
    }
}

/// How much of an answer begins here, whether it is whole or not.
fn frame(bytes: &[u8]) -> Option<usize> {
    let (head, _) = bytes.split_first_chunk::<HEAD>()?;
    let &[_, _, _, _, _, high, low] = head;
    let length = HEAD + usize::from(u16::from_be_bytes([high, low]));
    (head.starts_with(&PREAMBLE) && length >= HEAD + BARE).then_some(length.min(bytes.len()))
}

/// Replaces the data of one answer, and puts its check byte right. Returns how long it is.
fn answer(frame: &mut [u8]) -> usize {
    let whole = frame.get(5..HEAD).and_then(<[u8]>::first_chunk).map(|length| u16::from_be_bytes(*length));
    let whole = whole.is_some_and(|length| HEAD + usize::from(length) == frame.len());
    let length = frame.len();
    if !whole {
        frame.iter_mut().skip(HEAD).for_each(|byte| *byte = NOISE);
        return length;
    }
    let was_right = frame.last().copied() == Some(check_byte(frame));
    if let Some(data) = frame.get_mut(HEAD + 3..length - 1) {
        match data.len() {
            0 | SAM_ID => {}
            CONTENT => content(data),
            _ => data.fill(0),
        }
    }
    // One that was wrong stays wrong.
    let check = check_byte(frame);
    frame.iter_mut().skip(length - 1).for_each(|byte| *byte = if was_right { check } else { !check });
    length
}

/// Over everything behind the preamble but itself.
fn check_byte(frame: &[u8]) -> u8 {
    let last = frame.len().saturating_sub(1);
    frame.get(PREAMBLE.len()..last).unwrap_or_default().iter().fold(0, |check, byte| check ^ byte)
}

/// A card stays a card of its kind, and what is none stays none.
fn content(data: &mut [u8]) {
    let sound = parse_card(data).is_ok();
    let kind = data.get(4..4 + 256).and_then(|text| mark(Text(text)).ok()).flatten();
    let (_, content) = data.split_at_mut(4);
    let (text, photo) = content.split_at_mut(256);
    photo.fill(0);
    if sound { person(text, kind) } else { text.iter_mut().take(248).for_each(|byte| *byte = NOISE) }
}

/// Somebody who does not exist, in the layout of the kind.
fn person(text: &mut [u8], kind: Option<char>) {
    let birth = "19900101";
    let number = number(if kind == Some('Y') { "951999" } else { "519999" }, birth);
    write(text, 0, 248, "");
    for (offset, length, words) in [(188, 16, "20200101"), (204, 16, "20400101")] {
        write(text, offset, length, words);
    }
    let common: [(usize, usize, &str); 4] =
        [(0, 30, "示例"), (30, 2, "1"), (36, 16, birth), (122, 36, &number)];
    let of_kind: &[(usize, usize, &str)] = match kind {
        None => &[(32, 4, "01"), (52, 70, "示例")],
        Some('J') => &[(52, 70, "示例"), (220, 18, "X00000000")],
        Some('I') => {
            let fields = [
                (0, 120, "EXAMPLE"),
                (120, 2, "1"),
                (122, 30, "XXX000000000000"),
                (152, 6, "XXX"),
                (220, 16, birth),
            ];
            return fields.iter().for_each(|(offset, length, words)| write(text, *offset, *length, words));
        }
        Some(_) => &[(52, 70, "EXAMPLE"), (242, 6, "XXX")],
    };
    common.iter().chain(of_kind).for_each(|(offset, length, words)| write(text, *offset, *length, words));
}

/// A sound number of a man born on that day.
fn number(region: &str, birth: &str) -> String {
    let digits = format!("{region}{birth}001");
    let ends = ('0'..='9').chain(['X']);
    let numbers = ends.map(|end| format!("{digits}{end}"));
    numbers.into_iter().find(|number| check::number_is_sound(number)).unwrap_or(digits)
}

fn write(text: &mut [u8], offset: usize, length: usize, words: &str) {
    let units = words.encode_utf16().chain(std::iter::repeat(u16::from(b' '))).flat_map(u16::to_le_bytes);
    text.iter_mut().skip(offset).take(length).zip(units).for_each(|(to, from)| *to = from);
}
