//! 一件事 as they were published: every version of each, and which of them are withdrawn.

use jiff::Timestamp;

use super::{
    StoreError, Transaction,
    columns::{json, to_json},
    sql::Row,
    versions::Told,
};
use crate::catalogue::bundle::LifeEventBundle;

/// A version of a bundle.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(crate) bundle: LifeEventBundle,
    /// An office has edited it here, or withdrawn it: from then on the bundle is the office's, whatever the program says.
    pub(crate) by_office: bool,
    pub(crate) withdrawn: bool,
}

/// Adds the versions that the program brings and that are new. One that is already there must read the same, unless an
/// office has taken its number.
pub(super) fn add(
    transaction: &Transaction<'_>,
    bundles: &[LifeEventBundle],
    now: Timestamp,
) -> Result<(), StoreError> {
    let known = all(transaction)?;
    for bundle in bundles {
        let same = |old: &&Published| (&old.bundle.id, old.bundle.version) == (&bundle.id, bundle.version);
        match known.iter().find(same) {
            Some(old) if !old.by_office && old.bundle != *bundle => {
                let what = format!("the bundle `{}`", bundle.id);
                return Err(StoreError::Republished { what, version: bundle.version });
            }
            Some(_) => {}
            None => insert(transaction, bundle, false, now)?,
        }
    }
    Ok(())
}

/// Adds a version, by an office or with the program.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    bundle: &LifeEventBundle,
    by_office: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = [
        (&bundle.id).into(),
        bundle.version.into(),
        to_json(bundle)?.into(),
        now.to_string().into(),
        by_office.into(),
    ];
    transaction.execute("INSERT INTO bundle VALUES (?1, ?2, ?3, ?4, ?5)", &row).map(drop)
}

/// All of them.
pub(crate) fn all(view: &Transaction<'_>) -> Result<Vec<Published>, StoreError> {
    let query = "SELECT body, by_office, at IS NOT NULL AS withdrawn FROM bundle
                 LEFT JOIN bundle_withdrawal ON bundle_id = id AND bundle_version = version ORDER BY id, version";
    let published = |row: &Row| {
        let withdrawn = row.truth("withdrawn")?;
        Ok(Published {
            bundle: json(row, "body")?,
            by_office: row.truth("by_office")? || withdrawn,
            withdrawn,
        })
    };
    view.rows(query, &[])?.iter().map(published).collect()
}

/// The highest version of a bundle; 0 where there is none.
pub(crate) fn newest(view: &Transaction<'_>, id: &str) -> Result<u32, StoreError> {
    let row =
        view.row("SELECT coalesce(max(version), 0) AS newest FROM bundle WHERE id = ?1", &[id.into()])?;
    let newest = row.ok_or(StoreError::Damaged("version"))?.integer("newest")?;
    u32::try_from(newest).map_err(|_| StoreError::Damaged("version"))
}

/// The versions of a bundle, newest first.
pub(crate) fn versions(view: &Transaction<'_>, id: &str) -> Result<Vec<Told>, StoreError> {
    let query = "SELECT version, published_at, by_office, at,
                 (SELECT count(*) FROM bundle_case WHERE bundle_case.bundle_id = bundle.id
                  AND bundle_case.bundle_version = bundle.version) AS n
                 FROM bundle LEFT JOIN bundle_withdrawal
                 ON bundle_withdrawal.bundle_id = bundle.id AND bundle_withdrawal.bundle_version = bundle.version
                 WHERE bundle.id = ?1 ORDER BY version DESC";
    view.rows(query, &[id.into()])?.iter().map(Told::read).collect()
}
