//! What the people who hold the keys of targets are to sign: each file of theirs that is new, or grows old, and no other.

use std::collections::BTreeMap;

use config_trust::{
    Delegations, Head, Metadata, Role, Root, TargetMeta, Targets, TrustError, bin_of, target_name,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    configuring::{self, Entry},
    publishing::NotPublished,
};
use crate::store::{StoreError, Transaction};

/// The role that hands the documents' names on to the bins.
pub(super) const TARGETS: &str = "targets";

type Drafted = Result<BTreeMap<String, Targets>, NotPublished>;

/// The files to be signed, by role: bins whose documents have changed, and whatever is past half of its `life`.
pub(super) fn draft(
    view: &Transaction<'_>,
    now: Timestamp,
    life: SignedDuration,
) -> Result<Drafted, StoreError> {
    let bins = match bins(view)? {
        Ok(bins) => bins,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let stands = |file: &Targets| file.head.expires > now + life / 2;
    let head = |version| Head::new(Role::Targets, version, now + life);
    let mut files = BTreeMap::new();
    let (version, targets) = standing(view, TARGETS)?;
    // Who signs targets signs the bins: other signers, and all of it is signed anew.
    let same_signers = targets.as_ref().is_some_and(|file| file.delegations.as_ref() == Some(&bins));
    if !same_signers || !targets.as_ref().is_some_and(stands) {
        let delegations = Some(bins.clone());
        let file = Targets { head: head(version + 1), bin: None, targets: BTreeMap::new(), delegations };
        files.insert(TARGETS.to_owned(), file);
    }
    let mut listed = listed(configuring::newest(view)?);
    for bin in bins.roles {
        let targets = listed.remove(&bin.name).unwrap_or_default();
        let (version, file) = standing(view, &bin.name)?;
        if !same_signers || !file.is_some_and(|file| file.targets == targets && stands(&file)) {
            let (head, name) = (head(version + 1), Some(bin.name.clone()));
            files.insert(bin.name, Targets { head, bin: name, targets, delegations: None });
        }
    }
    Ok(if files.is_empty() { Err(NotPublished::NothingNew) } else { Ok(files) })
}

/// Who has the bins by the newest root: those who sign targets.
pub(super) fn bins(view: &Transaction<'_>) -> Result<Result<Delegations, NotPublished>, StoreError> {
    let Some((_, root)) = configuring::newest_file(view, Role::Root.name())? else {
        return Ok(Err(NotPublished::NoRoot));
    };
    let read = || -> Result<Delegations, TrustError> {
        let Root { mut keys, mut roles, .. } = config_trust::peek(&root)?;
        let no_keys =
            || TrustError::Malformed { file: "root".to_owned(), why: "nobody signs targets".to_owned() };
        let signers = roles.remove(&Role::Targets).ok_or_else(no_keys)?;
        keys.retain(|id, _| signers.keyids.contains(id));
        Ok(Delegations::bins(keys, &signers))
    };
    Ok(read().map_err(NotPublished::from))
}

/// What is to be said of each document, by bin.
fn listed(entries: Vec<Entry>) -> BTreeMap<String, BTreeMap<String, TargetMeta>> {
    let mut bins: BTreeMap<String, BTreeMap<_, _>> = BTreeMap::new();
    for entry in entries {
        let name = target_name(&entry.name);
        let hashes = BTreeMap::from([("sha256".to_owned(), entry.sha256)]);
        let meta = TargetMeta { length: entry.length, hashes };
        bins.entry(bin_of(&name)).or_default().insert(name, meta);
    }
    bins
}

/// The newest version of a file that people sign, and the file if it can be read: version 0 where there is none.
fn standing(view: &Transaction<'_>, role: &str) -> Result<(u64, Option<Targets>), StoreError> {
    let Some((version, body)) = configuring::newest_file(view, role)? else { return Ok((0, None)) };
    Ok((version, config_trust::peek::<Targets>(&body).ok().filter(|file| file.head().version == version)))
}
