//! Questions on a page: how each kind is asked, and how what was typed becomes an answer.
//!
//! A question's fields are named `f.ID`, a day's three `f.ID.y`, `.m` and `.d`.

use jiff::{ToSpan, civil::Date};
use maud::{Markup, html};
use protocol::{Complaint, Field, FieldKind};

use super::{
    page::{self, icon},
    session::Posted,
};
use crate::submission::complaint_words;

/// A line to type into.
pub(super) struct TextBox<'a> {
    pub(super) name: &'a str,
    pub(super) label: &'a str,
    pub(super) hint: Option<&'a str>,
    pub(super) kind: &'a str,
    /// Which keys a phone shows.
    pub(super) mode: &'a str,
    pub(super) longest: u32,
    /// What the browser may fill in by itself.
    pub(super) complete: Option<&'a str>,
    pub(super) unit: Option<&'a str>,
    pub(super) value: &'a str,
    pub(super) wrong: Option<&'a str>,
    pub(super) optional: bool,
}

impl Default for TextBox<'_> {
    fn default() -> Self {
        Self {
            name: "",
            label: "",
            hint: None,
            kind: "text",
            mode: "text",
            longest: 100,
            complete: None,
            unit: None,
            value: "",
            wrong: None,
            optional: false,
        }
    }
}

/// A question in front of a colon.
pub(super) fn short(field: &Field) -> &str {
    field.label.simplified.trim_end_matches('？')
}

/// What is wrong with the questions of a page: where, and which question and what.
pub(super) fn faults(asked: &[Asked<'_>]) -> Vec<(String, String)> {
    let fault = |asked: &Asked<'_>| {
        let wrong = asked.wrong.as_ref()?;
        Some((name(asked.field), format!("{}：{wrong}", short(asked.field))))
    };
    asked.iter().filter_map(fault).collect()
}

/// What is wrong on a page of single boxes.
pub(super) fn summary(faults: &[(&str, Option<&str>)]) -> Markup {
    let wrong = |(name, wrong): &(&str, Option<&str>)| Some(((*name).to_owned(), (*wrong)?.to_owned()));
    listed(&faults.iter().filter_map(wrong).collect::<Vec<_>>())
}

/// What is wrong on a page, on top of it, each line leading to its field.
pub(super) fn listed(faults: &[(String, String)]) -> Markup {
    html! {
        @if !faults.is_empty() {
            div.notice.bad role="alert" {
                (icon(page::BAD))
                div {
                    strong { "还有 " (faults.len()) " 处要改" }
                    ul { @for (name, wrong) in faults { li { a href={ "#" (name) } { (wrong) } } } }
                }
            }
        }
    }
}

fn described(name: &str, hint: Option<&str>, wrong: Option<&str>) -> Option<String> {
    let hint = hint.map(|_| format!("{name}-hint"));
    let wrong = wrong.map(|_| format!("{name}-wrong"));
    let both: Vec<String> = hint.into_iter().chain(wrong).collect();
    (!both.is_empty()).then(|| both.join(" "))
}

/// Hint and complaint under a label.
fn remarks(name: &str, hint: Option<&str>, wrong: Option<&str>) -> Markup {
    html! {
        @if let Some(hint) = hint { p.hint id={ (name) "-hint" } { (hint) } }
        @if let Some(wrong) = wrong { p.wrong id={ (name) "-wrong" } { (icon(page::BAD)) (wrong) } }
    }
}

pub(super) fn text_box(field: &TextBox<'_>) -> Markup {
    let TextBox { name, label, hint, wrong, .. } = *field;
    let width = match field.longest {
        0..=8 => "short",
        9..=20 => "middle",
        _ => "long",
    };
    html! {
        div.field.faulty[wrong.is_some()] {
            label for=(name) { (label) @if field.optional { span.optional { "（可不填）" } } }
            (remarks(name, hint, wrong))
            div.row {
                input id=(name) name=(name) type=(field.kind) inputmode=(field.mode) class=(width)
                    maxlength=(field.longest) value=(field.value) autocomplete=(field.complete.unwrap_or("off"))
                    aria-describedby=[described(name, hint, wrong)] aria-invalid=[wrong.map(|_| "true")];
                @if let Some(unit) = field.unit { span.unit { (unit) } }
            }
        }
    }
}

