//! The platform's pair of keys.

use base64::prelude::{BASE64_STANDARD, Engine};
use hpke::{Deserializable, Kem, Serializable, kem::X25519HkdfSha256};
use protocol::SealingKey;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{ALGORITHM, SealError};

pub(crate) type Suite = X25519HkdfSha256;
pub(crate) type PublicKey = <Suite as Kem>::PublicKey;

/// The key that opens. It is wiped from memory when dropped, and its `Debug` shows its name alone.
#[derive(Clone)]
pub struct SecretKey {
    pub(crate) key: <Suite as Kem>::PrivateKey,
    key_id: String,
}

/// Makes a new pair from the system's randomness.
#[must_use]
pub fn generate() -> (SecretKey, SealingKey) {
    let (key, _) = Suite::gen_keypair();
    let secret = SecretKey::around(key);
    let public = secret.public();
    (secret, public)
}

impl SecretKey {
    fn around(key: <Suite as Kem>::PrivateKey) -> Self {
        let key_id = key_id(&Suite::sk_to_pk(&key));
        Self { key, key_id }
    }

    /// The key as kept in a database: 32 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(vec![0; <Suite as Kem>::PrivateKey::size()]);
        self.key.write_exact(&mut bytes);
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        <Suite as Kem>::PrivateKey::from_bytes(bytes)
            .map(Self::around)
            .map_err(|_| SealError::Malformed("the secret key"))
    }

    /// The public half, as served to kiosks.
    #[must_use]
    pub fn public(&self) -> SealingKey {
        let public = Suite::sk_to_pk(&self.key);
        SealingKey {
            key_id: self.key_id.clone(),
            algorithm: ALGORITHM.to_owned(),
            public_key: BASE64_STANDARD.encode(public.to_bytes()),
            expires_at: None,
        }
    }

    /// The name of the pair.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretKey").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// Reads a served public key. Its name is reckoned from its bytes, so that a damaged cache is told before use.
pub(crate) fn read_public(key: &SealingKey) -> Result<PublicKey, SealError> {
    if key.algorithm != ALGORITHM {
        return Err(SealError::Algorithm { found: key.algorithm.clone() });
    }
    let malformed = SealError::Malformed("the public key");
    let bytes = BASE64_STANDARD.decode(&key.public_key).map_err(|_| malformed.clone())?;
    let public = PublicKey::from_bytes(&bytes).map_err(|_| malformed)?;
    let expected = key_id(&public);
    if key.key_id == expected {
        Ok(public)
    } else {
        Err(SealError::OtherKey { found: key.key_id.clone(), expected })
    }
}

/// The first eight bytes of the SHA-256 of the public key, in hexadecimal.
fn key_id(public: &PublicKey) -> String {
    let digest = Sha256::digest(public.to_bytes());
    let first = digest.first_chunk().copied().map_or(0, u64::from_be_bytes);
    format!("{first:016x}")
}
