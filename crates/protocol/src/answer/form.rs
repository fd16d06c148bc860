//! A whole form: which questions are open, and whether all of them are answered and no other.

use jiff::civil::Date;

use super::{Answer, Answers, Complaint, Person};
use crate::{Applicant, Field, FieldKind, When};

/// The first thing that is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong<'f> {
    /// Where: the field, and within a list the person (from 0) and the person's field.
    pub path: Vec<String>,
    /// The question, where there is one.
    pub field: Option<&'f Field>,
    /// What is wrong.
    pub complaint: Complaint,
}

/// The questions that the answers so far leave open, in order: all without a condition, and those whose condition an
/// open question's answer fulfils.
pub fn open(fields: &[Field], answer: impl Fn(&Field) -> Option<String>) -> Vec<&Field> {
    let mut open: Vec<&Field> = Vec::new();
    for field in fields {
        if holds(field.when.as_ref(), &open, &answer) {
            open.push(field);
        }
    }
    open
}

/// Whether a condition is fulfilled by the answer to one of the questions that are `open`. None always is.
pub fn holds(when: Option<&When>, open: &[&Field], answer: impl Fn(&Field) -> Option<String>) -> bool {
    when.is_none_or(|when| {
        let decider = open.iter().find(|known| known.id == when.field);
        decider.and_then(|decider| answer(decider)).is_some_and(|said| when.is.contains(&said))
    })
}

/// What the card says to a question.
#[must_use]
pub fn told(field: &Field, card: &Applicant) -> Option<String> {
    field.known_from_card.and_then(|knows| knows.told_by(card))
}

/// Whether `answers` are answers to `fields`: complete, each of its kind, in accord with the card, and none to what is
/// not asked.
pub fn check<'f>(
    fields: &'f [Field],
    answers: &Answers,
    card: &Applicant,
    today: Date,
) -> Result<(), Wrong<'f>> {
    let said = |field: &Field| {
        told(field, card).or_else(|| answers.get(&field.id).map(|answer| answer.words().to_owned()))
    };
    let open = open(fields, said);
    for field in &open {
        let nothing = Answer::from("");
        let answer = answers.get(&field.id).unwrap_or(&nothing);
        match (&field.kind, told(field, card)) {
            (_, Some(_)) if answer.is_empty() => {}
            (_, Some(told)) => require(answer.words() == told, field, Complaint::NotTheCard)?,
            (FieldKind::PersonList { min, max, fields }, None) => {
                list(field, (*min, *max), fields, answer, today)?;
            }
            (_, None) => one(field, answer, today)?,
        }
    }
    no_other(fields, &open, answers.keys())
}

/// Whether `answers` are answers to `fields` as far as they go: each of its kind and in accord with the card. Others may lack,
/// and so may what decides whether one is asked at all.
pub fn check_so_far<'f>(
    fields: &'f [Field],
    answers: &Answers,
    card: &Applicant,
    today: Date,
) -> Result<(), Wrong<'f>> {
    for (id, answer) in answers {
        let Some(field) = fields.iter().find(|field| field.id == *id) else {
            return Err(Wrong { path: vec![id.clone()], field: None, complaint: Complaint::NotAsked });
        };
        match (&field.kind, told(field, card)) {
            (_, Some(told)) => require(answer.words() == told, field, Complaint::NotTheCard)?,
            (FieldKind::PersonList { max, fields, .. }, None) => {
                list(field, (0, *max), fields, answer, today)?;
            }
            (_, None) => one(field, answer, today)?,
        }
    }
    Ok(())
}

/// Whether what is said about one person of a list is complete and right.
pub(crate) fn person<'f>(fields: &'f [Field], person: &Person, today: Date) -> Result<(), Wrong<'f>> {
    let open = open(fields, |field| person.get(&field.id).cloned());
    for field in &open {
        let answer = person.get(&field.id).map_or("", String::as_str);
        one(field, &Answer::from(answer), today)?;
    }
    no_other(fields, &open, person.keys())
}

fn list<'f>(
    field: &'f Field,
    (min, max): (u32, u32),
    fields: &'f [Field],
    answer: &Answer,
    today: Date,
) -> Result<(), Wrong<'f>> {
    require(answer.words().is_empty(), field, Complaint::Missing)?;
    let persons = answer.persons();
    let count = u32::try_from(persons.len()).unwrap_or(u32::MAX);
    require(count > 0 || !field.required, field, Complaint::Missing)?;
    require(count >= min || count == 0 && !field.required, field, Complaint::TooFew)?;
    require(count <= max, field, Complaint::TooMany)?;
    for (at, said) in persons.iter().enumerate() {
        person(fields, said, today).map_err(|mut wrong| {
            wrong.path.splice(0..0, [field.id.clone(), at.to_string()]);
            wrong
        })?;
    }
    Ok(())
}

fn one<'f>(field: &'f Field, answer: &Answer, today: Date) -> Result<(), Wrong<'f>> {
    if answer.is_empty() {
        return require(!field.required, field, Complaint::Missing);
    }
    field.kind.check(answer.words(), today).or_else(|complaint| require(false, field, complaint))
}

fn no_other<'f, 'a>(
    fields: &'f [Field],
    open: &[&'f Field],
    mut answered: impl Iterator<Item = &'a String>,
) -> Result<(), Wrong<'f>> {
    let stranger = answered.find(|id| !open.iter().any(|field| field.id == **id));
    stranger.map_or(Ok(()), |id| {
        let field = fields.iter().find(|field| field.id == *id);
        Err(Wrong { path: vec![id.clone()], field, complaint: Complaint::NotAsked })
    })
}

fn require(good: bool, field: &Field, complaint: Complaint) -> Result<(), Wrong<'_>> {
    if good {
        return Ok(());
    }
    Err(Wrong { path: vec![field.id.clone()], field: Some(field), complaint })
}
