//! Where the work on a case begins: the moment it is filed, or the start of a platform that is newer than the case.

use std::sync::Arc;

use jiff::Timestamp;
use protocol::{Answer, Answers, ServiceItem};

use super::{
    Places, Work,
    issue::{Occasion, issue, slip},
    load,
    save::{By, Line, record, seat, write},
};
use crate::{
    calendar::WorkCalendar,
    lifecycle::{
        act::ActKind,
        clock,
        rules::DocumentKind,
        state::{Outcome, State},
        workflow::{Jurisdiction, Place, Workflow},
    },
    people::organisation::{self, Organisation},
    store::{
        StoreError, Transaction,
        columns::{json as read_json, to_json},
        published::item_of,
        sql::{Row, Value},
    },
};

/// Adds the workflows that are new. A version that is there already must say the same: cases go by it.
pub(crate) fn publish_workflows(
    transaction: &Transaction<'_>,
    workflows: &[Workflow],
    now: Timestamp,
) -> Result<(), StoreError> {
    for workflow in workflows {
        let at = [(&workflow.id).into(), workflow.version.into()];
        let kept = transaction.row("SELECT body FROM workflow WHERE id = ?1 AND version = ?2", &at)?;
        match kept {
            Some(row) if read_json::<Workflow>(&row, "body")? != *workflow => {
                let what = format!("the workflow `{}`", workflow.id);
                return Err(StoreError::Republished { what, version: workflow.version });
            }
            Some(_) => {}
            None => {
                let [id, version] = at;
                let row = [id, version, to_json(workflow)?.into(), now.to_string().into()];
                transaction.execute("INSERT INTO workflow VALUES (?1, ?2, ?3, ?4)", &row)?;
            }
        }
    }
    Ok(())
}

/// Gives a desk to every case that is older than the desks, and to those for which there was none.
pub(crate) fn adopt(
    transaction: &Transaction<'_>,
    default: &str,
    calendar: &WorkCalendar,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let orphans = transaction.rows("SELECT case_no FROM cases WHERE workflow IS NULL ORDER BY id", &[])?;
    for row in &orphans {
        take_in(transaction, row.text("case_no")?, default, calendar, now)?;
    }
    let nowhere = "SELECT case_no FROM cases WHERE step IS NOT NULL AND holder_org IS NULL ORDER BY id";
    let standing = transaction.rows(nowhere, &[])?;
    for row in &standing {
        place(transaction, row.text("case_no")?, default)?;
        let mut work = load(transaction, row.text("case_no")?)?.ok_or(StoreError::Damaged("case"))?;
        if seat(transaction, &mut work)? {
            write(transaction, &work, now)?;
        }
    }
    Ok(orphans.len() + standing.len())
}

/// Finds the workflow of a case and the places that it has to do with.
fn place(transaction: &Transaction<'_>, case_no: &str, default: &str) -> Result<(), StoreError> {
    let query = "SELECT item_id, item_version, workflow, workflow_version, terminal_id, address, fields
                 FROM cases WHERE case_no = ?1";
    let row = transaction.row(query, &[case_no.into()])?.ok_or(StoreError::Damaged("case"))?;
    let workflow = match row.text_option("workflow")? {
        None => newest(transaction, item_of(transaction, &row)?.as_ref())?,
        Some(_) => workflow_of(transaction, &row)?,
    };
    let places = places(transaction, &row, &workflow, default)?;
    let set = "UPDATE cases SET workflow = ?2, workflow_version = ?3, received_org = ?4, area_org = ?5
               WHERE case_no = ?1";
    let id = |place: &Option<Organisation>| Value::from(place.as_ref().map(|place| place.id.as_str()));
    let values = [
        case_no.into(),
        (&workflow.id).into(),
        workflow.version.into(),
        id(&places.received),
        id(&places.area),
    ];
    transaction.execute(set, &values).map(drop)
}

/// Puts a case that has just been written on its first desk. `default` is the community of machines that stand in none.
pub(crate) fn take_in(
    transaction: &Transaction<'_>,
    case_no: &str,
    default: &str,
    calendar: &WorkCalendar,
    now: Timestamp,
) -> Result<(), StoreError> {
    place(transaction, case_no, default)?;
    let mut work = load(transaction, case_no)?.ok_or(StoreError::Damaged("case"))?;
    begin(&mut work, calendar);
    // Without an organisation anywhere the case waits, and is given a desk at a later start.
    seat(transaction, &mut work)?;
    write(transaction, &work, now)?;
    tell(transaction, &work, now)
}

