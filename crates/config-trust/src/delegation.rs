//! Bins: targets hands the documents' names on to further roles, by the hash of the name (section 5.6.7). A change of
//! one document changes one bin, and a kiosk fetches no bin but its own.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::envelope::Envelope;
use crate::metadata::{Role, RoleKeys, Targets, check_keys, check_signers};
use crate::{KeyId, PublicKey, TrustError, sha256};

/// How many bins [`Delegations::bins`] makes. Of a thousand documents each has sixteen; with many more bins snapshot,
/// which lists them all, would outgrow them.
pub const BINS: u8 = 64;

/// How many values of a hash's first byte fall into one bin.
const EACH: u8 = u8::MAX / BINS + 1;

/// The name of the bin of [`Delegations::bins`] that a document's name falls into.
#[must_use]
pub fn bin_of(target: &str) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, target.as_bytes());
    bin_name(hash.as_ref().first().copied().unwrap_or_default() / EACH)
}

fn bin_name(number: u8) -> String {
    format!("bin-{number:02}")
}

/// To whom targets hands names on, and with which keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegations {
    /// All keys by their id.
    pub keys: BTreeMap<KeyId, PublicKey>,
    /// In the order in which a name is looked for.
    pub roles: Vec<Delegated>,
}

/// A role that has some of the names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegated {
    /// Its file is called so.
    pub name: String,
    /// Whose signatures it needs.
    #[serde(flatten)]
    pub signers: RoleKeys,
    /// A name that is not here is nowhere. Nothing else is read.
    pub terminating: bool,
    /// How the hash of a name that belongs here begins, in hexadecimal digits.
    pub path_hash_prefixes: Vec<String>,
}

impl Delegations {
    /// [`BINS`] bins of equal size, each to be signed by the same people.
    #[must_use]
    pub fn bins(keys: BTreeMap<KeyId, PublicKey>, signers: &RoleKeys) -> Self {
        let bin = |number: u8| Delegated {
            name: bin_name(number),
            signers: signers.clone(),
            terminating: true,
            path_hash_prefixes: (0..EACH).map(|part| format!("{:02x}", number * EACH + part)).collect(),
        };
        Self { keys, roles: (0..BINS).map(bin).collect() }
    }

    /// The one role that may name this document.
    #[must_use]
    pub fn of(&self, target: &str) -> Option<&Delegated> {
        let hash = sha256(target.as_bytes());
        self.roles.iter().find(|role| role.covers(&hash))
    }

    /// Takes a bin's file if it is what it should be, and tells what it says.
    pub fn verified(&self, bin: &Delegated, file: &[u8]) -> Result<Targets, TrustError> {
        let read = || {
            let envelope = Envelope::parse(&bin.name, file)?;
            envelope.verify(Role::Targets, &bin.signers, &self.keys)?;
            let targets: Targets = envelope.read()?;
            bin.owns(&targets).map(|()| targets)
        };
        read().map_err(|error| error.of(&bin.name))
    }

    pub(crate) fn check(&self) -> Result<(), TrustError> {
        let wrong = |what: String| Err(TrustError::malformed("targets", &what));
        check_keys("targets", &self.keys)?;
        let mut names = BTreeSet::new();
        for Delegated { name, signers, terminating, path_hash_prefixes } in &self.roles {
            check_signers("targets", name, signers, &self.keys)?;
            // It becomes the name of a file, which must not be that of another role.
            let plain =
                name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
            if !plain || !name.contains('-') || !names.insert(name) {
                return wrong(format!("{name:?} cannot be the name of a bin"));
            }
            let hex = |prefix: &String| {
                !prefix.is_empty() && prefix.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            };
            if !terminating || path_hash_prefixes.is_empty() || !path_hash_prefixes.iter().all(hex) {
                return wrong(format!("{name} is no bin of hashes"));
            }
        }
        Ok(())
    }
}

impl Delegated {
    fn covers(&self, hash: &str) -> bool {
        self.path_hash_prefixes.iter().any(|prefix| hash.starts_with(prefix.as_str()))
    }

    /// Whether a file is this bin's, and names nothing that belongs elsewhere.
    fn owns(&self, file: &Targets) -> Result<(), TrustError> {
        // All bins, and targets, are signed by the same people: without the name one could stand for another.
        if file.bin.as_ref() != Some(&self.name) {
            return Err(TrustError::malformed(&self.name, "it is another file of targets"));
        }
        match file.targets.keys().find(|name| !self.covers(&sha256(name.as_bytes()))) {
            Some(name) => Err(TrustError::malformed(&self.name, &format!("{name} belongs into another bin"))),
            None => Ok(()),
        }
    }
}