/// A question as it stands on a page.
pub(super) struct Asked<'a> {
    pub(super) field: &'a Field,
    /// What was typed, or what is known.
    pub(super) typed: Typed,
    pub(super) wrong: Option<String>,
}

/// What was typed, before it is an answer.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) enum Typed {
    #[default]
    Nothing,
    Words(String),
    Day([String; 3]),
}

/// The name of a question's fields.
pub(super) fn name(field: &Field) -> String {
    format!("f.{}", field.id)
}

impl Typed {
    /// What was typed into the fields of a question.
    pub(super) fn read(field: &Field, posted: &Posted) -> Self {
        let name = name(field);
        if matches!(field.kind, FieldKind::Date { .. }) {
            let part = |part: &str| posted.get(&format!("{name}.{part}")).to_owned();
            return Self::Day([part("y"), part("m"), part("d")]);
        }
        Self::Words(posted.get(&name).to_owned())
    }

    /// An answer as it is typed.
    pub(super) fn from_answer(field: &Field, answer: &str) -> Self {
        match &field.kind {
            _ if answer.is_empty() => Self::Nothing,
            FieldKind::Date { .. } => {
                let mut parts = answer.splitn(3, '-').map(|part| part.trim_start_matches('0').to_owned());
                let mut next = || parts.next().unwrap_or_default();
                Self::Day([next(), next(), next()])
            }
            FieldKind::Money { .. } => Self::Words(yuan(answer)),
            _ => Self::Words(answer.to_owned()),
        }
    }

    /// The answer, as a case holds it; what cannot be one stays as it is and is complained about.
    pub(super) fn answer(&self, field: &Field) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Day(parts) if parts.iter().all(String::is_empty) => String::new(),
            Self::Day([year, month, day]) => format!("{year:0>4}-{month:0>2}-{day:0>2}"),
            Self::Words(words) => normal(&field.kind, words),
        }
    }

    fn words(&self) -> &str {
        if let Self::Words(words) = self { words } else { "" }
    }
}

fn normal(kind: &FieldKind, words: &str) -> String {
    let without_gaps =
        || words.chars().filter(|letter| !matches!(letter, ' ' | '-' | '　')).collect::<String>();
    match kind {
        FieldKind::Phone | FieldKind::BankCard => without_gaps(),
        FieldKind::IdNumber => without_gaps().to_uppercase(),
        FieldKind::Number { .. } => plain_number(&without_gaps()),
        FieldKind::Money { .. } => fen(words).unwrap_or_else(|| words.to_owned()),
        _ => words.to_owned(),
    }
}

/// Digits without zeros in front.
fn plain_number(text: &str) -> String {
    let plain = text.trim_start_matches('0');
    if plain.is_empty() && !text.is_empty() { "0".to_owned() } else { plain.to_owned() }
}

/// An amount as people write it, in 分: `1,234.5` is `123450`.
fn fen(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|letter| !matches!(letter, ',' | '，' | ' ' | '元')).collect();
    let (yuan, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if yuan.is_empty() || rest.len() > 2 || !digits(yuan) || !digits(rest) {
        return if plain.is_empty() { Some(String::new()) } else { None };
    }
    Some(plain_number(&format!("{yuan}{rest:0<2}")))
}

/// 123450 → 1234.50, as it is typed.
pub(super) fn yuan(fen: &str) -> String {
    let Ok(number) = fen.parse::<u64>() else { return fen.to_owned() };
    if number.is_multiple_of(100) {
        (number / 100).to_string()
    } else {
        format!("{}.{:02}", number / 100, number % 100)
    }
}

