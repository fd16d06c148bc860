//! What the platform served last, for the time without a network.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use crate::{Store, StoreError, queue::from_ms};

/// A page of the platform as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cached {
    /// Its `ETag`, to ask whether it is still the same.
    pub etag: Option<String>,
    /// Its bytes.
    pub body: Vec<u8>,
    /// When it was stored, so that a screen can say how old it is.
    pub stored_at: Timestamp,
}

impl Store {
    /// Keeps a page in place of the one of the same name.
    pub fn cache_put(
        &mut self,
        name: &str,
        etag: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO cache (name, etag, body, stored_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (name) DO UPDATE
                 SET etag = excluded.etag, body = excluded.body, stored_at = excluded.stored_at",
            )?
            .execute(params![name, etag, body, now.as_millisecond()])?;
        Ok(())
    }

    /// The page of that name.
    pub fn cache_get(&self, name: &str) -> Result<Option<Cached>, StoreError> {
        let mut select = self.db.prepare_cached("SELECT etag, body, stored_at FROM cache WHERE name = ?1")?;
        let found = select.query_row([name], |row| {
            Ok(Cached { etag: row.get(0)?, body: row.get(1)?, stored_at: from_ms(row.get(2)?) })
        });
        Ok(found.optional()?)
    }
}
