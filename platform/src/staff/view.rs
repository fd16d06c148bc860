//! What staff are shown of a case: masked, unless they have said why.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use protocol::{Answer, Answers, Field, FieldKind, ServiceItem, mask};
use serde::Serialize;
use utoipa::ToSchema;

use super::materials::MaterialView;
use crate::{
    lifecycle::{
        act::ActKind,
        facts::World,
        light::{self, Light},
        rules::DocumentKind,
        state::{Outcome, State},
        workflow::StepKind,
    },
    store::casework::{HistoryRow, IssuedDocument, Work, orders::Order},
};

/// A case in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a badge of its own")]
pub(crate) struct TaskView {
    pub(crate) case_no: String,
    /// 事项.
    pub(crate) item: String,
    /// Masked.
    pub(crate) applicant: String,
    pub(crate) state: State,
    /// 环节.
    pub(crate) step: String,
    pub(crate) light: Light,
    /// The end of the clock that runs.
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) due_on: Option<Date>,
    /// 预计.
    pub(crate) due_provisional: bool,
    /// 异地收件.
    pub(crate) from_elsewhere: bool,
    /// Waits for somebody to approve a 特别程序.
    pub(crate) proposal: bool,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) received_at: Timestamp,
    /// 收件点.
    pub(crate) received_org: Option<String>,
    /// 示例.
    pub(crate) demo: bool,
}

impl TaskView {
    pub(crate) fn of(work: &Work, world: &World<'_>) -> Self {
        let facts = &work.facts;
        let due_on = match facts.state {
            State::Received => facts.notice_due_on,
            State::CorrectionRequired => facts.correction_due_on,
            _ => facts.due.map(|due| due.on),
        };
        Self {
            case_no: work.case_no.clone(),
            item: work.item.name.simplified.clone(),
            applicant: work.surname.clone(),
            state: facts.state,
            step: work.workflow.place_name(&facts.place),
            light: light::of(facts, work.red_since.is_some(), world),
            due_on,
            due_provisional: facts.accepted_on.is_some() && facts.due.is_some_and(|due| due.provisional),
            from_elsewhere: work.is_from_elsewhere(),
            proposal: facts.proposal.is_some(),
            received_at: work.received_at,
            received_org: work.places.received.as_ref().map(|place| place.name.clone()),
            demo: work.item.demo,
        }
    }
}

/// A case with its timeline.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CaseView {
    pub(crate) task: TaskView,
    /// Goes with an act: who acts says what was on the screen.
    pub(crate) version: i64,
    pub(crate) outcome: Option<Outcome>,
    /// 视为受理.
    pub(crate) deemed: bool,
    /// 归哪个社区.
    pub(crate) area_org: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) accepted_on: Option<Date>,
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) red_since: Option<Date>,
    pub(crate) extended_days: u32,
    /// Answers, hidden where they say more than a choice.
    pub(crate) answers: Vec<AnswerView>,
    pub(crate) materials: Vec<MaterialView>,
    pub(crate) history: Vec<HistoryView>,
    pub(crate) documents: Vec<DocumentView>,
    pub(crate) orders: Vec<Order>,
    /// What this person may try now.
    pub(crate) acts: Vec<ActKind>,
    /// 环节 in order, and which one it is.
    pub(crate) steps: Vec<StepView>,
    /// What is done at this step, where it is one.
    pub(crate) here: Option<StepKind>,
    /// 公示 until.
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) notice_until: Option<Date>,
    /// What is asked to stop the clock.
    pub(crate) proposal_reason: Option<String>,
    /// 一件事 that it was filed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bundle: Option<BundleView>,
}

/// 一件事 that a case was filed in, with its other cases.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BundleView {
    /// 一件事编号.
    pub(crate) bundle_no: String,
    pub(crate) name: String,
    /// 同一件事 of the same applicant.
    pub(crate) others: Vec<SiblingView>,
}

/// A case of the same bundle. No more than its applicant's receipt says of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SiblingView {
    pub(crate) case_no: String,
    /// 事项.
    pub(crate) item: String,
    pub(crate) state: State,
    /// Where it lies.
    pub(crate) step: String,
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) due_on: Option<Date>,
    /// Whether this person may look at it.
    pub(crate) seen: bool,
}

/// One desk of the workflow.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StepView {
    pub(crate) name: String,
    pub(crate) here: bool,
    pub(crate) done: bool,
}

/// One answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AnswerView {
    pub(crate) label: String,
    pub(crate) shown: String,
}

/// One line of the timeline.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HistoryView {
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Timestamp,
    pub(crate) act: ActKind,
    pub(crate) to: State,
    pub(crate) step: String,
    pub(crate) actor: String,
    pub(crate) role: String,
    pub(crate) org: Option<String>,
    /// 意见.
    pub(crate) said: String,
    pub(crate) document_no: Option<String>,
}

/// One 文书.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DocumentView {
    pub(crate) number: String,
    pub(crate) kind: DocumentKind,
    pub(crate) title: &'static str,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) issued_at: Timestamp,
}

