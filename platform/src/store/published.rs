//! Everything that was ever published under a version.

use std::sync::Arc;

use jiff::Timestamp;
use protocol::{ConsentNotice, ServiceItem};

use super::{
    StoreError, Transaction, bundle_versions,
    columns::{json, to_json},
    sql::Row,
    versions::Told,
};
use crate::catalogue::Catalogue;

/// A version of an item.
pub(crate) struct Published {
    pub(crate) item: ServiceItem,
    /// An office has edited it here, or withdrawn it: from then on the item is the office's, whatever the program says.
    pub(crate) by_office: bool,
    pub(crate) withdrawn: bool,
}

/// Adds the versions of `catalogue` that are new. A version that is already there must read the same: residents have
/// filed under its words. A number that an office has taken since is the office's, whatever the program says under it.
pub(crate) fn add(
    transaction: &Transaction<'_>,
    catalogue: &Catalogue,
    now: Timestamp,
) -> Result<(), StoreError> {
    bundle_versions::add(transaction, &catalogue.bundles, now)?;
    compare(catalogue, &all(transaction)?, &consents(transaction)?)?;
    for item in &catalogue.items {
        let row = [(&item.id).into(), item.version.into(), to_json(item)?.into(), now.to_string().into()];
        transaction.execute(
            "INSERT INTO item (id, version, body, published_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            &row,
        )?;
    }
    for consent in catalogue.consents() {
        let row = [consent.version.into(), to_json(consent)?.into(), now.to_string().into()];
        transaction.execute("INSERT INTO consent_notice VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", &row)?;
    }
    Ok(())
}

fn compare(catalogue: &Catalogue, items: &[Published], consents: &[ConsentNotice]) -> Result<(), StoreError> {
    let item = |new: &&ServiceItem| {
        let mut shipped = items.iter().filter(|old| !old.by_office).map(|old| &old.item);
        shipped.any(|old| (&old.id, old.version) == (&new.id, new.version) && old != *new)
    };
    if let Some(item) = catalogue.items.iter().find(item) {
        let what = format!("the item `{}`", item.id);
        return Err(StoreError::Republished { what, version: item.version });
    }
    let notice = |new: &&ConsentNotice| consents.iter().any(|old| old.version == new.version && old != *new);
    if let Some(new) = catalogue.consents().into_iter().find(notice) {
        let what = "the consent notice".to_owned();
        return Err(StoreError::Republished { what, version: new.version });
    }
    Ok(())
}

/// Adds a version that an office has edited.
pub(crate) fn add_by_office(
    transaction: &Transaction<'_>,
    item: &ServiceItem,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = [(&item.id).into(), item.version.into(), to_json(item)?.into(), now.to_string().into()];
    let insert =
        "INSERT INTO item (id, version, body, published_at, by_office) VALUES (?1, ?2, ?3, ?4, TRUE)";
    transaction.execute(insert, &row).map(drop)
}

/// All of them.
pub(crate) fn all(view: &Transaction<'_>) -> Result<Vec<Published>, StoreError> {
    let query = "SELECT body, by_office, at IS NOT NULL AS withdrawn FROM item
                 LEFT JOIN item_withdrawal ON item_id = id AND item_version = version";
    let published = |row: &Row| {
        let withdrawn = row.truth("withdrawn")?;
        Ok(Published { item: json(row, "body")?, by_office: row.truth("by_office")? || withdrawn, withdrawn })
    };
    view.rows(query, &[])?.iter().map(published).collect()
}

/// All of them, whoever published them.
pub(crate) fn items(view: &Transaction<'_>) -> Result<Vec<ServiceItem>, StoreError> {
    Ok(all(view)?.into_iter().map(|published| published.item).collect())
}

/// A version, out of memory where it was read before.
pub(crate) fn item(view: &Transaction<'_>, id: &str, version: i64) -> Result<Arc<ServiceItem>, StoreError> {
    let number = u32::try_from(version).map_err(|_| StoreError::Damaged("item_version"))?;
    view.items.get(id, number, || {
        let query = "SELECT body FROM item WHERE id = ?1 AND version = ?2";
        let row = view.row(query, &[id.into(), version.into()])?;
        json(&row.ok_or(StoreError::Damaged("item"))?, "body")
    })
}

/// The version that a case in `row` of `cases` was filed under.
pub(crate) fn item_of(view: &Transaction<'_>, row: &Row) -> Result<Arc<ServiceItem>, StoreError> {
    item(view, row.text("item_id")?, row.integer("item_version")?)
}

/// How many versions there are, and how many were withdrawn: another number is another offer.
pub(crate) fn edition(view: &Transaction<'_>) -> Result<i64, StoreError> {
    let query = "SELECT (SELECT count(*) FROM item) + (SELECT count(*) FROM bundle)
                 + (SELECT count(*) FROM item_withdrawal) + (SELECT count(*) FROM bundle_withdrawal) AS n";
    view.row(query, &[])?.ok_or(StoreError::Damaged("count"))?.integer("n")
}

/// The highest version of an item; 0 where there is none.
pub(crate) fn newest(view: &Transaction<'_>, id: &str) -> Result<u32, StoreError> {
    let row = view.row("SELECT coalesce(max(version), 0) AS newest FROM item WHERE id = ?1", &[id.into()])?;
    let newest = row.ok_or(StoreError::Damaged("version"))?.integer("newest")?;
    u32::try_from(newest).map_err(|_| StoreError::Damaged("version"))
}

/// The versions of an item, newest first.
pub(crate) fn versions(view: &Transaction<'_>, id: &str) -> Result<Vec<Told>, StoreError> {
    let query = "SELECT version, published_at, by_office, at,
                 (SELECT count(*) FROM cases WHERE cases.item_id = item.id AND cases.item_version = item.version) AS n
                 FROM item LEFT JOIN item_withdrawal
                 ON item_withdrawal.item_id = item.id AND item_withdrawal.item_version = item.version
                 WHERE item.id = ?1 ORDER BY version DESC";
    view.rows(query, &[id.into()])?.iter().map(Told::read).collect()
}

pub(crate) fn consents(view: &Transaction<'_>) -> Result<Vec<ConsentNotice>, StoreError> {
    view.rows("SELECT body FROM consent_notice", &[])?.iter().map(|row| json(row, "body")).collect()
}
