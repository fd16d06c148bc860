//! Lists of cases: what lies on somebody's desks, and what a supervisor watches.

use jiff::civil::Date;

use super::{Work, load};
use crate::{
    people::{Role, organisation::Organisation, staff::Grant},
    store::{StoreError, Transaction, case_answers, columns::name_of, sql::Value},
};

/// Cases on one page.
pub(crate) const PAGE: u32 = 50;

/// Where the next page begins: behind the case with this day and this row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) day: String,
    pub(crate) id: i64,
}

impl Cursor {
    /// As it goes into a link.
    pub(crate) fn text(&self) -> String {
        format!("{}.{}", self.day, self.id)
    }

    /// Read back. Anything else is no cursor.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (day, id) = text.split_once('.')?;
        let day = day.parse::<Date>().ok()?.to_string();
        Some(Self { day, id: id.parse().ok().filter(|id| *id >= 0)? })
    }
}

/// A page and where the next one begins.
pub(crate) struct Page {
    pub(crate) cases: Vec<Work>,
    pub(crate) next: Option<Cursor>,
}

/// What counts as the day of a case in a list: the clock that runs.
const DAY: &str = "coalesce(due_on, notice_due_on, correction_due_on, '9999-12-31')";

/// The cases that lie on one of the desks, the most urgent first, and those that wait for an approval.
pub(crate) fn tasks(
    view: &Transaction<'_>,
    grants: &[Grant],
    after: Option<&Cursor>,
) -> Result<Page, StoreError> {
    let mut values: Vec<Value> = Vec::new();
    let mut desks = Vec::new();
    for grant in grants.iter().filter(|grant| grant.role.handles_cases()) {
        values.push((&grant.org).into());
        let org = values.len();
        values.push(name_of(grant.role)?.into());
        desks.push(format!("(holder_org = ?{org} AND holder_role = ?{})", values.len()));
        if grant.role == Role::Approver {
            desks.push(format!("(proposal IS NOT NULL AND decision_org = ?{org})"));
        }
    }
    if desks.is_empty() {
        return Ok(Page { cases: Vec::new(), next: None });
    }
    page(view, &desks.join(" OR "), values, after)
}

/// The cases of an area whose clock runs, the most urgent first.
pub(crate) fn watched(
    view: &Transaction<'_>,
    areas: &[Organisation],
    after: Option<&Cursor>,
) -> Result<Page, StoreError> {
    if areas.is_empty() {
        return Ok(Page { cases: Vec::new(), next: None });
    }
    let (scope, values) = scope(areas);
    let open = "status IN ('received', 'correction_required', 'accepted', 'in_review', 'suspended')";
    page(view, &format!("({open} OR red_since IS NOT NULL) AND ({scope})"), values, after)
}

/// The cases that belong below one of `areas`, as a condition on `cases` with its values.
pub(crate) fn scope(areas: &[Organisation]) -> (String, Vec<Value>) {
    let values: Vec<Value> = areas.iter().map(|area| Value::from(format!("{}%", area.path))).collect();
    let below: Vec<String> = (1..=values.len())
        .map(|place| {
            format!(
                "EXISTS (SELECT 1 FROM organisation WHERE organisation.path LIKE ?{place} AND
                 (organisation.id = received_org OR organisation.id = area_org OR organisation.id = decision_org))"
            )
        })
        .collect();
    (below.join(" OR "), values)
}

fn page(
    view: &Transaction<'_>,
    condition: &str,
    mut values: Vec<Value>,
    after: Option<&Cursor>,
) -> Result<Page, StoreError> {
    let behind = after.map_or_else(String::new, |cursor| {
        values.push((&cursor.day).into());
        values.push(cursor.id.into());
        let n = values.len();
        format!("AND ({DAY} > ?{} OR ({DAY} = ?{} AND id > ?{n}))", n - 1, n - 1)
    });
    let query = format!(
        "SELECT case_no, id, {DAY} AS day FROM cases WHERE ({condition}) {behind} ORDER BY {DAY}, id LIMIT {}",
        PAGE + 1
    );
    let rows = view.rows(&query, &values)?;
    let shown = rows.iter().take(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let mut cases = Vec::new();
    let mut last = None;
    for row in shown {
        cases.push(load(view, row.text("case_no")?)?.ok_or(StoreError::Damaged("case"))?);
        last = Some(Cursor { day: row.text("day")?.to_owned(), id: row.integer("id")? });
    }
    let more = rows.len() > cases.len();
    Ok(Page { cases, next: last.filter(|_| more) })
}

/// Whether somebody of one of these organisations has had a hand in the case.
pub(crate) fn took_part(view: &Transaction<'_>, key: &str, orgs: &[&str]) -> Result<bool, StoreError> {
    let query = "SELECT DISTINCT org_id FROM case_history WHERE case_key = ?1 AND staff_id IS NOT NULL
                 AND org_id IS NOT NULL";
    for row in view.rows(query, &[key.into()])? {
        if orgs.contains(&row.text("org_id")?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The numbers of the cases whose clock may have run out by `today`: for the clock's own acts and for red cards.
pub(crate) fn overdue(view: &Transaction<'_>, today: Date) -> Result<Vec<String>, StoreError> {
    let query = "SELECT case_no FROM cases WHERE
                 (status = 'received' AND notice_due_on < ?1)
                 OR (status = 'correction_required' AND correction_due_on < ?1)
                 OR (status IN ('accepted', 'in_review') AND due_on < ?1 AND red_since IS NULL) ORDER BY id";
    view.rows(query, &[today.to_string().into()])?
        .iter()
        .map(|row| Ok(row.text("case_no")?.to_owned()))
        .collect()
}

/// Gives a red card, which stays.
pub(crate) fn redden(transaction: &Transaction<'_>, key: &str, today: Date) -> Result<(), StoreError> {
    let update = "UPDATE cases SET red_since = ?2 WHERE case_key = ?1 AND red_since IS NULL";
    let reddened = transaction.execute(update, &[key.into(), today.to_string().into()])?;
    if reddened > 0 { case_answers::keep(transaction, key).map(drop) } else { Ok(()) }
}

/// The numbers of cases whose promise leans on a year that was not published, or that stand still: their day moves.
pub(crate) fn moving(view: &Transaction<'_>) -> Result<Vec<String>, StoreError> {
    let query = "SELECT case_no FROM cases WHERE accepted_on IS NOT NULL AND workflow IS NOT NULL
                 AND status IN ('accepted', 'in_review', 'suspended')
                 AND (due_provisional OR status = 'suspended') ORDER BY id";
    view.rows(query, &[])?.iter().map(|row| Ok(row.text("case_no")?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_reads_back_and_no_other_text_is_one(id in 0i64.., text in ".{0,30}") {
            let cursor = Cursor { day: "2026-11-24".to_owned(), id };
            prop_assert_eq!(Cursor::read(&cursor.text()), Some(cursor));
            if let Some(read) = Cursor::read(&text) {
                prop_assert!(read.id >= 0);
            }
        }
    }
}
