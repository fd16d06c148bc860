//! Numbers that people and machines read: 取件码 and 公民身份号码, each with its check digit.

use serde::{Deserialize, Serialize};

/// 取件码: eight random digits and a check digit, so that a slip of the finger is told at once.
///
/// The kiosk makes it, because a case that waits for the network needs one too. It is short enough to be read from
/// paper, and it opens nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct PickupCode(String);

/// Why a string is no pick-up code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PickupCodeError {
    /// Nine digits were expected.
    NotNineDigits,
    /// The last digit does not fit the others.
    WrongCheckDigit,
}

impl std::fmt::Display for PickupCodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotNineDigits => "a pick-up code has nine digits",
            Self::WrongCheckDigit => "the check digit of the pick-up code is wrong",
        })
    }
}

impl std::error::Error for PickupCodeError {}

impl PickupCode {
    /// Digits in a code, the check digit included.
    pub const LEN: usize = 9;

    /// The code for a random number; what is above eight digits is dropped.
    #[must_use]
    pub fn from_random(random: u64) -> Self {
        let digits = format!("{:08}", random % 100_000_000);
        let check = luhn_digit(&digits);
        Self(format!("{digits}{check}"))
    }

    /// Reads a code as typed: spaces and hyphens between groups are allowed.
    pub fn parse(text: &str) -> Result<Self, PickupCodeError> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if digits.len() != Self::LEN || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PickupCodeError::NotNineDigits);
        }
        let (body, check) = digits.split_at(Self::LEN - 1);
        if check == luhn_digit(body).to_string() {
            Ok(Self(digits))
        } else {
            Err(PickupCodeError::WrongCheckDigit)
        }
    }

    /// The nine digits without spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In groups of three, as screens and receipts show it.
    #[must_use]
    pub fn grouped(&self) -> String {
        let groups: Vec<String> =
            self.0.as_bytes().chunks(3).map(|g| g.iter().map(|b| char::from(*b)).collect()).collect();
        groups.join(" ")
    }
}

impl TryFrom<String> for PickupCode {
    type Error = PickupCodeError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PickupCode> for String {
    fn from(code: PickupCode) -> Self {
        code.0
    }
}

/// ISO/IEC 7812-1 annex B: finds every single wrong digit and nearly every swap of neighbours.
fn luhn_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            let weighed = if place % 2 == 0 { digit * 2 } else { digit };
            weighed / 10 + weighed % 10
        })
        .sum();
    (10 - sum % 10) % 10
}

/// 公民身份号码 (GB 11643): eighteen characters, the last one an ISO 7064 MOD 11-2 check character.
pub struct IdNumber;

impl IdNumber {
    /// Whether length, characters and check character are right.
    #[must_use]
    pub fn is_valid(text: &str) -> bool {
        const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        const CHECKS: [u8; 11] = *b"10X98765432";
        let (Some(body), Some(&[check])) = (text.as_bytes().get(..17), text.as_bytes().get(17..)) else {
            return false;
        };
        if !body.iter().all(u8::is_ascii_digit) {
            return false;
        }
        let sum: u32 = body.iter().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
        CHECKS.get((sum % 11) as usize) == Some(&check)
    }
}

/// 银行卡号 (GB/T 14916, ISO/IEC 7812-1): digits of which the last one checks the others.
pub struct BankCard;

impl BankCard {
    /// The fewest digits of a card that Chinese banks issue.
    pub const MIN: usize = 15;
    /// The most.
    pub const MAX: usize = 19;

    /// Whether length, characters and check digit are right.
    #[must_use]
    pub fn is_valid(text: &str) -> bool {
        let digits =
            (Self::MIN..=Self::MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        digits
            && text
                .split_at_checked(text.len() - 1)
                .is_some_and(|(body, check)| check == luhn_digit(body).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn id_numbers_of_the_notes_pass_and_their_neighbours_do_not() {
        for good in [
            "11010519491231002X",
            "440524188001010014",
            "931586198001010028",
            "519999195201010013",
            "519999199003074022",
            "519999201509110035",
            "519999196002290053",
            "810000199001010019",
        ] {
            assert!(IdNumber::is_valid(good), "{good}");
            let wrong = format!("{}{}", &good[..17], if good.ends_with('1') { '2' } else { '1' });
            assert!(!IdNumber::is_valid(&wrong), "{wrong}");
        }
        for bad in ["", "1", "5199991952010100130", "51999919520101001x", "张99991952010100"] {
            assert!(!IdNumber::is_valid(bad), "{bad}");
        }
    }

    #[test]
    fn a_card_number_has_fifteen_to_nineteen_digits_and_a_check_digit() {
        // Published examples, and numbers of a bank that does not exist (0000).
        for good in ["4111111111111111", "378282246310005", "0000000000000000000", "0000123456789012347"] {
            assert!(BankCard::is_valid(good), "{good}");
        }
        for bad in
            ["", "0", "00000000000000", "4111111111111112", "4111 1111 1111 1111", "４１１１", "示例示例示例"]
        {
            assert!(!BankCard::is_valid(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_made_code_reads_back(random: u64) {
            let code = PickupCode::from_random(random);
            prop_assert_eq!(&PickupCode::parse(code.as_str()).unwrap(), &code);
            prop_assert_eq!(&PickupCode::parse(&code.grouped()).unwrap(), &code);
        }

        #[test]
        fn one_wrong_digit_is_always_found(random: u64, place in 0usize..9, shift in 1u8..10) {
            let code = PickupCode::from_random(random);
            let mut bytes = code.as_str().as_bytes().to_vec();
            bytes[place] = (bytes[place] - b'0' + shift) % 10 + b'0';
            let typed = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(PickupCode::parse(&typed), Err(PickupCodeError::WrongCheckDigit));
        }

        #[test]
        fn no_text_makes_the_checks_panic(text in ".*") {
            let _ = PickupCode::parse(&text);
            let _ = IdNumber::is_valid(&text);
            let _ = BankCard::is_valid(&text);
        }
    }
}
