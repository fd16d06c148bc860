//! What is remembered of configurations: documents, the signed set, and what kiosks said.

use config_trust::sha256;
use enrolment::Name;
use jiff::Timestamp;
use protocol::{Desired, Reported};
use serde_json::{Map, Value};

use super::content;
use crate::store::{
    Row, StoreError, Transaction,
    columns::{json, parsed, to_json},
};

/// Older files of the signed set than so many versions are not needed by any kiosk that fetches now.
const KEPT: u64 = 5;

/// A kiosk's document, drafted or published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) version: u64,
    pub(super) sha256: String,
    pub(super) length: u64,
}

/// Why a draft is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoDraft {
    /// No such kiosk.
    NoKiosk,
    /// Somebody else has changed it since.
    Changed { newest: u64 },
    /// Its documents are being rolled out, and what comes next is not known yet.
    RollingOut,
    /// It names a file that is not here.
    NoContent(String),
}

/// The version that a kiosk's next document will have. `base` is the one that was looked at; without it, nobody else's
/// draft may wait.
fn next_version(
    view: &Transaction<'_>,
    name: &str,
    base: Option<u64>,
) -> Result<Result<u64, NoDraft>, StoreError> {
    if view.row("SELECT name FROM kiosk WHERE name = ?1", &[name.into()])?.is_none() {
        return Ok(Err(NoDraft::NoKiosk));
    }
    let rolling = "SELECT k.name FROM rollout_kiosk k JOIN rollout r ON r.id = k.rollout
                   WHERE k.name = ?1 AND r.ended_at IS NULL";
    if view.row(rolling, &[name.into()])?.is_some() {
        return Ok(Err(NoDraft::RollingOut));
    }
    let sql =
        "SELECT version, published_at, withdrawn_at FROM configuration WHERE name = ?1 ORDER BY version DESC";
    let known = view.rows(sql, &[name.into()])?;
    let version = known.first().map_or(Ok(0), |row| number(row, "version"))?;
    let mut waits = false;
    for row in known.iter().rev().filter(|row| !matches!(row.text_option("withdrawn_at"), Ok(Some(_)))) {
        waits = row.text_option("published_at")?.is_none();
    }
    let changed = base.map_or(waits, |base| base != version);
    Ok(if changed { Err(NoDraft::Changed { newest: version }) } else { Ok(version + 1) })
}

/// A kiosk's document as it is signed.
pub(super) fn document(
    name: &str,
    version: u64,
    settings: &Map<String, Value>,
) -> Result<(Entry, Vec<u8>), StoreError> {
    let document = serde_json::json!({ "terminal_id": name, "version": version, "settings": settings });
    let body = serde_json::to_vec(&document).map_err(|_| StoreError::Damaged("document"))?;
    let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
    Ok((Entry { name: name.to_owned(), version, sha256: sha256(&body), length }, body))
}

/// Drafts a kiosk's document.
pub(super) fn draft(
    transaction: &Transaction<'_>,
    name: &str,
    version: u64,
    settings: &Map<String, Value>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (entry, body) = document(name, version, settings)?;
    transaction.execute(
        "INSERT INTO configuration (name, version, sha256, body, drafted_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        &[
            name.into(),
            signed(version)?.into(),
            entry.sha256.into(),
            body.as_slice().into(),
            now.to_string().into(),
        ],
    )?;
    Ok(())
}

/// Drafts the same settings for several kiosks, or for none of them. With each kiosk the version that was looked at; gives
/// the version that each has now.
pub(super) fn draft_all(
    transaction: &Transaction<'_>,
    kiosks: &[(Name, Option<u64>)],
    settings: &Map<String, Value>,
    now: Timestamp,
) -> Result<Result<Vec<(Name, u64)>, (Name, NoDraft)>, StoreError> {
    if let (Some((name, _)), Some(missing)) = (kiosks.first(), content::missing(transaction, settings)?) {
        return Ok(Err((name.clone(), NoDraft::NoContent(missing))));
    }
    // All are looked at before any is drafted.
    let mut versions = Vec::new();
    for (name, base) in kiosks {
        match next_version(transaction, name.as_str(), *base)? {
            Ok(version) => versions.push((name.clone(), version)),
            Err(why) => return Ok(Err((name.clone(), why))),
        }
    }
    for (name, version) in &versions {
        draft(transaction, name.as_str(), *version, settings, now)?;
    }
    Ok(Ok(versions))
}

/// The newest document of every kiosk, published or not.
pub(super) fn newest(view: &Transaction<'_>) -> Result<Vec<Entry>, StoreError> {
    let sql = "SELECT name, version, sha256, body FROM configuration d
               WHERE version = (SELECT max(version) FROM configuration e WHERE e.name = d.name AND e.withdrawn_at IS NULL)
               ORDER BY name";
    view.rows(sql, &[])?.iter().map(entry).collect()
}

