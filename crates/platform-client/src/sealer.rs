//! Seals what must wait to the platform's key.

use protocol::{SealFault, SealedBody, Sealer, SealingKey};
use uuid::Uuid;

/// Seals with HPKE to the key that the registry names.
#[derive(Clone, Debug)]
pub struct HpkeSealer {
    key: SealingKey,
}

impl HpkeSealer {
    /// Seals to `key`.
    #[must_use]
    pub fn new(key: SealingKey) -> Self {
        Self { key }
    }
}

impl Sealer for HpkeSealer {
    fn seal(&self, case_key: Uuid, terminal_id: &str, plaintext: &[u8]) -> Result<SealedBody, SealFault> {
        let context = seal::Context { terminal_id, case_key };
        let sealed = seal::seal(&self.key, &context, plaintext).map_err(|error| match error {
            seal::SealError::TooLong | seal::SealError::NotAuthentic => SealFault::Failed,
            _ => SealFault::UnusableKey,
        })?;
        let bytes = serde_json::to_vec(&sealed).map_err(|_| SealFault::Failed)?;
        Ok(SealedBody { media_type: seal::MEDIA_TYPE.to_owned(), bytes })
    }
}
