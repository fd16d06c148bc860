//! What the validator of the catalogue finds, as a list in the words of the console.

use std::{collections::BTreeMap, sync::OnceLock};

use maud::{Markup, html};
use serde::Deserialize;

use crate::catalogue::Fault;

/// 错误的说法.
#[derive(Default, Deserialize)]
struct Words {
    problems: BTreeMap<String, String>,
}

/// The words for a problem, or the problem itself where there are none.
pub(super) fn word(problem: &str) -> &str {
    static ALL: OnceLock<Words> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        toml::from_str(include_str!("../../../assets/console/faults.toml")).unwrap_or_default()
    });
    all.problems.get(problem).map_or(problem, String::as_str)
}

/// What keeps a form from being saved.
pub(super) fn list(faults: &[Fault]) -> Markup {
    note(&format!("没有保存，有 {} 处不对：", faults.len()), faults)
}

/// Nothing where nothing is wrong.
pub(super) fn note(title: &str, faults: &[Fault]) -> Markup {
    html! {
        @if !faults.is_empty() {
            div class="note bad" role="alert" {
                p { b { (title) } }
                ul { @for fault in faults { li { span class="no" { (fault.item) " " (fault.field) } "：" (word(&fault.problem)) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_that_has_words_is_one_that_the_validator_tells() {
        let told = [
            include_str!("../catalogue/validate.rs"),
            include_str!("../catalogue/validate/form.rs"),
            include_str!("../catalogue/strangers.rs"),
            include_str!("../staff/items.rs"),
            include_str!("../staff/bundles.rs"),
            include_str!("../catalogue/validate/bundle.rs"),
        ];
        assert_eq!(word("no words in en"), "没有英文");
        assert_eq!(word("`x` is there twice"), "`x` is there twice", "what has no words is shown as it is");
        let words: Words = toml::from_str(include_str!("../../../assets/console/faults.toml")).unwrap();
        for problem in words.problems.keys().filter(|problem| !problem.starts_with("no words in ")) {
            assert!(
                told.iter().any(|file| file.contains(&format!("\"{problem}\""))),
                "nobody says {problem}"
            );
        }
    }
}
