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
    serving,
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
pub(super) fn publish(
    transaction: &Transaction<'_>,
    batch: &[u8],
    online: &SigningKey,
    now: Timestamp,
) -> Result<Result<Vec<Entry>, NotPublished>, StoreError> {
    let (entries, mut set) = match chosen(transaction, batch, now)? {
        Ok(chosen) => chosen,
        Err(refusal) => return Ok(Err(refusal)),
    };
    match bind(transaction, &set, online, now)? {
        Ok(bound) => set.extend(bound),
        Err(error) => return Ok(Err(error.into())),
    }
    let before = configuring::published(transaction)?;
    let new: Vec<Entry> = entries.into_iter().filter(|entry| !before.contains(entry)).collect();
    // What a kiosk would not take is not published. Each bin and all documents have been looked at already.
    if let Err(error) = as_a_kiosk(transaction, &set, new.first().or(before.first()), now)? {
        return Ok(Err(error.into()));
    }
    put(transaction, &set)?;
    configuring::publish(transaction, &new, now)?;
    configuring::hint(transaction)?;
    Ok(Ok(new))
}

fn put(transaction: &Transaction<'_>, set: &[File]) -> Result<(), StoreError> {
    set.iter().try_for_each(|file| configuring::put_file(transaction, &file.role, file.version, &file.body))
}

type Chosen = Result<(Vec<Entry>, Vec<File>), NotPublished>;

/// The files of a batch and the documents that they name: the files come next and are signed as they must be, the
/// documents are ours, and none is older than what its kiosk has.
fn chosen(view: &Transaction<'_>, batch: &[u8], now: Timestamp) -> Result<Chosen, StoreError> {
    let bins = match drafting::bins(view)? {
        Ok(bins) => bins,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (files, lists) = match open(batch, &bins, now) {
        Ok(opened) => opened,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for file in &files {
        let expected = next(view, &file.role)?;
        if file.version != expected {
            let (role, found) = (file.role.clone(), file.version);
            return Ok(Err(NotPublished::Order { role, found, expected }));
        }
    }
    if !files.iter().any(|file| file.role == TARGETS) && !hands_on(view, &bins)? {
        return Ok(Err(NotPublished::OtherSigners));
    }
    let listed: BTreeMap<_, _> = lists.values().flat_map(|bin| &bin.targets).collect();
    let hash = |meta: &TargetMeta| meta.hashes.get("sha256").cloned();
    let named = |entry: &Entry| {
        listed.get(&target_name(&entry.name)).and_then(|meta| hash(meta)).as_ref() == Some(&entry.sha256)
    };
    let entries: Vec<Entry> = configuring::newest(view)?.into_iter().filter(named).collect();
    if entries.len() < listed.len() {
        let ours = |name: &str| entries.iter().any(|entry| target_name(&entry.name) == name);
        let stranger = listed.keys().find(|name| !ours(name)).map_or_else(String::new, ToString::to_string);
        return Ok(Err(NotPublished::Stranger(stranger)));
    }
    let older = configuring::published(view)?.into_iter().find(|had| {
        lists.contains_key(&bin_of(&target_name(&had.name)))
            && !entries.iter().any(|entry| entry.name == had.name && entry.version >= had.version)
    });
    Ok(older.map_or(Ok((entries, files)), |entry| Err(NotPublished::Older(entry.name))))
}

type Opened = (Vec<File>, BTreeMap<String, Targets>);

/// The files of a batch, each signed by enough of the right people, and what its bins say.
fn open(batch: &[u8], bins: &Delegations, now: Timestamp) -> Result<Opened, NotPublished> {
    let (mut files, mut lists) = (Vec::new(), BTreeMap::new());
    for (role, body) in config_trust::unpack(batch)? {
        let content = match bins.roles.iter().find(|bin| bin.name == role) {
            Some(bin) => bins.verified(bin, &body)?,
            None if role == TARGETS => config_trust::peek(&body)?,
            None => return Err(NotPublished::Stranger(role)),
        };
        let at = content.head.expires;
        if at <= now {
            return Err(TrustError::Expired { role: Role::Targets, at }.into());
        }
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

/// Whether the targets that stand hand the names on as the newest root wants it.
fn hands_on(view: &Transaction<'_>, bins: &Delegations) -> Result<bool, StoreError> {
    let standing = configuring::newest_file(view, TARGETS)?;
    let standing = standing.and_then(|(_, body)| config_trust::peek::<Targets>(&body).ok());
    Ok(standing.is_some_and(|targets| targets.delegations.as_ref() == Some(bins)))
}

/// A file of the signed set.
struct File {
    role: String,
    version: u64,
    body: Vec<u8>,
}

impl File {
    /// What the file above it promises of it.
    fn promise(&self) -> (String, FileMeta) {
        let hashes = BTreeMap::from([("sha256".to_owned(), sha256(&self.body))]);
        let length = u64::try_from(self.body.len()).ok();
        (format!("{}.json", self.role), FileMeta { version: self.version, length, hashes })
    }

    fn name(&self) -> String {
        configuring::file_name(&self.role, self.version)
    }
}

/// Signs that `new` files and those that stand belong together and are the newest: a timestamp, and a snapshot where
/// there is something new or the old one grows old.
fn bind(
    view: &Transaction<'_>,
    new: &[File],
    online: &SigningKey,
    now: Timestamp,
) -> Result<Result<Vec<File>, TrustError>, StoreError> {
    let old = configuring::newest_file(view, "snapshot")?;
    let (version, next_timestamp) = (next(view, "snapshot")?, next(view, "timestamp")?);
    let sign = || -> Result<Vec<File>, TrustError> {
        let snapshot = match old {
            Some((version, body)) if new.is_empty() && !grows_old::<Snapshot>(&body, now, SNAPSHOT_LIFE) => {
                File { role: "snapshot".to_owned(), version, body }
            }
            old => {
                // What was promised before still is: a kiosk takes no set that something is missing from.
                let mut meta = match old {
                    Some((_, body)) => config_trust::peek::<Snapshot>(&body)?.meta,
                    None => BTreeMap::new(),
                };
                meta.extend(new.iter().map(File::promise));
                let head = Head::new(Role::Snapshot, version, now + SNAPSHOT_LIFE);
                let body = signed(&Snapshot { head, meta }, online)?;
                File { role: "snapshot".to_owned(), version, body }
            }
        };
        let head = Head::new(Role::Timestamp, next_timestamp, now + TIMESTAMP_LIFE);
        let body = signed(&Newest { head, meta: BTreeMap::from([snapshot.promise()]) }, online)?;
        Ok(vec![snapshot, File { role: "timestamp".to_owned(), version: next_timestamp, body }])
    };
    Ok(sign())
}

/// Signs a new timestamp before the old one ends. Tells whether it was time.
pub(super) fn freshen(
    transaction: &Transaction<'_>,
    online: &SigningKey,
    now: Timestamp,
) -> Result<Result<bool, TrustError>, StoreError> {
    if !is_stale(transaction, now)? {
        return Ok(Ok(false));
    }
    match bind(transaction, &[], online, now)? {
        Ok(set) => put(transaction, &set).map(|()| Ok(true)),
        Err(error) => Ok(Err(error)),
    }
}

/// Whether the timestamp should be signed anew.
fn is_stale(view: &Transaction<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let newest = configuring::newest_file(view, "timestamp")?;
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
fn as_a_kiosk(
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
