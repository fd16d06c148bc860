//! What is remembered of configurations: documents, the signed set, and what kiosks said.

use config_trust::sha256;
use jiff::Timestamp;
use protocol::{Desired, Reported};
use serde_json::{Map, Value};

use crate::store::{Row, StoreError, Transaction};

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
}

/// The version that a kiosk's next document will have. `base` is the one that was looked at; without it, nobody else's
/// draft may wait.
pub(super) fn next_version(
    view: &Transaction<'_>,
    name: &str,
    base: Option<u64>,
) -> Result<Result<u64, NoDraft>, StoreError> {
    if view.row("SELECT name FROM kiosk WHERE name = ?1", &[name.into()])?.is_none() {
        return Ok(Err(NoDraft::NoKiosk));
    }
    let sql = "SELECT version, published_at FROM configuration WHERE name = ?1 ORDER BY version DESC LIMIT 1";
    let newest = view.row(sql, &[name.into()])?;
    let version = newest.as_ref().map_or(Ok(0), |row| number(row, "version"))?;
    let waits = newest
        .as_ref()
        .map_or(Ok(None), |row| row.text_option("published_at").map(|at| Some(at.is_none())))?;
    let changed = base.map_or(waits == Some(true), |base| base != version);
    Ok(if changed { Err(NoDraft::Changed { newest: version }) } else { Ok(version + 1) })
}

/// Drafts a kiosk's document.
pub(super) fn draft(
    transaction: &Transaction<'_>,
    name: &str,
    version: u64,
    settings: &Map<String, Value>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let document = serde_json::json!({ "terminal_id": name, "version": version, "settings": settings });
    let body = serde_json::to_vec(&document).map_err(|_| StoreError::Damaged("document"))?;
    transaction.execute(
        "INSERT INTO configuration (name, version, sha256, body, drafted_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        &[
            name.into(),
            signed(version)?.into(),
            sha256(&body).into(),
            body.as_slice().into(),
            now.to_string().into(),
        ],
    )?;
    Ok(())
}

/// The newest document of every kiosk, published or not.
pub(super) fn newest(view: &Transaction<'_>) -> Result<Vec<Entry>, StoreError> {
    let sql = "SELECT name, version, sha256, body FROM configuration d
               WHERE version = (SELECT max(version) FROM configuration e WHERE e.name = d.name) ORDER BY name";
    view.rows(sql, &[])?.iter().map(entry).collect()
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
pub(super) fn publish(
    transaction: &Transaction<'_>,
    entries: &[Entry],
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE configuration SET published_at = ?3 WHERE name = ?1 AND version = ?2 AND published_at IS NULL";
    for entry in entries {
        let values = [(&entry.name).into(), signed(entry.version)?.into(), now.to_string().into()];
        transaction.execute(sql, &values)?;
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

/// As kiosks ask for it.
pub(super) fn file_name(role: &str, version: u64) -> String {
    match role {
        "timestamp" => "timestamp.json".to_owned(),
        _ => format!("{version}.{role}.json"),
    }
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

/// Remembers what a kiosk says.
pub(super) fn report(
    transaction: &Transaction<'_>,
    name: &str,
    reported: &Reported,
    now: Timestamp,
) -> Result<(), StoreError> {
    let body = serde_json::to_string(reported).map_err(|_| StoreError::Damaged("report"))?;
    let sql = "INSERT INTO reported (name, body, heard_at) VALUES (?1, ?2, ?3)
               ON CONFLICT (name) DO UPDATE SET body = excluded.body, heard_at = excluded.heard_at";
    transaction.execute(sql, &[name.into(), body.into(), now.to_string().into()])?;
    Ok(())
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

fn number(row: &Row, column: &'static str) -> Result<u64, StoreError> {
    u64::try_from(row.integer(column)?).map_err(|_| StoreError::Damaged(column))
}

fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Damaged("version"))
}
