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
    FileMeta, Head, Metadata, Role, Root, SigningKey, Snapshot, Source, TargetMeta, Targets,
    Timestamp as Newest, TrustError, Trusted, sha256, target_name,
};
use jiff::{SignedDuration, Timestamp};

use super::configuring::{self, Entry};
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
    /// A set was published since this one was drafted.
    #[error("found targets {found}, expected {expected}: somebody else has published, draft again")]
    Order {
        /// The version of the file.
        found: u64,
        /// The version that has to come next.
        expected: u64,
    },
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

/// What the people who hold the keys of targets are to sign: the newest document of every kiosk.
pub(super) fn draft(view: &Transaction<'_>, expires: Timestamp) -> Result<Targets, StoreError> {
    let version = next(view, Role::Targets)?;
    let entries = configuring::newest(view)?;
    let listed = entries.into_iter().map(|entry| {
        let hashes = BTreeMap::from([("sha256".to_owned(), entry.sha256)]);
        (target_name(&entry.name), TargetMeta { length: entry.length, hashes })
    });
    Ok(Targets { head: Head::new(Role::Targets, version, expires), targets: listed.collect() })
}

/// Takes a root: the first, or the next.
pub(super) fn take_root(
    transaction: &Transaction<'_>,
    file: &[u8],
) -> Result<Result<u64, NotPublished>, StoreError> {
    let known = configuring::newest_file(transaction, Role::Root)?;
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
        Ok(version) => configuring::put_file(transaction, Role::Root, version, file).map(|()| Ok(version)),
        Err(error) => Ok(Err(error.into())),
    }
}

