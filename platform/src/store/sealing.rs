//! The platform's keys for what kiosks seal: one that they seal to now, and older ones for what is still on its way.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use protocol::{IDEMPOTENCY_KEY_LIFE, SealingKey};
use seal::{Keyring, SecretKey};

use super::{
    StoreError, Transaction,
    columns::{parsed, parsed_option},
};

/// For so long a key that was rotated out still opens: a kiosk may go on sealing to the key of its cached registry for as
/// long as a call may live, and that call lives as long again.
const OVERLAP: SignedDuration = SignedDuration::from_secs(2 * IDEMPOTENCY_KEY_LIFE.as_secs().cast_signed());

/// Until when the key that is served at `now` opens, even if it is rotated out in the next moment. Whole days, so that a
/// registry that is otherwise the same stays the same.
pub(crate) fn served_until(now: Timestamp) -> Timestamp {
    let today = now.as_second() - now.as_second().rem_euclid(86_400);
    Timestamp::from_second(today).unwrap_or(now).saturating_add(OVERLAP).unwrap_or(Timestamp::MAX)
}

/// What a rotation came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// To which kiosks seal as soon as they have asked again.
    pub key_id: String,
    /// Until when those before it open.
    pub overlap_ends: Timestamp,
}

/// Every key that opens something at `now`. The first one is made at the first start.
pub(crate) fn ready(transaction: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    forget_ended(transaction, now)?;
    if transaction.row("SELECT key_id FROM sealing_key WHERE ends_at IS NULL", &[])?.is_none() {
        begin(transaction, now)?;
    }
    Ok(())
}

/// The keys that count, made of what the database has of them.
#[derive(Debug)]
pub(crate) struct Keys {
    /// By their names, and when they end: what says which ring this is.
    counted: Vec<(String, Timestamp)>,
    pub(crate) ring: Keyring,
    /// The newest, as it is served.
    pub(crate) public: SealingKey,
}

/// The ring that was made last. To reckon a key out of its bytes takes longer than to look whether it still counts.
#[derive(Default)]
pub(crate) struct Made(Mutex<Option<Arc<Keys>>>);

/// The keys, the newest as the one to seal to. One whose time is over is none, though nobody has deleted it yet.
pub(crate) fn keys(view: &Transaction<'_>, now: Timestamp) -> Result<Arc<Keys>, StoreError> {
    let mut counted = Vec::new();
    for row in view.rows("SELECT key_id, ends_at FROM sealing_key ORDER BY created_at, key_id", &[])? {
        let ends_at = parsed_option(&row, "ends_at")?.unwrap_or(Timestamp::MAX);
        if now < ends_at {
            counted.push((row.text("key_id")?.to_owned(), ends_at));
        }
    }
    counted.sort_by_key(|(_, ends_at)| *ends_at);
    let mut made = view.kept.keys.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(made) = made.as_ref().filter(|made| made.counted == counted) {
        return Ok(made.clone());
    }
    let mut keys = counted.iter().map(|(key_id, _)| secret(view, key_id));
    let mut ring = Keyring::new(keys.next().ok_or(StoreError::Damaged("sealing key"))??);
    for key in keys {
        ring.rotate(key?);
    }
    let keys = Arc::new(Keys { counted, public: ring.public(), ring });
    *made = Some(keys.clone());
    Ok(keys)
}

fn secret(view: &Transaction<'_>, key_id: &str) -> Result<SecretKey, StoreError> {
    let row = view.row("SELECT secret FROM sealing_key WHERE key_id = ?1", &[key_id.into()])?;
    let row = row.ok_or(StoreError::Damaged("sealing key"))?;
    SecretKey::from_bytes(row.bytes("secret")?).map_err(|_| StoreError::Damaged("secret"))
}

/// From now on kiosks seal to a new key; those before it end after the overlap, and those that have ended are deleted.
pub(crate) fn rotate(transaction: &Transaction<'_>, now: Timestamp) -> Result<Rotated, StoreError> {
    forget_ended(transaction, now)?;
    let overlap_ends = now.saturating_add(OVERLAP).unwrap_or(Timestamp::MAX);
    transaction.execute(
        "UPDATE sealing_key SET ends_at = ?1 WHERE ends_at IS NULL",
        &[overlap_ends.to_string().into()],
    )?;
    let key_id = begin(transaction, now)?.key_id;
    Ok(Rotated { key_id, overlap_ends })
}

fn begin(transaction: &Transaction<'_>, now: Timestamp) -> Result<SealingKey, StoreError> {
    let (secret, public) = seal::generate();
    let bytes = secret.to_bytes();
    let row = [(&public.key_id).into(), bytes.as_slice().into(), now.to_string().into()];
    transaction.execute("INSERT INTO sealing_key (key_id, secret, created_at) VALUES (?1, ?2, ?3)", &row)?;
    Ok(public)
}

fn forget_ended(transaction: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    // Not compared as text: a moment with a fraction of a second sorts before one without.
    for row in transaction.rows("SELECT key_id, ends_at FROM sealing_key WHERE ends_at IS NOT NULL", &[])? {
        if parsed::<Timestamp>(&row, "ends_at")? <= now {
            transaction
                .execute("DELETE FROM sealing_key WHERE key_id = ?1", &[row.text("key_id")?.into()])?;
        }
    }
    Ok(())
}
