//! The platform's own certificate authority. Its key is in a file outside of the database, which is copied, dumped and
//! restored by people who should not be able to make kiosks.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use enrolment::{Certificate, Name, Pin, renewal};
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ED25519, PublicKeyData,
    SerialNumber,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use time::OffsetDateTime;
use uuid::Uuid;

/// The key and the root certificate, in one file so that they are there together or not at all.
const FILE: &str = "authority.pem";
/// Years of the root.
const ROOT_YEARS: i64 = 20;
/// A clock that is a little slow still finds a new certificate valid.
const BACKDATED: SignedDuration = SignedDuration::from_hours(1);

/// The authority.
pub struct Authority {
    root: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// Why there is no authority.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The file or its directory.
    #[error("found {} that cannot be used ({error}), expected a directory for the authority's key", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file holds something else.
    #[error("found {} without a key and a certificate that belong together, expected what this program wrote", .0.display())]
    Malformed(PathBuf),
    /// No certificate could be made.
    #[error("no certificate can be made ({0}), expected a name that one can be for")]
    Make(#[from] rcgen::Error),
}

/// Why a request gets no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadRequest {
    /// Not PKCS #10, or not signed by the key that it is for.
    Unreadable,
    /// A kind of key that kiosks do not have.
    Algorithm,
}

impl Authority {
    /// Opens the authority in `directory`, or makes it.
    pub fn open(directory: &Path, now: Timestamp) -> Result<Self, AuthorityError> {
        let path = directory.join(FILE);
        let failed = |error| AuthorityError::File { path: path.clone(), error };
        match fs::read(&path) {
            Ok(pem) => Self::read(&path, &pem),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                put_first(directory, &path, make(now)?.as_bytes()).map_err(failed)?;
                // Read again: another program may have been first.
                Self::read(&path, &fs::read(&path).map_err(failed)?)
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn read(path: &Path, pem: &[u8]) -> Result<Self, AuthorityError> {
        let malformed = || AuthorityError::Malformed(path.to_owned());
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| malformed())?;
        let key = KeyPair::try_from(&key).map_err(|_| malformed())?;
        let der = CertificateDer::from_pem_slice(pem).map_err(|_| malformed())?;
        let root = Certificate::from_der(&der).map_err(|_| malformed())?;
        if root.raw_key() != key.der_bytes() {
            return Err(malformed());
        }
        let issuer = Issuer::from_ca_cert_der(&der, key).map_err(|_| malformed())?;
        Ok(Self { root, issuer })
    }

    /// The root certificate.
    #[must_use]
    pub fn root(&self) -> &Certificate {
        &self.root
    }

    /// What kiosks know it by.
    #[must_use]
    pub fn pin(&self) -> Pin {
        Pin::of(&self.root)
    }

    /// A certificate for the key that signed `request` (PKCS #10, DER). What else the request asks for is not looked at.
    pub(super) fn admit(
        &self,
        request: &[u8],
        name: &Name,
        now: Timestamp,
    ) -> Result<Certificate, BadRequest> {
        let request = CertificateSigningRequestParams::from_der(&request.into());
        let key = request.map_err(|_| BadRequest::Unreadable)?.public_key;
        if key.algorithm() != &PKCS_ED25519 {
            return Err(BadRequest::Algorithm);
        }
        let mut params = params(name.as_str(), now, renewal::LONGEST_LIFE.as_secs());
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let made = params.signed_by(&key, &self.issuer).map_err(|_| BadRequest::Unreadable)?;
        Certificate::from_der(made.der()).map_err(|_| BadRequest::Unreadable)
    }

    /// A certificate for the platform itself, and its key, which is never on a disk.
    pub(super) fn server(
        &self,
        host: &str,
        now: Timestamp,
    ) -> Result<(Certificate, KeyPair), AuthorityError> {
        let key = KeyPair::generate()?;
        let mut params = params(host, now, renewal::LONGEST_LIFE.as_secs());
        params.subject_alt_names = CertificateParams::new([host.to_owned()])?.subject_alt_names;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let made = params.signed_by(&key, &self.issuer)?;
        let made = Certificate::from_der(made.der()).map_err(|_| rcgen::Error::CouldNotParseCertificate)?;
        Ok((made, key))
    }
}

fn make(now: Timestamp) -> Result<String, AuthorityError> {
    let key = KeyPair::generate()?;
    let mut params = params("community-kiosk platform", now, ROOT_YEARS.unsigned_abs() * 365 * 86_400);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(key.serialize_pem() + &params.self_signed(&key)?.pem())
}

fn params(common_name: &str, now: Timestamp, life: u64) -> CertificateParams {
    let begin = now - BACKDATED;
    let moment =
        |second: i64| OffsetDateTime::from_unix_timestamp(second).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = moment(begin.as_second());
    params.not_after = moment(begin.as_second().saturating_add_unsigned(life));
    params.serial_number = Some(SerialNumber::from_slice(&serial()));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    params
}

/// 126 random bits. The first byte is neither 0 nor has its highest bit set, so that it is one DER integer as it stands.
fn serial() -> [u8; 16] {
    let mut bytes = Uuid::new_v4().into_bytes();
    if let Some(first) = bytes.first_mut() {
        *first = *first & 0x3f | 0x40;
    }
    bytes
}

/// Puts a file where none is; if another one is there by now, it stays.
fn put_first(directory: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let new = directory.join(format!("{FILE}.{}", Uuid::new_v4()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    let linked = fs::hard_link(&new, path);
    fs::remove_file(&new)?;
    fs::File::open(directory)?.sync_all()?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
