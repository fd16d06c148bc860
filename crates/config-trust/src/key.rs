use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::TrustError;
use crate::envelope::canonical;

/// The SHA-256 of a public key's canonical form, in hexadecimal digits.
pub type KeyId = String;

/// SHA-256, in hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(ring::digest::digest(&ring::digest::SHA256, bytes))
}

/// An Ed25519 public key as root lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    keytype: KeyType,
    scheme: KeyType,
    keyval: KeyVal,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KeyType {
    Ed25519,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KeyVal {
    public: String,
}

impl PublicKey {
    fn new(public: &[u8]) -> Self {
        let keyval = KeyVal { public: hex::encode(public) };
        Self { keytype: KeyType::Ed25519, scheme: KeyType::Ed25519, keyval }
    }

    /// The name under which root and signatures speak of it.
    pub fn id(&self) -> Result<KeyId, TrustError> {
        Ok(sha256(&canonical("key", self)?))
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let (Ok(public), Ok(signature)) = (hex::decode(&self.keyval.public), hex::decode(signature)) else {
            return false;
        };
        UnparsedPublicKey::new(&ED25519, public).verify(message, &signature).is_ok()
    }
}

/// A private key. Its `Debug` shows the public half only.
#[derive(Debug)]
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// Makes a key; the bytes are PKCS #8 and to be kept secret.
    pub fn generate() -> Result<Vec<u8>, TrustError> {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new());
        pkcs8.map(|bytes| bytes.as_ref().to_vec()).map_err(|_| TrustError::Key("no randomness"))
    }

    /// Reads what [`SigningKey::generate`] made.
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, TrustError> {
        Ed25519KeyPair::from_pkcs8(bytes).map(Self).map_err(|_| TrustError::Key("not PKCS #8 of one"))
    }

    /// The half that root lists.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::new(self.0.public_key().as_ref())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> String {
        hex::encode(self.0.sign(message))
    }
}
