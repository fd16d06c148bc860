//! 组织机构 as a tree: 区县 with its departments, 街道, 社区.

use std::{collections::BTreeMap, path::Path};

use kiosk_config::ConfigError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Level;
use crate::store::{
    StoreError, Transaction,
    columns::{name_of, named},
    sql::Row,
};

/// The 示例 district that this program ships with.
const SHIPPED: (&str, &str) = ("organisations.toml", include_str!("../../../assets/organisations.toml"));

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tree {
    organisations: Vec<Entry>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    #[serde(default)]
    under: Option<String>,
    level: Level,
    name: String,
    /// 统一社会信用代码, of a department that items name.
    #[serde(default)]
    uscc: Option<String>,
    /// Words of an address that lie in this community.
    #[serde(default)]
    covers: Vec<String>,
    /// 终端编号 of the machines that stand in it.
    #[serde(default)]
    terminals: Vec<String>,
}

/// One organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Organisation {
    /// Its own stable name.
    pub(crate) id: String,
    /// All above it and itself: `/district/street/`.
    pub(crate) path: String,
    pub(crate) level: Level,
    /// 名称.
    pub(crate) name: String,
}

/// Why a tree is refused.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum OrganisationError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] ConfigError),
    /// One of its entries cannot be.
    #[error("organisation `{id}`: {problem}")]
    Fault {
        /// Which.
        id: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// The database says no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Tree {
    /// The 示例 district.
    pub(crate) fn shipped() -> Result<Self, OrganisationError> {
        Self::parse(SHIPPED.0, SHIPPED.1)
    }

    /// Reads a file.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, OrganisationError> {
        let tree: Self = kiosk_config::parse(text, Path::new(file))?;
        tree.paths()?;
        Ok(tree)
    }

    /// The path of every entry. An entry stands after the one it is under.
    fn paths(&self) -> Result<BTreeMap<&str, String>, OrganisationError> {
        let mut paths: BTreeMap<&str, String> = BTreeMap::new();
        let mut levels: BTreeMap<&str, Level> = BTreeMap::new();
        for entry in &self.organisations {
            let fault = |problem| OrganisationError::Fault { id: entry.id.clone(), problem };
            if !crate::catalogue::codes::is_name(&entry.id, '-') || entry.name.trim().is_empty() {
                return Err(fault("expected an id of lower-case words with hyphens, and a name"));
            }
            let above = match &entry.under {
                None => String::from("/"),
                Some(under) => paths
                    .get(under.as_str())
                    .cloned()
                    .ok_or_else(|| fault("is under one that does not stand before it"))?,
            };
            let upper = entry.under.as_deref().and_then(|under| levels.get(under));
            let fits = match entry.level {
                Level::District => upper.is_none_or(|upper| *upper == Level::District),
                Level::Subdistrict => upper == Some(&Level::District),
                Level::Community => upper == Some(&Level::Subdistrict),
            };
            if !fits {
                return Err(fault("is not one level below the one it is under"));
            }
            if entry.level != Level::Community && !(entry.covers.is_empty() && entry.terminals.is_empty()) {
                return Err(fault("`covers` and `terminals` are for communities"));
            }
            levels.insert(&entry.id, entry.level);
            if paths.insert(&entry.id, format!("{above}{}/", entry.id)).is_some() {
                return Err(fault("is there twice"));
            }
        }
        Ok(paths)
    }

    /// Writes the tree into the database: what is new is added, what is there gets these words.
    pub(crate) fn import(&self, transaction: &Transaction<'_>) -> Result<usize, StoreError> {
        let paths = self.paths().map_err(|_| StoreError::Damaged("organisation"))?;
        for entry in &self.organisations {
            let path = paths.get(entry.id.as_str()).ok_or(StoreError::Damaged("organisation"))?;
            let row = [
                (&entry.id).into(),
                path.into(),
                name_of(entry.level)?.into(),
                (&entry.name).into(),
                entry.uscc.as_deref().into(),
            ];
            transaction.execute(
                "INSERT INTO organisation (id, path, level, name, uscc) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET path = excluded.path, level = excluded.level,
                 name = excluded.name, uscc = excluded.uscc",
                &row,
            )?;
            let own = [(&entry.id).into()];
            transaction.execute("DELETE FROM organisation_covers WHERE org_id = ?1", &own)?;
            transaction.execute("DELETE FROM organisation_terminal WHERE org_id = ?1", &own)?;
            for words in &entry.covers {
                let row = [words.into(), (&entry.id).into()];
                transaction.execute("INSERT INTO organisation_covers VALUES (?1, ?2)", &row)?;
            }
            for terminal in &entry.terminals {
                let row = [terminal.into(), (&entry.id).into()];
                transaction.execute("INSERT INTO organisation_terminal VALUES (?1, ?2)", &row)?;
            }
        }
        Ok(self.organisations.len())
    }
}

