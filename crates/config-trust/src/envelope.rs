use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::batch::Batch;
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

    pub(crate) fn draft<T: Metadata>(metadata: &T) -> Result<Self, TrustError> {
        metadata.check()?;
        let signed = serde_json::to_value(metadata);
        let signed = signed.map_err(|error| TrustError::malformed(T::ROLE.name(), &error))?;
        Ok(Self { signatures: Vec::new(), signed })
    }

    pub(crate) fn sign(&mut self, key: &SigningKey) -> Result<(), TrustError> {
        let keyid = key.public().id()?;
        let sig = key.sign(&canonical("metadata", &self.signed)?);
        self.signatures.retain(|other| other.keyid != keyid);
        self.signatures.push(Signature { keyid, sig });
        Ok(())
    }
}

/// A metadata file that nobody has signed yet.
pub fn draft<T: Metadata>(metadata: &T) -> Result<Vec<u8>, TrustError> {
    pretty(&Envelope::draft(metadata)?)
}

/// Reads what is signed, whoever signed it. For those who sign; a kiosk asks [`crate::update`].
pub fn peek<T: Metadata>(file: &[u8]) -> Result<T, TrustError> {
    Envelope::parse(T::ROLE.name(), file)?.read()
}

/// Adds a key's signature to a metadata file, or to each of a batch, in place of an earlier one by the same key.
pub fn sign(file: &[u8], key: &SigningKey) -> Result<Vec<u8>, TrustError> {
    if let Ok(mut batch) = serde_json::from_slice::<Batch>(file) {
        batch.sign(key)?;
        return pretty(&batch);
    }
    let mut envelope = Envelope::parse("metadata", file)?;
    envelope.sign(key)?;
    pretty(&envelope)
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>, TrustError> {
    serde_json::to_vec_pretty(value).map_err(|error| TrustError::malformed("metadata", &error))
}
