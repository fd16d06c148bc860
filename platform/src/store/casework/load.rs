//! Reading a case for those who handle it.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use protocol::{Answers, ServiceItem};

use super::{Places, take_in::workflow_of};
use crate::{
    clock::china_date,
    lifecycle::{
        act::ActKind,
        facts::{Facts, Pause, Publicity},
        rules::DocumentKind,
        state::State,
        workflow::{Place, Workflow},
    },
    people::{Role, organisation},
    store::{
        StoreError, Transaction,
        columns::{json, named, parsed, parsed_option},
        published::item_of,
        sql::Row,
    },
};

/// A case with everything that an act on it is judged by. Nothing in it is personal but the masked name.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) key: String,
    pub(crate) case_no: String,
    /// Rises with every act: who acts says which one was on the screen.
    pub(crate) version: i64,
    pub(crate) facts: Facts,
    pub(crate) item: Arc<ServiceItem>,
    pub(crate) workflow: Arc<Workflow>,
    pub(crate) places: Places,
    pub(crate) holder_org: Option<String>,
    pub(crate) holder_role: Option<Role>,
    pub(crate) decision_org: Option<String>,
    pub(crate) received_at: Timestamp,
    pub(crate) red_since: Option<Date>,
    /// The last day that its result holds.
    pub(crate) valid_until: Option<Date>,
    pub(crate) surname: String,
}

impl Work {
    /// 异地收件: received where the applicant does not belong.
    pub(crate) fn is_from_elsewhere(&self) -> bool {
        match (&self.places.received, &self.places.area) {
            (Some(received), Some(area)) => received.id != area.id,
            _ => false,
        }
    }
}

/// The case with that number.
pub(crate) fn load(view: &Transaction<'_>, case_no: &str) -> Result<Option<Work>, StoreError> {
    if case_no.contains('\0') {
        return Ok(None);
    }
    let query = "SELECT * FROM cases WHERE case_no = ?1 AND workflow IS NOT NULL";
    view.row(query, &[case_no.into()])?.map(|row| work(view, &row)).transpose()
}

fn work(view: &Transaction<'_>, row: &Row) -> Result<Work, StoreError> {
    let key = row.text("case_key")?.to_owned();
    let organisation = |name| match row.text_option(name)? {
        Some(id) => organisation::by_id(view, id),
        None => Ok(None),
    };
    let places = Places { received: organisation("received_org")?, area: organisation("area_org")? };
    let facts = facts(view, row, &key, places.area.is_some())?;
    let text_option = |name| Ok::<_, StoreError>(row.text_option(name)?.map(str::to_owned));
    Ok(Work {
        case_no: row.text("case_no")?.to_owned(),
        version: row.integer("version")?,
        facts,
        item: item_of(view, row)?,
        workflow: workflow_of(view, row)?,
        places,
        holder_org: text_option("holder_org")?,
        holder_role: text_option("holder_role")?.as_deref().and_then(Role::named),
        decision_org: text_option("decision_org")?,
        received_at: parsed(row, "received_at")?,
        red_since: parsed_option(row, "red_since")?,
        valid_until: parsed_option(row, "valid_until")?,
        surname: protocol::mask::name(row.text("name")?),
        key,
    })
}

fn facts(view: &Transaction<'_>, row: &Row, key: &str, routed: bool) -> Result<Facts, StoreError> {
    let received_at: Timestamp = parsed(row, "received_at")?;
    let due_on: Option<Date> = parsed_option(row, "due_on")?;
    let provisional = row.truth("due_provisional")?;
    Ok(Facts {
        state: named(row, "status")?,
        outcome: row.text_option("outcome")?.map(|_| named(row, "outcome")).transpose()?,
        place: Place::read(row.text_option("step")?),
        received_on: china_date(received_at),
        accepted_on: parsed_option(row, "accepted_on")?,
        deemed: row.truth("deemed")?,
        notice_due_on: parsed_option(row, "notice_due_on")?,
        correction_due_on: parsed_option(row, "correction_due_on")?,
        extended_days: u32::try_from(row.integer("extended_days")?)
            .map_err(|_| StoreError::Damaged("extended_days"))?,
        pauses: pauses(view, key)?,
        proposal: row.text_option("proposal")?.map(|_| json(row, "proposal")).transpose()?,
        publicity: publicity(view, key)?,
        taken: taken(view, key)?,
        routed,
        due: due_on.map(|on| crate::calendar::Due { on, provisional }),
    })
}

fn pauses(view: &Transaction<'_>, key: &str) -> Result<Vec<Pause>, StoreError> {
    let pause = |row: &Row| {
        Ok(Pause {
            kind: named(row, "kind")?,
            reason: row.text("reason")?.to_owned(),
            from: parsed(row, "from_on")?,
            to: parsed_option(row, "to_on")?,
        })
    };
    let query = "SELECT * FROM case_pause WHERE case_key = ?1 ORDER BY place";
    view.rows(query, &[key.into()])?.iter().map(pause).collect()
}

