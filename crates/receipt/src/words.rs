//! The words of ours on a receipt, read once from the text file.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;

/// One text file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) title: Title,
    pub(crate) mark: Mark,
    pub(crate) label: Label,
    pub(crate) due: Due,
    pub(crate) limit: LimitWords,
    pub(crate) bring: BringWords,
    pub(crate) qr: QrWords,
    pub(crate) note: Note,
    pub(crate) date: DateWords,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Title {
    pub(crate) filed: String,
    pub(crate) finished: String,
    pub(crate) waiting: String,
    pub(crate) test: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    pub(crate) demo: String,
    pub(crate) waiting: String,
    pub(crate) copy: String,
    pub(crate) test: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Label {
    pub(crate) pickup_code: String,
    pub(crate) applicant: String,
    pub(crate) organisation: String,
    pub(crate) received_at: String,
    pub(crate) recorded_at: String,
    pub(crate) status: String,
    pub(crate) due_on: String,
    pub(crate) promised: String,
    pub(crate) result: String,
    pub(crate) valid_until: String,
    pub(crate) photographed: String,
    pub(crate) case_no: String,
    pub(crate) bundle_no: String,
    pub(crate) consult: String,
    pub(crate) complain: String,
    pub(crate) terminal: String,
    pub(crate) printed_at: String,
    pub(crate) number: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Due {
    pub(crate) on: String,
    pub(crate) provisional: String,
    pub(crate) provisional_note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitWords {
    pub(crate) instant: String,
    pub(crate) working_day: String,
    pub(crate) calendar_day: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BringWords {
    pub(crate) ask: String,
    pub(crate) working_day: String,
    pub(crate) calendar_day: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QrWords {
    pub(crate) filed: [String; 2],
    pub(crate) waiting: [String; 2],
    pub(crate) test: [String; 2],
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    pub(crate) keep: String,
    pub(crate) pages: String,
    pub(crate) cases: String,
    pub(crate) waiting: Vec<String>,
    pub(crate) waiting_ask: String,
    pub(crate) test_line: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DateWords {
    pub(crate) weekdays: [String; 7],
    pub(crate) day: String,
    pub(crate) day_of_year: String,
    pub(crate) moment: String,
}

/// The words in simplified Chinese.
#[expect(
    clippy::expect_used,
    reason = "the file is part of the program and read by every test of this crate"
)]
pub(crate) fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| toml::from_str(include_str!("../texts/zh-CN.toml")).expect("texts/zh-CN.toml"))
}

/// Fills `{name}` places; a name that is not given stays visible.
pub(crate) fn fill(pattern: &str, values: &[(&str, String)]) -> String {
    let known: BTreeMap<&str, &String> = values.iter().map(|(name, value)| (*name, value)).collect();
    let mut filled = String::new();
    let mut rest = pattern;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        filled.push_str(before);
        match known.get(name) {
            Some(value) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn places_are_filled_and_unknown_ones_stay() {
        let values = [("n", "3".to_owned())];
        assert_eq!(fill("{n} 个工作日内", &values), "3 个工作日内");
        assert_eq!(fill("{x}{n}{", &values), "{x}3{");
    }
}
