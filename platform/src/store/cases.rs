//! 办件: written once when filed, read in many ways.

use std::cmp::Reverse;

use jiff::{Timestamp, civil::Date};
use protocol::{Case, CaseResult, CaseSubmission, ItemRef, StatusStep, mask};
use uuid::Uuid;

use super::{
    StoreError, Transaction, bundles,
    casework::told::{Words, told},
    columns::{json, name_of, named, parsed, parsed_option, read_name, to_json},
    published::item_of,
    sql::{Row, Value},
};
use crate::{
    lifecycle::{
        Filing,
        state::{Outcome, State, resident_word},
    },
    routes::paging::Page,
};

/// What cases are looked up by.
pub(crate) enum By {
    CaseNo(String),
    Key(String),
    PickupCode(String),
    IdNumber(String),
}

impl By {
    fn column(&self) -> (&'static str, &str) {
        match self {
            Self::CaseNo(value) => ("case_no", value),
            Self::Key(value) => ("cases.case_key", value),
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
    let next = transaction.row(
        "INSERT INTO case_serial (task_code, day, last) VALUES (?1, ?2, 1)
         ON CONFLICT (task_code, day) DO UPDATE SET last = case_serial.last + 1 RETURNING last",
        &[task_code.into(), day.to_string().into()],
    )?;
    let serial = next.ok_or(StoreError::Damaged("case_serial"))?.integer("last")?;
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
    let insert = "INSERT INTO case_step (case_key, place, status, at) VALUES (?1, ?2, ?3, ?4)";
    for (place, step) in (0i64..).zip(&filing.steps) {
        let row =
            [key.to_string().into(), place.into(), name_of(step.status)?.into(), step.at.to_string().into()];
        transaction.execute(insert, &row)?;
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
    let columns: [(&str, Value); 24] = [
        ("case_key", key.to_string().into()),
        ("case_no", case_no.into()),
        ("pickup_code", pickup_code.as_str().into()),
        ("item_id", item.into()),
        ("item_version", (*item_version).into()),
        ("status", name_of(filing.status)?.into()),
        ("channel", name_of(submission.channel)?.into()),
        ("terminal_id", terminal_id.as_deref().into()),
        ("received_at", received_at.to_string().into()),
        ("recorded_at", filing.recorded_at.to_string().into()),
        ("accepted_on", filing.accepted_on.map(|day| day.to_string()).into()),
        ("due_on", due.map(|due| due.on.to_string()).into()),
        ("due_provisional", due.is_some_and(|due| due.provisional).into()),
        ("valid_until", filing.valid_until.map(|day| day.to_string()).into()),
        ("consent_version", submission.consent.notice_version.into()),
        ("consent_given_at", submission.consent.given_at.to_string().into()),
        ("name", (&applicant.name).into()),
        ("id_kind", name_of(applicant.id_kind)?.into()),
        ("id_number", (&applicant.id_number).into()),
        ("sex", name_of(applicant.sex)?.into()),
        ("birth", applicant.birth.to_string().into()),
        ("nation", applicant.nation.as_deref().into()),
        ("address", applicant.address.as_deref().into()),
        ("fields", to_json(&submission.fields)?.into()),
    ];
    let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let places: Vec<_> = (1..=names.len()).map(|place| format!("?{place}")).collect();
    let insert = format!("INSERT INTO cases ({}) VALUES ({})", names.join(", "), places.join(", "));
    transaction.execute(&insert, &values)?;
    Ok(())
}

/// The case with that number, as anybody is told of it.
pub(crate) fn by_case_no(view: &Transaction<'_>, case_no: &str) -> Result<Option<Case>, StoreError> {
    Ok(find(view, &By::CaseNo(case_no.to_owned()))?.pop())
}

/// The case under that key, as anybody is told of it.
pub(crate) fn by_key(view: &Transaction<'_>, key: &str) -> Result<Option<Case>, StoreError> {
    Ok(find(view, &By::Key(key.to_owned()))?.pop())
}

/// The same with the words that are for its applicant alone, once it is clear that this is who asks.
pub(crate) fn for_applicant(view: &Transaction<'_>, case_no: &str) -> Result<Option<Case>, StoreError> {
    Ok(page(view, &By::CaseNo(case_no.to_owned()), &Page::default(), Words::Shown)?.0.pop())
}

/// The cases found, newest first.
pub(crate) fn find(view: &Transaction<'_>, by: &By) -> Result<Vec<Case>, StoreError> {
    Ok(page(view, by, &Page::default(), Words::Hidden)?.0)
}

/// One page of the cases found, newest first, and behind which case the next page begins.
pub(crate) fn page(
    view: &Transaction<'_>,
    by: &By,
    page: &Page<Uuid>,
    words: Words,
) -> Result<(Vec<Case>, Option<Uuid>), StoreError> {
    let select = format!(
        "SELECT {READ}, {STATES}, rating.level FROM cases LEFT JOIN rating ON rating.case_key = cases.case_key"
    );
    let (found, more) = rows(view, &select, by, page)?;
    let mut cases = found.iter().map(|row| case(view, row, words)).collect::<Result<Vec<_>, _>>()?;
    let next = cases.last().filter(|_| more).map(|case| case.case_key);
    cases.sort_by_key(|case| Reverse(case.received_at));
    Ok((cases, next))
}

/// The rows of one page, newest first, and whether there are more behind them. `select` is a query up to its conditions.
pub(super) fn rows(
    view: &Transaction<'_>,
    select: &str,
    by: &By,
    page: &Page<Uuid>,
) -> Result<(Vec<Row>, bool), StoreError> {
    let (column, value) = by.column();
    // No column holds one, and PostgreSQL refuses to look for it.
    if value.contains('\0') {
        return Ok((Vec::new(), false));
    }
    let behind =
        if page.after.is_some() { "AND cases.id < (SELECT id FROM cases WHERE case_key = ?3)" } else { "" };
    let query = format!("{select} WHERE {column} = ?1 {behind} ORDER BY cases.id DESC LIMIT ?2");
    let mut values = vec![value.into(), (page.limit + 1).into()];
    values.extend(page.after.map(|key| key.to_string().into()));
    let mut found = view.rows(&query, &values)?;
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// What is read of a case for residents.
const READ: &str =
    "cases.case_key, case_no, pickup_code, item_id, item_version, status, outcome, received_at,
    recorded_at, due_on, due_provisional, valid_until, correction_due_on, cases.channel, terminal_id, name,
    EXISTS (SELECT 1 FROM case_due_change WHERE case_due_change.case_key = cases.case_key) AS due_changed,
    EXISTS (SELECT 1 FROM bundle_member WHERE bundle_member.case_key = cases.case_key) AS in_bundle";

/// Every state that a case came to, and when, the oldest first.
const STATES: &str = "(SELECT string_agg(came, ' ') FROM (SELECT status || ' ' || at AS came FROM case_step
    WHERE case_step.case_key = cases.case_key ORDER BY place) AS each) AS states";

/// A case as residents may see it: of the applicant nothing but the masked name is read.
fn case(view: &Transaction<'_>, row: &Row, words: Words) -> Result<Case, StoreError> {
    let item = item_of(view, row)?;
    // The archive is the office's: for residents a case remains what it was.
    let mut states = states(row)?;
    states.retain(|(state, _)| *state != State::Archived);
    let state = states.last().map_or_else(|| named(row, "status"), |(state, _)| Ok(*state))?;
    let outcome = outcome(row)?;
    let status = state.public();
    let done = status == protocol::CaseStatus::Completed && outcome != Some(Outcome::Denied);
    let result =
        CaseResult { name: item.result.name.clone(), valid_until: parsed_option(row, "valid_until")? };
    Ok(Case {
        case_no: row.text("case_no")?.to_owned(),
        case_key: parsed(row, "case_key")?,
        pickup_code: row
            .text("pickup_code")?
            .to_owned()
            .try_into()
            .map_err(|_| StoreError::Damaged("pickup_code"))?,
        item: ItemRef {
            id: item.id.clone(),
            version: item.version,
            name: item.name.clone(),
            catalog_code: item.catalog_code.clone(),
        },
        status,
        status_text: resident_word(state, outcome).to_owned(),
        received_at: parsed(row, "received_at")?,
        recorded_at: parsed(row, "recorded_at")?,
        due_on: parsed_option(row, "due_on")?,
        due_provisional: row.truth("due_provisional")?,
        channel: named(row, "channel")?,
        terminal_id: row.text_option("terminal_id")?.map(str::to_owned),
        applicant_name: mask::name(row.text("name")?),
        organisation: item.organisation.name.simplified.clone(),
        result: done.then_some(result),
        steps: steps(&states),
        rating: level(row)?,
        consult_phone: item.consult_phone.clone(),
        complain_phone: item.complain_phone.clone(),
        demo: item.demo,
        told: told(view, row, (state, outcome), words)?,
        part_of: if row.truth("in_bundle")? { bundles::of_case(view, row.text("case_no")?)? } else { None },
    })
}

fn outcome(row: &Row) -> Result<Option<Outcome>, StoreError> {
    row.text_option("outcome")?.map(|_| named(row, "outcome")).transpose()
}

fn level(row: &Row) -> Result<Option<protocol::RatingLevel>, StoreError> {
    let level = row.integer_option("level")?;
    let read = level.map(|level| u8::try_from(level).ok().and_then(|level| level.try_into().ok()));
    read.map(|level| level.ok_or(StoreError::Damaged("level"))).transpose()
}

/// What [`STATES`] has found.
fn states(row: &Row) -> Result<Vec<(State, Timestamp)>, StoreError> {
    let mut words = row.text_option("states")?.unwrap_or_default().split(' ').filter(|word| !word.is_empty());
    let mut states = Vec::new();
    while let Some(state) = words.next() {
        let at = words.next().and_then(|at| at.parse().ok()).ok_or(StoreError::Damaged("at"))?;
        states.push((read_name(state, "status")?, at));
    }
    Ok(states)
}

fn steps(states: &[(State, Timestamp)]) -> Vec<StatusStep> {
    let step = |(state, at): &(State, Timestamp)| StatusStep { status: state.public(), at: *at };
    let mut steps: Vec<_> = states.iter().map(step).collect();
    // A state that residents do not hear of is no step for them.
    steps.dedup_by_key(|step| step.status);
    steps
}

/// The key of the case with that number.
pub(crate) fn key(view: &Transaction<'_>, case_no: &str) -> Result<Option<Uuid>, StoreError> {
    let row = view.row("SELECT case_key FROM cases WHERE case_no = ?1", &[case_no.into()])?;
    row.map(|row| parsed(&row, "case_key")).transpose()
}

/// Who a case is about, for what only the applicant and the authority read.
pub(crate) struct Party {
    pub(crate) name: String,
    pub(crate) id_number: String,
}

/// The applicant of the case `key`.
pub(crate) fn party(view: &Transaction<'_>, key: Uuid) -> Result<Option<Party>, StoreError> {
    let row = view.row("SELECT name, id_number FROM cases WHERE case_key = ?1", &[key.to_string().into()])?;
    let party = |row: Row| {
        Ok(Party { name: row.text("name")?.to_owned(), id_number: row.text("id_number")?.to_owned() })
    };
    row.map(party).transpose()
}

/// A case with all that goes to another authority.
pub(crate) struct Exported {
    pub(crate) case: Case,
    pub(crate) item: protocol::ServiceItem,
    pub(crate) party: Party,
    pub(crate) id_kind: protocol::IdKind,
    pub(crate) outcome: Option<Outcome>,
    /// 受理文书编号; cases of an older platform can be without.
    pub(crate) acceptance_no: Option<String>,
    /// Every state it came to, those too that residents do not hear of.
    pub(crate) steps: Vec<(State, Timestamp)>,
}

/// The case `key`, for the exchange.
pub(crate) fn exported(view: &Transaction<'_>, key: Uuid) -> Result<Option<Exported>, StoreError> {
    let query = format!(
        "SELECT case_no, name, id_number, id_kind, outcome, body, {STATES},
                        (SELECT max(number) FROM case_document WHERE case_document.case_key = cases.case_key
                         AND kind = 'acceptance_notice') AS acceptance_no FROM cases
                 JOIN item ON item.id = item_id AND item.version = item_version WHERE case_key = ?1"
    );
    let Some(row) = view.row(&query, &[key.to_string().into()])? else { return Ok(None) };
    // The authority above reads what the applicant does.
    let Some(case) = for_applicant(view, row.text("case_no")?)? else { return Ok(None) };
    let party = Party { name: row.text("name")?.to_owned(), id_number: row.text("id_number")?.to_owned() };
    let (item, id_kind) = (json(&row, "body")?, named(&row, "id_kind")?);
    let acceptance_no = row.text_option("acceptance_no")?.map(str::to_owned);
    let (outcome, steps) = (outcome(&row)?, states(&row)?);
    Ok(Some(Exported { case, item, party, id_kind, outcome, acceptance_no, steps }))
}

/// Moves the due date of a case.
pub(crate) fn set_due(
    transaction: &Transaction<'_>,
    case_key: &str,
    due: crate::calendar::Due,
) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE cases SET due_on = ?2, due_provisional = ?3 WHERE case_key = ?1",
        &[case_key.into(), due.on.to_string().into(), due.provisional.into()],
    )?;
    Ok(())
}
