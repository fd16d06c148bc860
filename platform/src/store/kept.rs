//! What never changes is read out of the database once: what was published under a version, and what the columns of a
//! query are called.

use std::{
    cell::RefCell,
    collections::BTreeMap,
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
    fn find(&self, id: &str, version: u32) -> Option<Arc<T>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.get(id)?.get(&version).cloned()
    }

    fn keep(&self, read: Vec<Read<T>>) {
        if read.is_empty() {
            return;
        }
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for Read { id, version, body } in read {
            kept.entry(id).or_default().insert(version, body);
        }
    }
}

struct Read<T> {
    id: String,
    version: u32,
    body: Arc<T>,
}

/// Versions as one transaction sees them. What it was the first to read is its own until it is committed: it may have
/// published that version itself, and be rolled back.
pub(crate) struct Seen<'a, T> {
    kept: &'a Versions<T>,
    own: RefCell<Vec<Read<T>>>,
}

impl<'a, T> Seen<'a, T> {
    pub(super) fn new(kept: &'a Versions<T>) -> Self {
        Self { kept, own: RefCell::default() }
    }

    /// The version that was read before, or the one that `read` finds.
    pub(crate) fn get<E>(
        &self,
        id: &str,
        version: u32,
        read: impl FnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        if let Some(known) = self.kept.find(id, version).or_else(|| self.own(id, version)) {
            return Ok(known);
        }
        let body = Arc::new(read()?);
        self.own.borrow_mut().push(Read { id: id.to_owned(), version, body: body.clone() });
        Ok(body)
    }

    fn own(&self, id: &str, version: u32) -> Option<Arc<T>> {
        let own = self.own.borrow();
        own.iter()
            .find(|read| (read.id.as_str(), read.version) == (id, version))
            .map(|read| read.body.clone())
    }

    /// The transaction is on the disk: all others may have it.
    pub(super) fn committed(self) {
        self.kept.keep(self.own.into_inner());
    }
}

/// The names of columns, by the query that tells them. Queries are long and differ early, so that to compare some is
/// quicker than to hash one.
#[derive(Default)]
pub(crate) struct Columns(RwLock<BTreeMap<String, Arc<[String]>>>);

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
