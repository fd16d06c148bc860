//! The signed set as kiosks see it: all the same one, but while documents are rolled out those that may have theirs see
//! it ahead of the others.
//!
//! What people sign is one set of bins, each with a version. Which version of a bin is the newest, snapshot and timestamp
//! say, and those the platform signs. So a roll-out needs nothing of the key holders after it has begun: a kiosk that
//! waits is told of the bin that stands, one that may go on of the bin after it. A kiosk goes from one track to the other
//! and never sees a lower version: both count with the same numbers, and what it is shown first is signed as it goes over.

use std::collections::BTreeMap;

use config_trust::{FileMeta, Snapshot};

use super::configuring;
use crate::store::{StoreError, Transaction};

/// What a snapshot promises, by file.
pub(super) type Promises = BTreeMap<String, FileMeta>;

/// Behind the roles of what the platform signs for kiosks that are ahead.
const AHEAD: &str = "-ahead";

/// Which set a kiosk is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Track {
    /// The one that stands.
    Standing,
    /// The one that is being rolled out.
    Ahead,
}

impl Track {
    /// The name under which this track's file of a role is kept.
    pub(super) fn role(self, role: &str) -> String {
        match self {
            Self::Ahead if matches!(role, "snapshot" | "timestamp") => format!("{role}{AHEAD}"),
            _ => role.to_owned(),
        }
    }

    /// The name under which this track keeps the file that a kiosk calls `name`.
    pub(super) fn file(self, name: &str) -> String {
        let role = name.strip_suffix(".json").and_then(|name| name.rsplit('.').next()).unwrap_or_default();
        match name.strip_suffix(&format!("{role}.json")) {
            Some(version) => format!("{version}{}.json", self.role(role)),
            None => name.to_owned(),
        }
    }

    /// What `kiosk` is shown.
    pub(super) fn of(view: &Transaction<'_>, kiosk: &str) -> Result<Self, StoreError> {
        let sql = "SELECT name FROM rollout_kiosk WHERE name = ?1 AND released_at IS NOT NULL
                   AND rollout = (SELECT max(id) FROM rollout)";
        let released = is_forked(view)? && view.row(sql, &[kiosk.into()])?.is_some();
        Ok(if released { Self::Ahead } else { Self::Standing })
    }
}

/// The name that a kiosk knows a role by.
pub(super) fn plain(role: &str) -> &str {
    role.strip_suffix(AHEAD).unwrap_or(role)
}

/// Whether some kiosks are ahead of others.
pub(super) fn is_forked(view: &Transaction<'_>) -> Result<bool, StoreError> {
    let role = Track::Ahead.role("timestamp");
    Ok(view.row("SELECT version FROM trust_file WHERE role = ?1", &[role.into()])?.is_some())
}

/// Lets all kiosks see what stands.
pub(super) fn join(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    ["snapshot", "timestamp"]
        .into_iter()
        .try_for_each(|role| configuring::drop_role(transaction, &Track::Ahead.role(role)))
}

/// What a track promises now; nothing before anything was published.
pub(super) fn promises(view: &Transaction<'_>, track: Track) -> Result<Promises, StoreError> {
    let newest = configuring::newest_file(view, &track.role("snapshot"))?;
    let snapshot = newest.map(|(_, body)| config_trust::peek::<Snapshot>(&body));
    let snapshot = snapshot.transpose().map_err(|_| StoreError::Damaged("snapshot"))?;
    Ok(snapshot.map(|snapshot| snapshot.meta).unwrap_or_default())
}

/// The roles whose newest files not all kiosks are told of, with the version that those ahead are.
pub(super) fn apart(view: &Transaction<'_>) -> Result<BTreeMap<String, u64>, StoreError> {
    if !is_forked(view)? {
        return Ok(BTreeMap::new());
    }
    let standing = promises(view, Track::Standing)?;
    let ahead = promises(view, Track::Ahead)?.into_iter();
    let role = |file: String| file.strip_suffix(".json").unwrap_or(&file).to_owned();
    Ok(ahead
        .filter(|(file, promised)| standing.get(file) != Some(promised))
        .map(|(file, promised)| (role(file), promised.version))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_differs_in_what_the_platform_signs_and_in_nothing_else() {
        for name in ["1.root.json", "3.bin-07.json", "2.targets.json", "x", "kiosks/ab.cd.json"] {
            assert_eq!(
                (Track::Standing.file(name), Track::Ahead.file(name)),
                (name.to_owned(), name.to_owned())
            );
        }
        assert_eq!(Track::Ahead.file("7.snapshot.json"), "7.snapshot-ahead.json");
        assert_eq!(Track::Ahead.file("timestamp.json"), "timestamp-ahead.json");
        assert_eq!(Track::Standing.file("timestamp.json"), "timestamp.json");
        assert_eq!(plain("snapshot-ahead"), "snapshot");
    }
}
