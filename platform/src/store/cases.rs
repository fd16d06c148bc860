//! 办件: written once when filed, read in many ways.

use std::cmp::Reverse;

use jiff::civil::Date;
use protocol::{Case, CaseResult, CaseSubmission, ItemRef, StatusStep, mask};
use rusqlite::{Row, Transaction, named_params};
use uuid::Uuid;

use super::{
    StoreError,
    columns::{json, name_of, named, parsed, parsed_option, to_json},
};
use crate::lifecycle::Filing;

/// Cases that one answer lists at most.
const LISTED: u32 = 50;

/// What cases are looked up by.
pub(crate) enum By {
    CaseNo(String),
    PickupCode(String),
    IdNumber(String),
}

impl By {
    fn column(&self) -> (&'static str, &str) {
        match self {
            Self::CaseNo(value) => ("case_no", value),
            Self::PickupCode(value) => ("pickup_code", value),
            Self::IdNumber(value) => ("id_number", value),
        }
    }
}

/// 办件编号: 实施编码, the day, and the serial of the item on that day in at least four digits.
pub(crate) fn next_case_no(
    transaction: &Transaction<'_>,
    task_code: &str,
    day: Date,
) -> Result<String, StoreError> {
    let serial: u32 = transaction
        .prepare_cached(
            "INSERT INTO case_serial (task_code, day, last) VALUES (?1, ?2, 1)
             ON CONFLICT (task_code, day) DO UPDATE SET last = last + 1 RETURNING last",
        )?
        .query_row((task_code, day.to_string()), |row| row.get(0))?;
    Ok(format!("{task_code}{}{serial:04}", day.strftime("%Y%m%d")))
}

/// Writes a new case with its steps.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    key: Uuid,
    case_no: &str,
    submission: &CaseSubmission,
    filing: &Filing,
) -> Result<(), StoreError> {
    insert_case(transaction, key, case_no, submission, filing)?;
    let mut insert = transaction
        .prepare_cached("INSERT INTO case_step (case_key, place, status, at) VALUES (?1, ?2, ?3, ?4)")?;
    for (place, step) in (0i64..).zip(&filing.steps) {
        insert.execute((key.to_string(), place, name_of(step.status)?, step.at.to_string()))?;
    }
    Ok(())
}

fn insert_case(
    transaction: &Transaction<'_>,
    key: Uuid,
    case_no: &str,
    submission: &CaseSubmission,
    filing: &Filing,
) -> Result<(), StoreError> {
    let CaseSubmission { item, item_version, pickup_code, terminal_id, received_at, applicant, .. } =
        submission;
    let due = filing.due;
    transaction.prepare_cached(INSERT)?.execute(named_params! {
        ":case_key": key.to_string(),
        ":case_no": case_no,
        ":pickup_code": pickup_code.as_str(),
        ":item_id": item,
        ":item_version": item_version,
        ":status": name_of(filing.status)?,
        ":channel": name_of(submission.channel)?,
        ":terminal_id": terminal_id,
        ":received_at": received_at.to_string(),
        ":recorded_at": filing.recorded_at.to_string(),
        ":accepted_on": filing.accepted_on.map(|day| day.to_string()),
        ":due_on": due.map(|due| due.on.to_string()),
        ":due_provisional": due.is_some_and(|due| due.provisional),
        ":valid_until": filing.valid_until.map(|day| day.to_string()),
        ":consent_version": submission.consent.notice_version,
        ":consent_given_at": submission.consent.given_at.to_string(),
        ":name": applicant.name,
        ":id_kind": name_of(applicant.id_kind)?,
        ":id_number": applicant.id_number,
        ":sex": name_of(applicant.sex)?,
        ":birth": applicant.birth.to_string(),
        ":nation": applicant.nation,
        ":address": applicant.address,
        ":fields": to_json(&submission.fields)?,
    })?;
    Ok(())
}

const INSERT: &str = "
    INSERT INTO cases (case_key, case_no, pickup_code, item_id, item_version, status, channel, terminal_id,
        received_at, recorded_at, accepted_on, due_on, due_provisional, valid_until, consent_version,
        consent_given_at, name, id_kind, id_number, sex, birth, nation, address, fields)
    VALUES (:case_key, :case_no, :pickup_code, :item_id, :item_version, :status, :channel, :terminal_id,
        :received_at, :recorded_at, :accepted_on, :due_on, :due_provisional, :valid_until, :consent_version,
        :consent_given_at, :name, :id_kind, :id_number, :sex, :birth, :nation, :address, :fields)";

