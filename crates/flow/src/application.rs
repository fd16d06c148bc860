//! An application while it is being filled in: the item, the identified resident and the answers.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use protocol::{Applicant, Field, FieldKind, ItemEntry, Knows, Sex, mask};
use zeroize::Zeroize;

use crate::{
    Now,
    effect::Intake,
    proof::{Consented, Identified},
    view::{Ask, Complaint, Due, Row, Shown},
};

/// What is being filed, and by whom.
#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) entry: Box<ItemEntry>,
    identified: Identified,
    answers: Answers,
}

/// Answers by field; wiped when dropped.
#[derive(Default)]
struct Answers(BTreeMap<String, String>);

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answers({})", self.0.len())
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.0.values_mut().for_each(Zeroize::zeroize);
    }
}

impl Application {
    /// Begins with what the card says. `Err` gives item and consent back: the card lacks something that the item
    /// requires and that cannot be asked for at a kiosk.
    pub(crate) fn begin(
        entry: Box<ItemEntry>,
        identified: Identified,
    ) -> Result<Self, (Box<ItemEntry>, Consented)> {
        let mut answers = Answers::default();
        for field in &entry.item.fields {
            let Some(knows) = field.known_from_card else { continue };
            match from_card(knows, identified.applicant()) {
                Some(value) => drop(answers.0.insert(field.id.clone(), value)),
                None if field.required && !can_be_asked(field) => {
                    return Err((entry, identified.into_consented()));
                }
                None => {}
            }
        }
        Ok(Self { entry, identified, answers })
    }

    /// The questions that are left to ask, in order.
    pub(crate) fn questions(&self) -> Vec<&Field> {
        let card = self.identified.applicant();
        let left = |field: &&Field| {
            can_be_asked(field) && field.known_from_card.is_none_or(|knows| from_card(knows, card).is_none())
        };
        self.entry.item.fields.iter().filter(left).collect()
    }

    /// The answer given so far.
    pub(crate) fn answer(&self, field: &str) -> &str {
        self.answers.0.get(field).map_or("", String::as_str)
    }

    /// Checks an answer and keeps it.
    pub(crate) fn put(&mut self, field: &str, answer: &str, today: Date) -> Result<(), Complaint> {
        let Some(asked) = self.entry.item.fields.iter().find(|known| known.id == field) else {
            return Ok(());
        };
        if answer.is_empty() {
            self.answers.0.remove(field).zeroize();
            return if asked.required { Err(Complaint::Missing) } else { Ok(()) };
        }
        check(&asked.kind, answer, today)?;
        self.answers.0.insert(field.to_owned(), answer.to_owned());
        Ok(())
    }

    /// Masked, for screens and slips.
    pub(crate) fn applicant_name(&self) -> String {
        mask::name(&self.identified.applicant().name)
    }

    /// What the confirmation shows: who, by name and number, and every question that was asked.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let known = self.entry.item.fields.iter().filter_map(|field| self.card_row(field));
        let asked = self.questions().into_iter().map(|field| Row {
            label: field.label.clone(),
            value: shown(&field.kind, self.answer(&field.id)),
            edit: Some(field.id.clone()),
        });
        known.chain(asked).collect()
    }

    fn card_row(&self, field: &Field) -> Option<Row> {
        let applicant = self.identified.applicant();
        let value = match field.known_from_card? {
            Knows::Name => mask::name(&applicant.name),
            Knows::IdNumber => mask::id_number(&applicant.id_number),
            _ => return None,
        };
        Some(Row { label: field.label.clone(), value: Shown::Words(protocol::Text::zh(&value)), edit: None })
    }

    /// 预计办结日期, where it was reckoned for today.
    pub(crate) fn due(&self, today: Date) -> Option<Due> {
        due_today(&self.entry, today)
    }

    /// The case, as confirmed now.
    pub(crate) fn intake(&self, now: Now) -> Intake {
        Intake {
            item: self.entry.item.id.clone(),
            item_version: self.entry.item.version,
            received_at: now.wall,
            applicant: self.identified.applicant().clone(),
            fields: self.answers.0.clone(),
            consent: self.identified.consent().clone(),
        }
    }
}

/// 预计办结日期 of an item, where it was reckoned for `today`.
pub(crate) fn due_today(entry: &ItemEntry, today: Date) -> Option<Due> {
    let due = entry.due;
    (due.filed_on == today).then_some(Due { on: due.due_on, provisional: due.provisional })
}

/// How a field is asked; words cannot be, as long as the kiosk has no keyboard for Chinese.
pub(crate) fn ask(kind: &FieldKind, today: Date) -> Option<Ask> {
    Some(match kind {
        FieldKind::Text { .. } => return None,
        FieldKind::Choice { choices } => Ask::Choice(choices.clone()),
        FieldKind::Date { years_back, future } => {
            let (from, to) = days(*years_back, *future, today);
            Ask::Date { from, to }
        }
        FieldKind::Phone => Ask::Phone,
    })
}

fn can_be_asked(field: &Field) -> bool {
    !matches!(field.kind, FieldKind::Text { .. })
}

fn days(years_back: u16, future: bool, today: Date) -> (Date, Date) {
    let year = |offset: i32| today.saturating_add(offset.years());
    (year(-i32::from(years_back)), if future { year(1) } else { today })
}

fn check(kind: &FieldKind, answer: &str, today: Date) -> Result<(), Complaint> {
    let (good, complaint) = match kind {
        FieldKind::Text { max_chars } => (answer.chars().count() <= *max_chars as usize, Complaint::Missing),
        FieldKind::Choice { choices } => (choices.iter().any(|one| one.value == answer), Complaint::Missing),
        FieldKind::Date { years_back, future } => {
            let (from, to) = days(*years_back, *future, today);
            (answer.parse::<Date>().is_ok_and(|day| from <= day && day <= to), Complaint::Date)
        }
        FieldKind::Phone => (is_phone(answer), Complaint::Phone),
    };
    if good { Ok(()) } else { Err(complaint) }
}

fn is_phone(answer: &str) -> bool {
    answer.len() == 11 && answer.starts_with('1') && answer.bytes().all(|byte| byte.is_ascii_digit())
}

fn shown(kind: &FieldKind, answer: &str) -> Shown {
    if answer.is_empty() {
        return Shown::Nothing;
    }
    match kind {
        FieldKind::Choice { choices } => choices
            .iter()
            .find(|one| one.value == answer)
            .map_or(Shown::Nothing, |one| Shown::Words(one.label.clone())),
        FieldKind::Date { .. } => answer.parse().map_or(Shown::Nothing, Shown::Day),
        FieldKind::Phone => Shown::Phone(answer.to_owned()),
        FieldKind::Text { .. } => Shown::Words(protocol::Text::zh(answer)),
    }
}

fn from_card(knows: Knows, card: &Applicant) -> Option<String> {
    match knows {
        Knows::Name => Some(card.name.clone()),
        Knows::Sex => match card.sex {
            Sex::Male => Some("男".to_owned()),
            Sex::Female => Some("女".to_owned()),
            Sex::Unknown | Sex::NotStated => None,
        },
        Knows::Birth => Some(card.birth.to_string()),
        Knows::IdNumber => Some(card.id_number.clone()),
        Knows::Address => card.address.clone(),
        Knows::Nation => card.nation.clone(),
    }
}
