//! From documents to a signed set.
//!
//! The keys of root and targets belong to people, who sign where no network is (`platform sign`). The one key that is
//! here signs snapshot and timestamp: that this is the newest, nothing else. Whoever steals it can hold news back, until
//! the timestamp expires, and can make no document.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{self, Read, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use config_trust::{
    Delegations, FileMeta, Head, Metadata, Role, Root, SigningKey, Snapshot, Source, TargetMeta, Targets,
    Timestamp as Newest, TrustError, Trusted, bin_of, sha256, target_name,
};
use jiff::{SignedDuration, Timestamp};

use super::{
    configuring::{self, Entry},
    drafting::{self, TARGETS},
    rings::NoCanary,
    rollout, serving,
    tracks::{self, Promises, Track},
};
use crate::store::{StoreError, Transaction};

/// For so long a kiosk believes that there is nothing newer.
const TIMESTAMP_LIFE: SignedDuration = SignedDuration::from_hours(24);
const SNAPSHOT_LIFE: SignedDuration = SignedDuration::from_hours(24 * 14);
/// The key that signs both, beside the authority's.
const ONLINE_KEY: &str = "online.key";

/// Why a set is not published.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum NotPublished {
    /// A kiosk would not take it.
    #[error("no kiosk would take it: {0}")]
    Trust(#[from] TrustError),
    /// There are no keys that could have signed it.
    #[error("found no root of trust, expected one: `platform configure root`")]
    NoRoot,
    /// The same file was published since this one was drafted.
    #[error("found {role} {found}, expected {expected}: somebody else has published, draft again")]
    Order {
        /// Which file.
        role: String,
        /// The version of the file.
        found: u64,
        /// The version that has to come next.
        expected: u64,
    },
    /// Nothing has changed, and nothing grows old.
    #[error("found nothing new to be signed, expected settings: `platform configure set`")]
    NothingNew,
    /// It was drafted for signers that the newest root does not name, or is only a part of what they have to sign.
    #[error("found files for other signers than the root names, expected all files for those: draft again")]
    OtherSigners,
    /// It names what was not drafted here.
    #[error("found a document for {0} that was not drafted here, expected one that was")]
    Stranger(String),
    /// A roll-out is under way.
    #[error("found a roll-out under way, expected it to be over: finish it or give it up first")]
    RollingOut,
    /// Nobody can go first.
    #[error(transparent)]
    NoCanary(#[from] NoCanary),
    /// What goes out and what leads back do not belong together.
    #[error("found {0} without a way back that belongs to it, expected both: draft again")]
    NoWayBack(String),
    /// It is for a kiosk that is not in the charge of whoever publishes it.
    #[error("found a document for {0}, which is not in your charge")]
    Elsewhere(String),
    /// It would change many kiosks at one stroke.
    #[error(
        "found new documents for {0} kiosks, expected three at most: `platform configure roll-out`, or say --all-at-once"
    )]
    TooMany(usize),
    /// A kiosk that has a document would have none, or an older one.
    #[error("found no document for {0} that is as new as the one it has, expected one: draft again")]
    Older(String),
}

/// The key that is on the platform; made now if there is none.
pub(super) fn online_key(directory: &Path) -> io::Result<SigningKey> {
    let path = directory.join(ONLINE_KEY);
    let wrong = |error: TrustError| io::Error::other(format!("{}: {error}", path.display()));
    match fs::read(&path) {
        Ok(bytes) => SigningKey::from_pkcs8(&bytes).map_err(wrong),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let bytes = SigningKey::generate().map_err(wrong)?;
            keep_secret(&path, &bytes)?;
            SigningKey::from_pkcs8(&bytes).map_err(wrong)
        }
        Err(error) => Err(error),
    }
}

