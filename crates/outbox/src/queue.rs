//! What waits for the network, and what became of it.

use std::{fmt, ops::Deref, time::Duration};

use audit::{Event, Word};
use jiff::{SignedDuration, Timestamp};
use protocol::{Delivery, DeliveryKind};
use rusqlite::{OptionalExtension as _, Row, TransactionBehavior, named_params, params, types::Type};
use uuid::Uuid;

use crate::{Store, StoreError, backoff, record::sha256, store::Life};

/// The reason of a call whose bytes changed on the disk: it is parked, because sending them would file something else.
pub const DAMAGED: &str = "body-damaged";

/// The longest reason that is kept.
const REASON_CHARS: usize = 200;
/// A clock set back by less than this is left to itself.
const CLOCK_SLACK: Duration = Duration::from_secs(5);

/// Which call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub(crate) i64);

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A call whose turn it is. It reads like the [`Delivery`] that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// What to settle afterwards.
    pub id: RowId,
    /// The how-manieth attempt this is, from 1.
    pub attempt: u32,
    /// What to send.
    pub delivery: Delivery,
}

impl Deref for Due {
    type Target = Delivery;
    fn deref(&self) -> &Delivery {
        &self.delivery
    }
}

/// A call that the platform refused for good. Its body stays, sealed as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// Which call.
    pub id: RowId,
    /// What it asked for.
    pub kind: DeliveryKind,
    /// The case it is about.
    pub case_key: Uuid,
    /// 取件码, by which the resident may ask.
    pub pickup_code: Option<String>,
    /// The type of the platform's problem, or [`DAMAGED`].
    pub reason: String,
    /// The status with which it was refused.
    pub status: Option<u16>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it was parked.
    pub parked_at: Timestamp,
    /// Later calls that wait behind it: of a case all that are about it.
    pub held_back: u64,
}

/// A call is due when nothing earlier about its case waits, and its case is not parked. A page that was refused holds
/// nothing back: the platform can do without it, and a resident's rating would wait behind it until somebody decides.
const DUE: &str =
    "SELECT id, kind, case_key, idempotency_key, terminal_id, media_type, body, body_sha256, failures
    FROM outbox AS this
    WHERE state = 'waiting' AND next_at <= :now AND (:id IS NULL OR id = :id)
      AND NOT EXISTS (SELECT 1 FROM outbox AS earlier
                      WHERE earlier.case_key = this.case_key AND earlier.id < this.id
                        AND (earlier.state = 'waiting' OR earlier.state = 'parked' AND earlier.kind IN ('case', 'bundle')))
    ORDER BY next_at, id LIMIT 1";

impl Store {
    /// The call that has been due for longest, if any. Calls about one case come in order, and none waits for
    /// another case. A call stays due until it is settled.
    pub fn next_due(&mut self, now: Timestamp) -> Result<Option<Due>, StoreError> {
        self.look_through()?;
        self.follow_clock_set_back(now)?;
        loop {
            match self.due(None, now)? {
                Some((due, hash)) if hash != sha256(&due.body) => self.park(due.id, DAMAGED, None, now)?,
                found => return Ok(found.map(|(due, _)| due)),
            }
        }
    }

    /// The call `id` if it may be sent at once: a resident waits for this one, however long the queue is.
    /// Its back-off does not matter, the order within its case does.
    pub fn due_now(&mut self, id: RowId, now: Timestamp) -> Result<Option<Due>, StoreError> {
        self.look_through()?;
        match self.due(Some(id), Timestamp::MAX)? {
            Some((due, hash)) if hash != sha256(&due.body) => {
                self.park(due.id, DAMAGED, None, now)?;
                Ok(None)
            }
            found => Ok(found.map(|(due, _)| due)),
        }
    }