/// 办理流程 of an item, in its newest version.
fn newest(view: &Transaction<'_>, item: &ServiceItem) -> Result<Arc<Workflow>, StoreError> {
    let named = crate::store::columns::name_of(item.workflow.unwrap_or(protocol::Workflow::Review))?;
    let query = "SELECT id, version FROM workflow WHERE id = ?1 ORDER BY version DESC LIMIT 1";
    let row = view.row(query, &[named.into()])?.ok_or(StoreError::Damaged("workflow"))?;
    workflow(view, row.text("id")?, row.integer("version")?)
}

/// A version of a workflow, out of memory where it was read before.
fn workflow(view: &Transaction<'_>, id: &str, version: i64) -> Result<Arc<Workflow>, StoreError> {
    let number = u32::try_from(version).map_err(|_| StoreError::Damaged("workflow_version"))?;
    view.workflows.get(id, number, || {
        let query = "SELECT body FROM workflow WHERE id = ?1 AND version = ?2";
        let row = view.row(query, &[id.into(), version.into()])?;
        read_json(&row.ok_or(StoreError::Damaged("workflow"))?, "body")
    })
}

/// The version that a case in `row` of `cases` goes by.
pub(super) fn workflow_of(view: &Transaction<'_>, row: &Row) -> Result<Arc<Workflow>, StoreError> {
    workflow(view, row.text("workflow")?, row.integer("workflow_version")?)
}

fn places(
    view: &Transaction<'_>,
    row: &Row,
    workflow: &Workflow,
    default: &str,
) -> Result<Places, StoreError> {
    let terminal = row.text_option("terminal_id")?;
    let standing = terminal.map(|terminal| organisation::of_terminal(view, terminal)).transpose()?.flatten();
    let home = match workflow.jurisdiction {
        Jurisdiction::Any => None,
        Jurisdiction::Household => row.text_option("address")?.map(str::to_owned),
        Jurisdiction::Residence => home(row)?,
    };
    let mut area = home.map(|address| organisation::of_address(view, &address)).transpose()?.flatten();
    let received = match (standing, terminal, &area) {
        (Some(standing), _, _) => Some(standing),
        // Filed from home: the community that handles it has also received it.
        (None, None, Some(area)) => Some(area.clone()),
        _ => organisation::by_id(view, default)?,
    };
    if workflow.jurisdiction == Jurisdiction::Any {
        area.clone_from(&received);
    }
    Ok(Places { received, area })
}

/// Where the applicant says to live; the card where nobody asked.
fn home(row: &Row) -> Result<Option<String>, StoreError> {
    let fields: Answers = read_json(row, "fields")?;
    Ok(match fields.get("home") {
        Some(Answer::Words(home)) => Some(home.clone()),
        _ => row.text_option("address")?.map(str::to_owned),
    })
}

fn begin(work: &mut Work, calendar: &WorkCalendar) {
    let facts = &mut work.facts;
    facts.place = match facts.state {
        State::Received => Place::Intake,
        State::Accepted | State::InReview => work.workflow.first(),
        State::Decided => Place::Completion,
        _ => Place::Nowhere,
    };
    if facts.state == State::Received {
        facts.notice_due_on = Some(clock::notice_due(facts.received_on, calendar).on);
    }
    if facts.state == State::Completed {
        facts.outcome = Some(Outcome::Granted);
    }
}

/// The first line of the history, and a document for everything that the filing came to by itself.
fn tell(transaction: &Transaction<'_>, work: &Work, now: Timestamp) -> Result<(), StoreError> {
    let by = By { org: work.places.received.as_ref().map(|place| place.id.as_str()), ..By::SYSTEM };
    let mut number = None;
    for kind in filed(work.facts.state) {
        let occasion = Occasion { kind: *kind, act: None, was_due: None };
        number = Some(issue(transaction, work, &occasion, &by, now)?);
    }
    // The steps that residents see are written where the case is.
    let line = Line {
        act: ActKind::Receive,
        detail: "{}".to_owned(),
        from: work.facts.state,
        step: &Place::Nowhere,
        number,
    };
    record(transaction, work, &line, &by, now)?;
    if work.is_from_elsewhere() {
        slip(transaction, work, &by, now)?;
    }
    Ok(())
}

/// The documents of a case that has come to `state` without anybody's act.
fn filed(state: State) -> &'static [DocumentKind] {
    use DocumentKind::{AcceptanceNotice, CompletionNotice, IntakeReceipt};
    match state {
        State::Received => &[IntakeReceipt],
        State::Completed => &[IntakeReceipt, AcceptanceNotice, CompletionNotice],
        _ => &[IntakeReceipt, AcceptanceNotice],
    }
}
