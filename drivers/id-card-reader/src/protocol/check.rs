//! What numbers and dates must satisfy.

use driver_api::ValidUntil;
use jiff::civil::Date;

/// A calendar day written as eight digits.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let all_digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits {
        return None;
    }
    let (year, month, day) = (text.get(..4)?, text.get(4..6)?, text.get(6..)?);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A last day, or 长期.
#[must_use]
pub fn valid_until(text: &str) -> Option<ValidUntil> {
    if text == "长期" { Some(ValidUntil::LongTerm) } else { date(text).map(ValidUntil::Day) }
}

/// Whether an 18-character number carries its check character (GB 11643: ISO 7064 MOD 11-2).
#[must_use]
pub fn number_is_sound(number: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let Some((last, digits)) = number.as_bytes().split_last() else { return false };
    if digits.len() != WEIGHTS.len() || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS.get((sum % 11) as usize) == Some(last)
}

/// Whether a sound number says the same as the fields beside it: the birth date at its 7th place, the sex in the
/// parity of its 17th. A sex that is not stated contradicts nothing.
#[must_use]
pub fn number_agrees(number: &str, birth: &str, sex: u8) -> bool {
    let odd = number.as_bytes().get(16).is_some_and(|digit| digit % 2 == 1);
    let sex_agrees = match sex {
        1 => odd,
        2 => !odd,
        _ => true,
    };
    sex_agrees && number.get(6..14) == Some(birth)
}
