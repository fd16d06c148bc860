//! A server of signed configuration, and whoever gets hold of it.

use std::collections::BTreeMap;
use std::io::{self, Read};

use config_trust::{
    Document, FileMeta, Head, Metadata, Role, RoleKeys, Root, SigningKey, Snapshot, Source, TargetMeta,
    Targets, Timestamp, TrustError, Trusted, draft, sha256, sign, target_name, update,
};

pub(crate) const KIOSK: &str = "示例-kiosk-1";
pub(crate) const OTHER: &str = "示例-kiosk-2";

pub(crate) fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

pub(crate) fn today() -> jiff::Timestamp {
    at("2026-03-02T09:00:00Z")
}

pub(crate) fn key() -> SigningKey {
    SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap()
}

/// Who holds the keys of each role, by role.
pub(crate) type Keys = BTreeMap<Role, Vec<SigningKey>>;

pub(crate) fn fresh_keys() -> Keys {
    let keys = |n: usize| (0..n).map(|_| key()).collect();
    [(Role::Root, 3), (Role::Targets, 3), (Role::Snapshot, 1), (Role::Timestamp, 1)]
        .map(|(role, n)| (role, keys(n)))
        .into()
}

fn thresholds(role: Role) -> usize {
    if matches!(role, Role::Root | Role::Targets) { 2 } else { 1 }
}

pub(crate) fn root_of(version: u64, keys: &Keys) -> Root {
    let roles = keys.iter().map(|(role, keys)| {
        let keyids = keys.iter().map(|key| key.public().id().unwrap()).collect();
        (*role, RoleKeys { keyids, threshold: thresholds(*role) })
    });
    Root {
        head: Head::new(Role::Root, version, at("2027-03-01T00:00:00Z")),
        consistent_snapshot: true,
        keys: keys.values().flatten().map(|key| (key.public().id().unwrap(), key.public())).collect(),
        roles: roles.collect(),
    }
}

pub(crate) fn signed<T: Metadata>(metadata: &T, keys: &[SigningKey]) -> Vec<u8> {
    keys.iter().fold(draft(metadata).unwrap(), |file, key| sign(&file, key).unwrap())
}

pub(crate) fn body(terminal_id: &str, version: u64) -> Vec<u8> {
    serde_json::json!({"terminal_id": terminal_id, "version": version, "settings": {"session": {"idle": 60}}})
        .to_string()
        .into_bytes()
}

/// The files that a server has up. Clone it to remember how it was.
#[derive(Clone, Default)]
pub(crate) struct Server {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// Goes on for ever.
    pub(crate) endless: Option<String>,
    pub(crate) asked: Vec<String>,
}

impl Source for Server {
    fn open(&mut self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        self.asked.push(name.to_owned());
        if self.endless.as_deref() == Some(name) {
            return Ok(Some(Box::new(io::repeat(b' '))));
        }
        Ok(self.files.get(name).map(|bytes| Box::new(bytes.as_slice()) as Box<dyn Read>))
    }
}

impl Server {
    /// Puts a whole set up, all at one version: root stays.
    pub(crate) fn publish(&mut self, keys: &Keys, version: u64, documents: &[(&str, Vec<u8>)]) {
        let targets = documents.iter().map(|(terminal, bytes)| self.put(terminal, bytes));
        let targets = plain(version, targets.collect());
        self.publish_targets(keys, version, signed(&targets, &keys[&Role::Targets][..2]));
    }

    /// Puts a document up, and gives what is to be said of it.
    pub(crate) fn put(&mut self, terminal: &str, bytes: &[u8]) -> (String, TargetMeta) {
        let (hash, name) = (sha256(bytes), target_name(terminal));
        self.files.insert(name.replace("kiosks/", &format!("kiosks/{hash}.")), bytes.to_vec());
        let hashes = [("sha256".to_owned(), hash)].into();
        (name, TargetMeta { length: bytes.len() as u64, hashes })
    }

    /// Binds a targets file into a set.
    pub(crate) fn publish_targets(&mut self, keys: &Keys, version: u64, targets: Vec<u8>) {
        let snapshot = Snapshot {
            head: Head::new(Role::Snapshot, version, at("2026-03-09T00:00:00Z")),
            meta: [("targets.json".to_owned(), promise(version, &targets))].into(),
        };
        self.files.insert(format!("{version}.targets.json"), targets);
        self.publish_snapshot(keys, version, signed(&snapshot, &keys[&Role::Snapshot]));
    }

    pub(crate) fn publish_snapshot(&mut self, keys: &Keys, version: u64, snapshot: Vec<u8>) {
        let timestamp = Timestamp {
            head: Head::new(Role::Timestamp, version, at("2026-03-03T00:00:00Z")),
            meta: [("snapshot.json".to_owned(), promise(version, &snapshot))].into(),
        };
        self.files.insert(format!("{version}.snapshot.json"), snapshot);
        self.files.insert("timestamp.json".to_owned(), signed(&timestamp, &keys[&Role::Timestamp]));
    }

    pub(crate) fn ask(&mut self, trusted: &mut Trusted) -> Result<Document, TrustError> {
        update(trusted, self, KIOSK, today())
    }
}

/// Targets that name the documents themselves.
pub(crate) fn plain(version: u64, targets: BTreeMap<String, TargetMeta>) -> Targets {
    let head = Head::new(Role::Targets, version, at("2026-06-01T00:00:00Z"));
    Targets { head, bin: None, targets, delegations: None }
}

pub(crate) fn promise(version: u64, bytes: &[u8]) -> FileMeta {
    let hashes = [("sha256".to_owned(), sha256(bytes))].into();
    FileMeta { version, length: Some(bytes.len() as u64), hashes }
}

/// A fleet of two with its first configuration, and what a kiosk trusts that has just been enrolled.
pub(crate) fn fleet() -> (Keys, Server, Trusted) {
    let keys = fresh_keys();
    let root = signed(&root_of(1, &keys), &keys[&Role::Root][..2]);
    let mut server = Server::default();
    server.files.insert("1.root.json".to_owned(), root.clone());
    server.publish(&keys, 1, &[(KIOSK, body(KIOSK, 1)), (OTHER, body(OTHER, 1))]);
    (keys, server, Trusted::begin(&root).unwrap())
}
