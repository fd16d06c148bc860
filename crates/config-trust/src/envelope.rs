use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::metadata::{Metadata, Role, RoleKeys};
use crate::{KeyId, PublicKey, SigningKey, TrustError};

/// What lies around every metadata file.
#[derive(Serialize, Deserialize)]
pub(crate) struct Envelope {
    signatures: Vec<Signature>,
    signed: Value,
}

#[derive(Serialize, Deserialize)]
struct Signature {
    keyid: KeyId,
    sig: String,
}

/// The bytes that are signed: OLPC canonical JSON. Only whole numbers have one.
pub(crate) fn canonical(file: &str, value: &impl Serialize) -> Result<Vec<u8>, TrustError> {
    let mut bytes = Vec::new();
    let formatter = olpc_cjson::CanonicalFormatter::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    value.serialize(&mut serializer).map_err(|error| TrustError::malformed(file, &error))?;
    Ok(bytes)
}

impl Envelope {
    pub(crate) fn parse(file: &str, bytes: &[u8]) -> Result<Self, TrustError> {
        serde_json::from_slice(bytes).map_err(|error| TrustError::malformed(file, &error))
    }

    /// Reads what is signed, whoever signed it.
    pub(crate) fn read<T: Metadata>(&self) -> Result<T, TrustError> {
        // Read from the canonical bytes, not from the tree: then what is understood is what was signed, even where
        // the canonical form folds two spellings of a name into one.
        let bytes = canonical(T::ROLE.name(), &self.signed)?;
        let metadata: T =
            serde_json::from_slice(&bytes).map_err(|error| TrustError::malformed(T::ROLE.name(), &error))?;
        metadata.check()?;
        Ok(metadata)
    }

    /// Demands that enough different keys of a role signed it.
    pub(crate) fn verify(
        &self,
        role: Role,
        demanded: &RoleKeys,
        keys: &BTreeMap<KeyId, PublicKey>,
    ) -> Result<(), TrustError> {
        let message = canonical(role.name(), &self.signed)?;
        let mut valid = BTreeSet::new();
        for Signature { keyid, sig } in &self.signatures {
            if !valid.contains(keyid)
                && demanded.keyids.contains(keyid)
                && keys.get(keyid).is_some_and(|key| key.verifies(&message, sig))
            {
                valid.insert(keyid);
            }
        }
        if valid.len() < demanded.threshold {
            return Err(TrustError::Signatures { role, found: valid.len(), needed: demanded.threshold });
        }
        Ok(())
    }
}

/// A metadata file that nobody has signed yet.
pub fn draft<T: Metadata>(metadata: &T) -> Result<Vec<u8>, TrustError> {
    metadata.check()?;
    let malformed = |error| TrustError::malformed(T::ROLE.name(), &error);
    let signed = serde_json::to_value(metadata).map_err(malformed)?;
    serde_json::to_vec_pretty(&Envelope { signatures: Vec::new(), signed }).map_err(malformed)
}

/// Reads what is signed, whoever signed it. For those who sign; a kiosk asks [`crate::update`].
pub fn peek<T: Metadata>(file: &[u8]) -> Result<T, TrustError> {
    Envelope::parse(T::ROLE.name(), file)?.read()
}

/// Adds a key's signature to a metadata file, in place of an earlier one by the same key.
pub fn sign(file: &[u8], key: &SigningKey) -> Result<Vec<u8>, TrustError> {
    let mut envelope = Envelope::parse("metadata", file)?;
    let keyid = key.public().id()?;
    let sig = key.sign(&canonical("metadata", &envelope.signed)?);
    envelope.signatures.retain(|other| other.keyid != keyid);
    envelope.signatures.push(Signature { keyid, sig });
    serde_json::to_vec_pretty(&envelope).map_err(|error| TrustError::malformed("metadata", &error))
}
