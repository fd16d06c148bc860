//! The client workflow. The numbers are those of the specification's section 5.

use std::collections::BTreeMap;
use std::io::{self, Read};

use serde::{Deserialize, Serialize};

use crate::envelope::Envelope;
use crate::metadata::{FileMeta, Metadata, Role, Root, Snapshot, TargetMeta, Targets, Timestamp};
use crate::{Document, TrustError, sha256, target_name};

/// In bytes, of one root.
pub const MAX_ROOT: u64 = 64 << 10;
/// In bytes, of timestamp, and of snapshot where timestamp does not say how long it is.
pub const MAX_TIMESTAMP: u64 = 16 << 10;
/// In bytes, of targets and of a bin where snapshot does not say how long it is, and never more.
pub const MAX_TARGETS: u64 = 4 << 20;
/// In bytes, of one kiosk's document.
pub const MAX_DOCUMENT: u64 = 1 << 20;
/// New roots in one update: more wait for the next.
pub const MAX_ROOTS: usize = 64;

/// Where files come from: a server, a folder, a USB stick. It is not trusted.
pub trait Source {
    /// Opens a file; `None` if there is none of this name. It may be endless.
    fn open(&mut self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>>;
}

/// What a kiosk trusts, and has to keep over a restart: it remembers which versions were seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trusted {
    root: String,
    timestamp: Option<String>,
    snapshot: Option<String>,
    targets: Option<String>,
    /// The one in which this kiosk's document is named. A kiosk that has known no bins yet has kept none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bin: Option<String>,
}

impl Trusted {
    /// Begins with a root that came by a trusted way: with the program, or at enrolment. It may have expired since.
    pub fn begin(root: &[u8]) -> Result<Self, TrustError> {
        let envelope = Envelope::parse("root", root)?;
        let parsed: Root = envelope.read()?;
        envelope.verify(Role::Root, parsed.keys_of(Role::Root)?, &parsed.keys)?;
        Ok(Self { root: text("root", root)?, timestamp: None, snapshot: None, targets: None, bin: None })
    }

    /// The version of the root, for the reported state.
    pub fn root_version(&self) -> Result<u64, TrustError> {
        Ok(read::<Root>(&self.root)?.head.version)
    }

    /// The version of targets that is kept, if any is.
    #[must_use]
    pub fn targets_version(&self) -> Option<u64> {
        Some(read::<Targets>(self.targets.as_deref()?).ok()?.head.version)
    }
}

/// Brings `trusted` up to date and fetches this kiosk's document.
///
/// Keep `trusted` whatever the answer is: roots that were good stay good when a later file is not.
pub fn update(
    trusted: &mut Trusted,
    source: &mut dyn Source,
    terminal_id: &str,
    now: jiff::Timestamp,
) -> Result<Document, TrustError> {
    let root = update_root(trusted, source)?;
    fresh(&root, now)?; // 5.3.10
    let mut update = Update { root: &root, source, now };
    let timestamp = update.timestamp(trusted)?;
    let snapshot = update.snapshot(trusted, &timestamp)?;
    let targets = update.targets(trusted, &snapshot)?;
    let name = target_name(terminal_id);
    let promised = match targets.targets.get(&name) {
        Some(promised) => Some(promised.clone()),
        None => update.binned(trusted, &snapshot, &targets, &name)?,
    };
    let promised = promised.ok_or_else(|| TrustError::NoDocument { terminal_id: terminal_id.to_owned() })?;
    update.document(name, &promised, terminal_id)
}

/// 5.3: from the trusted root to the newest, each signed by the one before it and by itself.
fn update_root(trusted: &mut Trusted, source: &mut dyn Source) -> Result<Root, TrustError> {
    let mut root: Root = read(&trusted.root)?;
    for _ in 0..MAX_ROOTS {
        let next = root.head.version.saturating_add(1);
        let name = format!("{next}.root.json");
        let Some(bytes) = fetch(source, &name, MAX_ROOT)? else { break };
        let new = follows(&root, &name, &bytes)?;
        // 5.3.11: whoever held the old keys may have signed versions so high that nothing honest would follow them.
        if withdrawn(&root, &new, Role::Timestamp)? || withdrawn(&root, &new, Role::Snapshot)? {
            trusted.timestamp = None;
            trusted.snapshot = None;
        }
        // In the same step as the root, so that a power cut cannot come between.
        trusted.root = text(&name, &bytes)?;
        root = new;
    }
    Ok(root)
}

/// A root that the one before it vouches for.
fn follows(root: &Root, name: &str, bytes: &[u8]) -> Result<Root, TrustError> {
    let envelope = Envelope::parse(name, bytes)?;
    envelope.verify(Role::Root, root.keys_of(Role::Root)?, &root.keys)?; // 5.3.4
    let new: Root = envelope.read()?;
    envelope.verify(Role::Root, new.keys_of(Role::Root)?, &new.keys)?;
    let expected = root.head.version.saturating_add(1);
    if new.head.version != expected {
        return Err(TrustError::RootOrder { expected, found: new.head.version }); // 5.3.5
    }
    Ok(new)
}

