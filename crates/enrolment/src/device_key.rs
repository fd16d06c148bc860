use std::{fmt, io};

use config_apply::{Disk, replace};
use rcgen::{CertificateParams, DistinguishedName, KeyPair, PKCS_ED25519};
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use rustls_pki_types::PrivatePkcs8KeyDer;
use zeroize::Zeroizing;

/// The key that makes this machine itself: Ed25519, made here, and never anywhere else.
///
/// It lives in the file `device.key` of the enrolment's folder (`identity/` beside the store, mode 0600) as PKCS #8
/// version 2 in DER, which is what [`DeviceKey::pkcs8`] gives, *ring* and `audit::DeviceKey::from_pkcs8` read. The
/// kiosk's certificate carries the public half, so the platform checks with it whatever the key signs. Every use has to
/// begin its message with a purpose of its own. The key outlives renewals; it ends with the enrolment.
pub struct DeviceKey {
    pkcs8: Zeroizing<Vec<u8>>,
    public: [u8; 32],
}

/// Why there is no device key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The disk.
    #[error("the device key cannot be kept: {0}")]
    Disk(#[from] io::Error),
    /// The file holds something else.
    #[error("the device key is not an Ed25519 key in PKCS #8")]
    Malformed,
    /// The system gave no random bytes, or the key does not sign.
    #[error("the device key cannot be used")]
    Unusable,
}

impl DeviceKey {
    /// The name of its file.
    pub const FILE: &str = "device.key";

    /// The machine's key, if it has one.
    pub fn load(disk: &dyn Disk) -> Result<Option<Self>, KeyError> {
        let Some(bytes) = disk.read(Self::FILE)? else { return Ok(None) };
        Self::from_pkcs8(bytes).map(Some)
    }

    /// The machine's key; made now if it has none. It is on the disk when this returns.
    pub fn load_or_make(disk: &mut dyn Disk) -> Result<Self, KeyError> {
        if let Some(key) = Self::load(disk)? {
            return Ok(key);
        }
        let key = Self::generate()?;
        replace(disk, Self::FILE, &key.pkcs8)?;
        Ok(key)
    }

    /// A key on no disk.
    pub fn generate() -> Result<Self, KeyError> {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::Unusable)?;
        Self::from_pkcs8(pkcs8.as_ref().to_vec())
    }

    fn from_pkcs8(bytes: Vec<u8>) -> Result<Self, KeyError> {
        let pkcs8 = Zeroizing::new(bytes);
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| KeyError::Malformed)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Malformed)?;
        Ok(Self { pkcs8, public })
    }

    /// The private key, for the library that signs with it.
    #[must_use]
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public half: 32 bytes.
    #[must_use]
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// The request for a certificate (PKCS #10, DER). It asks for no name: the platform gives it.
    pub fn request(&self) -> Result<Vec<u8>, KeyError> {
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(
            &PrivatePkcs8KeyDer::from(self.pkcs8.as_slice()),
            &PKCS_ED25519,
        );
        let pair = pair.map_err(|_| KeyError::Malformed)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        let request = params.serialize_request(&pair).map_err(|_| KeyError::Unusable)?;
        Ok(request.der().to_vec())
    }
}

/// The public half alone.
impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DeviceKey").field(&self.public).finish()
    }
}
