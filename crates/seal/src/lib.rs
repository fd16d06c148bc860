//! Seals a message to the platform, so that no machine on the way can read it.
//!
//! A case that waits for the network lies on a kiosk in a public corridor. It is encrypted to the platform's public
//! key (HPKE, RFC 9180, base mode) the moment it is filed, and the kiosk holds nothing that could open it again.
//!
//! - [`seal()`] is the kiosk's side, [`open()`] the platform's. An [`Envelope`] is made ready before there is anything to
//!   seal, so that nobody waits for it.
//! - [`Context`] binds a message to one terminal and one case: moved to another, it no longer opens. The name of the key
//!   and the expiry are bound the same way.
//! - [`Keyring`] opens what was sealed to an older key, so that keys can change while kiosks are offline.
//! - The plaintext is padded to steps of [`PADDING_STEP`], so that its length does not tell what was filed.
//!
//! Base mode proves nothing about the sender: who may send is a matter of the connection.

mod key;
mod keyring;
mod message;
mod padding;

pub use key::{SecretKey, generate};
pub use keyring::Keyring;
pub use message::{Context, Envelope, Sealed, open, seal, seal_until};
pub use padding::PADDING_STEP;

/// What a [`Sealed`] message travels as.
pub const MEDIA_TYPE: &str = "application/vnd.community-kiosk.sealed+json";

/// The one suite that is spoken today, as [`protocol::SealingKey::algorithm`] names it.
pub const ALGORITHM: &str = "DHKEM(X25519,HKDF-SHA256)+HKDF-SHA256+ChaCha20Poly1305";

/// Why a message could not be sealed or opened. It never holds any of the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The other side speaks a suite that this one does not.
    #[error("the algorithm {found:?} is not known; {ALGORITHM:?} is")]
    Algorithm {
        /// What it named.
        found: String,
    },
    /// Sealed to a key that is not the one at hand.
    #[error("sealed to the key {found:?}, but the key at hand is {expected:?}")]
    OtherKey {
        /// The key that the message or the public key names.
        found: String,
        /// The key at hand.
        expected: String,
    },
    /// Not base64, or not of the right length.
    #[error("{0} is not well formed")]
    Malformed(&'static str),
    /// Changed on its way, or meant for another terminal or case.
    #[error("the message was changed, or belongs to another terminal or case")]
    NotAuthentic,
    /// More than can be padded.
    #[error("the message is too long to be sealed")]
    TooLong,
}
