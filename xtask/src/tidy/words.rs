//! What no file may say: places on somebody's machine, and numbers that could be a person's.

use super::{Findings, files::TextFile};

/// Cut in two, or this file would name them.
const PLACES: [&str; 5] = [
    concat!("/wo", "rk"),
    concat!("/ro", "ot/"),
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("[source.crates", "-io]"),
];

/// Numbers that others published as examples, without the check character: a test may well get that one wrong.
const PUBLISHED: [&str; 4] =
    ["11010519491231002", "44052418800101001", "93158619800101002", "81000019900101001"];

/// The region that does not exist, of which all invented people are.
const INVENTED: &str = "519999";

/// Checks every text file.
pub(crate) fn check(files: &[TextFile]) -> Findings {
    let problems = files.iter().flat_map(problems).collect();
    Findings { looked_at: files.len(), problems }
}

fn problems(file: &TextFile) -> Vec<String> {
    let lines = file.text.lines().zip(1..);
    let wrong = lines.flat_map(|(line, number)| {
        let places = PLACES.iter().filter(|place| names(line, place)).map(|place| format!("names {place}"));
        // The number itself is not told: it may be somebody's.
        let people = words(line)
            .filter(|word| may_be_a_person(word))
            .map(|_| format!("has what may be somebody's ID number; invented ones begin with {INVENTED}"));
        places.chain(people).map(move |what| format!("{}:{number}: {what}", file.path)).collect::<Vec<_>>()
    });
    wrong.collect()
}

/// Whether `line` names `place` itself, and not only something that contains the letters.
fn names(line: &str, place: &str) -> bool {
    let inside = |letter: char| letter.is_ascii_alphanumeric() || "-_.}".contains(letter);
    line.match_indices(place).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + place.len()..).and_then(|text| text.chars().next());
        let closed =
            !place.chars().next_back().is_some_and(char::is_alphabetic) || !after.is_some_and(inside);
        let opened = !place.starts_with('/') || !before.is_some_and(inside);
        closed && opened
    })
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|letter: char| !letter.is_ascii_alphanumeric())
}

/// 公民身份号码: six digits for the place, the birthday, three digits, a check character. Its check character is not
/// looked at: a number copied with a slip is as bad.
fn may_be_a_person(word: &str) -> bool {
    let Some((digits, last)) = word.split_at_checked(17) else { return false };
    let formed = digits.bytes().all(|digit| digit.is_ascii_digit())
        && matches!(last.as_bytes(), [b'0'..=b'9' | b'X' | b'x']);
    formed && has_birthday(digits) && !word.starts_with(INVENTED) && !PUBLISHED.contains(&digits)
}

fn has_birthday(digits: &str) -> bool {
    let part = |range| digits.get(range).and_then(|text: &str| text.parse::<u32>().ok()).unwrap_or(0);
    (1850..=2100).contains(&part(6..10))
        && (1..=12).contains(&part(10..12))
        && (1..=31).contains(&part(12..14))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        problems(&TextFile { path: "f".to_owned(), text: text.to_owned() }).len()
    }

    #[test]
    fn places_on_a_machine_are_found() {
        assert_eq!(found(concat!("cd /wo", "rk/main")), 1);
        assert_eq!(found(concat!("see /wo", "rk")), 1);
        assert_eq!(found(concat!("export HOME=/ro", "ot/")), 1);
        assert_eq!(found(concat!("[source.crates", "-io]\n")), 1);
        assert_eq!(found("registry+https://github.com/rust-lang/crates.io-index"), 0);
        assert_eq!(found(concat!("https://example.org/wo", "rk, /wo", "rkspace and crates/wo", "rk/x")), 0);
    }

    #[test]
    fn a_number_that_may_be_somebodys_is_found() {
        let number = ["440301", "19900307", "4022"].concat();
        assert_eq!(found(&format!("id = \"{number}\"")), 1);
        assert_eq!(found(&format!("{number} and {number}")), 2);
        assert_eq!(found(&format!("{number}7")), 0, "nineteen digits are something else");
        assert_eq!(found("519999199003074022 11010519491231002X 110105194912310021"), 0);
        assert_eq!(found("123456789012345678"), 0, "no birthday");
    }

    #[test]
    fn the_finding_does_not_repeat_the_number() {
        let number = ["440301", "19900307", "4022"].concat();
        let told = problems(&TextFile { path: "f".to_owned(), text: number.clone() });
        assert!(!told.concat().contains(&number));
    }
}
