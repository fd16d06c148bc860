//! What the platform served last, for the time without a network.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, TransactionBehavior, params};

use crate::{Store, StoreError, queue::from_ms};

/// A page of the platform as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cached {
    /// Its `ETag`, to ask whether it is still the same.
    pub etag: Option<String>,
    /// Its bytes.
    pub body: Vec<u8>,
    /// When it was stored or confirmed, so that a screen can say how old it is.
    pub stored_at: Timestamp,
}

/// The largest that all pages together may become.
pub const CACHE_BYTES: usize = 16 << 20;

impl Store {
    /// Keeps a page in place of the one of the same name. Where there is not enough room the oldest pages go.
    pub fn cache_put(
        &mut self,
        name: &str,
        etag: Option<&str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if body.len() > CACHE_BYTES {
            return Err(StoreError::TooLarge(body.len()));
        }
        let keeping = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        keeping
            .prepare_cached(
                "INSERT INTO cache (name, etag, body, stored_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (name) DO UPDATE
                 SET etag = excluded.etag, body = excluded.body, stored_at = excluded.stored_at",
            )?
            .execute(params![name, etag, body, now.as_millisecond()])?;
        // The page itself comes first, whatever its time says: the clock may have been set back.
        keeping
            .prepare_cached(
                "DELETE FROM cache WHERE name IN (
                   SELECT name FROM (SELECT name, sum(length(body)) OVER (ORDER BY name = ?1 DESC, stored_at DESC, name)
                                            AS together FROM cache)
                   WHERE together > ?2)",
            )?
            .execute(params![name, CACHE_BYTES])?;
        Ok(keeping.commit()?)
    }

    /// The page of that name is still as it is at the platform; tells whether there is one.
    pub fn cache_confirm(&mut self, name: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mut confirm = self.db.prepare_cached("UPDATE cache SET stored_at = ?2 WHERE name = ?1")?;
        Ok(confirm.execute(params![name, now.as_millisecond()])? == 1)
    }

    /// Forgets every page.
    pub fn cache_clear(&mut self) -> Result<(), StoreError> {
        self.db.execute("DELETE FROM cache", [])?;
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