/// What waits for signatures: the newest documents that their kiosks may not have yet.
pub(super) fn waiting(view: &Transaction<'_>) -> Result<Vec<Entry>, StoreError> {
    let had = published(view)?;
    Ok(newest(view)?.into_iter().filter(|entry| !had.contains(entry)).collect())
}

/// What is set in a kiosk's document of that version; nothing where there is no such document.
pub(super) fn settings(
    view: &Transaction<'_>,
    name: &str,
    version: u64,
) -> Result<Map<String, Value>, StoreError> {
    let sql = "SELECT body FROM configuration WHERE name = ?1 AND version = ?2";
    let row = view.row(sql, &[name.into(), signed(version)?.into()])?;
    row.as_ref().map_or_else(|| Ok(Map::new()), settings_of)
}

fn settings_of(row: &Row) -> Result<Map<String, Value>, StoreError> {
    let document: Value =
        serde_json::from_slice(row.bytes("body")?).map_err(|_| StoreError::Damaged("document"))?;
    Ok(document.get("settings").and_then(Value::as_object).cloned().unwrap_or_default())
}

/// What is set in the published document of every kiosk that has one and is not revoked.
pub(super) fn in_force(view: &Transaction<'_>) -> Result<Vec<Map<String, Value>>, StoreError> {
    let sql = "SELECT body FROM configuration d JOIN kiosk ON kiosk.name = d.name WHERE revoked_at IS NULL AND version =
               (SELECT max(version) FROM configuration e WHERE e.name = d.name AND e.published_at IS NOT NULL)";
    view.rows(sql, &[])?.iter().map(settings_of).collect()
}

/// Marks a document as one that its kiosk shall not have.
pub(super) fn withdraw(
    transaction: &Transaction<'_>,
    name: &str,
    version: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE configuration SET withdrawn_at = ?3 WHERE name = ?1 AND version = ?2 AND published_at IS NULL";
    transaction.execute(sql, &[name.into(), signed(version)?.into(), now.to_string().into()]).map(drop)
}

/// The published document of every kiosk that has one.
pub(super) fn published(view: &Transaction<'_>) -> Result<Vec<Entry>, StoreError> {
    let sql = "SELECT name, version, sha256, body FROM configuration d WHERE version =
               (SELECT max(version) FROM configuration e WHERE e.name = d.name AND e.published_at IS NOT NULL)
               ORDER BY name";
    view.rows(sql, &[])?.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        name: row.text("name")?.to_owned(),
        version: number(row, "version")?,
        sha256: row.text("sha256")?.to_owned(),
        length: u64::try_from(row.bytes("body")?.len()).unwrap_or(u64::MAX),
    })
}

/// Marks documents as published.
pub(super) fn publish<'a>(
    transaction: &Transaction<'_>,
    documents: impl IntoIterator<Item = (&'a str, u64)>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE configuration SET published_at = ?3 WHERE name = ?1 AND version = ?2 AND published_at IS NULL";
    for (name, version) in documents {
        transaction.execute(sql, &[name.into(), signed(version)?.into(), now.to_string().into()])?;
    }
    Ok(())
}

/// What a kiosk shall have.
pub(super) fn desired(view: &Transaction<'_>, name: &str) -> Result<Option<Desired>, StoreError> {
    let sql = "SELECT version, sha256 FROM configuration WHERE name = ?1 AND published_at IS NOT NULL
               ORDER BY version DESC LIMIT 1";
    let Some(row) = view.row(sql, &[name.into()])? else { return Ok(None) };
    Ok(Some(Desired { version: number(&row, "version")?, sha256: row.text("sha256")?.to_owned() }))
}

/// A published document by its hash.
pub(super) fn body(view: &Transaction<'_>, name: &str, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT body FROM configuration WHERE name = ?1 AND sha256 = ?2 AND published_at IS NOT NULL";
    let found = view.row(sql, &[name.into(), sha256.into()])?;
    found.map(|row| Ok(row.bytes("body")?.to_vec())).transpose()
}

/// A document by its hash, published or not.
pub(super) fn drafted(
    view: &Transaction<'_>,
    name: &str,
    sha256: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT body FROM configuration WHERE name = ?1 AND sha256 = ?2";
    let found = view.row(sql, &[name.into(), sha256.into()])?;
    found.map(|row| Ok(row.bytes("body")?.to_vec())).transpose()
}

