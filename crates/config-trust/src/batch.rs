use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::envelope::Envelope;
use crate::metadata::Targets;
use crate::{SigningKey, TrustError};

/// Files of targets that the same people sign in one go, by the name of their role. Only between those who sign and the
/// platform: each file has signatures of its own, and kiosks get it by itself.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batch {
    files: BTreeMap<String, Envelope>,
}

impl Batch {
    pub(crate) fn sign(&mut self, key: &SigningKey) -> Result<(), TrustError> {
        self.files.values_mut().try_for_each(|envelope| envelope.sign(key))
    }
}

/// Files that nobody has signed yet, as one. [`crate::sign`] signs them all.
pub fn batch(files: &BTreeMap<String, Targets>) -> Result<Vec<u8>, TrustError> {
    let draft = |(name, file): (&String, &Targets)| Ok((name.clone(), Envelope::draft(file)?));
    let files = files.iter().map(draft).collect::<Result<_, TrustError>>()?;
    serde_json::to_vec_pretty(&Batch { files }).map_err(|error| TrustError::malformed("batch", &error))
}

/// The files of a batch as they are published: without what makes them readable for those who sign. Signatures are over
/// the canonical form, so they hold.
pub fn unpack(batch: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, TrustError> {
    let malformed = |error: serde_json::Error| TrustError::malformed("batch", &error);
    let batch: Batch = serde_json::from_slice(batch).map_err(malformed)?;
    let file =
        |(name, envelope): (String, Envelope)| Ok((name, serde_json::to_vec(&envelope).map_err(malformed)?));
    batch.files.into_iter().map(file).collect()
}
