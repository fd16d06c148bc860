//! What the questions of an item must be.

use protocol::{Choice, Field, FieldKind, When};

use super::{super::codes, Checks};

/// More than a resident would type at a kiosk.
const MOST_CHARS: u32 = 200;
/// More people than one list may ask for.
const MOST_PERSONS: u32 = 20;
/// 金额 of a case has at most 14 digits before its point (GB/T 39046, n..16,2).
const MOST_FEN: u64 = 9_999_999_999_999_999;

impl Checks {
    /// The questions of an item, or those about one person of a list.
    pub(super) fn form(&mut self, at: &str, fields: &[Field]) {
        self.unique(at, fields.iter().map(|field| field.id.as_str()));
        for (place, field) in fields.iter().enumerate() {
            let at = format!("{at}.{}", field.id);
            self.field(&at, field);
            if let Some(when) = &field.when {
                self.condition(&format!("{at}.when"), when, fields.get(..place).unwrap_or_default());
                let known = field.known_from_card.is_some();
                self.require(
                    !known,
                    &format!("{at}.when"),
                    "what the card says is not asked under conditions",
                );
            }
        }
    }

    fn field(&mut self, at: &str, field: &Field) {
        let part = |part: &str| format!("{at}.{part}");
        self.require(codes::is_name(&field.id, '_'), at, "lower-case words with underscores");
        self.text(&part("label"), &field.label);
        self.optional_text(&part("hint"), field.hint.as_ref());
        match &field.kind {
            FieldKind::Text { max_chars } | FieldKind::Address { max_chars } => {
                self.require(*max_chars > 0, &part("max_chars"), "no room for an answer");
                self.require(*max_chars <= MOST_CHARS, &part("max_chars"), "more than anybody types");
            }
            FieldKind::Choice { choices } => self.choices(&part("choices"), choices),
            FieldKind::Date { years_back, future } => {
                self.require(*years_back > 0 || *future, &part("years_back"), "no day could be chosen");
            }
            FieldKind::Number { min, max, unit } => {
                self.require(min <= max, &part("max"), "smaller than `min`");
                self.optional_text(&part("unit"), unit.as_ref());
            }
            FieldKind::Money { min_fen, max_fen } => {
                self.require(min_fen <= max_fen, &part("max_fen"), "smaller than `min_fen`");
                self.require(*max_fen <= MOST_FEN, &part("max_fen"), "more than a case can hold");
            }
            FieldKind::Phone | FieldKind::IdNumber | FieldKind::BankCard => {}
            FieldKind::PersonList { min, max, fields } => {
                self.require(min <= max, &part("max"), "smaller than `min`");
                self.require(
                    (1..=MOST_PERSONS).contains(max),
                    &part("max"),
                    "room for nobody, or for a crowd",
                );
                self.require(field.required == (*min > 0), &part("min"), "does not fit `required`");
                self.list(&part("fields"), fields);
            }
        }
    }

    fn list(&mut self, at: &str, fields: &[Field]) {
        let name = |field: &Field| {
            field.required && field.when.is_none() && matches!(field.kind, FieldKind::Text { .. })
        };
        self.require(fields.iter().any(name), at, "no required words to tell the people apart by");
        for field in fields {
            let nested = matches!(field.kind, FieldKind::PersonList { .. });
            self.require(!nested, &format!("{at}.{}", field.id), "a list within a list");
            let known = field.known_from_card.is_some();
            self.require(!known, &format!("{at}.{}", field.id), "the card knows nothing of other people");
        }
        self.form(at, fields);
    }

    pub(super) fn condition(&mut self, at: &str, when: &When, before: &[Field]) {
        let Some(decider) = before.iter().find(|field| field.id == when.field) else {
            return self.require(false, at, &format!("`{}` is not asked before", when.field));
        };
        let FieldKind::Choice { choices } = &decider.kind else {
            return self.require(false, at, &format!("`{}` has no choices", when.field));
        };
        self.require(!when.is.is_empty(), at, "names no answer");
        self.unique(at, when.is.iter().map(String::as_str));
        for value in &when.is {
            let known = choices.iter().any(|choice| choice.value == *value);
            self.require(known, at, &format!("`{value}` is no answer to `{}`", when.field));
        }
        let always = choices.iter().all(|choice| when.is.contains(&choice.value));
        self.require(!always || !decider.required, at, "every answer fulfils it");
    }

    fn choices(&mut self, at: &str, choices: &[Choice]) {
        self.require(choices.len() >= 2, at, "fewer than two answers to choose from");
        self.unique(at, choices.iter().map(|choice| choice.value.as_str()));
        for choice in choices {
            self.require(!choice.value.trim().is_empty(), at, "an answer without a value");
            self.text(&format!("{at}.{}", choice.value), &choice.label);
        }
    }
}
