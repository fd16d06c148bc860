//! Characters by the order in which they are written: 横 `h`, 竖 `s`, 撇 `p`, 点 and 捺 `n`, 折 `z`, and `x` for a stroke that
//! one is not sure of.

use crate::dictionary::Dictionary;

/// The keys of the strokes.
pub(crate) const KEYS: [char; 6] = ['h', 's', 'p', 'n', 'z', UNSURE];
const UNSURE: char = 'x';

/// The characters that begin with these strokes: first those that have no more, then the everyday ones.
pub(crate) fn ranked(dictionary: &Dictionary, strokes: &str) -> Vec<&'static str> {
    let orders = &dictionary.orders;
    let sure = strokes.split(UNSURE).next().unwrap_or_default();
    let from = orders.partition_point(|(order, _)| *order < sure);
    let mut found = vec![Found::No; dictionary.characters.len()];
    for (order, place) in orders.iter().skip(from).take_while(|(order, _)| order.starts_with(sure)) {
        if let Some(slot) = found.get_mut(*place as usize).filter(|_| begins(order, strokes)) {
            // Of two orders that a character is written in, the better one counts.
            *slot = (*slot).max(if order.len() == strokes.len() { Found::Whole } else { Found::Begun });
        }
    }
    let those = |what: Found| {
        let all = dictionary.characters.iter().zip(found.iter());
        all.filter(move |(_, found)| **found == what).map(|(character, _)| *character)
    };
    those(Found::Whole).chain(those(Found::Begun)).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    No,
    Begun,
    Whole,
}

fn begins(order: &str, strokes: &str) -> bool {
    // A letter of a stroke is one byte, and every key goes over every order: bytes are compared, not characters.
    let same = |(stroke, written): (u8, u8)| stroke == UNSURE as u8 || stroke == written;
    order.len() >= strokes.len() && strokes.bytes().zip(order.bytes()).all(same)
}
