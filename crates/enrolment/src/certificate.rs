use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use x509_cert::der::{Decode as _, Encode as _, asn1::ObjectIdentifier, asn1::Utf8StringRef};

/// commonName, RFC 5280.
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// A certificate in DER, and what this crate asks of it. That it is read proves nothing about who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    public_key: Vec<u8>,
    raw_key: Vec<u8>,
    common_name: Option<String>,
    serial: String,
    not_before: Timestamp,
    not_after: Timestamp,
}

/// It is no certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate: {0}")]
pub struct BadCertificate(pub(crate) String);

impl From<x509_cert::der::Error> for BadCertificate {
    fn from(error: x509_cert::der::Error) -> Self {
        Self(error.to_string())
    }
}

impl Certificate {
    /// Reads DER.
    pub fn from_der(der: &[u8]) -> Result<Self, BadCertificate> {
        let parsed = x509_cert::Certificate::from_der(der)?.tbs_certificate;
        let moment = |time: &x509_cert::time::Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
            Timestamp::from_second(seconds).map_err(|error| BadCertificate(error.to_string()))
        };
        let names = parsed.subject.0.iter().flat_map(|names| names.0.iter());
        let common_name = names
            .filter(|name| name.oid == COMMON_NAME)
            .find_map(|name| Some(name.value.decode_as::<Utf8StringRef<'_>>().ok()?.as_str().to_owned()));
        Ok(Self {
            der: der.to_vec(),
            public_key: parsed.subject_public_key_info.to_der()?,
            raw_key: parsed.subject_public_key_info.subject_public_key.raw_bytes().to_vec(),
            common_name,
            serial: hex(parsed.serial_number.as_bytes()),
            not_before: moment(&parsed.validity.not_before)?,
            not_after: moment(&parsed.validity.not_after)?,
        })
    }

    /// As it was read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The public key with its algorithm (SPKI, DER).
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// The public key alone: of an Ed25519 key its 32 bytes.
    #[must_use]
    pub fn raw_key(&self) -> &[u8] {
        &self.raw_key
    }

    /// SHA-256 of [`Self::public_key`].
    #[must_use]
    pub fn key_sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.public_key).into()
    }

    /// Whose it is: of a kiosk's certificate its name.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.common_name.as_deref()
    }

    /// The number that its issuer gave it, in hexadecimal digits.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// The first moment at which it counts.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The last moment at which it counts.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