/// Writes a new file for its owner's eyes.
pub(super) fn keep_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Takes a root: the first, or the next.
pub(super) fn take_root(
    transaction: &Transaction<'_>,
    file: &[u8],
) -> Result<Result<u64, NotPublished>, StoreError> {
    let known = configuring::newest_file(transaction, "root")?;
    let checked = || -> Result<u64, TrustError> {
        let new: Root = config_trust::peek(file)?;
        let Some((version, old)) = known else {
            Trusted::begin(file)?;
            let first = new.head.version == 1;
            return if first {
                Ok(1)
            } else {
                Err(TrustError::RootOrder { expected: 1, found: new.head.version })
            };
        };
        config_trust::next_root(&old, file)?;
        Ok(version + 1)
    };
    match checked() {
        Ok(version) => configuring::put_file(transaction, "root", version, file).map(|()| Ok(version)),
        Err(error) => Ok(Err(error.into())),
    }
}

/// Publishes what enough people have signed: all of it, or nothing, under one snapshot. Tells whose documents are new.
/// More than `most` would be too many.
pub(super) fn publish(
    transaction: &Transaction<'_>,
    batch: &[u8],
    online: &SigningKey,
    most: Option<usize>,
    now: Timestamp,
) -> Result<Result<Vec<Entry>, NotPublished>, StoreError> {
    if rollout::is_open(transaction)? {
        return Ok(Err(NotPublished::RollingOut));
    }
    let newest = configuring::newest(transaction)?;
    let files = match config_trust::unpack(batch) {
        Ok(files) => files,
        Err(error) => return Ok(Err(error.into())),
    };
    let (entries, files) = match chosen(transaction, files, &newest, now)? {
        Ok(chosen) => chosen,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let before = configuring::published(transaction)?;
    let new: Vec<Entry> = entries.into_iter().filter(|entry| !before.contains(entry)).collect();
    if most.is_some_and(|most| new.len() > most) {
        return Ok(Err(NotPublished::TooMany(new.len())));
    }
    let versions = Versions::next(transaction)?;
    let mut set = match bound(transaction, Track::Standing, &files, versions, online, now)? {
        Ok(set) => set,
        Err(error) => return Ok(Err(error.into())),
    };
    set.extend(files.iter().cloned());
    // What a kiosk would not take is not published. Each bin and all documents have been looked at already.
    if let Err(error) = as_a_kiosk(transaction, &set, new.first().or(before.first()), now)? {
        return Ok(Err(error.into()));
    }
    put(transaction, &set)?;
    catch_up(transaction, &files, online, now)?;
    configuring::publish(transaction, documents(&new), now)?;
    configuring::hint(transaction)?;
    Ok(Ok(new))
}

/// Tells the kiosks that are ahead of `files` too, or that they are ahead of nobody any more.
fn catch_up(
    transaction: &Transaction<'_>,
    files: &[File],
    online: &SigningKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !tracks::is_forked(transaction)? {
        return Ok(());
    }
    let mut ahead = tracks::promises(transaction, Track::Ahead)?;
    ahead.extend(files.iter().map(File::promise));
    if ahead == tracks::promises(transaction, Track::Standing)? {
        return tracks::join(transaction);
    }
    lead(transaction, Track::Ahead, files, online, now)
}

/// Signs a track anew, with `files` in it: also for kiosks that go over to it now.
pub(super) fn lead(
    transaction: &Transaction<'_>,
    track: Track,
    files: &[File],
    online: &SigningKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    let versions = Versions::next(transaction)?;
    let set = bound(transaction, track, files, versions, online, now)?;
    // By now there is something that a later refusal would leave behind: nothing of it shall be.
    put(transaction, &set.map_err(|_| StoreError::Damaged("online key"))?)
}

pub(super) fn documents(entries: &[Entry]) -> impl Iterator<Item = (&str, u64)> {
    entries.iter().map(|entry| (entry.name.as_str(), entry.version))
}

/// Puts up files of the set.
pub(super) fn put(transaction: &Transaction<'_>, set: &[File]) -> Result<(), StoreError> {
    set.iter().try_for_each(|file| configuring::put_file(transaction, &file.role, file.version, &file.body))
}

type Chosen = Result<(Vec<Entry>, Vec<File>), NotPublished>;

/// The files of a batch and the documents that they name: the files come next and are signed as they must be, the
/// documents are among those that are `ours`, and none is older than what its kiosk has.
pub(super) fn chosen(
    view: &Transaction<'_>,
    batch: BTreeMap<String, Vec<u8>>,
    ours: &[Entry],
    now: Timestamp,
) -> Result<Chosen, StoreError> {
    let bins = match drafting::bins(view)? {
        Ok(bins) => bins,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (files, lists) = match open(batch, &bins, now) {
        Ok(opened) => opened,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for file in &files {
        if let Err(refusal) = comes_next(view, file, 1)? {
            return Ok(Err(refusal));
        }
    }
    if !files.iter().any(|file| file.role == TARGETS) && !hands_on(view, &bins)? {
        return Ok(Err(NotPublished::OtherSigners));
    }
    let entries = match named(&lists, ours) {
        Ok(entries) => entries,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let older = configuring::published(view)?.into_iter().find(|had| {
        lists.contains_key(&bin_of(&target_name(&had.name)))
            && !entries.iter().any(|entry| entry.name == had.name && entry.version >= had.version)
    });
    Ok(older.map_or(Ok((entries, files)), |entry| Err(NotPublished::Older(entry.name))))
}

/// Whether the file is the one that comes `steps` after the newest of its role.
pub(super) fn comes_next(
    view: &Transaction<'_>,
    file: &File,
    steps: u64,
) -> Result<Result<(), NotPublished>, StoreError> {
    let (expected, found) = (next(view, &file.role)? - 1 + steps, file.version);
    let role = file.role.clone();
    Ok(if found == expected { Ok(()) } else { Err(NotPublished::Order { role, found, expected }) })
}

/// Which of our documents the bins name; they name no other.
pub(super) fn named(lists: &BTreeMap<String, Targets>, ours: &[Entry]) -> Result<Vec<Entry>, NotPublished> {
    let listed: BTreeMap<_, _> = lists.values().flat_map(|bin| &bin.targets).collect();
    let hash = |meta: &TargetMeta| meta.hashes.get("sha256").cloned();
    let is_named = |entry: &&Entry| {
        listed.get(&target_name(&entry.name)).and_then(|meta| hash(meta)).as_ref() == Some(&entry.sha256)
    };
    let entries: Vec<Entry> = ours.iter().filter(is_named).cloned().collect();
    let is_ours = |name: &str| entries.iter().any(|entry| target_name(&entry.name) == name);
    match listed.keys().find(|name| !is_ours(name)) {
        Some(stranger) => Err(NotPublished::Stranger((*stranger).clone())),
        None => Ok(entries),
    }
}

type Opened = (Vec<File>, BTreeMap<String, Targets>);

/// The files of a batch, each signed by enough of the right people, and what its bins say.
fn open(
    batch: BTreeMap<String, Vec<u8>>,
    bins: &Delegations,
    now: Timestamp,
) -> Result<Opened, NotPublished> {
    let (mut files, mut lists) = (Vec::new(), BTreeMap::new());
    for (role, body) in batch {
        let content = if role == TARGETS { config_trust::peek(&body)? } else { bin(&role, &body, bins)? };
        fresh(&content, now)?;
        files.push(File { role: role.clone(), version: content.head.version, body });
        if role != TARGETS {
            lists.insert(role, content);
        } else if content.delegations.as_ref() != Some(bins) || !content.targets.is_empty() {
            return Err(NotPublished::OtherSigners);
        }
    }
    // Bins that others have signed are no bins any more under new targets.
    let all = files.len() > bins.roles.len() || !files.iter().any(|file| file.role == TARGETS);
    if all { Ok((files, lists)) } else { Err(NotPublished::OtherSigners) }
}

/// A bin that is signed as it must be.
pub(super) fn bin(role: &str, body: &[u8], bins: &Delegations) -> Result<Targets, NotPublished> {
    match bins.roles.iter().find(|bin| bin.name == role) {
        Some(bin) => Ok(bins.verified(bin, body)?),
        None => Err(NotPublished::Stranger(role.to_owned())),
    }
}

pub(super) fn fresh(content: &Targets, now: Timestamp) -> Result<(), TrustError> {
    let at = content.head.expires;
    if at <= now { Err(TrustError::Expired { role: Role::Targets, at }) } else { Ok(()) }
}

/// Whether the targets that stand hand the names on as the newest root wants it.
fn hands_on(view: &Transaction<'_>, bins: &Delegations) -> Result<bool, StoreError> {
    let standing = configuring::newest_file(view, TARGETS)?;
    let standing = standing.and_then(|(_, body)| config_trust::peek::<Targets>(&body).ok());
    Ok(standing.is_some_and(|targets| targets.delegations.as_ref() == Some(bins)))
}

/// A file of the signed set.
#[derive(Clone)]
pub(super) struct File {
    pub(super) role: String,
    pub(super) version: u64,
    pub(super) body: Vec<u8>,
}

impl File {
    /// What the file above it promises of it.
    fn promise(&self) -> (String, FileMeta) {
        let hashes = BTreeMap::from([("sha256".to_owned(), sha256(&self.body))]);
        let length = u64::try_from(self.body.len()).ok();
        (format!("{}.json", tracks::plain(&self.role)), FileMeta { version: self.version, length, hashes })
    }

    /// The same file for the kiosks that are ahead.
    pub(super) fn ahead(self) -> Self {
        Self { role: Track::Ahead.role(&self.role), ..self }
    }

    /// As a kiosk asks for it.
    fn name(&self) -> String {
        configuring::file_name(tracks::plain(&self.role), self.version)
    }
}

/// The versions of a snapshot and a timestamp. Both tracks count with the same.
#[derive(Clone, Copy)]
pub(super) struct Versions {
    snapshot: u64,
    timestamp: u64,
}

impl Versions {
    pub(super) fn next(view: &Transaction<'_>) -> Result<Self, StoreError> {
        let of = |role: &str| {
            let tracks = [Track::Standing, Track::Ahead].map(|track| next(view, &track.role(role)));
            let [standing, ahead] = tracks;
            Ok::<_, StoreError>(standing?.max(ahead?))
        };
        Ok(Self { snapshot: of("snapshot")?, timestamp: of("timestamp")? })
    }

    pub(super) fn after(self) -> Self {
        Self { snapshot: self.snapshot + 1, timestamp: self.timestamp + 1 }
    }
}

/// Signs that what a track promises and `new` files in its place belong together and are the newest.
pub(super) fn bound(
    view: &Transaction<'_>,
    track: Track,
    new: &[File],
    versions: Versions,
    online: &SigningKey,
    now: Timestamp,
) -> Result<Result<Vec<File>, TrustError>, StoreError> {
    // What was promised before still is: a kiosk takes no set that something is missing from.
    let mut meta = tracks::promises(view, track)?;
    meta.extend(new.iter().map(File::promise));
    Ok(set(track, meta, versions, online, now))
}

/// A snapshot that says so, and the timestamp over it.
pub(super) fn set(
    track: Track,
    meta: Promises,
    versions: Versions,
    online: &SigningKey,
    now: Timestamp,
) -> Result<Vec<File>, TrustError> {
    let head = Head::new(Role::Snapshot, versions.snapshot, now + SNAPSHOT_LIFE);
    let body = signed(&Snapshot { head, meta }, online)?;
    let snapshot = File { role: track.role("snapshot"), version: versions.snapshot, body };
    let timestamp = timestamp(track, &snapshot, versions.timestamp, online, now)?;
    Ok(vec![snapshot, timestamp])
}

fn timestamp(
    track: Track,
    snapshot: &File,
    version: u64,
    online: &SigningKey,
    now: Timestamp,
) -> Result<File, TrustError> {
    let head = Head::new(Role::Timestamp, version, now + TIMESTAMP_LIFE);
    let body = signed(&Newest { head, meta: BTreeMap::from([snapshot.promise()]) }, online)?;
    Ok(File { role: track.role("timestamp"), version, body })
}

/// Signs a new timestamp before the old one ends. Tells whether it was time.
pub(super) fn freshen(
    transaction: &Transaction<'_>,
    online: &SigningKey,
    now: Timestamp,
) -> Result<Result<bool, TrustError>, StoreError> {
    let mut done = false;
    for track in [Track::Standing, Track::Ahead] {
        if !is_stale(transaction, track, now)? {
            continue;
        }
        let versions = Versions::next(transaction)?;
        let fresh = match configuring::newest_file(transaction, &track.role("snapshot"))? {
            Some((version, body)) if !grows_old::<Snapshot>(&body, now, SNAPSHOT_LIFE) => {
                let snapshot = File { role: track.role("snapshot"), version, body };
                timestamp(track, &snapshot, versions.timestamp, online, now).map(|file| vec![file])
            }
            _ => bound(transaction, track, &[], versions, online, now)?,
        };
        match fresh {
            Ok(set) => put(transaction, &set)?,
            Err(error) => return Ok(Err(error)),
        }
        done = true;
    }
    Ok(Ok(done))
}

/// Whether the timestamp should be signed anew.
fn is_stale(view: &Transaction<'_>, track: Track, now: Timestamp) -> Result<bool, StoreError> {
    let newest = configuring::newest_file(view, &track.role("timestamp"))?;
    Ok(newest.is_some_and(|(_, body)| grows_old::<Newest>(&body, now, TIMESTAMP_LIFE)))
}

fn grows_old<T: Metadata>(body: &[u8], now: Timestamp, life: SignedDuration) -> bool {
    config_trust::peek::<T>(body).map_or(true, |metadata| metadata.head().expires < now + life / 2)
}

fn signed<T: Metadata>(metadata: &T, online: &SigningKey) -> Result<Vec<u8>, TrustError> {
    config_trust::sign(&config_trust::draft(metadata)?, online)
}

fn next(view: &Transaction<'_>, role: &str) -> Result<u64, StoreError> {
    Ok(configuring::newest_file(view, role)?.map_or(0, |(version, _)| version) + 1)
}

/// Does what a new kiosk would do with a set that is not published yet; without any document there is none to be had.
pub(super) fn as_a_kiosk(
    view: &Transaction<'_>,
    set: &[File],
    entry: Option<&Entry>,
    now: Timestamp,
) -> Result<Result<(), TrustError>, StoreError> {
    let Some(root) = configuring::file(view, "1.root.json")? else {
        return Ok(Err(TrustError::Unavailable {
            file: "1.root.json".to_owned(),
            why: "there is none".to_owned(),
        }));
    };
    let name = entry.map_or("", |entry| entry.name.as_str());
    let trusted = Trusted::begin(&root);
    let mut own = Own { view, set, name };
    let taken =
        trusted.and_then(|mut trusted| config_trust::update(&mut trusted, &mut own, name, now).map(drop));
    Ok(match taken {
        Err(TrustError::NoDocument { .. }) if entry.is_none() => Ok(()),
        taken => taken,
    })
}

struct Own<'a, 't> {
    view: &'a Transaction<'t>,
    set: &'a [File],
    name: &'a str,
}

impl Source for Own<'_, '_> {
    fn open(&mut self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let new = self.set.iter().find(|file| file.name() == name).map(|file| file.body.clone());
        let found = match (new, serving::document(self.name, name)) {
            (Some(body), _) => Ok(Some(body)),
            (None, Some(sha256)) => configuring::drafted(self.view, self.name, sha256),
            (None, None) => configuring::file(self.view, name),
        };
        let found = found.map_err(io::Error::other)?;
        Ok(found.map(|body| Box::new(io::Cursor::new(body)) as Box<dyn Read>))
    }
}
