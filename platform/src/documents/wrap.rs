//! Breaking Chinese text into lines.

/// What must not begin a line.
const NOT_FIRST: &str = "，。；：、！？”’）》」』";

/// Breaks between any two characters, as Chinese does, but not inside a word or number and not before a stop.
pub(super) fn wrap(text: &str, width: f32, measure: impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let longer = format!("{line}{piece}");
        if !line.is_empty() && measure(&longer) > width {
            lines.push(std::mem::take(&mut line));
        }
        // A number longer than a line is broken where it must be.
        for letter in piece.chars() {
            line.push(letter);
            if measure(&line) > width && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, letter.to_string()));
            }
        }
    }
    lines.push(line);
    lines
}

/// Words and numbers whole, Chinese characters one by one with the stop behind them.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for letter in text.chars() {
        let goes_on = pieces.last().and_then(|piece| piece.chars().last()).is_some_and(|before| {
            NOT_FIRST.contains(letter)
                || before.is_ascii_graphic() && letter.is_ascii_graphic()
                || "“（《".contains(before)
        });
        match pieces.last_mut().filter(|_| goes_on) {
            Some(piece) => piece.push(letter),
            None => pieces.push(letter.to_string()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ems(text: &str) -> f32 {
        text.chars().map(|letter| if letter.is_ascii() { 0.5 } else { 1.0 }).sum()
    }

    #[test]
    fn no_line_begins_with_a_stop_and_no_number_is_broken() {
        let lines = wrap("您于2026年11月24日提交的“失业登记”申请，我单位已经收到。", 10.0, ems);
        assert_eq!(lines.concat(), "您于2026年11月24日提交的“失业登记”申请，我单位已经收到。");
        assert!(lines.iter().all(|line| ems(line) <= 10.0), "{lines:?}");
        assert!(lines.iter().all(|line| !line.starts_with('，') && !line.starts_with('。')));
    }

    proptest! {
        #[test]
        fn wrapping_loses_nothing(text in "[示例，。“”a-z0-9 ]{0,60}", width in 1.0f32..30.0) {
            prop_assert_eq!(wrap(&text, width, ems).concat(), text);
        }
    }
}
