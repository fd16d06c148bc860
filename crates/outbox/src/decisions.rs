//! What ends otherwise than by delivery: somebody decides about a parked call, or its time is over.

use audit::Event;
use jiff::Timestamp;
use protocol::DeliveryKind;
use rusqlite::{OptionalExtension as _, Row, Transaction, TransactionBehavior, params};
use uuid::Uuid;

use crate::{
    RowId, Store, StoreError,
    queue::{count, from_ms, kind, uuid},
};

/// The reason of a call whose time is over.
pub const EXPIRED: &str = "expired";
/// The reason of a call that was ended because its case was.
pub const CASE_ENDED: &str = "case-ended";

/// What is left of a call that will never be delivered: enough to answer a resident who asks, nothing personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// Which call.
    pub id: RowId,
    /// What it asked for.
    pub kind: DeliveryKind,
    /// The case it was about.
    pub case_key: Uuid,
    /// 取件码.
    pub pickup_code: Option<String>,
    /// Whether somebody decided so; otherwise its time was over.
    pub closed: bool,
    /// Why: the problem for which it was refused, [`EXPIRED`] or [`CASE_ENDED`].
    pub reason: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
}

impl Store {
    /// A parked call may be tried again, with the bytes and the key it had, because what stood in its way is gone.
    /// What waited behind it follows.
    pub fn replay(&mut self, id: RowId, now: Timestamp) -> Result<(), StoreError> {
        self.life.schedule(now);
        let replaying = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let case_key = replaying
            .prepare_cached(
                "UPDATE outbox SET state = 'waiting', failures = 0, scheduled_at = ?2, next_at = ?2,
                                   settled_at = NULL, reason = NULL, refused_status = NULL
                 WHERE id = ?1 AND state = 'parked' RETURNING case_key",
            )?
            .query_row(params![id.0, now.as_millisecond()], |row| uuid(row, 0))
            .optional()?
            .ok_or(StoreError::NotParked(id))?;
        audit::append(&replaying, &Event::CallReplayed { case_key }, now)?;
        Ok(replaying.commit()?)
    }

    /// A parked call will not be tried again: its body is erased, a tombstone with the reason stays. With a case end
    /// the calls that waited behind it.
    pub fn close(&mut self, id: RowId, now: Timestamp) -> Result<(), StoreError> {
        let closing = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let case_key = closing
            .prepare_cached(
                "UPDATE outbox SET state = 'closed', body = NULL, settled_at = ?2
                 WHERE id = ?1 AND state = 'parked' RETURNING case_key",
            )?
            .query_row(params![id.0, now.as_millisecond()], |row| uuid(row, 0))
            .optional()?
            .ok_or(StoreError::NotParked(id))?;
        let followers = count(end_followers(&closing, id, "closed", now)?);
        audit::append(&closing, &Event::CallClosed { case_key, followers }, now)?;
        Ok(closing.commit()?)
    }

    /// When the first open call expires.
    pub fn next_expiry(&self) -> Result<Option<Timestamp>, StoreError> {
        // Left to itself `SQLite` reads all that is open at every look.
        let mut select = self.db.prepare_cached(
            "SELECT min(expires_at) FROM outbox INDEXED BY outbox_expires WHERE state IN ('waiting', 'parked')",
        )?;
        Ok(select.query_row([], |row| row.get::<_, Option<i64>>(0))?.map(from_ms))
    }

    /// Ends the calls whose time is over, and tells how many. `confirmed` is a time that the kiosk's clock and the
    /// platform both have reached: a clock that jumped must not cost anybody a case.
    pub fn expire(&mut self, confirmed: Timestamp) -> Result<u64, StoreError> {
        let expiring = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let over: Vec<RowId> = {
            let mut select = expiring.prepare_cached(
                "SELECT id FROM outbox INDEXED BY outbox_expires
                 WHERE state IN ('waiting', 'parked') AND expires_at <= ?1 ORDER BY id",
            )?;
            let ids = select.query_map([confirmed.as_millisecond()], |row| row.get(0).map(RowId))?;
            ids.collect::<Result<_, _>>()?
        };
        let mut ended = 0;
        for id in over {
            let expired = expiring
                .prepare_cached(
                    "UPDATE outbox SET state = 'expired', body = NULL, settled_at = ?2, reason = ?3
                     WHERE id = ?1 AND state IN ('waiting', 'parked') RETURNING case_key",
                )?
                .query_row(params![id.0, confirmed.as_millisecond(), EXPIRED], |row| uuid(row, 0))
                .optional()?;
            // It may have ended with its case a moment ago.
            let Some(case_key) = expired else { continue };
            let followers = count(end_followers(&expiring, id, "expired", confirmed)?);
            audit::append(&expiring, &Event::CallExpired { case_key, followers }, confirmed)?;
            ended += 1 + followers;
        }
        expiring.commit()?;
        Ok(ended)
    }

    /// Every call that ended undelivered, oldest first.
    pub fn tombstones(&self) -> Result<Vec<Tombstone>, StoreError> {
        let mut select = self.db.prepare_cached(
            "SELECT id, kind, case_key, pickup_code, state = 'closed', ifnull(reason, ''), recorded_at, settled_at
             FROM outbox WHERE state IN ('closed', 'expired') ORDER BY id",
        )?;
        let rows = select.query_map([], tombstone)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Without its case a rating makes no sense.
fn end_followers(
    ending: &Transaction<'_>,
    of: RowId,
    state: &str,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let mut end = ending.prepare_cached(
        "UPDATE outbox SET state = ?2, body = NULL, settled_at = ?3, reason = ?4
         WHERE state IN ('waiting', 'parked') AND id > ?1
           AND case_key = (SELECT case_key FROM outbox WHERE id = ?1 AND kind IN ('case', 'bundle'))",
    )?;
    Ok(end.execute(params![of.0, state, now.as_millisecond(), CASE_ENDED])?)
}

fn tombstone(row: &Row<'_>) -> rusqlite::Result<Tombstone> {
    Ok(Tombstone {
        id: RowId(row.get(0)?),
        kind: kind(row, 1)?,
        case_key: uuid(row, 2)?,
        pickup_code: row.get(3)?,
        closed: row.get(4)?,
        reason: row.get(5)?,
        recorded_at: from_ms(row.get(6)?),
        ended_at: from_ms(row.get(7)?),
    })
}
