//! Seals what must wait to the platform's key.

use protocol::{Belongs, SealFault, SealedBody, Sealer, SealingKey};

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
    fn seal(&self, belongs: &Belongs<'_>, plaintext: &[u8]) -> Result<SealedBody, SealFault> {
        let Belongs { case_key, terminal_id, expires_at } = *belongs;
        let context = seal::Context { terminal_id, case_key };
        let sealed =
            seal::seal_until(&self.key, &context, expires_at, plaintext).map_err(|error| match error {
                seal::SealError::TooLong | seal::SealError::NotAuthentic => SealFault::Failed,
                _ => SealFault::UnusableKey,
            })?;
        let bytes = serde_json::to_vec(&sealed).map_err(|_| SealFault::Failed)?;
        Ok(SealedBody { media_type: seal::MEDIA_TYPE.to_owned(), bytes })
    }
}
