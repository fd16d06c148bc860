//! The text of a chip in all layouts: what passes keeps the rules.

use id_card_reader::protocol::{parse_card, parse_new_address};

pub(crate) fn parse(bytes: &[u8]) {
    let _ = (parse_card(bytes), parse_new_address(bytes));
    // Most inputs are too short to be a card: the rest is filled up with blanks, and the lengths are put right.
    let text: Vec<u8> = bytes.iter().copied().chain([0x20, 0].into_iter().cycle()).take(256).collect();
    if let Ok(card) = parse_card(&[&[1, 0, 4, 0], &text[..], &[0; 1024]].concat()) {
        assert!(!card.name.is_empty() && !card.name.chars().any(char::is_control), "a name is text");
        assert!([15, 18].contains(&card.number.len()), "a number has its length");
        assert!(card.is_valid_on(card.valid_from), "a card is valid on its first day");
    }
}
