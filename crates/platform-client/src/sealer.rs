//! Seals what must wait to the platform's key.

use std::{
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
};

use protocol::{Belongs, SealFault, SealedBody, Sealer, SealingKey};
use seal::{Envelope, SealError};

/// Seals with HPKE to the key that the registry names.
#[derive(Debug)]
pub struct HpkeSealer {
    key: SealingKey,
    ready: Option<Mutex<Receiver<Envelope>>>,
}

impl HpkeSealer {
    /// Seals to `key`.
    #[must_use]
    pub fn new(key: SealingKey) -> Self {
        Self { key, ready: None }
    }

    /// The same, with the next envelope always made ready by a thread of its own: a resident who files waits for the disk
    /// alone. The thread ends with this.
    #[must_use]
    pub fn working_ahead(key: SealingKey) -> Self {
        let (make, ready) = mpsc::sync_channel(1);
        let to = key.clone();
        let make_ready = move || while Envelope::prepare(&to).is_ok_and(|next| make.send(next).is_ok()) {};
        let thread = thread::Builder::new().name("sealer".to_owned()).spawn(make_ready);
        Self { key, ready: thread.is_ok().then(|| Mutex::new(ready)) }
    }

    /// To which key.
    #[must_use]
    pub fn key(&self) -> &SealingKey {
        &self.key
    }

    fn envelope(&self) -> Result<Envelope, SealError> {
        let ready = self
            .ready
            .as_ref()
            .and_then(|ready| ready.lock().unwrap_or_else(PoisonError::into_inner).recv().ok());
        // Without one it is found out here why there is none.
        ready.map_or_else(|| Envelope::prepare(&self.key), Ok)
    }
}

impl Sealer for HpkeSealer {
    fn seal(&self, belongs: &Belongs<'_>, plaintext: &[u8]) -> Result<SealedBody, SealFault> {
        let Belongs { case_key, terminal_id, expires_at } = *belongs;
        let context = seal::Context { terminal_id, case_key };
        let sealed =
            self.envelope().and_then(|envelope| envelope.seal_until(&context, expires_at, plaintext));
        let sealed = sealed.map_err(|error| match error {
            SealError::TooLong | SealError::NotAuthentic => SealFault::Failed,
            _ => SealFault::UnusableKey,
        })?;
        let bytes = serde_json::to_vec(&sealed).map_err(|_| SealFault::Failed)?;
        Ok(SealedBody { media_type: seal::MEDIA_TYPE.to_owned(), bytes })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use seal::{Context, Sealed};
    use uuid::Uuid;

    use super::*;

    fn sealed(sealer: &HpkeSealer, plaintext: &[u8]) -> Result<Sealed, SealFault> {
        let belongs =
            Belongs { case_key: Uuid::from_u128(7), terminal_id: "LZ-1", expires_at: Timestamp::UNIX_EPOCH };
        Ok(serde_json::from_slice(&sealer.seal(&belongs, plaintext)?.bytes).unwrap())
    }

    #[test]
    fn what_is_sealed_ahead_opens_and_no_envelope_is_used_twice() {
        let (secret, public) = seal::generate();
        let sealer = HpkeSealer::working_ahead(public);
        let context = Context { terminal_id: "LZ-1", case_key: Uuid::from_u128(7) };
        let mut seen = std::collections::BTreeSet::new();
        for number in 0_u8..20 {
            let sealed = sealed(&sealer, &[number; 9]).unwrap();
            assert_eq!(*seal::open(&secret, &context, &sealed).unwrap(), [number; 9]);
            assert!(seen.insert(sealed.encapsulated_key), "number {number}");
        }
    }

    #[test]
    fn a_key_that_is_none_is_told_ahead_or_not() {
        let (_, public) = seal::generate();
        let broken = SealingKey { public_key: "AAAA".to_owned(), ..public };
        for sealer in [HpkeSealer::new(broken.clone()), HpkeSealer::working_ahead(broken)] {
            assert_eq!(sealed(&sealer, b"x").err(), Some(SealFault::UnusableKey));
        }
    }
}
