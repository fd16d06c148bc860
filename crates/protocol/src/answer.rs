//! Answers to the fields of an item, and whether they are answers: asked here by the kiosk while it is filled in and by
//! the platform when it arrives, so that neither takes what the other refuses.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::{Applicant, BankCard, FieldKind, IdNumber, Knows, Sex};

mod form;

pub use form::{Wrong, check, check_so_far, holds, open, told};

/// The answers of a case, by [`crate::Field::id`].
pub type Answers = BTreeMap<String, Answer>;

/// What is said about one person of a list, by [`crate::Field::id`] within the list.
pub type Person = BTreeMap<String, String>;

/// One answer.
///
/// How words are written depends on the field: a choice by its value, a day as `YYYY-MM-DD`, money in 分.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Answer {
    /// To every kind but a list.
    Words(String),
    /// To [`FieldKind::PersonList`].
    Persons(#[cfg_attr(feature = "openapi", schema(inline))] Vec<Person>),
}

impl Answer {
    /// The words; none of a list.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Words(words) => words,
            Self::Persons(_) => "",
        }
    }

    /// The people; none where there are words.
    #[must_use]
    pub fn persons(&self) -> &[Person] {
        match self {
            Self::Words(_) => &[],
            Self::Persons(persons) => persons,
        }
    }

    /// Whether nothing has been said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words().is_empty() && self.persons().is_empty()
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer")
    }
}

impl From<String> for Answer {
    fn from(words: String) -> Self {
        Self::Words(words)
    }
}

impl From<&str> for Answer {
    fn from(words: &str) -> Self {
        Self::Words(words.to_owned())
    }
}

impl Zeroize for Answer {
    fn zeroize(&mut self) {
        match self {
            Self::Words(words) => words.zeroize(),
            Self::Persons(persons) => {
                persons.iter_mut().flat_map(|person| person.values_mut()).for_each(Zeroize::zeroize);
            }
        }
    }
}

/// Why something is no answer to its question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Complaint {
    /// Nothing chosen or typed.
    Missing,
    /// More characters than there is room for, or such as nobody writes.
    Text,
    /// None of the choices.
    Choice,
    /// Not a day between the two days.
    Date,
    /// 手机号 has eleven digits and begins with 1.
    Phone,
    /// Not a number between the two numbers.
    Number,
    /// Not an amount between the two amounts.
    Money,
    /// 公民身份号码 does not fit its check digit.
    IdNumber,
    /// 银行卡号 does not fit its check digit.
    BankCard,
    /// Too short to be found by.
    Address,
    /// Fewer people than needed.
    TooFew,
    /// More people than there is room for.
    TooMany,
    /// Other than the card says.
    NotTheCard,
    /// An answer to what is not asked.
    NotAsked,
}

/// An address is longer than a door number.
const SHORTEST_ADDRESS: usize = 4;

impl FieldKind {
    /// Whether `answer` is one. A list is checked person by person: see [`check`].
    pub fn check(&self, answer: &str, today: Date) -> Result<(), Complaint> {
        let (good, complaint) = match self {
            Self::Text { max_chars } => (is_words(answer, *max_chars), Complaint::Text),
            Self::Address { max_chars } if is_words(answer, *max_chars) => {
                (answer.trim().chars().count() >= SHORTEST_ADDRESS, Complaint::Address)
            }
            Self::Address { .. } => (false, Complaint::Text),
            Self::Choice { choices } => (choices.iter().any(|one| one.value == answer), Complaint::Choice),
            Self::Date { .. } => (self.holds_day(answer, today), Complaint::Date),
            Self::Phone => (is_mobile(answer), Complaint::Phone),
            Self::Number { min, max, .. } => (is_number(answer, *min, *max), Complaint::Number),
            Self::Money { min_fen, max_fen } => (is_number(answer, *min_fen, *max_fen), Complaint::Money),
            Self::IdNumber => (IdNumber::is_valid(answer), Complaint::IdNumber),
            Self::BankCard => (BankCard::is_valid(answer), Complaint::BankCard),
            Self::PersonList { .. } => (false, Complaint::Missing),
        };
        if good { Ok(()) } else { Err(complaint) }
    }

    /// The first and the last day that can be chosen.
    #[must_use]
    pub fn days(&self, today: Date) -> Option<(Date, Date)> {
        let Self::Date { years_back, future } = self else { return None };
        let earliest = today.saturating_sub(i32::from(*years_back).years());
        Some((earliest, if *future { today.saturating_add(1.year()) } else { today }))
    }

    fn holds_day(&self, answer: &str, today: Date) -> bool {
        let day = is_written_day(answer).then(|| answer.parse::<Date>().ok()).flatten();
        // A day of grace: the question may have been answered just before midnight.
        let (Some(day), Some((first, last))) = (day, self.days(today)) else { return false };
        (first.saturating_sub(1.day())..=last).contains(&day)
    }
}

fn is_words(text: &str, max_chars: u32) -> bool {
    let count = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    count <= max_chars && !text.trim().is_empty() && !text.chars().any(char::is_control)
}

/// `YYYY-MM-DD` and nothing else that a parser might be kind enough to read.
fn is_written_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn is_mobile(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// One way to write a number: digits, and no zero in front.
fn is_number(text: &str, min: u64, max: u64) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain && text.parse().is_ok_and(|number: u64| (min..=max).contains(&number))
}

impl Knows {
    /// What the document says, as it is written into an answer.
    #[must_use]
    pub fn told_by(self, card: &Applicant) -> Option<String> {
        match self {
            Self::Name => Some(card.name.clone()),
            Self::Sex => match card.sex {
                Sex::Male => Some("男".to_owned()),
                Sex::Female => Some("女".to_owned()),
                Sex::Unknown | Sex::NotStated => None,
            },
            Self::Birth => Some(card.birth.to_string()),
            Self::IdNumber => Some(card.id_number.clone()),
            Self::Address => card.address.clone(),
            Self::Nation => card.nation.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
