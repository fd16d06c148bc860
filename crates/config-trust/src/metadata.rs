use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Delegations, KeyId, PublicKey, TrustError};

/// The four top-level roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Says which keys count.
    Root,
    /// Names the documents.
    Targets,
    /// Binds the versions together.
    Snapshot,
    /// Says that this is still the newest.
    Timestamp,
}

impl Role {
    /// As files and metadata spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Targets => "targets",
            Self::Snapshot => "snapshot",
            Self::Timestamp => "timestamp",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What every role's metadata begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Whose it is.
    #[serde(rename = "_type")]
    pub role: Role,
    /// The edition of the specification; 1.x is read.
    pub spec_version: String,
    /// Counts up from 1.
    pub version: u64,
    /// The first moment at which it no longer counts.
    pub expires: jiff::Timestamp,
}

impl Head {
    /// The head of a role's metadata as this crate writes it.
    #[must_use]
    pub fn new(role: Role, version: u64, expires: jiff::Timestamp) -> Self {
        Self { role, spec_version: "1.0.34".to_owned(), version, expires }
    }

    fn check(&self, role: Role) -> Result<(), TrustError> {
        let wrong = |why: &str| Err(TrustError::malformed(role.name(), why));
        if self.role != role {
            return wrong("it belongs to another role");
        }
        if self.version == 0 {
            return wrong("versions begin with 1");
        }
        if !self.spec_version.starts_with("1.") {
            return wrong("spec_version is not 1.x");
        }
        Ok(())
    }
}

/// One role's metadata.
pub trait Metadata: Serialize + DeserializeOwned {
    /// Whose it is.
    const ROLE: Role;

    /// What it begins with.
    fn head(&self) -> &Head;

    /// Whether it makes sense by itself.
    fn check(&self) -> Result<(), TrustError> {
        self.head().check(Self::ROLE)
    }
}

/// Whose signatures a role needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleKeys {
    /// The keys that may sign.
    pub keyids: BTreeSet<KeyId>,
    /// How many of them have to.
    pub threshold: usize,
}

/// The keys of all roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// Role, version and expiry.
    #[serde(flatten)]
    pub head: Head,
    /// Whether file names carry the version or hash, so that a server can put up a new set before it takes the old down.
    pub consistent_snapshot: bool,
    /// All keys by their id.
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// What each role needs; all four have to be there.
    pub roles: BTreeMap<Role, RoleKeys>,
}

impl Root {
    pub(crate) fn keys_of(&self, role: Role) -> Result<&RoleKeys, TrustError> {
        self.roles.get(&role).ok_or_else(|| TrustError::malformed("root", &format!("{role} has no keys")))
    }
}

impl Metadata for Root {
    const ROLE: Role = Role::Root;

    fn head(&self) -> &Head {
        &self.head
    }

    fn check(&self) -> Result<(), TrustError> {
        self.head.check(Role::Root)?;
        check_keys("root", &self.keys)?;
        for role in [Role::Root, Role::Targets, Role::Snapshot, Role::Timestamp] {
            check_signers("root", role.name(), self.keys_of(role)?, &self.keys)?;
        }
        Ok(())
    }
}

pub(crate) fn check_keys(file: &str, keys: &BTreeMap<KeyId, PublicKey>) -> Result<(), TrustError> {
    for (id, key) in keys {
        // Otherwise one key could count twice, under two names.
        if key.id()? != *id {
            return Err(TrustError::malformed(file, &format!("{id} is not the id of its key")));
        }
    }
    Ok(())
}

/// Whether a role can have the signatures that it needs.
pub(crate) fn check_signers(
    file: &str,
    role: &str,
    RoleKeys { keyids, threshold }: &RoleKeys,
    keys: &BTreeMap<KeyId, PublicKey>,
) -> Result<(), TrustError> {
    if *threshold == 0 || keyids.len() < *threshold {
        return Err(TrustError::malformed(file, &format!("{role} has a threshold that cannot be met")));
    }
    match keyids.iter().find(|id| !keys.contains_key(*id)) {
        Some(id) => {
            Err(TrustError::malformed(file, &format!("{role} needs the key {id}, which is not there")))
        }
        None => Ok(()),
    }
}

/// What one metadata file promises about another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMeta {
    /// The version that it has.
    pub version: u64,
    /// In bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// By algorithm; `sha256` is read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hashes: BTreeMap<String, String>,
}

/// Which snapshot is the newest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timestamp {
    /// Role, version and expiry.
    #[serde(flatten)]
    pub head: Head,
    /// `snapshot.json` and nothing else.
    pub meta: BTreeMap<String, FileMeta>,
}

/// Which targets and bins belong to the set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Role, version and expiry.
    #[serde(flatten)]
    pub head: Head,
    /// `targets.json`, and each bin.
    pub meta: BTreeMap<String, FileMeta>,
}

/// What targets promises about a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetMeta {
    /// In bytes.
    pub length: u64,
    /// By algorithm; `sha256` has to be there.
    pub hashes: BTreeMap<String, String>,
}

/// Each kiosk's document, or a bin of them, or who has the bins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// Role, version and expiry.
    #[serde(flatten)]
    pub head: Head,
    /// Which bin this is; targets itself is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<String>,
    /// By [`crate::target_name`].
    pub targets: BTreeMap<String, TargetMeta>,
    /// Who has the documents that are not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegations: Option<Delegations>,
}

impl Metadata for Targets {
    const ROLE: Role = Role::Targets;

    fn head(&self) -> &Head {
        &self.head
    }

    fn check(&self) -> Result<(), TrustError> {
        self.head.check(Role::Targets)?;
        match &self.delegations {
            Some(_) if self.bin.is_some() => Err(TrustError::malformed("targets", "a bin hands nothing on")),
            Some(delegations) => delegations.check(),
            None => Ok(()),
        }
    }
}

macro_rules! plain_metadata {
    ($($name:ident)*) => {$(
        impl Metadata for $name {
            const ROLE: Role = Role::$name;

            fn head(&self) -> &Head {
                &self.head
            }
        }
    )*};
}

plain_metadata!(Timestamp Snapshot);