    /// When the next call will be due, if one waits that may be sent at all.
    pub fn next_due_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut select = self.db.prepare_cached(
            "SELECT next_at FROM outbox AS this WHERE state = 'waiting'
               AND NOT EXISTS (SELECT 1 FROM outbox AS earlier
                               WHERE earlier.case_key = this.case_key AND earlier.id < this.id
                                 AND (earlier.state = 'waiting' OR earlier.state = 'parked' AND earlier.kind IN ('case', 'bundle')))
             ORDER BY next_at LIMIT 1",
        )?;
        Ok(select.query_row([], |row| row.get(0).map(from_ms)).optional()?)
    }

    /// The platform has it: the body goes in the same transaction. The disk is not waited for: a power cut may undo this,
    /// and then the call goes out again under its key, to the same answer.
    pub fn settle_delivered(&mut self, id: RowId, now: Timestamp) -> Result<(), StoreError> {
        self.db.pragma_update(None, "synchronous", "normal")?;
        let delivered = self.mark_delivered(id, now);
        self.db.pragma_update(None, "synchronous", "full")?;
        delivered
    }

    fn mark_delivered(&self, id: RowId, now: Timestamp) -> Result<(), StoreError> {
        let changed = self.db.prepare_cached(
            "UPDATE outbox SET state = 'delivered', body = NULL, settled_at = ?2, reason = NULL
             WHERE id = ?1 AND state = 'waiting'",
        )?;
        one_changed(id, changed, params![id.0, now.as_millisecond()])
    }

    /// It did not work, but may work later: not before `after`, where the platform named one. `reason` is a word of a
    /// catalogue, never anything personal.
    pub fn settle_retry(
        &mut self,
        id: RowId,
        after: Option<Duration>,
        reason: &'static str,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let (key, failures) = self
            .db
            .prepare_cached(
                "SELECT idempotency_key, failures FROM outbox WHERE id = ?1 AND state = 'waiting'",
            )?
            .query_row([id.0], |row| Ok((uuid(row, 0)?, row.get::<_, u32>(1)?)))
            .optional()?
            .ok_or(StoreError::NotWaiting(id))?;
        self.life.schedule(now);
        let failures = failures.saturating_add(1);
        let next = now.saturating_add(backoff::wait(failures, after, key)).unwrap_or(Timestamp::MAX);
        let changed = self.db.prepare_cached(
            "UPDATE outbox SET failures = ?2, scheduled_at = ?3, next_at = ?4, reason = ?5
             WHERE id = ?1 AND state = 'waiting'",
        )?;
        let (now, next_at) = (now.as_millisecond(), next.as_millisecond());
        one_changed(id, changed, params![id.0, failures, now, next_at, reason])?;
        Ok(from_ms(next_at))
    }

    /// The platform will never take it: it is parked with the reason (a problem's `type`) and the status. Behind a case
    /// later calls about it stay waiting, untried, because they make no sense without it.
    pub fn settle_refused(
        &mut self,
        id: RowId,
        kind: &str,
        status: u16,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.park(id, kind, Some(status), now)
    }

    /// The network is back: whatever backed off from it may be tried at once. A `Retry-After` still holds.
    pub fn retry_now(&mut self, reasons: &[&str], now: Timestamp) -> Result<u64, StoreError> {
        self.life.schedule(now);
        let mut wake = self.db.prepare_cached(
            "UPDATE outbox SET scheduled_at = ?1, next_at = ?1
             WHERE state = 'waiting' AND next_at > ?1 AND reason = ?2",
        )?;
        let mut woken = 0;
        for reason in reasons {
            woken += wake.execute(params![now.as_millisecond(), reason])?;
        }
        Ok(count(woken))
    }

    /// How many calls wait and will be tried.
    pub fn waiting_count(&self) -> Result<u64, StoreError> {
        Ok(self.db.query_row(
            "SELECT (SELECT waiting FROM load)
                  - (SELECT count(*) FROM outbox AS parked CROSS JOIN outbox AS later
                       ON later.case_key = parked.case_key AND later.id > parked.id
                     WHERE parked.state = 'parked' AND parked.kind IN ('case', 'bundle') AND later.state = 'waiting')",
            [],
            |row| row.get(0),
        )?)
    }

    /// What the platform refused, oldest first.
    pub fn parked(&self) -> Result<Vec<Parked>, StoreError> {
        let mut select = self.db.prepare_cached(
            "SELECT id, kind, case_key, pickup_code, reason, refused_status, recorded_at, settled_at,
                    (SELECT count(*) FROM outbox AS later WHERE this.kind IN ('case', 'bundle') AND later.case_key = this.case_key
                     AND later.id > this.id AND later.state IN ('waiting', 'parked'))
             FROM outbox AS this WHERE state = 'parked' ORDER BY id",
        )?;
        let rows = select.query_map([], parked_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Calls that were refused and wait for a decision.
    pub fn parked_count(&self) -> Result<u64, StoreError> {
        Ok(self.db.query_row("SELECT parked FROM load", [], |row| row.get(0))?)
    }

    /// The clock was set while the kiosk ran: what is open keeps the age that it has, and waits for as long as it still
    /// had to. Otherwise a clock that was a year behind would, once it is set right, make every case of that time a year
    /// old, to be given up at once.
    ///
    /// What was recorded before this start is never made older: the clock may have gone wrong while nobody watched, and
    /// it is that which is mended now.
    pub fn follow_clock(&mut self, jump: SignedDuration, now: Timestamp) -> Result<(), StoreError> {
        let before = self.life.clock_set;
        let after = before.saturating_add(jump);
        let ahead = |set: SignedDuration| set.max(SignedDuration::ZERO);
        let inherited_by = ahead(after).saturating_sub(ahead(before));
        let following = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        following.execute(
            "UPDATE outbox SET recorded_at = recorded_at + moved.by, expires_at = expires_at + moved.by,
                               scheduled_at = scheduled_at + moved.by, next_at = next_at + moved.by
             FROM (SELECT id AS which, CASE WHEN id <= ?3 THEN ?2 ELSE ?1 END AS by FROM outbox) AS moved
             WHERE id = moved.which AND state IN ('waiting', 'parked')",
            params![ms(jump), ms(inherited_by), self.life.inherited],
        )?;
        let seconds = jump.as_secs().unsigned_abs();
        let (ahead, back) = if jump.is_negative() { (0, seconds) } else { (seconds, 0) };
        audit::append(&following, &Event::ClockSet { ahead, back }, now)?;
        following.commit()?;
        let key_end = self.life.key_end.map(|end| end.saturating_add(jump).unwrap_or(end));
        self.life = Life { clock_set: after, scheduled: None, key_end, ..self.life };
        Ok(())
    }

    fn due(&self, id: Option<RowId>, now: Timestamp) -> Result<Option<(Due, [u8; 32])>, StoreError> {
        let mut select = self.db.prepare_cached(DUE)?;
        let wanted = named_params! { ":now": now.as_millisecond(), ":id": id.map(|id| id.0) };
        Ok(select.query_row(wanted, due_row).optional()?)
    }

    fn park(
        &mut self,
        id: RowId,
        reason: &str,
        status: Option<u16>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let reason: String = reason.chars().take(REASON_CHARS).collect();
        let parking = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let case_key = parking
            .prepare_cached(
                "UPDATE outbox SET state = 'parked', settled_at = ?2, reason = ?3, refused_status = ?4
                 WHERE id = ?1 AND state = 'waiting' RETURNING case_key",
            )?
            .query_row(params![id.0, now.as_millisecond(), reason, status], |row| uuid(row, 0))
            .optional()?
            .ok_or(StoreError::NotWaiting(id))?;
        let reason = Word::of(&reason);
        audit::append(
            &parking,
            &Event::CallParked { case_key, reason, status: status.unwrap_or(0).into() },
            now,
        )?;
        Ok(parking.commit()?)
    }

    /// A clock that was ahead and has been set back would make every wait as long as the jump. What was scheduled in
    /// a future that is none waits its own time again, from now. While time goes on there is nothing to look for.
    fn follow_clock_set_back(&mut self, now: Timestamp) -> Result<(), StoreError> {
        if self.life.scheduled.is_some_and(|latest| latest <= now) {
            return Ok(());
        }
        let latest = now.saturating_add(CLOCK_SLACK).unwrap_or(Timestamp::MAX).as_millisecond();
        // Nothing is due before it was scheduled: the index of what is due finds it.
        let mut rebase = self.db.prepare_cached(
            "UPDATE outbox SET next_at = ?1 + max(0, next_at - scheduled_at), scheduled_at = ?1
             WHERE state = 'waiting' AND next_at > ?2 AND scheduled_at > ?2",
        )?;
        rebase.execute(params![now.as_millisecond(), latest])?;
        self.life.scheduled = Some(now);
        Ok(())
    }
}

fn one_changed(
    id: RowId,
    mut statement: rusqlite::CachedStatement<'_>,
    values: impl rusqlite::Params,
) -> Result<(), StoreError> {
    if statement.execute(values)? == 1 { Ok(()) } else { Err(StoreError::NotWaiting(id)) }
}

fn due_row(row: &Row<'_>) -> rusqlite::Result<(Due, [u8; 32])> {
    let delivery = Delivery {
        kind: kind(row, 1)?,
        case_key: uuid(row, 2)?,
        idempotency_key: uuid(row, 3)?,
        terminal_id: row.get(4)?,
        media_type: row.get(5)?,
        body: row.get(6)?,
    };
    let attempt = row.get::<_, u32>(8)?.saturating_add(1);
    Ok((Due { id: RowId(row.get(0)?), attempt, delivery }, row.get(7)?))
}

fn parked_row(row: &Row<'_>) -> rusqlite::Result<Parked> {
    Ok(Parked {
        id: RowId(row.get(0)?),
        kind: kind(row, 1)?,
        case_key: uuid(row, 2)?,
        pickup_code: row.get(3)?,
        reason: row.get(4)?,
        status: row.get(5)?,
        recorded_at: from_ms(row.get(6)?),
        parked_at: from_ms(row.get(7)?),
        held_back: row.get(8)?,
    })
}

pub(crate) fn kind(row: &Row<'_>, column: usize) -> rusqlite::Result<DeliveryKind> {
    match row.get_ref(column)?.as_str()? {
        "case" => Ok(DeliveryKind::Case),
        "bundle" => Ok(DeliveryKind::Bundle),
        "rating" => Ok(DeliveryKind::Rating),
        "material" => Ok(DeliveryKind::Material),
        _ => Err(rusqlite::Error::InvalidColumnType(column, "kind".to_owned(), Type::Text)),
    }
}

pub(crate) fn uuid(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    row.get::<_, [u8; 16]>(column).map(Uuid::from_bytes)
}

/// A time as kept; one that no calendar has becomes the nearest that one has.
pub(crate) fn from_ms(ms: i64) -> Timestamp {
    let nearest = if ms.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(ms).unwrap_or(nearest)
}

fn ms(time: SignedDuration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or_default()
}

pub(crate) fn count(changed: usize) -> u64 {
    u64::try_from(changed).unwrap_or(u64::MAX)
}
