//! `docs/privacy.toml` as types.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Failure;

/// Sensitivity, purpose and retention, by their names in the file.
pub(crate) type Class = [String; 3];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inventory {
    /// What each name of a sensitivity means.
    pub(crate) sensitivity: BTreeMap<String, String>,
    pub(crate) purpose: BTreeMap<String, String>,
    pub(crate) retention: BTreeMap<String, String>,
    /// `kiosk.outbox`, `platform.cases`.
    pub(crate) tables: BTreeMap<String, Table>,
    /// `protocol::Case`.
    pub(crate) types: BTreeMap<String, Class>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) class: Class,
    /// Columns that hold nothing about a person.
    pub(crate) plain: Vec<String>,
    /// Columns that do, and what.
    #[serde(default)]
    pub(crate) personal: BTreeMap<String, String>,
}

impl Table {
    pub(crate) fn knows(&self, column: &str) -> bool {
        self.columns().any(|known| known == column)
    }

    pub(crate) fn columns(&self) -> impl Iterator<Item = &String> {
        self.plain.iter().chain(self.personal.keys())
    }
}

impl Inventory {
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        let inventory: Self = toml::from_str(text).map_err(|error| format!("docs/privacy.toml: {error}"))?;
        let tables = inventory.tables.iter().map(|(name, table)| (name, &table.class));
        for (name, [sensitivity, purpose, retention]) in tables.chain(&inventory.types) {
            let known = [
                (&inventory.sensitivity, sensitivity),
                (&inventory.purpose, purpose),
                (&inventory.retention, retention),
            ];
            if let Some((_, word)) = known.iter().find(|(words, word)| !words.contains_key(*word)) {
                return Err(format!("docs/privacy.toml: {name}: {word:?} is not explained"));
            }
        }
        let open =
            inventory.tables.iter().find(|(_, table)| table.personal.is_empty() == is_personal(&table.class));
        match open {
            Some((name, _)) => {
                Err(format!("docs/privacy.toml: {name}: personal columns and class do not agree"))
            }
            None => Ok(inventory),
        }
    }
}

/// Whether PIPL asks for a line about it.
pub(crate) fn is_personal([sensitivity, ..]: &Class) -> bool {
    matches!(sensitivity.as_str(), "personal" | "sensitive")
}
