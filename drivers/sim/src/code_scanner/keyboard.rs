//! Reports of a boot keyboard: modifiers, a reserved byte, six keys by their HID usage numbers.

/// Bytes of a report.
const REPORT: usize = 8;
const SHIFT: u8 = 0x02;
const ENTER: u8 = 0x28;

/// A report for each key that goes down, and one for its going up.
pub(super) fn reports(line: &[u8]) -> Vec<u8> {
    line.iter()
        .filter_map(|byte| usage(*byte))
        .flat_map(|(shift, key)| [press(shift, key), [0; REPORT]])
        .flatten()
        .collect()
}

fn press(shift: bool, key: u8) -> [u8; REPORT] {
    [if shift { SHIFT } else { 0 }, 0, key, 0, 0, 0, 0, 0]
}

/// HID usage numbers of an American keyboard; what it has no key for is not typed.
fn usage(byte: u8) -> Option<(bool, u8)> {
    const PLAIN: &[u8] = b"-=[]\\#;'`,./";
    const SHIFTED: &[u8] = b"_+{}|~:\"~<>?";
    const ABOVE_DIGITS: &[u8] = b"!@#$%^&*()";
    let at = |row: &[u8], first: u8| {
        let place = row.iter().position(|known| *known == byte)?;
        u8::try_from(place).ok().map(|place| first + place)
    };
    match byte {
        b'a'..=b'z' => Some((false, byte - b'a' + 0x04)),
        b'A'..=b'Z' => Some((true, byte - b'A' + 0x04)),
        b'1'..=b'9' => Some((false, byte - b'1' + 0x1E)),
        b'0' => Some((false, 0x27)),
        b'\r' => Some((false, ENTER)),
        b' ' => Some((false, 0x2C)),
        _ => at(ABOVE_DIGITS, 0x1E)
            .or_else(|| at(SHIFTED, 0x2D))
            .map(|key| (true, key))
            .or_else(|| at(PLAIN, 0x2D).map(|key| (false, key))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_down_and_up() {
        let typed = reports(b"aB\r");
        assert_eq!(typed.len(), 6 * REPORT);
        let downs: Vec<_> = typed
            .chunks(REPORT)
            .filter(|report| report[2] != 0)
            .map(|report| (report[0], report[2]))
            .collect();
        assert_eq!(downs, [(0, 0x04), (SHIFT, 0x05), (0, ENTER)]);
        assert_eq!(usage(b'?'), Some((true, 0x38)));
        assert_eq!(usage(b'/'), Some((false, 0x38)));
        assert_eq!(usage(b')'), Some((true, 0x27)));
        assert_eq!(usage(0xE4), None);
    }
}