/// What is wrong with an answer; nothing is wrong with an empty one that is not required.
pub(super) fn complaint(field: &Field, answer: &str, today: Date) -> Option<String> {
    let complaint = match (answer.is_empty(), field.required) {
        (true, true) => Some(Complaint::Missing),
        (true, false) => None,
        (false, _) => field.kind.check(answer, today).err(),
    };
    complaint.map(|complaint| match (&field.kind, complaint) {
        (FieldKind::Choice { .. }, Complaint::Missing) => "请选一个".to_owned(),
        (_, Complaint::Missing) => "请填写这一项".to_owned(),
        (_, complaint) => complaint_words(field, complaint, today),
    })
}

/// One question with its fields.
pub(super) fn question(asked: &Asked<'_>, today: Date) -> Markup {
    let Asked { field, typed, wrong } = asked;
    let hint = field.hint.as_ref().map(|hint| hint.simplified.as_str());
    let name = name(field);
    match &field.kind {
        FieldKind::Choice { choices } => group(
            asked,
            &name,
            hint,
            &html! {
                div.choices {
                    @for (place, choice) in choices.iter().enumerate() {
                        label.choice {
                            input type="radio" id=[(place == 0).then_some(&name)] name=(name) value=(choice.value)
                                checked[typed.words() == choice.value];
                            span { (choice.label.simplified) }
                        }
                    }
                }
            },
        ),
        FieldKind::Date { .. } => {
            let days = days_hint(field, today);
            let hint = Some(hint.map_or(days.clone(), |hint| format!("{hint}。{days}")));
            group(asked, &name, hint.as_deref(), &day(&name, typed))
        }
        kind => text_box(&TextBox {
            name: &name,
            label: &field.label.simplified,
            hint,
            mode: mode(kind),
            kind: if matches!(kind, FieldKind::Phone) { "tel" } else { "text" },
            longest: longest(kind),
            unit: unit(kind),
            value: typed.words(),
            wrong: wrong.as_deref(),
            optional: !field.required,
            ..TextBox::default()
        }),
    }
}

fn group(asked: &Asked<'_>, name: &str, hint: Option<&str>, inside: &Markup) -> Markup {
    let wrong = asked.wrong.as_deref();
    html! {
        fieldset.field.faulty[wrong.is_some()] aria-describedby=[described(name, hint, wrong)] {
            legend {
                (asked.field.label.simplified)
                @if !asked.field.required { span.optional { "（可不填）" } }
            }
            (remarks(name, hint, wrong))
            (inside)
        }
    }
}

fn days_hint(field: &Field, today: Date) -> String {
    let FieldKind::Date { future, .. } = field.kind else { return String::new() };
    let example = today.saturating_sub(1.month());
    let until = if future { "" } else { "，不能晚于今天" };
    format!("例如 {} 年 {} 月 {} 日{until}", example.year(), example.month(), example.day())
}

fn day(name: &str, typed: &Typed) -> Markup {
    let nothing = Default::default();
    let parts = if let Typed::Day(parts) = typed { parts } else { &nothing };
    let [year, month, day] = parts;
    html! {
        div.day {
            @for (part, words, value, longest) in [("y", "年", year, 4), ("m", "月", month, 2), ("d", "日", day, 2)] {
                label {
                    input id=(if part == "y" { name.to_owned() } else { format!("{name}.{part}") })
                        name={ (name) "." (part) } value=(value) inputmode="numeric" maxlength=(longest)
                        class=(if part == "y" { "year" } else { "two" }) autocomplete="off";
                    span { (words) }
                }
            }
        }
    }
}

fn mode(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Number { .. } | FieldKind::BankCard => "numeric",
        FieldKind::Money { .. } => "decimal",
        FieldKind::Phone => "tel",
        _ => "text",
    }
}

