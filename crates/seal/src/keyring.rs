//! The platform's keys, new and old: a kiosk that comes back from a long outage still seals to the one it knew.

use protocol::SealingKey;
use zeroize::Zeroizing;

use crate::{Context, SealError, Sealed, SecretKey, open};

/// Every key that messages may still be sealed to. New messages are sealed to the newest.
#[derive(Clone, Debug)]
pub struct Keyring {
    newest: SecretKey,
    older: Vec<SecretKey>,
}

impl Keyring {
    /// A ring of one key.
    #[must_use]
    pub fn new(key: SecretKey) -> Self {
        Self { newest: key, older: Vec::new() }
    }

    /// Begins to use `key`; those before it still open what was sealed to them.
    pub fn rotate(&mut self, key: SecretKey) {
        self.older.push(std::mem::replace(&mut self.newest, key));
    }

    /// Takes an older key out of use, once nothing can be waiting that was sealed to it. The newest stays.
    pub fn retire(&mut self, key_id: &str) {
        self.older.retain(|key| key.key_id() != key_id);
    }

    /// The public half of the newest, as served to kiosks.
    #[must_use]
    pub fn public(&self) -> SealingKey {
        self.newest.public()
    }

    /// Opens a message with the key that it names.
    pub fn open(&self, context: &Context<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let named = self.older.iter().find(|key| key.key_id() == sealed.key_id);
        open(named.unwrap_or(&self.newest), context, sealed)
    }
}
