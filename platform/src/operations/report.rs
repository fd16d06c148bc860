//! `platform check`: whether what is stored is whole and of one piece.

use std::fmt;

use protocol::ServiceItem;

use super::OrderFault;
use crate::{
    calendar::WorkCalendar,
    catalogue::Catalogue,
    config::DatabaseUrl,
    offer::Offer,
    store::{Store, StoreError, Transaction, materials},
};

/// What was looked at, and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What there is, in words.
    pub found: Vec<String>,
    /// What should not be.
    pub faults: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.found.iter().map(|line| format!("ok: {line}"));
        let faults = self.faults.iter().map(|line| format!("FAULT: {line}"));
        f.write_str(&found.chain(faults).collect::<Vec<_>>().join("\n"))
    }
}

/// Queries that find nothing in a sound database, with what it means if they do.
const NEVER: [(&str, &str); 7] = [
    (
        "cases whose item was never published",
        "SELECT count(*) AS n FROM cases LEFT JOIN item ON item.id = item_id AND item.version = item_version
         WHERE item.id IS NULL",
    ),
    (
        "cases without a step",
        "SELECT count(*) AS n FROM cases
         WHERE NOT EXISTS (SELECT 1 FROM case_step WHERE case_step.case_key = cases.case_key)",
    ),
    (
        "cases that nobody was answered about",
        "SELECT count(*) AS n FROM cases WHERE NOT EXISTS (SELECT 1 FROM answer
         WHERE operation = 'file-case' AND idempotency_key = cases.case_key)
         AND NOT EXISTS (SELECT 1 FROM bundle_member JOIN answer ON idempotency_key = bundle_key
         WHERE operation = 'file-bundle' AND bundle_member.case_key = cases.case_key)",
    ),
    (
        "steps of cases that are not there",
        "SELECT count(*) AS n FROM case_step WHERE NOT EXISTS
         (SELECT 1 FROM cases WHERE cases.case_key = case_step.case_key)",
    ),
    (
        "ratings of cases that are not there",
        "SELECT count(*) AS n FROM rating WHERE NOT EXISTS
         (SELECT 1 FROM cases WHERE cases.case_key = rating.case_key)",
    ),
    (
        "pages of materials that are shown and have no file",
        "SELECT count(*) AS n FROM material_page AS page WHERE NOT EXISTS
         (SELECT 1 FROM material_file WHERE material_file.page_key = page.page_key) AND NOT EXISTS
         (SELECT 1 FROM material_page AS later WHERE later.case_key = page.case_key AND later.material = page.material
          AND later.page = page.page AND later.place > page.place)",
    ),
    ("sealing keys too many or none", "SELECT abs(count(*) - 1) AS n FROM sealing_key"),
];

/// Looks at everything that the database at `database` holds, and at the data that this program ships with.
pub async fn check(database: DatabaseUrl) -> Result<Report, OrderFault> {
    let store = Store::open(database).await?;
    let mut report = store.read(stored).await?;
    match Catalogue::embedded() {
        Ok(shipped) => match store.read(move |view| Offer::read(view, &shipped)).await {
            Ok(offer) => report.found.push(format!("{} items offered", offer.catalogue.items.len())),
            Err(StoreError::Damaged(what)) => {
                report.faults.push(format!("what is offered holds an unreadable {what}"));
            }
            Err(error) => return Err(error.into()),
        },
        Err(error) => report.faults.push(error.to_string()),
    }
    if let Err(error) = WorkCalendar::embedded() {
        report.faults.push(error.to_string());
    }
    Ok(report)
}

fn count(view: &Transaction<'_>, query: &str) -> Result<i64, StoreError> {
    view.row(query, &[])?.ok_or(StoreError::Damaged("count"))?.integer("n")
}

fn stored(view: &Transaction<'_>) -> Result<Report, StoreError> {
    let mut report = Report::default();
    report.faults.extend(view.damage()?);
    for (what, query) in NEVER {
        match count(view, query)? {
            0 => {}
            n => report.faults.push(format!("{n} {what}")),
        }
    }
    let unreadable = view.rows("SELECT id, body FROM item", &[])?.iter().try_fold(0, |bad, row| {
        Ok::<_, StoreError>(bad + i32::from(serde_json::from_str::<ServiceItem>(row.text("body")?).is_err()))
    })?;
    if unreadable > 0 {
        report.faults.push(format!("{unreadable} published items that cannot be read"));
    }
    let (files, changed) = materials::verify(view)?;
    report.found.push(format!("{files} files of materials"));
    if let Some(page) = changed {
        report.faults.push(format!("the file of page {page} is not what arrived"));
    }
    for (table, what) in [("item", "published versions of items"), ("cases", "cases"), ("rating", "ratings")]
    {
        report.found.push(format!("{} {what}", count(view, &format!("SELECT count(*) AS n FROM {table}"))?));
    }
    Ok(report)
}