/// Room for the gaps that people leave between groups.
fn longest(kind: &FieldKind) -> u32 {
    match kind {
        FieldKind::Text { max_chars } | FieldKind::Address { max_chars } => *max_chars,
        FieldKind::Phone => 13,
        FieldKind::Number { .. } => 8,
        FieldKind::Money { .. } => 16,
        FieldKind::IdNumber | FieldKind::BankCard => 24,
        _ => 100,
    }
}

fn unit(kind: &FieldKind) -> Option<&str> {
    match kind {
        FieldKind::Money { .. } => Some("元"),
        FieldKind::Number { unit, .. } => unit.as_ref().map(|unit| unit.simplified.as_str()),
        _ => None,
    }
}

/// An answer as a resident reads it.
pub(super) fn said(field: &Field, answer: &str) -> String {
    match &field.kind {
        _ if answer.is_empty() => "没有填".to_owned(),
        FieldKind::Choice { choices } => {
            let chosen = choices.iter().find(|choice| choice.value == answer);
            chosen.map_or(answer, |choice| choice.label.simplified.as_str()).to_owned()
        }
        FieldKind::Money { .. } => format!("{} 元", yuan(answer)),
        FieldKind::Number { unit: Some(unit), .. } => format!("{answer} {}", unit.simplified),
        FieldKind::Date { .. } => {
            let mut parts = answer.splitn(3, '-').map(|part| part.trim_start_matches('0'));
            let mut next = || parts.next().unwrap_or_default();
            format!("{}年{}月{}日", next(), next(), next())
        }
        _ => answer.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn field(kind: FieldKind) -> Field {
        let label = protocol::Text::zh("示例");
        Field {
            id: "x".to_owned(),
            label,
            hint: None,
            required: true,
            known_from_card: None,
            when: None,
            kind,
        }
    }

    #[test]
    fn what_people_type_becomes_an_answer() {
        let money = field(FieldKind::Money { min_fen: 0, max_fen: 1_000_000 });
        let number = field(FieldKind::Number { min: 0, max: 20, unit: None });
        let day = field(FieldKind::Date { years_back: 1, future: false });
        let today = "2026-11-25".parse().unwrap();
        for (field, typed, answer, good) in [
            (&money, "1,234.5", "123450", true),
            (&money, "0", "0", true),
            (&money, "12元", "1200", true),
            (&money, "1.234", "1.234", false),
            (&money, "", "", false),
            (&number, "007", "7", true),
            (&number, "0", "0", true),
            (&number, "21", "21", false),
            (&field(FieldKind::IdNumber), "519999 1952 0101 0013", "519999195201010013", true),
            (&field(FieldKind::Phone), "139 0000 0001", "13900000001", true),
        ] {
            let said = Typed::Words(typed.to_owned()).answer(field);
            assert_eq!(said, answer, "{typed}");
            assert_eq!(complaint(field, &said, today).is_none(), good, "{typed}");
        }
        let typed = Typed::Day(["2026", "3", "7"].map(str::to_owned));
        assert_eq!(typed.answer(&day), "2026-03-07");
        assert!(Typed::from_answer(&day, "2026-03-07") == typed);
        assert_eq!(said(&day, "2026-03-07"), "2026年3月7日");
    }

    proptest! {
        #[test]
        fn an_amount_comes_back_as_it_was(number in 0u64..100_000_000_000) {
            prop_assert_eq!(fen(&yuan(&number.to_string())), Some(number.to_string()));
        }

        #[test]
        fn nothing_typed_makes_it_panic(typed in ".*") {
            for kind in [FieldKind::Phone, FieldKind::IdNumber, FieldKind::BankCard,
                FieldKind::Money { min_fen: 0, max_fen: 1 }, FieldKind::Number { min: 0, max: 1, unit: None },
                FieldKind::Date { years_back: 1, future: true }] {
                let field = field(kind);
                let answer = Typed::Words(typed.clone()).answer(&field);
                let _ = (Typed::from_answer(&field, &typed), said(&field, &answer));
            }
        }
    }
}
