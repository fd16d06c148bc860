//! What the people who hold the keys of targets are to sign: each file of theirs that is new, or grows old, and no other.

use std::collections::{BTreeMap, BTreeSet};

use config_trust::{
    Delegations, Head, Metadata, Role, Root, TargetMeta, Targets, TrustError, bin_of, target_name,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::{
    configuring::{self, Entry},
    publishing::NotPublished,
    rollout, tracks,
};
use crate::store::{StoreError, Transaction};

/// The role that hands the documents' names on to the bins.
pub(super) const TARGETS: &str = "targets";

type Drafted = Result<BTreeMap<String, Targets>, NotPublished>;

/// In front of the name of a bin, in a batch for a roll-out: the documents that go out, and those that would lead back.
pub(super) const FORTH: &str = "forth/";
pub(super) const BACK: &str = "back/";

/// The files to be signed for all kiosks at once, by role: bins whose documents have changed, and whatever is past half of
/// its `life`.
pub(super) fn draft(
    view: &Transaction<'_>,
    now: Timestamp,
    life: SignedDuration,
) -> Result<Drafted, StoreError> {
    if rollout::is_open(view)? {
        return Ok(Err(NotPublished::RollingOut));
    }
    draft_of(view, now, life, configuring::newest(view)?)
}

/// The files to be signed for a roll-out of what waits for the kiosks that `of` lets through: whatever grows old, without
/// any change; the bins with the new documents; and those same bins once more, with what is in force now as a still newer
/// document, so that there is a way back which needs nobody's signature then.
pub(super) fn draft_rollout(
    view: &Transaction<'_>,
    now: Timestamp,
    life: SignedDuration,
    of: &dyn Fn(&str) -> bool,
) -> Result<Drafted, StoreError> {
    if rollout::is_open(view)? {
        return Ok(Err(NotPublished::RollingOut));
    }
    let (published, mut waiting) = (configuring::published(view)?, configuring::waiting(view)?);
    waiting.retain(|entry| of(&entry.name));
    let mut files = match draft_of(view, now, life, published.clone())? {
        Ok(files) => files,
        Err(NotPublished::NothingNew) => BTreeMap::new(),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut back = Vec::new();
    for entry in &waiting {
        back.push(way_back(view, entry, &published)?.0);
    }
    let bins: BTreeSet<String> = waiting.iter().map(|entry| bin_of(&target_name(&entry.name))).collect();
    for (step, way, documents) in [(1, FORTH, waiting), (2, BACK, back)] {
        let mut listed = listed(with(&published, documents));
        for bin in &bins {
            let renewed = files.get(bin).map(|file| file.head.version);
            let version = renewed.map_or_else(|| Ok(standing(view, bin)?.0), Ok::<_, StoreError>)? + step;
            let targets = listed.remove(bin).unwrap_or_default();
            let head = Head::new(Role::Targets, version, now + life);
            let file = Targets { head, bin: Some(bin.clone()), targets, delegations: None };
            files.insert(format!("{way}{bin}"), file);
        }
    }
    Ok(if files.is_empty() { Err(NotPublished::NothingNew) } else { Ok(files) })
}

/// The document that follows `entry` and sets what is in force before it.
pub(super) fn way_back(
    view: &Transaction<'_>,
    entry: &Entry,
    published: &[Entry],
) -> Result<(Entry, Map<String, Value>), StoreError> {
    let had = published.iter().find(|had| had.name == entry.name).map_or(0, |had| had.version);
    let settings = configuring::settings(view, &entry.name, had)?;
    Ok((configuring::document(&entry.name, entry.version + 1, &settings)?.0, settings))
}

/// `documents` in place of those of the same kiosks.
pub(super) fn with(published: &[Entry], documents: Vec<Entry>) -> Vec<Entry> {
    let replaced = |had: &&Entry| documents.iter().any(|entry| entry.name == had.name);
    let others: Vec<Entry> = published.iter().filter(|had| !replaced(had)).cloned().collect();
    others.into_iter().chain(documents).collect()
}

fn draft_of(
    view: &Transaction<'_>,
    now: Timestamp,
    life: SignedDuration,
    documents: Vec<Entry>,
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
    let (mut listed, apart) = (listed(documents), tracks::apart(view)?);
    for bin in bins.roles {
        let targets = listed.remove(&bin.name).unwrap_or_default();
        let (version, file) = standing(view, &bin.name)?;
        // After a roll-out that was given up not all kiosks are told of the same bin: the next one is for all.
        let file = file.filter(|_| same_signers && !apart.contains_key(&bin.name));
        if !file.is_some_and(|file| file.targets == targets && stands(&file)) {
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
pub(super) fn listed(entries: Vec<Entry>) -> BTreeMap<String, BTreeMap<String, TargetMeta>> {
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
