//! 差评回访: a row for every case that was rated 4 or 5, opened in the transaction of the rating.

use jiff::{Timestamp, civil::Date};
use protocol::ServiceItem;

use crate::{
    calendar::WorkCalendar,
    clock::china_date,
    lifecycle::call_back::{Deadlines, Settlement},
    people::organisation::Organisation,
    store::{
        StoreError, Transaction,
        columns::{json, name_of, named, parsed, parsed_option},
        sql::{Row, Value},
    },
};

/// One of them. Who gave the rating is not in it but as a masked name.
#[derive(Clone, Debug)]
pub(crate) struct CallBack {
    pub(crate) case_no: String,
    pub(crate) item: String,
    pub(crate) applicant: String,
    /// Who has to call, by id and by name.
    pub(crate) org: String,
    pub(crate) org_name: String,
    pub(crate) level: i64,
    pub(crate) opened_at: Timestamp,
    pub(crate) due: Deadlines,
    pub(crate) contacted_on: Option<Date>,
    pub(crate) contact: Option<String>,
    pub(crate) settled_on: Option<Date>,
    pub(crate) settlement: Option<Settlement>,
    pub(crate) note: Option<String>,
}

/// Opens one for whoever decides such a case, or has it, or received it.
pub(crate) fn open(
    transaction: &Transaction<'_>,
    case_key: &str,
    level: u8,
    calendar: &WorkCalendar,
    now: Timestamp,
) -> Result<(), StoreError> {
    let query = "SELECT coalesce(decision_org, holder_org, received_org, area_org) AS org FROM cases
                 WHERE case_key = ?1";
    let case = transaction.row(query, &[case_key.into()])?.ok_or(StoreError::Damaged("case"))?;
    // A case that no organisation of the tree has anything to do with has nobody who could call.
    let Some(org) = case.text_option("org")? else { return Ok(()) };
    let due = Deadlines::from(china_date(now), calendar);
    let row: [Value; 6] = [
        case_key.into(),
        org.into(),
        level.into(),
        now.to_string().into(),
        due.contact_on.to_string().into(),
        due.settle_on.to_string().into(),
    ];
    let insert = "INSERT INTO call_back (case_key, org_id, level, opened_at, contact_due_on, settle_due_on)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    transaction.execute(insert, &row).map(drop)
}

/// Who has called, what was said, and when.
pub(crate) struct Call<'a> {
    pub(crate) by: &'a str,
    pub(crate) note: &'a str,
    pub(crate) now: Timestamp,
}

impl Call<'_> {
    fn row(&self, case_no: &str) -> [Value; 4] {
        [case_no.into(), china_date(self.now).to_string().into(), self.by.into(), self.note.into()]
    }
}

/// Notes the first call. `false` where it was noted before.
pub(crate) fn contact(
    transaction: &Transaction<'_>,
    case_no: &str,
    call: &Call<'_>,
) -> Result<bool, StoreError> {
    let update = "UPDATE call_back SET contacted_on = ?2, contacted_by = ?3, contact = ?4
                  WHERE contacted_on IS NULL AND case_key = (SELECT case_key FROM cases WHERE case_no = ?1)";
    Ok(transaction.execute(update, &call.row(case_no))? == 1)
}

/// Settles one after the first call. `false` where nobody has called, or it was settled before.
pub(crate) fn settle(
    transaction: &Transaction<'_>,
    case_no: &str,
    settlement: Settlement,
    call: &Call<'_>,
) -> Result<bool, StoreError> {
    let [case, day, by, note] = call.row(case_no);
    let update = "UPDATE call_back SET settled_on = ?2, settled_by = ?3, note = ?4, settlement = ?5
                  WHERE contacted_on IS NOT NULL AND settled_on IS NULL
                  AND case_key = (SELECT case_key FROM cases WHERE case_no = ?1)";
    Ok(transaction.execute(update, &[case, day, by, note, name_of(settlement)?.into()])? == 1)
}

const SELECT: &str = "SELECT call_back.*, case_no, cases.name AS applicant, item.body AS item_body,
                      organisation.name AS org_name
                      FROM call_back JOIN cases ON cases.case_key = call_back.case_key
                      JOIN item ON item.id = item_id AND item.version = item_version
                      JOIN organisation ON organisation.id = org_id";

/// The one about a case.
pub(crate) fn of_case(view: &Transaction<'_>, case_no: &str) -> Result<Option<CallBack>, StoreError> {
    if case_no.contains('\0') {
        return Ok(None);
    }
    let query = format!("{SELECT} WHERE case_no = ?1");
    view.row(&query, &[case_no.into()])?.as_ref().map(call_back).transpose()
}

/// Those of some organisations, and of all in some areas: open ones first, by their day.
pub(crate) fn list(
    view: &Transaction<'_>,
    orgs: &[&str],
    areas: &[Organisation],
) -> Result<Vec<CallBack>, StoreError> {
    let mut values: Vec<Value> = Vec::new();
    let mut theirs = vec!["FALSE".to_owned()];
    for org in orgs {
        values.push((*org).into());
        theirs.push(format!("org_id = ?{}", values.len()));
    }
    for area in areas {
        values.push(format!("{}%", area.path).into());
        theirs.push(format!("organisation.path LIKE ?{}", values.len()));
    }
    let query = format!(
        "{SELECT} WHERE {} ORDER BY CASE WHEN settled_on IS NULL THEN 0 ELSE 1 END, settle_due_on, case_no LIMIT 200",
        theirs.join(" OR ")
    );
    view.rows(&query, &values)?.iter().map(call_back).collect()
}

/// Whether one of these organisations has to call about a case.
pub(crate) fn is_for(view: &Transaction<'_>, case_key: &str, orgs: &[&str]) -> Result<bool, StoreError> {
    let query = "SELECT org_id FROM call_back WHERE case_key = ?1 AND settled_on IS NULL";
    let row = view.row(query, &[case_key.into()])?;
    Ok(row.is_some_and(|row| row.text("org_id").is_ok_and(|org| orgs.contains(&org))))
}

fn call_back(row: &Row) -> Result<CallBack, StoreError> {
    let text = |name| row.text(name).map(str::to_owned);
    let text_option = |name| Ok::<_, StoreError>(row.text_option(name)?.map(str::to_owned));
    let item: ServiceItem = json(row, "item_body")?;
    Ok(CallBack {
        case_no: text("case_no")?,
        item: item.name.simplified,
        applicant: protocol::mask::name(row.text("applicant")?),
        org: text("org_id")?,
        org_name: text("org_name")?,
        level: row.integer("level")?,
        opened_at: parsed(row, "opened_at")?,
        due: Deadlines {
            contact_on: parsed(row, "contact_due_on")?,
            settle_on: parsed(row, "settle_due_on")?,
        },
        contacted_on: parsed_option(row, "contacted_on")?,
        contact: text_option("contact")?,
        settled_on: parsed_option(row, "settled_on")?,
        settlement: row.text_option("settlement")?.map(|_| named(row, "settlement")).transpose()?,
        note: text_option("note")?,
    })
}
