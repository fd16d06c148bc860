//! The device's signature under an entry, and so under everything before it.

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::{Broken, Entry};

/// Keeps these signatures apart from whatever else the key may sign.
const PURPOSE: &[u8] = b"community-kiosk/audit-checkpoint/v1";

/// The device's key for signing (Ed25519). Its `Debug` shows the public half alone.
pub struct DeviceKey(Ed25519KeyPair);

/// What was given is no Ed25519 key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 key in PKCS #8")]
pub struct BadKey;

impl DeviceKey {
    /// Reads a key in PKCS #8.
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, BadKey> {
        Ed25519KeyPair::from_pkcs8(bytes).map(Self).map_err(|_| BadKey)
    }

    /// The half that the platform checks with.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }
}

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DeviceKey").field(&self.public()).finish()
    }
}

/// A signature under an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The number of the entry.
    pub seq: u64,
    /// Its hash.
    pub hash: [u8; 32],
    /// Ed25519 over purpose, number and hash.
    pub signature: Vec<u8>,
}

impl Checkpoint {
    /// Signs for `entry`.
    #[must_use]
    pub fn sign(entry: &Entry, key: &DeviceKey) -> Self {
        let signature = key.0.sign(&message(entry.seq, &entry.hash)).as_ref().to_vec();
        Self { seq: entry.seq, hash: entry.hash, signature }
    }

    /// Whether it is the device's, and under this very entry.
    pub fn verify(&self, entry: &Entry, public: &[u8]) -> Result<(), Broken> {
        if (self.seq, self.hash) != (entry.seq, entry.hash) {
            return Err(Broken::Changed(entry.seq));
        }
        UnparsedPublicKey::new(&ED25519, public)
            .verify(&message(self.seq, &self.hash), &self.signature)
            .map_err(|_| Broken::Signature(self.seq))
    }
}

fn message(seq: u64, hash: &[u8; 32]) -> Vec<u8> {
    [PURPOSE, &seq.to_be_bytes(), hash].concat()
}