fn organisation(row: &Row) -> Result<Organisation, StoreError> {
    Ok(Organisation {
        id: row.text("id")?.to_owned(),
        path: row.text("path")?.to_owned(),
        level: named(row, "level")?,
        name: row.text("name")?.to_owned(),
    })
}

/// Whether there is any.
pub(crate) fn any(view: &Transaction<'_>) -> Result<bool, StoreError> {
    Ok(view.row("SELECT id FROM organisation LIMIT 1", &[])?.is_some())
}

/// All of them, each after the one it is under.
pub(crate) fn all(view: &Transaction<'_>) -> Result<Vec<Organisation>, StoreError> {
    view.rows("SELECT id, path, level, name FROM organisation ORDER BY path", &[])?
        .iter()
        .map(organisation)
        .collect()
}

/// The one with that id.
pub(crate) fn by_id(view: &Transaction<'_>, id: &str) -> Result<Option<Organisation>, StoreError> {
    let query = "SELECT id, path, level, name FROM organisation WHERE id = ?1";
    view.row(query, &[id.into()])?.as_ref().map(organisation).transpose()
}

/// The department with that 统一社会信用代码.
pub(crate) fn by_uscc(view: &Transaction<'_>, uscc: &str) -> Result<Option<Organisation>, StoreError> {
    let query = "SELECT id, path, level, name FROM organisation WHERE uscc = ?1";
    view.row(query, &[uscc.into()])?.as_ref().map(organisation).transpose()
}

/// Those that carry items out, each with its 统一社会信用代码.
pub(crate) fn offices(view: &Transaction<'_>) -> Result<Vec<(Organisation, String)>, StoreError> {
    let query = "SELECT id, path, level, name, uscc FROM organisation WHERE uscc IS NOT NULL ORDER BY path";
    let office = |row: &Row| Ok((organisation(row)?, row.text("uscc")?.to_owned()));
    view.rows(query, &[])?.iter().map(office).collect()
}

/// The community that a machine stands in.
pub(crate) fn of_terminal(
    view: &Transaction<'_>,
    terminal: &str,
) -> Result<Option<Organisation>, StoreError> {
    let query = "SELECT id, path, level, name FROM organisation
                 JOIN organisation_terminal ON org_id = id WHERE terminal_id = ?1";
    view.row(query, &[terminal.into()])?.as_ref().map(organisation).transpose()
}

/// The community that an address lies in: the one with the longest words that the address has. Two that are as long are
/// no answer.
pub(crate) fn of_address(view: &Transaction<'_>, address: &str) -> Result<Option<Organisation>, StoreError> {
    if address.contains('\0') {
        return Ok(None);
    }
    let query = "SELECT id, path, level, name, words FROM organisation
                 JOIN organisation_covers ON org_id = id
                 WHERE ?1 LIKE '%' || words || '%' ORDER BY length(words) DESC LIMIT 2";
    let rows = view.rows(query, &[address.into()])?;
    let length = |row: &Row| row.text("words").map(|words| words.chars().count());
    match rows.as_slice() {
        [only] => organisation(only).map(Some),
        [first, second] if length(first)? > length(second)? || first.text("id")? == second.text("id")? => {
            organisation(first).map(Some)
        }
        _ => Ok(None),
    }
}

impl Organisation {
    /// The ids from the top to itself.
    pub(crate) fn line(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.path.split('/').filter(|id| !id.is_empty())
    }

    /// Whether `other` is this one or below it.
    pub(crate) fn reaches(&self, other: &Self) -> bool {
        other.path.starts_with(&self.path)
    }
}

/// The organisation of `level` above `community`, or itself.
pub(crate) fn above(
    view: &Transaction<'_>,
    community: &Organisation,
    level: Level,
) -> Result<Option<Organisation>, StoreError> {
    for id in community.line().rev() {
        match by_id(view, id)? {
            Some(found) if found.level == level => return Ok(Some(found)),
            _ => {}
        }
    }
    Ok(None)
}