/// The applicant in the clear.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonalView {
    pub(crate) name: String,
    pub(crate) id_number: String,
    pub(crate) sex: &'static str,
    #[schema(value_type = String, format = Date)]
    pub(crate) birth: Date,
    pub(crate) address: Option<String>,
    pub(crate) answers: Vec<AnswerView>,
}

pub(crate) fn history(work: &Work, rows: Vec<HistoryRow>) -> Vec<HistoryView> {
    let view = |row: HistoryRow| HistoryView {
        at: row.at,
        act: row.act,
        to: row.to,
        step: work.workflow.place_name(&row.step),
        actor: row.actor,
        role: row.role,
        org: row.org,
        said: said(&row.detail),
        document_no: row.document_no,
    };
    rows.into_iter().map(view).collect()
}

/// What was written with an act, in a line.
fn said(detail: &serde_json::Value) -> String {
    let text = |name: &str| detail.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let words = ["opinion", "reason", "note", "content", "remedy", "amount", "receiver", "result_no"];
    let mut parts: Vec<String> =
        words.iter().filter_map(|name| text(name)).filter(|text| !text.is_empty()).collect();
    for gap in detail.get("gaps").and_then(|gaps| gaps.as_array()).into_iter().flatten() {
        let part = |name: &str| gap.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        parts.push(format!("{}：{}", part("material"), part("opinion")));
    }
    if let Some(visit) = detail.get("visit").filter(|visit| !visit.is_null()) {
        let names: Vec<&str> = visit
            .get("visitors")
            .and_then(|names| names.as_array())
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str())
            .collect();
        let of = |name: &str| visit.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        parts.push(format!("{} 入户（{}）：{}", of("on"), names.join("、"), of("findings")));
    }
    parts.join("；")
}

pub(crate) fn documents(documents: Vec<IssuedDocument>) -> Vec<DocumentView> {
    let view = |document: IssuedDocument| DocumentView {
        title: document.kind.title(),
        number: document.number,
        kind: document.kind,
        issued_at: document.issued_at,
    };
    documents.into_iter().map(view).collect()
}

pub(crate) fn steps(work: &Work) -> Vec<StepView> {
    use crate::lifecycle::workflow::Place;
    let mut places = vec![Place::Intake];
    places.extend(work.workflow.steps.iter().map(|step| Place::Step(step.id.clone())));
    places.extend([Place::Decision, Place::Completion, Place::Delivery]);
    let here = places.iter().position(|place| *place == work.facts.place);
    let ended = matches!(work.facts.state, State::Delivered | State::Archived)
        || work.facts.state == State::Completed && here.is_none();
    let view = |(at, place): (usize, &Place)| StepView {
        name: work.workflow.place_name(place),
        here: here == Some(at),
        done: here.map_or(ended, |here| at < here),
    };
    places.iter().enumerate().map(view).collect()
}

/// The answers of a form. In the clear only where `clear`; otherwise nothing but choices is shown.
pub(crate) fn answers(item: &ServiceItem, answers: &Answers, clear: bool) -> Vec<AnswerView> {
    let asked = item.fields.iter().filter(|field| field.known_from_card.is_none());
    let view = |field: &Field| {
        let answer = answers.get(&field.id)?;
        Some(AnswerView { label: field.label.simplified.clone(), shown: shown(field, answer, clear) })
    };
    asked.filter_map(view).collect()
}

fn shown(field: &Field, answer: &Answer, clear: bool) -> String {
    match answer {
        Answer::Words(words) => word(&field.kind, words, clear),
        Answer::Persons(persons) if clear => {
            let FieldKind::PersonList { fields, .. } = &field.kind else { return String::new() };
            persons.iter().map(|person| self::person(fields, person)).collect::<Vec<_>>().join("；")
        }
        Answer::Persons(persons) => format!("{} 人", persons.len()),
    }
}

fn person(fields: &[Field], person: &BTreeMap<String, String>) -> String {
    let part = |field: &Field| person.get(&field.id).map(|words| word(&field.kind, words, true));
    fields.iter().filter_map(part).collect::<Vec<_>>().join(" ")
}

fn word(kind: &FieldKind, words: &str, clear: bool) -> String {
    match kind {
        FieldKind::Choice { choices } => {
            let chosen = choices.iter().find(|choice| choice.value == words);
            chosen.map_or_else(|| words.to_owned(), |choice| choice.label.simplified.clone())
        }
        _ if !clear => hidden(kind, words),
        FieldKind::Money { .. } => words
            .parse::<u64>()
            .map_or_else(|_| words.to_owned(), |fen| format!("{}.{:02} 元", fen / 100, fen % 100)),
        FieldKind::Number { unit: Some(unit), .. } => format!("{words} {}", unit.simplified),
        _ => words.to_owned(),
    }
}

fn hidden(kind: &FieldKind, words: &str) -> String {
    match kind {
        FieldKind::Phone => mask::phone(words),
        FieldKind::IdNumber | FieldKind::BankCard => mask::id_number(words),
        _ => "已隐藏".to_owned(),
    }
}
