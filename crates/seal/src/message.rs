//! A sealed message, and how it is made and opened.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine};
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable,
    aead::{AeadCtxS, ChaCha20Poly1305},
    kdf::HkdfSha256,
};
use jiff::Timestamp;
use protocol::SealingKey;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{ALGORITHM, SealError, SecretKey, key::Suite, key::read_public, padding};

/// Keeps our messages apart from whatever else may one day be sealed to the same key.
const INFO: &[u8] = b"community-kiosk/sealed/v2";

/// A message that only the holder of the secret key can read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// To which key.
    pub key_id: String,
    /// [`ALGORITHM`].
    pub algorithm: String,
    /// Until when the sender keeps it; bound into the message like everything else that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub expires_at: Option<Timestamp>,
    /// The sender's ephemeral public key in base64.
    pub encapsulated_key: String,
    /// The padded message and its tag in base64.
    pub ciphertext: String,
}

/// What a message belongs to. Both sides must name the same, or it does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context<'a> {
    /// The machine that sealed it.
    pub terminal_id: &'a str,
    /// The `Idempotency-Key` of the case.
    pub case_key: Uuid,
}

impl Context<'_> {
    /// The associated data: case key, key id, expiry, and then whatever the terminal is called. All but the last have
    /// a fixed length, so that no two contexts look alike.
    fn associated_data(&self, key_id: &str, expires_at: Option<Timestamp>) -> Vec<u8> {
        let expiry = expires_at.map_or(i64::MAX, Timestamp::as_millisecond).to_be_bytes();
        [self.case_key.as_bytes(), key_id.as_bytes(), expiry.as_slice(), self.terminal_id.as_bytes()].concat()
    }
}

/// Seals `plaintext` to `key`, for a message that is sent at once.
pub fn seal(key: &SealingKey, context: &Context<'_>, plaintext: &[u8]) -> Result<Sealed, SealError> {
    seal_for(key, context, None, plaintext)
}

/// Seals `plaintext` to `key`, for a message that may wait until `expires_at`; of the time only whole milliseconds count.
pub fn seal_until(
    key: &SealingKey,
    context: &Context<'_>,
    expires_at: Timestamp,
    plaintext: &[u8],
) -> Result<Sealed, SealError> {
    seal_for(key, context, Some(expires_at), plaintext)
}

fn seal_for(
    key: &SealingKey,
    context: &Context<'_>,
    expires_at: Option<Timestamp>,
    plaintext: &[u8],
) -> Result<Sealed, SealError> {
    Envelope::prepare(key)?.seal_for(context, expires_at, plaintext)
}

/// What can be done before there is anything to seal, which is nearly all of it: a fresh secret agreed with the platform's
/// key. It seals one message.
pub struct Envelope {
    key_id: String,
    encapsulated_key: String,
    secret: AeadCtxS<ChaCha20Poly1305, HkdfSha256, Suite>,
}

impl Envelope {
    /// One to `key`.
    pub fn prepare(key: &SealingKey) -> Result<Self, SealError> {
        let public = read_public(key)?;
        let (encapsulated, secret) =
            hpke::setup_sender::<ChaCha20Poly1305, HkdfSha256, Suite>(&OpModeS::Base, &public, INFO)
                .map_err(|_| SealError::Malformed("the public key"))?;
        let encapsulated_key = BASE64_STANDARD.encode(encapsulated.to_bytes());
        Ok(Self { key_id: key.key_id.clone(), encapsulated_key, secret })
    }

    /// As [`seal_until`].
    pub fn seal_until(
        self,
        context: &Context<'_>,
        expires_at: Timestamp,
        plaintext: &[u8],
    ) -> Result<Sealed, SealError> {
        self.seal_for(context, Some(expires_at), plaintext)
    }

    fn seal_for(
        mut self,
        context: &Context<'_>,
        expires_at: Option<Timestamp>,
        plaintext: &[u8],
    ) -> Result<Sealed, SealError> {
        let padded = padding::pad(plaintext)?;
        let associated = context.associated_data(&self.key_id, expires_at);
        let ciphertext = self.secret.seal(&padded, &associated).map_err(|_| SealError::TooLong)?;
        Ok(Sealed {
            key_id: self.key_id,
            algorithm: ALGORITHM.to_owned(),
            expires_at,
            encapsulated_key: self.encapsulated_key,
            ciphertext: BASE64_STANDARD.encode(ciphertext),
        })
    }
}

/// Its `Debug` shows the name of the key alone.
impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// Opens what [`seal()`] made for the same context.
pub fn open(
    secret: &SecretKey,
    context: &Context<'_>,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    check_names(secret, sealed)?;
    let encapsulated = decode(&sealed.encapsulated_key, "encapsulated_key")?;
    let encapsulated = <Suite as Kem>::EncappedKey::from_bytes(&encapsulated)
        .map_err(|_| SealError::Malformed("encapsulated_key"))?;
    let padded = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, Suite>(
        &OpModeR::Base,
        &secret.key,
        &encapsulated,
        INFO,
        &decode(&sealed.ciphertext, "ciphertext")?,
        &context.associated_data(&sealed.key_id, sealed.expires_at),
    )
    .map_err(|_| SealError::NotAuthentic)?;
    padding::unpad(&Zeroizing::new(padded))
}

fn check_names(secret: &SecretKey, sealed: &Sealed) -> Result<(), SealError> {
    if sealed.algorithm != ALGORITHM {
        return Err(SealError::Algorithm { found: sealed.algorithm.clone() });
    }
    if sealed.key_id != secret.key_id() {
        let expected = secret.key_id().to_owned();
        return Err(SealError::OtherKey { found: sealed.key_id.clone(), expected });
    }
    Ok(())
}

fn decode(text: &str, name: &'static str) -> Result<Vec<u8>, SealError> {
    BASE64_STANDARD.decode(text).map_err(|_| SealError::Malformed(name))
}
