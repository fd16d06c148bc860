//! 验证码: what a genuine document is known by.

use std::fmt;

use uuid::Uuid;

/// Letters and digits that nobody takes for one another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 16;

/// Sixteen letters and digits, 80 random bits: nobody finds one by trying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VerificationCode(String);

impl VerificationCode {
    pub(crate) fn random() -> Self {
        // The fixed bits of each identifier are above the 40 that are taken of it.
        let halves = [Uuid::new_v4(), Uuid::new_v4()].map(|random| random.as_u128());
        let letter = |half: u128, place: usize| {
            let index = usize::try_from((half >> (5 * place)) & 31).unwrap_or_default();
            char::from(ALPHABET.get(index).copied().unwrap_or(b'0'))
        };
        Self(
            halves
                .into_iter()
                .flat_map(|half| (0..LENGTH / 2).map(move |place| letter(half, place)))
                .collect(),
        )
    }

    /// Reads a code as typed from paper: in any case, with gaps, and with the letters that look like digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let read = |letter: char| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let code: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).map(read).collect();
        let good = code.len() == LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte));
        good.then_some(Self(code))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// In groups of four.
impl fmt::Display for VerificationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.chars().enumerate() {
            if place > 0 && place.is_multiple_of(4) {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_read_as_it_is_printed_and_as_it_is_typed() {
        let code = VerificationCode::random();
        assert_eq!(VerificationCode::parse(&code.to_string()), Some(code.clone()));
        assert_eq!(VerificationCode::parse(&code.as_str().to_lowercase()), Some(code.clone()));
        assert_ne!(code, VerificationCode::random());
        let typed = VerificationCode::parse("o1lI 2222-3333 4444").unwrap();
        assert_eq!(typed.to_string(), "0111-2222-3333-4444");
        assert_eq!(VerificationCode::parse("0111-2222-3333-444"), None);
        assert_eq!(VerificationCode::parse("示例示例示"), None);
    }

    proptest! {
        #[test]
        fn nothing_typed_makes_it_panic(text in ".*") {
            let _ = VerificationCode::parse(&text);
        }
    }
}
