//! What the platform is told of the audit log.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use outbox::{
    Store, StoreError,
    audit::{Checkpoint, DeviceKey},
};
use protocol::{AUDIT_ENTRIES, AuditEntry, AuditReport, AuditStanding};

/// The next piece of the audit log for a platform that knows it as far as `standing`, signed; `None` where it knows all of
/// it. What the platform knows and this log has not, as after it was begun anew, is told from its begin.
pub fn audit_report(
    store: &Store,
    standing: &AuditStanding,
    key: &DeviceKey,
) -> Result<Option<AuditReport>, StoreError> {
    let known = store.audit_log(standing.seq, 1)?;
    let is_known = known.first().is_some_and(|entry| {
        entry.seq == standing.seq && BASE64_STANDARD.encode(entry.hash) == standing.hash
    });
    let from = if is_known { standing.seq.saturating_add(1) } else { 1 };
    let entries = store.audit_log(from, AUDIT_ENTRIES)?;
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(None) };
    let previous = BASE64_STANDARD.encode(first.previous);
    let signature = BASE64_STANDARD.encode(Checkpoint::sign(last, key).signature);
    let told = entries.into_iter().map(|entry| AuditEntry {
        seq: entry.seq,
        at: entry.at,
        event: entry.event,
        details: entry.details,
    });
    Ok(Some(AuditReport { previous, entries: told.collect(), signature }))
}
