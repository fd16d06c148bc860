//! Forms that are being filled in.

use jiff::Timestamp;
use protocol::{Answers, Consent};
use uuid::Uuid;

use super::{
    StoreError, Transaction,
    columns::{json, parsed, to_json},
    sql::Row,
};

/// How long a draft is kept after it was last changed, in seconds.
const LIFE: i64 = 30 * 24 * 3600;

/// Drafts that one resident may have at a time.
const MOST: i64 = 20;

/// A form that is being filled in.
#[derive(Clone)]
pub(crate) struct Draft {
    /// Also the `Idempotency-Key` under which it will be filed, and so the key of the case.
    pub(crate) key: Uuid,
    pub(crate) item: String,
    pub(crate) version: u32,
    pub(crate) consent: Consent,
    pub(crate) fields: Answers,
}

/// Keeps a new one, unless its owner has too many.
pub(crate) fn begin(
    transaction: &Transaction<'_>,
    owner: &str,
    draft: &Draft,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let forgotten = (now.as_second() - LIFE).into();
    transaction.execute("DELETE FROM draft WHERE changed_at < ?1", &[forgotten])?;
    let held = transaction.row("SELECT count(*) AS n FROM draft WHERE id_number = ?1", &[owner.into()])?;
    if held.ok_or(StoreError::Damaged("draft"))?.integer("n")? >= MOST {
        return Ok(false);
    }
    transaction.execute(
        "INSERT INTO draft (draft_key, id_number, item_id, item_version, consent_version, consent_given_at, fields,
             changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        &[
            draft.key.to_string().into(),
            owner.into(),
            (&draft.item).into(),
            draft.version.into(),
            draft.consent.notice_version.into(),
            draft.consent.given_at.to_string().into(),
            to_json(&draft.fields)?.into(),
            now.as_second().into(),
        ],
    )?;
    Ok(true)
}

/// All of an owner's, the last changed first.
pub(crate) fn of(view: &Transaction<'_>, owner: &str) -> Result<Vec<Draft>, StoreError> {
    let query = "SELECT * FROM draft WHERE id_number = ?1 ORDER BY changed_at DESC";
    view.rows(query, &[owner.into()])?.iter().map(draft).collect()
}

/// One of them.
pub(crate) fn one(view: &Transaction<'_>, owner: &str, key: Uuid) -> Result<Option<Draft>, StoreError> {
    let query = "SELECT * FROM draft WHERE draft_key = ?1 AND id_number = ?2";
    view.row(query, &[key.to_string().into(), owner.into()])?.as_ref().map(draft).transpose()
}

/// Keeps its answers.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    owner: &str,
    draft: &Draft,
    now: Timestamp,
) -> Result<(), StoreError> {
    let update = "UPDATE draft SET fields = ?3, changed_at = ?4 WHERE draft_key = ?1 AND id_number = ?2";
    let row =
        [draft.key.to_string().into(), owner.into(), to_json(&draft.fields)?.into(), now.as_second().into()];
    transaction.execute(update, &row)?;
    Ok(())
}

/// Forgets it: it was filed, or is not wanted any more.
pub(crate) fn discard(transaction: &Transaction<'_>, owner: &str, key: Uuid) -> Result<(), StoreError> {
    let delete = "DELETE FROM draft WHERE draft_key = ?1 AND id_number = ?2";
    transaction.execute(delete, &[key.to_string().into(), owner.into()])?;
    Ok(())
}

fn draft(row: &Row) -> Result<Draft, StoreError> {
    let number = |name| u32::try_from(row.integer(name)?).map_err(|_| StoreError::Damaged(name));
    Ok(Draft {
        key: parsed(row, "draft_key")?,
        item: row.text("item_id")?.to_owned(),
        version: number("item_version")?,
        consent: Consent {
            notice_version: number("consent_version")?,
            given_at: parsed(row, "consent_given_at")?,
        },
        fields: json(row, "fields")?,
    })
}
