//! The words of documents are data: `assets/documents.toml`, filled in with what was kept of a case.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;

use crate::{lifecycle::rules::DocumentKind, store::columns::name_of};

/// All of them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// 救济途径 by law.
    pub(super) remedies: Vec<String>,
    pub(super) about: Vec<(String, String)>,
    pub(super) phones: Vec<(String, String)>,
    kinds: BTreeMap<String, Wording>,
}

/// The words of one kind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wording {
    /// Paragraphs.
    pub(super) text: Vec<String>,
    /// Rows of a table: what, and how it is.
    #[serde(default)]
    pub(super) facts: Vec<(String, String)>,
    /// What comes below the table.
    #[serde(default)]
    pub(super) after: Vec<String>,
    /// Hangs where everybody reads it: no number of a case or person is on it.
    #[serde(default)]
    pub(super) public: bool,
}

impl Words {
    /// As this program ships with them.
    pub(super) fn shipped() -> &'static Self {
        static ALL: OnceLock<Words> = OnceLock::new();
        ALL.get_or_init(|| {
            let read = toml::from_str(include_str!("../../../assets/documents.toml"));
            read.inspect_err(|error| tracing::error!(%error, "documents.unreadable")).unwrap_or_default()
        })
    }

    pub(super) fn of(&self, kind: DocumentKind) -> Option<&Wording> {
        self.kinds.get(&name_of(kind).ok()?)
    }
}

/// What a name in a template stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// It is so; there are no words for it.
    True,
    Text(String),
    List(Vec<String>),
}

pub(super) type Values = BTreeMap<String, Value>;

/// The lines that come of a template: none where it names something that there is not.
pub(super) fn fill(template: &str, values: &Values) -> Vec<String> {
    let mut line = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((name, after)) = behind.split_once('}') else { break };
        line.push_str(before);
        rest = after;
        match (name.split_at_checked(1), values.get(name)) {
            (Some(("?", name)), _) if values.contains_key(name) => {}
            (Some(("!", name)), _) if !values.contains_key(name) => {}
            (_, Some(Value::Text(text))) => line.push_str(text),
            (_, Some(Value::List(entries))) => {
                return entries.iter().zip(1..).map(|(entry, n)| format!("{n}．{entry}")).collect();
            }
            _ => return Vec::new(),
        }
    }
    vec![line + rest]
}

/// The same for the rows of a table.
pub(super) fn fill_rows(rows: &[(String, String)], values: &Values) -> Vec<(String, String)> {
    let filled = |(what, how): &(String, String)| Some((what.clone(), fill(how, values).into_iter().next()?));
    rows.iter().filter_map(filled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_about_what_there_is_not_is_left_out() {
        let values: Values = [
            ("name", Value::Text("示例".to_owned())),
            ("late", Value::True),
            ("list", Value::List(vec!["甲".to_owned(), "乙".to_owned()])),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        assert_eq!(fill("您好，{name}。", &values), ["您好，示例。"]);
        assert_eq!(fill("{?late}{!early}迟了", &values), ["迟了"]);
        assert_eq!(fill("{list}", &values), ["1．甲", "2．乙"]);
        for nothing in ["{none}", "{!late}x", "{?early}x", "{late}"] {
            assert!(fill(nothing, &values).is_empty(), "{nothing}");
        }
        let rows = [("甲".to_owned(), "{name}".to_owned()), ("乙".to_owned(), "{none}".to_owned())];
        assert_eq!(fill_rows(&rows, &values), [("甲".to_owned(), "示例".to_owned())]);
    }

    #[test]
    fn every_kind_of_document_has_its_words_and_no_words_are_of_none() {
        let words = Words::shipped();
        for kind in DocumentKind::ALL {
            let wording = words.of(kind).unwrap_or_else(|| panic!("{kind:?}"));
            assert!(!wording.text.is_empty(), "{kind:?}");
        }
        assert_eq!(words.kinds.len(), DocumentKind::ALL.len());
        for period in ["60 日", "6 个月"] {
            assert!(words.remedies.iter().any(|remedy| remedy.contains(period)), "{period}");
        }
        let public = |kind: &DocumentKind| words.of(*kind).unwrap().public;
        assert_eq!(
            DocumentKind::ALL.into_iter().filter(public).collect::<Vec<_>>(),
            [DocumentKind::PublicityNotice]
        );
    }
}
