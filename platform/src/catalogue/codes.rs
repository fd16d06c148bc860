//! Codes of the field, and whether they can be right.

/// 统一社会信用代码 (GB 32100): eighteen characters of which the last one checks the others.
pub(super) fn is_uscc(code: &str) -> bool {
    // Letters that look like digits (I, O, S, V, Z) are not used.
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let values: Option<Vec<usize>> =
        code.bytes().map(|byte| ALPHABET.iter().position(|known| *known == byte)).collect();
    let Some((check, body)) = values.as_deref().and_then(<[usize]>::split_last) else { return false };
    // The weights are the powers of 3 modulo 31.
    let (sum, _) = body.iter().fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
    body.len() == 17 && (sum + check) % 31 == 0
}

/// 基本编码: twelve characters nationally; local ones are longer, and never refused for it.
pub(crate) fn is_catalog_code(code: &str) -> bool {
    (12..=17).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A telephone number with its area code. In demo data the local part begins with 000, which no exchange assigns, so
/// that nobody is ever called by mistake.
pub(super) fn is_phone(number: &str, demo: bool) -> bool {
    let Some((area, local)) = number.split_once('-') else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let shape = area.starts_with('0')
        && (3..=4).contains(&area.len())
        && (7..=8).contains(&local.len())
        && digits(area)
        && digits(local);
    shape && (!demo || local.starts_with("000"))
}

/// What the numbers of a bundle (一件事) begin with: `YJS` and three digits.
pub(crate) fn is_bundle_code(code: &str) -> bool {
    let serial = code.strip_prefix(BUNDLES).filter(|serial| serial.len() == 3);
    serial.is_some_and(|serial| serial.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What all of them begin with.
pub(crate) const BUNDLES: &str = "YJS";

/// Our own stable names: lower-case words with `separator` between them.
pub(crate) fn is_name(name: &str, separator: char) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    name.split(separator).all(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn real_and_synthetic_credit_codes_pass_and_a_slip_does_not() {
        for good in [
            "113416020031661969",
            "12441500196720244T",
            "11519999MB00000015",
            "11519999MB00000028",
            "92519999MA0000003X",
        ] {
            assert!(is_uscc(good), "{good}");
            let (body, check) = good.split_at(17);
            assert!(!is_uscc(&format!("{body}{}", if check == "5" { '6' } else { '5' })), "{good}");
        }
        for bad in ["", "0", "11519999MB0000001", "11519999MB000000150", "11519999MO00000015", "示例"] {
            assert!(!is_uscc(bad), "{bad}");
        }
    }

    #[test]
    fn a_demo_phone_is_one_that_rings_nowhere() {
        assert!(is_phone("0830-0000001", true));
        assert!(!is_phone("0830-2345678", true));
        assert!(is_phone("0830-2345678", false));
        for bad in ["", "08300000001", "0830-", "0830-000", "830-0000001", "0830-000000a", "0830-0000001-2"] {
            assert!(!is_phone(bad, false), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_always_found(place in 0usize..18, other in 0usize..31) {
            let alphabet = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
            let mut code = b"11519999MB00000015".to_vec();
            prop_assume!(code[place] != alphabet[other]);
            code[place] = alphabet[other];
            prop_assert!(!is_uscc(std::str::from_utf8(&code).unwrap()));
        }

        #[test]
        fn no_text_makes_the_checks_panic(text in ".{0,40}") {
            let _ = (is_uscc(&text), is_catalog_code(&text), is_phone(&text, true), is_name(&text, '-'));
        }
    }
}
