//! Breaking Chinese text into lines (the rules of GB/T 15834 for punctuation): between any two characters, but never
//! before a closing mark, after an opening one, or within a number or a Latin word.

/// Marks that must not begin a line.
const CLOSING: &str = "，。、；：？！）】》〉」』”’％…—·,.;:?!)]}%~";
/// Marks that must not end a line.
const OPENING: &str = "（【《〈「『“‘([{￥¥#";
/// Counting words that stay with their number.
const COUNTED: &str = "年月日时分秒号个元天次张份人前";

/// Cuts `text` into lines no wider than `width`, as `measure` tells.
pub(crate) fn wrap(text: &str, width: f32, measure: &dyn Fn(char) -> f32) -> Vec<String> {
    let mut lines = Lines { width, measure, done: vec![], line: String::new(), filled: 0.0 };
    for paragraph in text.split('\n') {
        for piece in pieces(paragraph) {
            lines.put(&piece);
        }
        lines.end();
    }
    lines.done
}

/// The narrowest column that splits nothing which should stay together.
pub(crate) fn narrowest(text: &str, measure: &dyn Fn(char) -> f32) -> f32 {
    let wide = |piece: &String| piece.trim_end().chars().map(measure).sum::<f32>();
    pieces(text).iter().map(wide).fold(0.0, f32::max)
}

/// What must stay together.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = vec![];
    let mut before = None;
    for letter in text.chars() {
        match pieces.last_mut() {
            Some(piece) if before.is_some_and(|before| holds(before, letter)) => piece.push(letter),
            _ => pieces.push(letter.to_string()),
        }
        before = Some(letter);
    }
    pieces
}

/// Whether no line may end between the two.
fn holds(before: char, after: char) -> bool {
    let glue = |letter| matches!(letter, '\u{A0}' | '\u{2060}') || crate::fonts::is_mark(letter);
    glue(before)
        || glue(after)
        || CLOSING.contains(after)
        || OPENING.contains(before)
        || after == ' '
        || (is_wordy(before) && is_wordy(after))
        || (before.is_ascii_digit() && COUNTED.contains(after))
        || (matches!(before, '年' | '月') && after.is_ascii_digit())
        || (before == '星' && after == '期')
        || (before == '期' && "一二三四五六日".contains(after))
}

/// Letters and digits of the West, with what joins them in numbers, dates and names.
fn is_wordy(letter: char) -> bool {
    let western = letter.is_alphanumeric() && u32::from(letter) < 0x2E80;
    western || matches!(letter, '-' | '+' | '/' | '_' | '@' | '*' | '.' | ':' | ',' | '\'')
}

struct Lines<'a> {
    width: f32,
    measure: &'a dyn Fn(char) -> f32,
    done: Vec<String>,
    line: String,
    filled: f32,
}

impl Lines<'_> {
    fn put(&mut self, piece: &str) {
        let wide = self.wide(piece.trim_end());
        if self.filled + wide > self.width && !self.line.is_empty() {
            self.end();
        }
        if wide > self.width { self.force(piece) } else { self.add(piece) }
    }

    /// Cuts what no line can hold anywhere: shown whole is better than shown right.
    fn force(&mut self, piece: &str) {
        for letter in piece.chars() {
            if self.filled + (self.measure)(letter) > self.width && !self.line.is_empty() {
                self.end();
            }
            self.add(letter.encode_utf8(&mut [0; 4]));
        }
    }

    fn add(&mut self, piece: &str) {
        self.line.push_str(piece);
        self.filled += self.wide(piece);
    }

    fn end(&mut self) {
        self.done.push(self.line.trim_end_matches(' ').to_owned());
        self.line.clear();
        self.filled = 0.0;
    }

    fn wide(&self, piece: &str) -> f32 {
        piece.chars().map(self.measure).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn columns(letter: char) -> f32 {
        if letter.is_ascii() { 1.0 } else { 2.0 }
    }

    fn lines(text: &str, width: f32) -> Vec<String> {
        wrap(text, width, &columns)
    }

    #[test]
    fn a_closing_mark_takes_its_character_to_the_next_line() {
        assert_eq!(lines("请妥善保管。谢", 10.0), ["请妥善保", "管。谢"]);
    }

    #[test]
    fn a_number_is_never_split() {
        assert_eq!(lines("请拨打12345678询问", 10.0), ["请拨打", "12345678询", "问"]);
        assert_eq!(lines("请于11月26日前", 10.0), ["请于", "11月26日前"]);
        assert_eq!(lines("电话0830-123456", 12.0), ["电话", "0830-123456"]);
    }

    #[test]
    fn what_no_line_can_hold_is_shown_all_the_same() {
        assert_eq!(lines("1234567890", 4.0), ["1234", "5678", "90"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_nothing_is_too_wide_and_no_line_begins_with_a_closing_mark(
            parts in proptest::collection::vec("[一-龥]{1,3}[，。）]?|[0-9]{1,8}元|（[一-龥]{1,2}）|[a-z]{1,6} ", 0..30),
            width in 16u8..48,
        ) {
            let text = parts.concat();
            let lines = lines(&text, f32::from(width));
            let bare = |text: &str| text.replace(' ', "");
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
            for line in &lines {
                let wide: f32 = line.chars().map(columns).sum();
                prop_assert!(wide <= f32::from(width), "{line}");
                prop_assert!(!line.starts_with(|c| CLOSING.contains(c)), "{line}");
                prop_assert!(!line.ends_with(|c| OPENING.contains(c)), "{line}");
            }
        }
    }
}
