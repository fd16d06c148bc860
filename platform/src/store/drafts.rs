//! Forms that are being filled in.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date};
use protocol::{Answers, Consent, PickupCode, draft_code};
use uuid::Uuid;

use super::{
    StoreError, Transaction,
    columns::{json, parsed, to_json},
    own,
    sql::{Row, Value},
};
use crate::clock::china_date;

/// How long a draft is kept after it was last changed, in seconds.
const LIFE: i64 = protocol::draft::DAYS as i64 * 24 * 3600;

/// Drafts that one resident may have at a time.
const MOST: i64 = 20;

/// A form that is being filled in.
#[derive(Clone)]
pub(crate) struct Draft {
    /// Also the `Idempotency-Key` under which it will be filed, and so the key of the case.
    pub(crate) key: Uuid,
    pub(crate) subject: Subject,
    pub(crate) consent: Consent,
    pub(crate) fields: Answers,
    /// When it was last changed.
    pub(crate) changed_at: Timestamp,
}

/// The last day of a draft that was changed at that moment, and is not changed again.
pub(crate) fn until(changed_at: Timestamp) -> Date {
    china_date(changed_at.saturating_add(SignedDuration::from_secs(LIFE)).unwrap_or(Timestamp::MAX))
}

/// What is being filled in, in the version that its owner saw.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// An item.
    Item { id: String, version: u32 },
    /// 一件事, with the version of each of its items.
    Bundle { id: String, version: u32, items: BTreeMap<String, u32> },
}

impl Subject {
    /// Whether both are of one item or one bundle, in whichever version.
    pub(crate) fn is_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Item { id, .. }, Self::Item { id: other, .. })
            | (Self::Bundle { id, .. }, Self::Bundle { id: other, .. }) => id == other,
            _ => false,
        }
    }

    /// The columns that it stands in.
    fn columns(&self) -> Result<[Value; 5], StoreError> {
        const NOTHING: Value = Value::Null;
        Ok(match self {
            Self::Item { id, version } => [id.into(), (*version).into(), NOTHING, NOTHING, NOTHING],
            Self::Bundle { id, version, items } => {
                [NOTHING, NOTHING, id.into(), (*version).into(), to_json(items)?.into()]
            }
        })
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        let version = |name| u32::try_from(row.integer(name)?).map_err(|_| StoreError::Damaged(name));
        Ok(match row.text_option("item_id")? {
            Some(id) => Self::Item { id: id.to_owned(), version: version("item_version")? },
            None => Self::Bundle {
                id: row.text("bundle_id")?.to_owned(),
                version: version("bundle_version")?,
                items: json(row, "bundle_items")?,
            },
        })
    }
}

/// Keeps a new one, unless its owner has too many.
pub(crate) fn begin(
    transaction: &Transaction<'_>,
    owner: &str,
    draft: &Draft,
    now: Timestamp,
) -> Result<bool, StoreError> {
    forget_old(transaction, now)?;
    let held = transaction.row("SELECT count(*) AS n FROM draft WHERE id_number = ?1", &[owner.into()])?;
    if held.ok_or(StoreError::Damaged("draft"))?.integer("n")? >= MOST {
        return Ok(false);
    }
    let [item, item_version, bundle, bundle_version, bundle_items] = draft.subject.columns()?;
    transaction.execute(
        "INSERT INTO draft (draft_key, id_number, item_id, item_version, bundle_id, bundle_version, bundle_items,
             consent_version, consent_given_at, fields, changed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        &[
            draft.key.to_string().into(),
            owner.into(),
            item,
            item_version,
            bundle,
            bundle_version,
            bundle_items,
            draft.consent.notice_version.into(),
            draft.consent.given_at.to_string().into(),
            to_json(&draft.fields)?.into(),
            now.as_second().into(),
        ],
    )?;
    Ok(true)
}

/// Deletes those that nobody has touched for too long. Tells how many.
pub(crate) fn forget_old(transaction: &Transaction<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let forgotten = (now.as_second() - LIFE).into();
    transaction.execute("DELETE FROM draft WHERE changed_at < ?1", &[forgotten])
}

/// What became of a draft that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    /// It is there.
    Kept,
    /// Its owner has too many.
    TooMany,
    /// It is a case already.
    Filed,
    /// The key is that of another draft: of somebody else, or of something else.
    Another,
}