/// Whether every kiosk that trusts the root `old` will take `new` after it. For those who publish one.
pub fn next_root(old: &[u8], new: &[u8]) -> Result<(), TrustError> {
    let old: Root = Envelope::parse("root", old)?.read()?;
    follows(&old, "root", new).map(drop)
}

/// Whether a new root no longer takes what the old one took for a role.
fn withdrawn(old: &Root, new: &Root, role: Role) -> Result<bool, TrustError> {
    let (old, new) = (old.keys_of(role)?, new.keys_of(role)?);
    Ok(!old.keyids.is_subset(&new.keyids) || new.threshold > old.threshold)
}

struct Update<'a> {
    root: &'a Root,
    source: &'a mut dyn Source,
    now: jiff::Timestamp,
}

impl Update<'_> {
    /// 5.4
    fn timestamp(&mut self, trusted: &mut Trusted) -> Result<Timestamp, TrustError> {
        let bytes = require(self.source, "timestamp.json", MAX_TIMESTAMP)?;
        let new: Timestamp = vouched(self.root, "timestamp.json", &bytes)?;
        if let Some(old) = trusted.timestamp.as_deref() {
            let old: Timestamp = read(old)?;
            not_older(Role::Timestamp, new.head.version, old.head.version)?;
            if new.head.version == old.head.version {
                fresh(&old, self.now)?;
                return Ok(old);
            }
            let (new, old) = (promise(&new.meta, "snapshot.json")?, promise(&old.meta, "snapshot.json")?);
            not_older(Role::Snapshot, new.version, old.version)?;
        }
        fresh(&new, self.now)?;
        trusted.timestamp = Some(text("timestamp.json", &bytes)?);
        Ok(new)
    }

    /// 5.5
    fn snapshot(&mut self, trusted: &mut Trusted, timestamp: &Timestamp) -> Result<Snapshot, TrustError> {
        let promised = promise(&timestamp.meta, "snapshot.json")?;
        let (new, bytes): (Snapshot, _) =
            self.promised(promised, trusted.snapshot.as_deref(), MAX_TIMESTAMP)?;
        if let Some(old) = trusted.snapshot.as_deref() {
            follows_snapshot(&read(old)?, &new)?;
        }
        fresh(&new, self.now)?;
        trusted.snapshot = Some(text("snapshot.json", &bytes)?);
        Ok(new)
    }

    /// 5.6
    fn targets(&mut self, trusted: &mut Trusted, snapshot: &Snapshot) -> Result<Targets, TrustError> {
        let promised = promise(&snapshot.meta, "targets.json")?;
        let (new, bytes): (Targets, _) = self.promised(promised, trusted.targets.as_deref(), MAX_TARGETS)?;
        if let Some(bin) = &new.bin {
            return Err(TrustError::malformed("targets", &format!("it is {bin}")));
        }
        fresh(&new, self.now)?;
        trusted.targets = Some(text("targets.json", &bytes)?);
        Ok(new)
    }

    /// 5.6.7: what the one bin that may name the document says of it.
    fn binned(
        &mut self,
        trusted: &mut Trusted,
        snapshot: &Snapshot,
        targets: &Targets,
        name: &str,
    ) -> Result<Option<TargetMeta>, TrustError> {
        let Some(delegations) = &targets.delegations else { return Ok(None) };
        let Some(bin) = delegations.of(name) else { return Ok(None) };
        let promised = promise(&snapshot.meta, &format!("{}.json", bin.name))?;
        let verified = |bytes: &[u8]| -> Result<Targets, TrustError> {
            as_promised(&bin.name, bytes, promised.length, promised.hashes.get("sha256"))?;
            let new = delegations.verified(bin, bytes)?;
            of_version(&bin.name, new, promised)
        };
        let (new, bytes) =
            self.kept_or_fetched(&bin.name, promised, trusted.bin.as_deref(), MAX_TARGETS, verified)?;
        fresh(&new, self.now).map_err(|error| error.of(&bin.name))?;
        trusted.bin = Some(text(&bin.name, &bytes)?);
        Ok(new.targets.get(name).cloned())
    }

    /// 5.7
    fn document(
        &mut self,
        name: String,
        promised: &TargetMeta,
        terminal_id: &str,
    ) -> Result<Document, TrustError> {
        let Some(hash) = promised.hashes.get("sha256") else {
            return Err(TrustError::malformed("targets", "a document without its sha256"));
        };
        if promised.length > MAX_DOCUMENT {
            return Err(TrustError::TooLong { file: name, limit: MAX_DOCUMENT });
        }
        let path = match name.rsplit_once('/') {
            Some((folder, file)) if self.root.consistent_snapshot => format!("{folder}/{hash}.{file}"),
            _ => name,
        };
        let bytes = require(self.source, &path, promised.length)?;
        as_promised(&path, &bytes, Some(promised.length), Some(hash))?;
        Document::parse(&path, &bytes, terminal_id)
    }

    fn promised<T: Metadata>(
        &mut self,
        promised: &FileMeta,
        kept: Option<&str>,
        limit: u64,
    ) -> Result<(T, Vec<u8>), TrustError> {
        let (root, name) = (self.root, T::ROLE.name());
        let verified = |bytes: &[u8]| -> Result<T, TrustError> {
            as_promised(name, bytes, promised.length, promised.hashes.get("sha256"))?;
            of_version(name, vouched(root, name, bytes)?, promised)
        };
        self.kept_or_fetched(name, promised, kept, limit, verified)
    }

    /// The kept copy if it is the promised one, else what the server has.
    fn kept_or_fetched<T>(
        &mut self,
        name: &str,
        promised: &FileMeta,
        kept: Option<&str>,
        limit: u64,
        verified: impl Fn(&[u8]) -> Result<T, TrustError>,
    ) -> Result<(T, Vec<u8>), TrustError> {
        if let Some(kept) = kept
            && let Ok(metadata) = verified(kept.as_bytes())
        {
            return Ok((metadata, kept.into()));
        }
        let file = format!("{name}.json");
        let path = if self.root.consistent_snapshot { format!("{}.{file}", promised.version) } else { file };
        let limit = promised.length.map_or(limit, |length| length.min(MAX_TARGETS));
        let bytes = require(self.source, &path, limit)?;
        Ok((verified(&bytes)?, bytes))
    }
}

