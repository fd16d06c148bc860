//! The schema, as the list of steps that lead to it. A step is never changed once it has been in the field.

use rusqlite::{Connection, TransactionBehavior};

use crate::StoreError;

/// Marks the file as ours (`kisk`).
const APPLICATION_ID: u32 = 0x6b69_736b;

/// Step n leads from version n to version n + 1.
pub(super) const ALL: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    audit::SCHEMA,
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
];

/// The version that this program writes.
pub(super) fn latest() -> u32 {
    version_after(ALL)
}

/// Takes every step that is missing, each in a transaction of its own, and tells the version that was found.
pub(super) fn bring_up_to_date(db: &mut Connection, steps: &[&str]) -> Result<u32, StoreError> {
    let found = version(db)?;
    let known = version_after(steps);
    if found > known {
        return Err(StoreError::FromTheFuture { found, known });
    }
    for (version, step) in (0_u32..).zip(steps).skip_while(|(version, _)| *version < found) {
        let step_taken = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step_taken.execute_batch(step)?;
        step_taken.pragma_update(None, "application_id", APPLICATION_ID)?;
        step_taken.pragma_update(None, "user_version", version + 1)?;
        step_taken.commit()?;
    }
    Ok(found)
}

/// The schema version; 0 for an empty file.
pub(super) fn version(db: &Connection) -> Result<u32, StoreError> {
    let pragma = |name| db.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let (owner, version) = (pragma("application_id")?, pragma("user_version")?);
    let tables: u32 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (owner, version) {
        (APPLICATION_ID, _) => Ok(version),
        (0, 0) if tables == 0 => Ok(0),
        _ => Err(StoreError::NotAStore),
    }
}

pub(super) fn version_after(steps: &[&str]) -> u32 {
    u32::try_from(steps.len()).unwrap_or(u32::MAX)
}
