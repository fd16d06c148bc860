//! Issuing 文书: what stands in one is kept with it, as it was on that day.

use jiff::Timestamp;
use protocol::MaterialSource;
use serde_json::{Map, Value, json};

use super::{Work, load::documents, save::By};
use crate::{
    calendar::Due,
    clock::china_date,
    lifecycle::{
        act::Act,
        rules::DocumentKind,
        state::{Outcome, State},
    },
    people::organisation::Organisation,
    store::{
        StoreError, Transaction,
        columns::{name_of, to_json},
        sql,
    },
};

/// Why a document is issued.
pub(super) struct Occasion<'a> {
    pub(super) kind: DocumentKind,
    /// The act; what the filing brings about has none.
    pub(super) act: Option<&'a Act>,
    /// When the case was due before it.
    pub(super) was_due: Option<Due>,
}

/// Issues a document and tells its number.
pub(super) fn issue(
    transaction: &Transaction<'_>,
    work: &Work,
    occasion: &Occasion<'_>,
    by: &By<'_>,
    now: Timestamp,
) -> Result<String, StoreError> {
    let mut body = common(work, occasion);
    body.extend(particular(transaction, work, occasion, now)?);
    let kind = occasion.kind;
    let count = "SELECT count(*) AS n FROM case_document WHERE case_key = ?1 AND kind = ?2";
    let counted = transaction.row(count, &[(&work.key).into(), name_of(kind)?.into()])?;
    let number =
        kind.number(&work.case_no, counted.ok_or(StoreError::Damaged("document"))?.integer("n")? + 1);
    let row: [sql::Value; 6] = [
        (&number).into(),
        (&work.key).into(),
        name_of(kind)?.into(),
        by.org.into(),
        now.to_string().into(),
        to_json(&body)?.into(),
    ];
    transaction.execute("INSERT INTO case_document VALUES (?1, ?2, ?3, ?4, ?5, ?6)", &row)?;
    Ok(number)
}

type Fields = Map<String, Value>;

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

/// What every document has.
fn common(work: &Work, occasion: &Occasion<'_>) -> Fields {
    let facts = &work.facts;
    fields(json!({
        "act": occasion.act,
        "item": work.item.name.simplified,
        "applicant": work.surname,
        "organisation": work.item.organisation.name.simplified,
        "state": facts.state,
        "received_on": facts.received_on,
        "accepted_on": facts.accepted_on,
        "deemed": facts.deemed,
        "due_on": facts.due.map(|due| due.on),
        "due_provisional": facts.due.is_some_and(|due| due.provisional),
        "notice_due_on": facts.notice_due_on,
        "correction_due_on": facts.correction_due_on,
        "consult_phone": work.item.consult_phone,
        "complain_phone": work.item.complain_phone,
        "demo": work.item.demo,
    }))
}

/// What a document of this kind has besides.
fn particular(
    transaction: &Transaction<'_>,
    work: &Work,
    occasion: &Occasion<'_>,
    now: Timestamp,
) -> Result<Fields, StoreError> {
    let facts = &work.facts;
    let name = |place: &Option<Organisation>| place.as_ref().map(|found| found.name.clone());
    let denied = facts.outcome == Some(Outcome::Denied);
    Ok(fields(match occasion.kind {
        DocumentKind::IntakeReceipt => {
            let waits = facts.state == State::Received && occasion.act.is_none();
            let papers = if waits { counter_papers(work) } else { Vec::new() };
            json!({ "deems": work.workflow.deems(&work.item), "papers": papers })
        }
        DocumentKind::SpecialProcedureNotice => facts.pauses.last().map_or(Value::Null, |pause| {
            json!({ "procedure": pause.kind.word(), "reason": pause.reason, "stopped_on": pause.from })
        }),
        DocumentKind::ExtensionNotice => json!({ "was_on": occasion.was_due.map(|due| due.on) }),
        DocumentKind::PublicityNotice => json!({
            "community": name(&work.places.area).or_else(|| name(&work.places.received)),
            "opened_on": china_date(now),
            "closes_on": facts.publicity.as_ref().map(|notice| notice.closes_on),
        }),
        DocumentKind::CompletionNotice if denied => json!({ "denied": true }),
        DocumentKind::CompletionNotice => {
            json!({ "result": work.item.result.name.simplified, "valid_until": work.valid_until })
        }
        DocumentKind::ServiceReturn => json!({ "served": served(transaction, work)?, "way": way(occasion.act) }),
        DocumentKind::TransferSlip => json!({
            "from": name(&work.places.received),
            "to": name(&work.places.area),
            "materials": work.item.materials.iter().map(|spec| &spec.name.simplified).collect::<Vec<_>>(),
        }),
        DocumentKind::ArchivePackage => json!({ "package": super::archive_list(transaction, work)? }),
        DocumentKind::AcceptanceNotice
        | DocumentKind::CorrectionNotice
        | DocumentKind::RefusalNotice
        | DocumentKind::GrantDecision
        | DocumentKind::DenialDecision => Value::Null,
    }))
}

/// Papers that must still come to the counter.
fn counter_papers(work: &Work) -> Vec<&str> {
    let counter = work.item.materials.iter().filter(|spec| spec.source == MaterialSource::Counter);
    counter.map(|spec| spec.name.simplified.as_str()).collect()
}

/// What is handed over: the decision, and that it is done.
fn served(transaction: &Transaction<'_>, work: &Work) -> Result<Vec<String>, StoreError> {
    let wanted = [DocumentKind::GrantDecision, DocumentKind::DenialDecision, DocumentKind::CompletionNotice];
    let all = documents(transaction, &work.key)?.into_iter();
    let served = all.filter(|document| wanted.contains(&document.kind));
    Ok(served.map(|document| format!("{}（{}）", document.kind.title(), document.number)).collect())
}

fn way(act: Option<&Act>) -> Option<&'static str> {
    match act {
        Some(Act::Deliver { method, .. }) => Some(method.word()),
        _ => None,
    }
}

/// 材料转递单: paper that was handed in at one place and is handled at another, once.
pub(super) fn slip(
    transaction: &Transaction<'_>,
    work: &Work,
    by: &By<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let has = "SELECT number FROM case_document WHERE case_key = ?1 AND kind = 'transfer_slip'";
    if transaction.row(has, &[(&work.key).into()])?.is_some() {
        return Ok(());
    }
    let occasion = Occasion { kind: DocumentKind::TransferSlip, act: None, was_due: None };
    issue(transaction, work, &occasion, by, now).map(drop)
}
