//! Whether the answers are answers to what the item asks.

use jiff::{ToSpan, civil::Date};
use protocol::{Applicant, CaseSubmission, Field, FieldKind, Knows, Problem, ServiceItem, Sex};

use crate::problems::invalid_field;

pub(super) fn check(submission: &CaseSubmission, item: &ServiceItem, today: Date) -> Result<(), Problem> {
    let unknown = |id: &&String| !item.fields.iter().any(|field| field.id == **id);
    if let Some(id) = submission.fields.keys().find(unknown) {
        return Err(invalid_field(pointer(id), "这个事项没有这一项"));
    }
    item.fields.iter().try_for_each(|field| {
        let answer = submission.fields.get(&field.id).map_or("", String::as_str);
        one(field, answer, &submission.applicant, today)
    })
}

/// A JSON pointer (RFC 6901) to an answer.
pub(super) fn pointer(id: &str) -> String {
    format!("/fields/{}", id.replace('~', "~0").replace('/', "~1"))
}

fn one(field: &Field, answer: &str, applicant: &Applicant, today: Date) -> Result<(), Problem> {
    let told = field.known_from_card.and_then(|knows| from_card(knows, applicant));
    if answer.is_empty() {
        // What the card has told need not be told again.
        return require(!field.required || told.is_some(), field, "还没有填");
    }
    match told {
        Some(told) => require(answer == told, field, "与证件不一致"),
        None => kind(field, answer, today),
    }
}

fn kind(field: &Field, answer: &str, today: Date) -> Result<(), Problem> {
    match &field.kind {
        FieldKind::Text { max_chars } => {
            let fits = u32::try_from(answer.chars().count()).is_ok_and(|count| count <= *max_chars);
            require(fits, field, &format!("最多 {max_chars} 个字"))
        }
        FieldKind::Choice { choices } => {
            require(choices.iter().any(|choice| choice.value == answer), field, "请从列出的选项里选一个")
        }
        FieldKind::Date { years_back, future } => {
            // A day of grace: the question may have been answered just before midnight.
            let earliest = today.saturating_sub(i64::from(*years_back).years()).saturating_sub(1.day());
            let latest = if *future { today.saturating_add(1.year()) } else { today };
            let day = is_written_day(answer).then(|| answer.parse::<Date>().ok()).flatten();
            let detail = format!("请填 {earliest} 到 {latest} 之间的日期");
            require(day.is_some_and(|day| (earliest..=latest).contains(&day)), field, &detail)
        }
        FieldKind::Phone => require(is_mobile(answer), field, "请填 11 位手机号"),
    }
}

/// What the document says, written as a channel writes it into an answer.
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

fn require(good: bool, field: &Field, detail: &str) -> Result<(), Problem> {
    if good {
        return Ok(());
    }
    Err(invalid_field(pointer(&field.id), format!("「{}」{detail}", field.label.simplified)))
}
