//! Whether the answers are answers to what the item asks: decided where kiosk and platform both ask it, said here.

use jiff::{ToSpan, civil::Date};
use protocol::{
    Answers, Applicant, BankCard, CaseSubmission, Complaint, Field, FieldKind, Problem, ServiceItem, Wrong,
    answer,
};

use crate::problems::invalid_field;

pub(super) fn check(submission: &CaseSubmission, item: &ServiceItem, today: Date) -> Result<(), Problem> {
    form(&item.fields, &submission.fields, &submission.applicant, today)
}

/// The same for a form that is not one item's.
pub(super) fn form(
    fields: &[Field],
    answers: &Answers,
    applicant: &Applicant,
    today: Date,
) -> Result<(), Problem> {
    answer::check(fields, answers, applicant, today).map_err(|wrong| refuse(&wrong, today))
}

/// The same for a form that is not complete.
pub(super) fn so_far(
    fields: &[Field],
    answers: &Answers,
    applicant: &Applicant,
    today: Date,
) -> Result<(), Problem> {
    answer::check_so_far(fields, answers, applicant, today).map_err(|wrong| refuse(&wrong, today))
}

/// A JSON pointer (RFC 6901) to an answer.
fn pointer(path: &[String]) -> String {
    let escaped = path.iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1")));
    format!("/fields{}", escaped.collect::<String>())
}

fn refuse(wrong: &Wrong<'_>, today: Date) -> Problem {
    let detail = wrong.field.map_or_else(
        || "这个事项没有这一项".to_owned(),
        |field| format!("「{}」{}", field.label.simplified, words(field, wrong.complaint, today)),
    );
    invalid_field(pointer(&wrong.path), detail)
}

/// What is said of an answer that is none.
pub(crate) fn words(field: &Field, complaint: Complaint, today: Date) -> String {
    match complaint {
        Complaint::Missing => "还没有填".to_owned(),
        Complaint::Choice => "请从列出的选项里选一个".to_owned(),
        Complaint::Phone => "请填 11 位手机号".to_owned(),
        Complaint::IdNumber => "号码不对，请对照证件再填一次".to_owned(),
        Complaint::BankCard => {
            format!("请填 {} 到 {} 位卡号，请对照卡面再填一次", BankCard::MIN, BankCard::MAX)
        }
        Complaint::Address => "请写完整的地址".to_owned(),
        Complaint::NotTheCard => "与证件不一致".to_owned(),
        Complaint::NotAsked => "按其他回答，这一项不用填".to_owned(),
        Complaint::Text
        | Complaint::Date
        | Complaint::Number
        | Complaint::Money
        | Complaint::TooFew
        | Complaint::TooMany => limits(&field.kind, today),
    }
}

fn limits(kind: &FieldKind, today: Date) -> String {
    match kind {
        FieldKind::Text { max_chars } | FieldKind::Address { max_chars } => format!("最多 {max_chars} 个字"),
        FieldKind::Number { min, max, .. } => format!("请填 {min} 到 {max} 之间的整数"),
        FieldKind::Money { min_fen, max_fen } => {
            format!("请填 {} 到 {} 元之间的金额", yuan(*min_fen), yuan(*max_fen))
        }
        FieldKind::PersonList { min, max, .. } => format!("请填 {min} 到 {max} 个人"),
        kind => kind.days(today).map_or_else(String::new, |(first, last)| {
            format!("请填 {} 到 {last} 之间的日期", first.saturating_sub(1.day()))
        }),
    }
}

fn yuan(fen: u64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}
