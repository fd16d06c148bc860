//! Between the keys and the answer: what may stand in an entry while it is typed, the answer that it means, and how its
//! digits are grouped so that they can be compared with a card.

use protocol::{BankCard, FieldKind};

const PHONE: usize = 11;
const ID_NUMBER: usize = 18;

/// Whether `typed` may stand in the entry. A key too many changes nothing.
pub(crate) fn fits(kind: &FieldKind, typed: &str) -> bool {
    match kind {
        FieldKind::Text { max_chars } | FieldKind::Address { max_chars } => {
            u32::try_from(typed.chars().count()).is_ok_and(|count| count <= *max_chars)
                && !typed.chars().any(char::is_control)
        }
        FieldKind::Phone => digits(typed, PHONE),
        FieldKind::BankCard => digits(typed, BankCard::MAX),
        FieldKind::Number { max, .. } => digits(typed, places(*max)),
        FieldKind::Money { max_fen, .. } => {
            let (yuan, fen) = typed.split_once('.').unwrap_or((typed, ""));
            digits(yuan, places(max_fen / 100)) && digits(fen, 2)
        }
        FieldKind::IdNumber => {
            typed.len() <= ID_NUMBER
                && typed.bytes().enumerate().all(|(place, byte)| {
                    byte.is_ascii_digit() || place + 1 == ID_NUMBER && matches!(byte, b'X' | b'x')
                })
        }
        FieldKind::Choice { .. } | FieldKind::Date { .. } => true,
        FieldKind::PersonList { .. } => false,
    }
}

/// The answer that `typed` means; what means nothing is left as it is, to be complained about.
pub(crate) fn answer(kind: &FieldKind, typed: &str) -> String {
    match kind {
        FieldKind::Text { .. } | FieldKind::Address { .. } => typed.trim().to_owned(),
        FieldKind::Number { .. } if !typed.is_empty() => without_zeros(typed),
        FieldKind::Money { .. } => fen(typed).unwrap_or_else(|| typed.to_owned()),
        FieldKind::IdNumber => typed.to_ascii_uppercase(),
        _ => typed.to_owned(),
    }
}

/// What has to stand in the entry for `answer`: the reverse of [`answer`].
pub(crate) fn typed(kind: &FieldKind, answer: &str) -> String {
    match (kind, answer.parse::<u64>()) {
        (FieldKind::Money { .. }, Ok(fen)) if fen % 100 == 0 => (fen / 100).to_string(),
        (FieldKind::Money { .. }, Ok(fen)) => format!("{}.{:02}", fen / 100, fen % 100),
        _ => answer.to_owned(),
    }
}

/// `typed` with its digits in groups.
pub(crate) fn grouped(kind: &FieldKind, typed: &str) -> String {
    match kind {
        FieldKind::Phone => groups(typed, &[3, 4, 4]),
        FieldKind::IdNumber => groups(typed, &[6, 8, 4]),
        FieldKind::BankCard => groups(typed, &[4, 4, 4, 4, 4]),
        FieldKind::Number { .. } => thousands(typed),
        FieldKind::Money { .. } => match typed.split_once('.') {
            Some((yuan, fen)) => format!("{}.{fen}", thousands(yuan)),
            None => thousands(typed),
        },
        _ => typed.to_owned(),
    }
}

/// An amount in 分, read in yuan: 1,234.50.
pub(crate) fn amount(answer: &str) -> String {
    answer.parse::<u64>().map_or_else(
        |_| String::new(),
        |fen| format!("{}.{:02}", thousands(&(fen / 100).to_string()), fen % 100),
    )
}

fn digits(text: &str, most: usize) -> bool {
    text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn places(number: u64) -> usize {
    number.to_string().len()
}

fn without_zeros(typed: &str) -> String {
    match typed.trim_start_matches('0') {
        "" => "0".to_owned(),
        number => number.to_owned(),
    }
}

/// `12.5` yuan are `1250` 分.
fn fen(typed: &str) -> Option<String> {
    let (yuan, fen) = typed.split_once('.').unwrap_or((typed, ""));
    if yuan.is_empty() && fen.is_empty() || fen.len() > 2 {
        return None;
    }
    Some(without_zeros(&format!("{yuan}{fen:0<2}")))
}

fn groups(text: &str, sizes: &[usize]) -> String {
    let mut letters = text.chars().peekable();
    let mut grouped = String::new();
    for size in sizes {
        grouped.extend(letters.by_ref().take(*size));
        if letters.peek().is_some() {
            grouped.push(' ');
        }
    }
    grouped.extend(letters);
    grouped
}

fn thousands(digits: &str) -> String {
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MONEY: FieldKind = FieldKind::Money { min_fen: 0, max_fen: 99_999_999 };
    const NUMBER: FieldKind = FieldKind::Number { min: 0, max: 9_999, unit: None };

    #[test]
    fn what_is_typed_its_answer_and_how_it_looks() {
        for (kind, keys, means, shown) in [
            (MONEY, "1234.5", "123450", "1,234.5"),
            (MONEY, "1234567", "", ""),
            (MONEY, "12.", "1200", "12."),
            (MONEY, ".5", "50", ".5"),
            (MONEY, "0", "0", "0"),
            (MONEY, "1.234", "", ""),
            (MONEY, ".", ".", "."),
            (NUMBER, "0070", "70", "0,070"),
            (NUMBER, "10000", "", ""),
            (FieldKind::IdNumber, "11010519491231002x", "11010519491231002X", "110105 19491231 002x"),
            (FieldKind::IdNumber, "1101x", "", ""),
            (FieldKind::BankCard, "4111111111111111", "4111111111111111", "4111 1111 1111 1111"),
            (FieldKind::Phone, "13900005678", "13900005678", "139 0000 5678"),
            (FieldKind::Phone, "139000056789", "", ""),
            (FieldKind::Text { max_chars: 4 }, " 示例 ", "示例", " 示例 "),
            (FieldKind::Text { max_chars: 4 }, "示例示例示", "", ""),
            (FieldKind::Text { max_chars: 4 }, "示\n", "", ""),
        ] {
            assert_eq!(fits(&kind, keys), !shown.is_empty(), "{keys}");
            if !shown.is_empty() {
                assert_eq!((answer(&kind, keys).as_str(), grouped(&kind, keys).as_str()), (means, shown));
            }
        }
    }

    proptest! {
        #[test]
        fn an_amount_comes_back_as_it_was_typed(amount in 0u64..99_999_999) {
            let written = typed(&MONEY, &amount.to_string());
            prop_assert!(fits(&MONEY, &written));
            prop_assert_eq!(answer(&MONEY, &written), amount.to_string());
        }

        #[test]
        fn no_text_makes_an_entry_panic(text in ".{0,30}") {
            for kind in [MONEY, NUMBER, FieldKind::IdNumber, FieldKind::BankCard, FieldKind::Phone] {
                let _ = (fits(&kind, &text), answer(&kind, &text), typed(&kind, &text), grouped(&kind, &text));
            }
        }
    }
}