/// Keeps a draft that a machine sends, whether or not it is new here.
pub(crate) fn put(transaction: &Transaction<'_>, owner: &str, draft: &Draft) -> Result<Put, StoreError> {
    if own::filed(transaction, draft.key, owner)?.is_some() {
        return Ok(Put::Filed);
    }
    match one(transaction, owner, draft.key)? {
        Some(known) if !known.subject.is_of(&draft.subject) => Ok(Put::Another),
        Some(_) => keep(transaction, owner, draft, draft.changed_at).map(|()| Put::Kept),
        None if is_taken(transaction, draft.key)? => Ok(Put::Another),
        None => {
            let begun = begin(transaction, owner, draft, draft.changed_at)?;
            Ok(if begun { Put::Kept } else { Put::TooMany })
        }
    }
}

fn is_taken(view: &Transaction<'_>, key: Uuid) -> Result<bool, StoreError> {
    let query = "SELECT draft_key FROM draft WHERE draft_key = ?1";
    Ok(view.row(query, &[key.to_string().into()])?.is_some())
}

/// It has become a case, or a bundle of cases.
const FILED: &str = "(EXISTS (SELECT 1 FROM cases WHERE cases.case_key = draft.draft_key)
     OR EXISTS (SELECT 1 FROM bundle_case WHERE bundle_case.bundle_key = draft.draft_key))";

/// Deletes those that a machine has filed. A machine may do so long after it was there, and does not know of the others.
pub(crate) fn forget_filed(transaction: &Transaction<'_>) -> Result<u64, StoreError> {
    transaction.execute(&format!("DELETE FROM draft WHERE {FILED}"), &[])
}

/// All of an owner's that are not filed yet, the last changed first.
pub(crate) fn of(view: &Transaction<'_>, owner: &str) -> Result<Vec<Draft>, StoreError> {
    let query = format!("SELECT * FROM draft WHERE id_number = ?1 AND NOT {FILED} ORDER BY changed_at DESC");
    view.rows(&query, &[owner.into()])?.iter().map(draft).collect()
}

/// The same without those whose time is over, though nobody has deleted them yet.
pub(crate) fn open(view: &Transaction<'_>, owner: &str, now: Timestamp) -> Result<Vec<Draft>, StoreError> {
    let mut drafts = of(view, owner)?;
    drafts.retain(|draft| now.as_second() - draft.changed_at.as_second() <= LIFE);
    Ok(drafts)
}

/// The owner's draft with that 草稿码.
pub(crate) fn by_code(
    view: &Transaction<'_>,
    owner: &str,
    code: &PickupCode,
    now: Timestamp,
) -> Result<Option<Draft>, StoreError> {
    Ok(open(view, owner, now)?.into_iter().find(|draft| draft_code(draft.key) == *code))
}

/// One of them.
pub(crate) fn one(view: &Transaction<'_>, owner: &str, key: Uuid) -> Result<Option<Draft>, StoreError> {
    let query = "SELECT * FROM draft WHERE draft_key = ?1 AND id_number = ?2";
    view.row(query, &[key.to_string().into(), owner.into()])?.as_ref().map(draft).transpose()
}

/// Keeps its answers, and the versions that they are for.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    owner: &str,
    draft: &Draft,
    now: Timestamp,
) -> Result<(), StoreError> {
    let [_, item_version, _, bundle_version, bundle_items] = draft.subject.columns()?;
    let update = "UPDATE draft SET fields = ?3, changed_at = ?4, item_version = ?5, bundle_version = ?6, bundle_items = ?7
                  WHERE draft_key = ?1 AND id_number = ?2";
    let row = [
        draft.key.to_string().into(),
        owner.into(),
        to_json(&draft.fields)?.into(),
        now.as_second().into(),
        item_version,
        bundle_version,
        bundle_items,
    ];
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
        subject: Subject::read(row)?,
        consent: Consent {
            notice_version: number("consent_version")?,
            given_at: parsed(row, "consent_given_at")?,
        },
        fields: json(row, "fields")?,
        changed_at: Timestamp::from_second(row.integer("changed_at")?)
            .map_err(|_| StoreError::Damaged("changed_at"))?,
    })
}