/// A file of the signed set.
pub(super) fn file(view: &Transaction<'_>, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let found = view.row("SELECT body FROM trust_file WHERE name = ?1", &[name.into()])?;
    found.map(|row| Ok(row.bytes("body")?.to_vec())).transpose()
}

/// The newest file of a role or bin, and its version.
pub(super) fn newest_file(view: &Transaction<'_>, role: &str) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
    let sql = "SELECT version, body FROM trust_file WHERE role = ?1 ORDER BY version DESC LIMIT 1";
    let Some(row) = view.row(sql, &[role.into()])? else { return Ok(None) };
    Ok(Some((number(&row, "version")?, row.bytes("body")?.to_vec())))
}

/// What a file of the set is called.
pub(super) fn file_name(role: &str, version: u64) -> String {
    match role {
        "timestamp" | "timestamp-ahead" => format!("{role}.json"),
        _ => format!("{version}.{role}.json"),
    }
}

/// Takes a role's files away.
pub(super) fn drop_role(transaction: &Transaction<'_>, role: &str) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM trust_file WHERE role = ?1", &[role.into()]).map(drop)
}

/// Puts up a file of the signed set. Roots stay for ever, for a kiosk goes from one to the next.
pub(super) fn put_file(
    transaction: &Transaction<'_>,
    role: &str,
    version: u64,
    body: &[u8],
) -> Result<(), StoreError> {
    let name = file_name(role, version);
    transaction.execute("DELETE FROM trust_file WHERE name = ?1", &[(&name).into()])?;
    transaction.execute(
        "INSERT INTO trust_file (name, role, version, body) VALUES (?1, ?2, ?3, ?4)",
        &[name.into(), role.into(), signed(version)?.into(), body.into()],
    )?;
    if role != "root" {
        let sql = "DELETE FROM trust_file WHERE role = ?1 AND version < ?2";
        transaction.execute(sql, &[role.into(), signed(version.saturating_sub(KEPT))?.into()])?;
    }
    Ok(())
}

/// So many of a kiosk's reports are kept.
const REPORTS: i64 = 50;

/// Remembers what a kiosk says, and for its history whatever is new of it.
pub(super) fn report(
    transaction: &Transaction<'_>,
    name: &str,
    reported: &Reported,
    now: Timestamp,
) -> Result<(), StoreError> {
    let body = to_json(reported)?;
    let at = now.to_string();
    let sql = "INSERT INTO reported (name, body, heard_at) VALUES (?1, ?2, ?3)
               ON CONFLICT (name) DO UPDATE SET body = excluded.body, heard_at = excluded.heard_at";
    transaction.execute(sql, &[name.into(), (&body).into(), (&at).into()])?;
    let sql = "SELECT place, body FROM reported_history WHERE name = ?1 ORDER BY place DESC LIMIT 1";
    let last = transaction.row(sql, &[name.into()])?;
    let before: Option<Reported> = last.as_ref().map(|row| json(row, "body")).transpose()?;
    if before.is_some_and(|before| Reported { at: reported.at, ..before } == *reported) {
        return Ok(());
    }
    let place = last.map_or(Ok(0), |row| row.integer("place"))? + 1;
    let sql = "INSERT INTO reported_history (name, place, body, heard_at) VALUES (?1, ?2, ?3, ?4)";
    transaction.execute(sql, &[name.into(), place.into(), body.into(), at.into()])?;
    let sql = "DELETE FROM reported_history WHERE name = ?1 AND place <= ?2";
    transaction.execute(sql, &[name.into(), (place - REPORTS).into()]).map(drop)
}

/// What a kiosk has said, newest first, and when it was heard.
pub(super) fn reports(view: &Transaction<'_>, name: &str) -> Result<Vec<(Reported, Timestamp)>, StoreError> {
    let sql = "SELECT body, heard_at FROM reported_history WHERE name = ?1 ORDER BY place DESC";
    let read = |row: &Row| Ok((json(row, "body")?, parsed(row, "heard_at")?));
    view.rows(sql, &[name.into()])?.iter().map(read).collect()
}

/// Lets every kiosk ask.
pub(super) fn hint(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute("UPDATE fleet_news SET number = number + 1", &[]).map(drop)
}

/// How often there was something to ask for.
pub(super) fn hints(view: &Transaction<'_>) -> Result<u64, StoreError> {
    let row = view.row("SELECT number FROM fleet_news", &[])?.ok_or(StoreError::Damaged("fleet_news"))?;
    number(&row, "number")
}

pub(super) fn number(row: &Row, column: &'static str) -> Result<u64, StoreError> {
    u64::try_from(row.integer(column)?).map_err(|_| StoreError::Damaged(column))
}

pub(super) fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Damaged("version"))
}