/// The case with that number.
pub(crate) fn by_case_no(view: &Transaction<'_>, case_no: &str) -> Result<Option<Case>, StoreError> {
    Ok(find(view, &By::CaseNo(case_no.to_owned()))?.pop())
}

/// The cases found, newest first.
pub(crate) fn find(view: &Transaction<'_>, by: &By) -> Result<Vec<Case>, StoreError> {
    let (column, value) = by.column();
    let query = format!(
        "SELECT cases.*, item.body AS item_body, rating.level
         FROM cases JOIN item ON item.id = item_id AND item.version = item_version
         LEFT JOIN rating ON rating.case_key = cases.case_key
         WHERE {column} = ?1 ORDER BY cases.id DESC LIMIT {LISTED}"
    );
    let mut cases = view
        .prepare_cached(&query)?
        .query_and_then([value], |row| case(view, row))?
        .collect::<Result<Vec<_>, _>>()?;
    cases.sort_by_key(|case| Reverse(case.received_at));
    Ok(cases)
}

/// A case as residents may see it: of the applicant nothing but the masked name is read.
fn case(view: &Transaction<'_>, row: &Row<'_>) -> Result<Case, StoreError> {
    let item: protocol::ServiceItem = json(row, "item_body")?;
    let status: protocol::CaseStatus = named(row, "status")?;
    let case_key: Uuid = parsed(row, "case_key")?;
    let done = status == protocol::CaseStatus::Completed;
    let result = CaseResult { name: item.result.name, valid_until: parsed_option(row, "valid_until")? };
    Ok(Case {
        case_no: row.get("case_no")?,
        case_key,
        pickup_code: row
            .get::<_, String>("pickup_code")?
            .try_into()
            .map_err(|_| StoreError::Damaged("pickup_code"))?,
        item: ItemRef {
            id: item.id,
            version: item.version,
            name: item.name,
            catalog_code: item.catalog_code,
        },
        status,
        status_text: status.resident_word().to_owned(),
        received_at: parsed(row, "received_at")?,
        recorded_at: parsed(row, "recorded_at")?,
        due_on: parsed_option(row, "due_on")?,
        due_provisional: row.get("due_provisional")?,
        channel: named(row, "channel")?,
        terminal_id: row.get("terminal_id")?,
        applicant_name: mask::name(&row.get::<_, String>("name")?),
        organisation: item.organisation.name.simplified,
        result: done.then_some(result),
        steps: steps(view, case_key)?,
        rating: level(row)?,
        consult_phone: item.consult_phone,
        complain_phone: item.complain_phone,
        demo: item.demo,
    })
}

fn level(row: &Row<'_>) -> Result<Option<protocol::RatingLevel>, StoreError> {
    let level: Option<u8> = row.get("level")?;
    level.map(TryInto::try_into).transpose().map_err(|_| StoreError::Damaged("level"))
}

fn steps(view: &Transaction<'_>, key: Uuid) -> Result<Vec<StatusStep>, StoreError> {
    view.prepare_cached("SELECT status, at FROM case_step WHERE case_key = ?1 ORDER BY place")?
        .query_and_then([key.to_string()], |row| {
            Ok(StatusStep { status: named(row, "status")?, at: parsed(row, "at")? })
        })?
        .collect()
}

/// A case whose due date leans on a year that was not published when it was reckoned.
pub(crate) struct Provisional {
    pub(crate) id: i64,
    pub(crate) accepted_on: Date,
    pub(crate) promised: protocol::Limit,
}

/// All such cases.
pub(crate) fn provisional(view: &Transaction<'_>) -> Result<Vec<Provisional>, StoreError> {
    view.prepare(
        "SELECT cases.id, accepted_on, body FROM cases
         JOIN item ON item.id = item_id AND item.version = item_version
         WHERE due_provisional AND accepted_on IS NOT NULL",
    )?
    .query_and_then([], |row| {
        let item: protocol::ServiceItem = json(row, "body")?;
        let accepted_on = parsed(row, "accepted_on")?;
        Ok(Provisional { id: row.get("id")?, accepted_on, promised: item.promised })
    })?
    .collect()
}

/// Moves the due date of a case.
pub(crate) fn set_due(
    transaction: &Transaction<'_>,
    id: i64,
    due: crate::calendar::Due,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE cases SET due_on = ?2, due_provisional = ?3 WHERE id = ?1")?
        .execute((id, due.on.to_string(), due.provisional))?;
    Ok(())
}
