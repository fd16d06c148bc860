//! What a kiosk says of itself under its key, as one line of text: anybody who has the platform's root certificate can
//! check it, without a network and without asking the platform.
//!
//! It is a JSON Web Signature in compact form (RFC 7515) with `EdDSA` (RFC 8037), and has the kiosk's certificate with it
//! (`x5c`). What it says is a JSON object with the time in `iat` (RFC 7519).

use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use jiff::Timestamp;
use ring::signature::Ed25519KeyPair;
use rustls_pki_types::{CertificateDer, UnixTime};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Certificate, DeviceKey, KeyError};

const ALGORITHM: &str = "EdDSA";
/// A QR code holds less.
const LONGEST: usize = 4_096;

/// What was said, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The kiosk's name, by its certificate.
    pub kiosk: String,
    /// When it said so, by its own clock.
    pub at: Timestamp,
    /// What it said.
    pub says: Map<String, Value>,
}

/// Why a text proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadStatement {
    /// It is something else, or incomplete.
    #[error("this is no statement of a kiosk")]
    Malformed,
    /// It is about something else.
    #[error("this is a statement about something else")]
    Purpose,
    /// The certificate in it is not the platform's, or was not valid then.
    #[error("its certificate is not of this platform, or was not valid at that time")]
    Stranger,
    /// The text was changed, or somebody else signed it.
    #[error("its signature does not fit: the text was changed, or the kiosk did not sign it")]
    Forged,
    /// No honest kiosk could have said it yet.
    #[error("it was made in the future: a clock is wrong, the kiosk's or this one")]
    Future,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    x5c: Vec<String>,
}

/// Says `says` about `purpose` (the header's `typ`), at `at`.
pub fn sign(
    purpose: &str,
    mut says: Map<String, Value>,
    at: Timestamp,
    key: &DeviceKey,
    certificate: &Certificate,
) -> Result<String, KeyError> {
    says.insert("iat".to_owned(), at.as_second().into());
    let header = Header {
        alg: ALGORITHM.to_owned(),
        typ: purpose.to_owned(),
        x5c: vec![BASE64_STANDARD.encode(certificate.der())],
    };
    let part = |json: serde_json::Result<String>| {
        json.map(|json| BASE64_URL_SAFE_NO_PAD.encode(json)).map_err(|_| KeyError::Unusable)
    };
    let signed = format!("{}.{}", part(serde_json::to_string(&header))?, part(serde_json::to_string(&says))?);
    let pair = Ed25519KeyPair::from_pkcs8(key.pkcs8()).map_err(|_| KeyError::Malformed)?;
    let signature = BASE64_URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes()));
    Ok(format!("{signed}.{signature}"))
}

/// What `text` says about `purpose`, if a kiosk of the platform with this `root` signed it. The certificate must have been
/// valid when it was said.
pub fn check(
    text: &str,
    purpose: &str,
    root: &Certificate,
    now: Timestamp,
) -> Result<Statement, BadStatement> {
    use BadStatement::{Forged, Future, Malformed, Purpose, Stranger};
    let text = text.trim();
    let (signed, signature) = text.rsplit_once('.').filter(|_| text.len() <= LONGEST).ok_or(Malformed)?;
    let (header, says) = signed.split_once('.').ok_or(Malformed)?;
    let decode = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| Malformed);
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| Malformed)?;
    if header.alg != ALGORITHM {
        return Err(Malformed);
    }
    if header.typ != purpose {
        return Err(Purpose);
    }
    let says: Map<String, Value> = serde_json::from_slice(&decode(says)?).map_err(|_| Malformed)?;
    let second = says.get("iat").and_then(Value::as_i64).ok_or(Malformed)?;
    let at = Timestamp::from_second(second).map_err(|_| Malformed)?;
    let der = header.x5c.first().and_then(|der| BASE64_STANDARD.decode(der).ok()).ok_or(Malformed)?;
    let certificate = Certificate::from_der(&der).map_err(|_| Malformed)?;
    let leaf_der = CertificateDer::from(der);
    let leaf = webpki::EndEntityCert::try_from(&leaf_der).map_err(|_| Malformed)?;
    is_of(&leaf, root, at).ok_or(Stranger)?;
    leaf.verify_signature(webpki::ring::ED25519, signed.as_bytes(), &decode(signature)?)
        .map_err(|_| Forged)?;
    if at > now {
        return Err(Future);
    }
    let kiosk = certificate.common_name().ok_or(Stranger)?.to_owned();
    Ok(Statement { kiosk, at, says })
}

/// Whether `root` signed the certificate, and it was valid at that time.
fn is_of(leaf: &webpki::EndEntityCert<'_>, root: &Certificate, at: Timestamp) -> Option<()> {
    let root = CertificateDer::from(root.der());
    let anchor = webpki::anchor_from_trusted_cert(&root).ok()?;
    let then = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at.as_second()).ok()?));
    let usage = webpki::KeyUsage::client_auth();
    leaf.verify_for_usage(webpki::ALL_VERIFICATION_ALGS, &[anchor], &[], then, usage, None, None)
        .ok()
        .map(drop)
}
