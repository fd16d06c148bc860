//! The messages of RFC 7030 (Enrollment over Secure Transport), both ways.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use cms::{cert::CertificateChoices, content_info::ContentInfo, signed_data::SignedData};
use x509_cert::der::{Decode as _, Encode as _};

use crate::{BadCertificate, Certificate};

/// Where the root is (section 4.1).
pub const CACERTS: &str = "/.well-known/est/cacerts";
/// Where a machine becomes a kiosk (section 4.2.1).
pub const SIMPLE_ENROLL: &str = "/.well-known/est/simpleenroll";
/// Where a kiosk renews its certificate (section 4.2.2).
pub const SIMPLE_REENROLL: &str = "/.well-known/est/simplereenroll";
/// Of a request: PKCS #10.
pub const REQUEST_TYPE: &str = "application/pkcs10";
/// Of an answer: PKCS #7 with certificates alone.
pub const ANSWER_TYPE: &str = "application/pkcs7-mime; smime-type=certs-only";

/// A request or an answer as it travels: base64, in lines.
#[must_use]
pub fn to_base64(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(76).map(String::from_utf8_lossy).collect();
    lines.join("\n") + "\n"
}

/// Reads it, whatever the lines are; `None` if it is not base64.
#[must_use]
pub fn from_base64(body: &[u8]) -> Option<Vec<u8>> {
    let body: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64_STANDARD.decode(body).ok()
}

/// Certificates as PKCS #7, in base64.
pub fn write_certificates(certificates: &[&Certificate]) -> Result<String, BadCertificate> {
    let parsed = certificates.iter().map(|certificate| x509_cert::Certificate::from_der(certificate.der()));
    let message = ContentInfo::try_from(parsed.collect::<Result<Vec<_>, _>>()?)?;
    Ok(to_base64(&message.to_der()?))
}

/// The certificates of an answer, in no order. Nothing is said about who signed them.
pub fn read_certificates(body: &[u8]) -> Result<Vec<Certificate>, BadCertificate> {
    let der = from_base64(body).ok_or_else(|| BadCertificate("not base64".to_owned()))?;
    let message = ContentInfo::from_der(&der)?;
    let signed: SignedData = message.content.decode_as()?;
    let set = signed.certificates.ok_or_else(|| BadCertificate("no certificates in it".to_owned()))?;
    let certificates = set.0.iter().filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate),
        CertificateChoices::Other(_) => None,
    });
    certificates.map(|certificate| Certificate::from_der(&certificate.to_der()?)).collect()
}