fn publicity(view: &Transaction<'_>, key: &str) -> Result<Option<Publicity>, StoreError> {
    let query = "SELECT step, closes_on, objection FROM publicity_notice WHERE case_key = ?1
                 ORDER BY opened_on DESC, id DESC LIMIT 1";
    let notice = |row: &Row| {
        Ok(Publicity {
            step: row.text("step")?.to_owned(),
            closes_on: parsed(row, "closes_on")?,
            objected: row.text_option("objection")?.is_some(),
        })
    };
    view.row(query, &[key.into()])?.as_ref().map(notice).transpose()
}

/// Who has decided at which step. Which of these want four eyes, the workflow says.
fn taken(view: &Transaction<'_>, key: &str) -> Result<Vec<(String, String)>, StoreError> {
    let query = "SELECT step, staff_id FROM case_history WHERE case_key = ?1 AND staff_id IS NOT NULL
                 AND step IS NOT NULL AND act IN ('pass', 'grant', 'deny') ORDER BY place";
    let taken = |row: &Row| Ok((row.text("step")?.to_owned(), row.text("staff_id")?.to_owned()));
    view.rows(query, &[key.into()])?.iter().map(taken).collect()
}

/// One line of the history of a case.
#[derive(Clone, Debug)]
pub(crate) struct HistoryRow {
    pub(crate) at: Timestamp,
    pub(crate) act: ActKind,
    pub(crate) to: State,
    pub(crate) step: Place,
    pub(crate) actor: String,
    pub(crate) role: String,
    pub(crate) org: Option<String>,
    pub(crate) detail: serde_json::Value,
    pub(crate) document_no: Option<String>,
}

/// The history of a case, oldest first.
pub(crate) fn history(view: &Transaction<'_>, key: &str) -> Result<Vec<HistoryRow>, StoreError> {
    let query = "SELECT case_history.*, organisation.name AS org_name FROM case_history
                 LEFT JOIN organisation ON organisation.id = org_id WHERE case_key = ?1 ORDER BY place";
    let line = |row: &Row| {
        Ok(HistoryRow {
            at: parsed(row, "at")?,
            act: named(row, "act")?,
            to: named(row, "to_state")?,
            step: Place::read(row.text_option("step")?),
            actor: row.text("actor")?.to_owned(),
            role: row.text("role")?.to_owned(),
            org: row.text_option("org_name")?.map(str::to_owned),
            detail: json(row, "detail")?,
            document_no: row.text_option("document_no")?.map(str::to_owned),
        })
    };
    view.rows(query, &[key.into()])?.iter().map(line).collect()
}

/// A document that was issued.
#[derive(Clone, Debug)]
pub(crate) struct IssuedDocument {
    pub(crate) number: String,
    pub(crate) kind: DocumentKind,
    pub(crate) issued_at: Timestamp,
    pub(crate) body: serde_json::Value,
}

/// The documents of a case, oldest first.
pub(crate) fn documents(view: &Transaction<'_>, key: &str) -> Result<Vec<IssuedDocument>, StoreError> {
    let query = "SELECT * FROM case_document WHERE case_key = ?1 ORDER BY number";
    let document = |row: &Row| {
        Ok(IssuedDocument {
            number: row.text("number")?.to_owned(),
            kind: named(row, "kind")?,
            issued_at: parsed(row, "issued_at")?,
            body: json(row, "body")?,
        })
    };
    let mut all =
        view.rows(query, &[key.into()])?.iter().map(document).collect::<Result<Vec<_>, StoreError>>()?;
    all.sort_by_key(|document| (document.issued_at, document.kind));
    Ok(all)
}

/// What only somebody with a purpose reads.
pub(crate) struct Personal {
    pub(crate) name: String,
    pub(crate) id_number: String,
    pub(crate) sex: protocol::Sex,
    pub(crate) birth: Date,
    pub(crate) address: Option<String>,
    pub(crate) fields: Answers,
}

/// The applicant of a case, in the clear.
pub(crate) fn personal(view: &Transaction<'_>, key: &str) -> Result<Option<Personal>, StoreError> {
    let query = "SELECT name, id_number, sex, birth, address, fields FROM cases WHERE case_key = ?1";
    let personal = |row: &Row| {
        Ok(Personal {
            name: row.text("name")?.to_owned(),
            id_number: row.text("id_number")?.to_owned(),
            sex: named(row, "sex")?,
            birth: parsed(row, "birth")?,
            address: row.text_option("address")?.map(str::to_owned),
            fields: json(row, "fields")?,
        })
    };
    view.row(query, &[key.into()])?.as_ref().map(personal).transpose()
}