fn vouched<T: Metadata>(root: &Root, name: &str, bytes: &[u8]) -> Result<T, TrustError> {
    let envelope = Envelope::parse(name, bytes)?;
    envelope.verify(T::ROLE, root.keys_of(T::ROLE)?, &root.keys)?;
    envelope.read()
}

fn of_version<T: Metadata>(name: &str, metadata: T, promised: &FileMeta) -> Result<T, TrustError> {
    if metadata.head().version != promised.version {
        return Err(TrustError::NotPromised { file: name.to_owned(), what: "version" });
    }
    Ok(metadata)
}

/// 5.5.5: whatever was in the set is in it still, and nothing is older.
fn follows_snapshot(old: &Snapshot, new: &Snapshot) -> Result<(), TrustError> {
    for (file, old) in &old.meta {
        let new = new.meta.get(file).ok_or_else(|| TrustError::Vanished { file: file.clone() })?;
        not_older(Role::Targets, new.version, old.version).map_err(|error| {
            match file.strip_suffix(".json") {
                Some("targets") | None => error,
                Some(bin) => error.of(bin),
            }
        })?;
    }
    Ok(())
}

/// What was verified before it was kept.
fn read<T: Metadata>(kept: &str) -> Result<T, TrustError> {
    Envelope::parse(T::ROLE.name(), kept.as_bytes())?.read()
}

fn text(file: &str, bytes: &[u8]) -> Result<String, TrustError> {
    String::from_utf8(bytes.to_vec()).map_err(|error| TrustError::malformed(file, &error))
}

fn promise<'a>(meta: &'a BTreeMap<String, FileMeta>, name: &str) -> Result<&'a FileMeta, TrustError> {
    meta.get(name).ok_or_else(|| TrustError::malformed(name, "nothing is promised about it"))
}

fn as_promised(
    file: &str,
    bytes: &[u8],
    length: Option<u64>,
    hash: Option<&String>,
) -> Result<(), TrustError> {
    let other = |what| Err(TrustError::NotPromised { file: file.to_owned(), what });
    if length.is_some_and(|length| u64::try_from(bytes.len()) != Ok(length)) {
        return other("length");
    }
    if hash.is_some_and(|hash| *hash != sha256(bytes)) {
        return other("hash");
    }
    Ok(())
}

fn not_older(role: Role, offered: u64, trusted: u64) -> Result<(), TrustError> {
    if offered < trusted {
        return Err(TrustError::Rollback { role, offered, trusted });
    }
    Ok(())
}

fn fresh<T: Metadata>(metadata: &T, now: jiff::Timestamp) -> Result<(), TrustError> {
    let at = metadata.head().expires;
    if at <= now {
        return Err(TrustError::Expired { role: T::ROLE, at });
    }
    Ok(())
}

fn require(source: &mut dyn Source, name: &str, limit: u64) -> Result<Vec<u8>, TrustError> {
    fetch(source, name, limit)?
        .ok_or_else(|| TrustError::Unavailable { file: name.to_owned(), why: "there is none".to_owned() })
}

/// Reads one byte more than allowed at most, which is how it knows that there is more.
fn fetch(source: &mut dyn Source, name: &str, limit: u64) -> Result<Option<Vec<u8>>, TrustError> {
    let unavailable =
        |error: io::Error| TrustError::Unavailable { file: name.to_owned(), why: error.to_string() };
    let Some(reader) = source.open(name).map_err(unavailable)? else { return Ok(None) };
    let mut bytes = Vec::new();
    reader.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unavailable)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
        return Err(TrustError::TooLong { file: name.to_owned(), limit });
    }
    Ok(Some(bytes))
}