/// Publishes a set that enough people have signed: all of it, or nothing. Tells whose documents are new.
pub(super) fn publish(
    transaction: &Transaction<'_>,
    file: &[u8],
    online: &SigningKey,
    now: Timestamp,
) -> Result<Result<Vec<Entry>, NotPublished>, StoreError> {
    let (entries, targets) = match chosen(transaction, file)? {
        Ok(chosen) => chosen,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let body = match compact(file) {
        Ok(body) => body,
        Err(error) => return Ok(Err(error.into())),
    };
    let targets = File { role: Role::Targets, version: targets.head.version, body };
    let mut set = match bind(transaction, &targets, online, now, true)? {
        Ok(set) => set,
        Err(error) => return Ok(Err(error.into())),
    };
    set.push(targets);
    let before = configuring::published(transaction)?;
    let new: Vec<Entry> = entries.into_iter().filter(|entry| !before.contains(entry)).collect();
    // What a kiosk would not take is not published. All documents have been compared with their hashes already.
    if let Some(entry) = new.first().or(before.first())
        && let Err(error) = as_a_kiosk(transaction, &set, &entry.name, now)?
    {
        return Ok(Err(error.into()));
    }
    put(transaction, &set)?;
    configuring::publish(transaction, &new, now)?;
    configuring::hint(transaction)?;
    Ok(Ok(new))
}

/// The same without what makes it readable for those who sign: every kiosk fetches it. Signatures are over the canonical
/// form, so they hold.
fn compact(file: &[u8]) -> Result<Vec<u8>, TrustError> {
    let value: Result<serde_json::Value, _> = serde_json::from_slice(file);
    let body = value.and_then(|value| serde_json::to_vec(&value));
    body.map_err(|error| TrustError::Malformed { file: "targets".to_owned(), why: error.to_string() })
}

fn put(transaction: &Transaction<'_>, set: &[File]) -> Result<(), StoreError> {
    set.iter().try_for_each(|file| configuring::put_file(transaction, file.role, file.version, &file.body))
}

type Chosen = Result<(Vec<Entry>, Targets), NotPublished>;

/// The documents that a set names: all of them are ours, and none is older than what its kiosk has.
fn chosen(view: &Transaction<'_>, file: &[u8]) -> Result<Chosen, StoreError> {
    let targets: Targets = match config_trust::peek(file) {
        Ok(targets) => targets,
        Err(error) => return Ok(Err(error.into())),
    };
    let expected = next(view, Role::Targets)?;
    if targets.head.version != expected {
        return Ok(Err(NotPublished::Order { found: targets.head.version, expected }));
    }
    let newest = configuring::newest(view)?;
    let named = |entry: &&Entry| {
        let listed = targets.targets.get(&target_name(&entry.name));
        listed.and_then(|listed| listed.hashes.get("sha256")) == Some(&entry.sha256)
    };
    let entries: Vec<Entry> = newest.iter().filter(named).cloned().collect();
    if entries.len() < targets.targets.len() {
        let ours = |name: &&String| entries.iter().any(|entry| target_name(&entry.name) == **name);
        let stranger = targets.targets.keys().find(|name| !ours(name)).cloned().unwrap_or_default();
        return Ok(Err(NotPublished::Stranger(stranger)));
    }
    let older = configuring::published(view)?
        .into_iter()
        .find(|had| !entries.iter().any(|entry| entry.name == had.name && entry.version >= had.version));
    Ok(older.map_or(Ok((entries, targets)), |entry| Err(NotPublished::Older(entry.name))))
}

/// A file of the signed set.
struct File {
    role: Role,
    version: u64,
    body: Vec<u8>,
}

impl File {
    /// What the file above it promises of it.
    fn promise(&self) -> BTreeMap<String, FileMeta> {
        let hashes = BTreeMap::from([("sha256".to_owned(), sha256(&self.body))]);
        let length = u64::try_from(self.body.len()).ok();
        BTreeMap::from([(format!("{}.json", self.role), FileMeta { version: self.version, length, hashes })])
    }

    fn name(&self) -> String {
        configuring::file_name(self.role, self.version)
    }
}

/// Signs that `targets` are the newest: a timestamp, and a snapshot where one is `needed` or grows old.
fn bind(
    view: &Transaction<'_>,
    targets: &File,
    online: &SigningKey,
    now: Timestamp,
    needed: bool,
) -> Result<Result<Vec<File>, TrustError>, StoreError> {
    let old = configuring::newest_file(view, Role::Snapshot)?;
    let old = old.filter(|(_, body)| !needed && !grows_old::<Snapshot>(body, now, SNAPSHOT_LIFE));
    let (mut set, snapshot) = (Vec::new(), old);
    let snapshot = match snapshot {
        Some((version, body)) => File { role: Role::Snapshot, version, body },
        None => {
            let version = next(view, Role::Snapshot)?;
            let head = Head::new(Role::Snapshot, version, now + SNAPSHOT_LIFE);
            match signed(&Snapshot { head, meta: targets.promise() }, online) {
                Ok(body) => File { role: Role::Snapshot, version, body },
                Err(error) => return Ok(Err(error)),
            }
        }
    };
    let version = next(view, Role::Timestamp)?;
    let head = Head::new(Role::Timestamp, version, now + TIMESTAMP_LIFE);
    let body = signed(&Newest { head, meta: snapshot.promise() }, online);
    set.push(snapshot);
    Ok(body.map(|body| {
        set.push(File { role: Role::Timestamp, version, body });
        set
    }))
}

/// Signs a new timestamp before the old one ends. Tells whether it was time.
pub(super) fn freshen(
    transaction: &Transaction<'_>,
    online: &SigningKey,
    now: Timestamp,
) -> Result<Result<bool, TrustError>, StoreError> {
    let Some((version, body)) = configuring::newest_file(transaction, Role::Targets)? else {
        return Ok(Ok(false));
    };
    if !is_stale(transaction, now)? {
        return Ok(Ok(false));
    }
    match bind(transaction, &File { role: Role::Targets, version, body }, online, now, false)? {
        Ok(set) => put(transaction, &set).map(|()| Ok(true)),
        Err(error) => Ok(Err(error)),
    }
}

/// Whether the timestamp should be signed anew.
fn is_stale(view: &Transaction<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let newest = configuring::newest_file(view, Role::Timestamp)?;
    Ok(newest.is_some_and(|(_, body)| grows_old::<Newest>(&body, now, TIMESTAMP_LIFE)))
}

fn grows_old<T: Metadata>(body: &[u8], now: Timestamp, life: SignedDuration) -> bool {
    config_trust::peek::<T>(body).map_or(true, |metadata| metadata.head().expires < now + life / 2)
}

fn signed<T: Metadata>(metadata: &T, online: &SigningKey) -> Result<Vec<u8>, TrustError> {
    config_trust::sign(&config_trust::draft(metadata)?, online)
}

fn next(view: &Transaction<'_>, role: Role) -> Result<u64, StoreError> {
    Ok(configuring::newest_file(view, role)?.map_or(0, |(version, _)| version) + 1)
}

/// Does what a new kiosk would do with a set that is not published yet.
fn as_a_kiosk(
    view: &Transaction<'_>,
    set: &[File],
    name: &str,
    now: Timestamp,
) -> Result<Result<(), TrustError>, StoreError> {
    let Some(root) = configuring::file(view, "1.root.json")? else {
        return Ok(Err(TrustError::Unavailable {
            file: "1.root.json".to_owned(),
            why: "there is none".to_owned(),
        }));
    };
    let trusted = Trusted::begin(&root);
    let mut own = Own { view, set, name };
    Ok(trusted.and_then(|mut trusted| config_trust::update(&mut trusted, &mut own, name, now).map(drop)))
}

struct Own<'a, 't> {
    view: &'a Transaction<'t>,
    set: &'a [File],
    name: &'a str,
}

impl Source for Own<'_, '_> {
    fn open(&mut self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let new = self.set.iter().find(|file| file.name() == name).map(|file| file.body.clone());
        let found = match (new, document(self.name, name)) {
            (Some(body), _) => Ok(Some(body)),
            (None, Some(sha256)) => configuring::drafted(self.view, self.name, sha256),
            (None, None) => configuring::file(self.view, name),
        };
        let found = found.map_err(io::Error::other)?;
        Ok(found.map(|body| Box::new(io::Cursor::new(body)) as Box<dyn Read>))
    }
}

/// A file as the kiosk `kiosk` may have it: the set, and of the documents its own.
pub(super) fn open(view: &Transaction<'_>, kiosk: &str, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    match document(kiosk, name) {
        Some(sha256) => configuring::body(view, kiosk, sha256),
        None => configuring::file(view, name),
    }
}

/// The hash in the name of a document of this kiosk.
fn document<'a>(kiosk: &str, name: &'a str) -> Option<&'a str> {
    let (sha256, rest) = name.strip_prefix("kiosks/")?.split_once('.')?;
    (target_name(kiosk).strip_prefix("kiosks/") == Some(rest)).then_some(sha256)
}
