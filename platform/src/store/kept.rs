//! What never changes is read out of the database once: what was published under a version, and what the columns of a
//! query are called.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock},
};

use protocol::ServiceItem;

use super::sealing;
use crate::lifecycle::workflow::Workflow;

/// Published versions, by name.
pub(crate) struct Versions<T>(RwLock<BTreeMap<String, BTreeMap<u32, Arc<T>>>>);

impl<T> Default for Versions<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T> Versions<T> {
    /// The version that is kept, or the one that `read` finds.
    pub(crate) fn get<E>(
        &self,
        id: &str,
        version: u32,
        read: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(id).and_then(|versions| versions.get(&version)) {
            return Ok(known.clone());
        }
        drop(kept);
        let read = Arc::new(read()?);
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        kept.entry(id.to_owned()).or_default().insert(version, read.clone());
        Ok(read)
    }
}

/// The names of columns, by the query that tells them.
#[derive(Default)]
pub(crate) struct Columns(RwLock<HashMap<String, Arc<[String]>>>);

impl Columns {
    /// The names that are kept, or that `read` finds. What `*` stands for is another thing in another schema.
    pub(super) fn of(&self, query: &str, read: impl FnOnce() -> Arc<[String]>) -> Arc<[String]> {
        if query.contains('*') {
            return read();
        }
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(query) {
            return known.clone();
        }
        let read = read();
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(query.to_owned(), read.clone());
        read
    }
}

/// Everything that is kept beside a database, for all of its connections.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) items: Versions<ServiceItem>,
    pub(crate) workflows: Versions<Workflow>,
    pub(crate) keys: sealing::Made,
    pub(crate) columns: Columns,
}
