use std::io;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use config_apply::{Disk, replace};
use serde::{Deserialize, Serialize};

use crate::{BadCertificate, Certificate, DeviceKey, KeyError};

/// The platform, the root and the certificate: what a machine has once it is a kiosk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The platform.
    pub url: String,
    /// The one root that the kiosk takes.
    pub root: Certificate,
    /// Its own certificate.
    pub certificate: Certificate,
}

impl Membership {
    /// 终端编号, as the platform gave it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.certificate.common_name().unwrap_or_default()
    }
}

/// Why the folder could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The disk.
    #[error("the enrolment cannot be kept: {0}")]
    Disk(#[from] io::Error),
    /// A file holds something else.
    #[error("the enrolment cannot be read ({0}): enrol the machine again")]
    Malformed(String),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The certificate is for another key than the machine's.
    #[error("the certificate is not for the key of this machine: enrol it again")]
    OtherKey,
}

impl From<BadCertificate> for FolderError {
    fn from(error: BadCertificate) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// `membership.json`: one file, so that no power cut leaves a root without its certificate.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    url: String,
    root: String,
    certificate: String,
}

const MEMBERSHIP: &str = "membership.json";
/// The same once it has ended.
const LEAVING: &str = "leaving.json";
/// After that, until the machine is enrolled again.
const REVOKED: &str = "revoked";

/// The folder `identity/` beside the store: the key, the membership, and what the configuration's trust remembers.
#[derive(Debug)]
pub struct Folder<D> {
    disk: D,
}

impl<D: Disk> Folder<D> {
    /// The folder on `disk`.
    pub fn new(disk: D) -> Self {
        Self { disk }
    }

    /// The machine's key; made now if it has none.
    pub fn key_or_make(&mut self) -> Result<DeviceKey, FolderError> {
        Ok(DeviceKey::load_or_make(&mut self.disk)?)
    }

    /// Keeps what the platform gave to the machine of `key`. It is on the disk when this returns.
    pub fn join(&mut self, membership: &Membership, key: &DeviceKey) -> Result<(), FolderError> {
        of_key(membership, key)?;
        let text = |certificate: &Certificate| BASE64_STANDARD.encode(certificate.der());
        let kept = Kept {
            url: membership.url.clone(),
            root: text(&membership.root),
            certificate: text(&membership.certificate),
        };
        let json =
            serde_json::to_vec_pretty(&kept).map_err(|error| FolderError::Malformed(error.to_string()))?;
        replace(&mut self.disk, MEMBERSHIP, &json)?;
        if self.is_revoked()? {
            self.disk.remove(REVOKED)?;
            self.disk.sync_names()?;
        }
        Ok(())
    }

    /// What was kept; `None` on a machine that is no kiosk yet, or no more.
    pub fn load(&self) -> Result<Option<(Membership, DeviceKey)>, FolderError> {
        let Some(json) = self.disk.read(MEMBERSHIP)? else { return Ok(None) };
        let malformed = |what: &dyn std::fmt::Display| FolderError::Malformed(what.to_string());
        // A kiosk that has lost its key is none, but nobody should take it for a machine that never was one.
        let key =
            DeviceKey::load(&self.disk)?.ok_or_else(|| malformed(&"the key of this machine is gone"))?;
        let kept: Kept = serde_json::from_slice(&json).map_err(|error| malformed(&error))?;
        let certificate = |text: &str| -> Result<Certificate, FolderError> {
            let der = BASE64_STANDARD.decode(text).map_err(|error| malformed(&error))?;
            Ok(Certificate::from_der(&der)?)
        };
        let (root, own) = (certificate(&kept.root)?, certificate(&kept.certificate)?);
        let membership = Membership { url: kept.url, root, certificate: own };
        of_key(&membership, &key)?;
        Ok(Some((membership, key)))
    }

    /// A file of somebody who remembers something beside the enrolment.
    pub fn remember(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        replace(&mut self.disk, name, bytes)
    }

    /// What was remembered.
    pub fn recall(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.disk.read(name)
    }

    /// Ends the membership, for good, in one step. Until [`Self::wipe`] is done, [`Self::is_leaving`] tells every start
    /// that something is left to be taken away.
    pub fn leave(&mut self) -> io::Result<()> {
        if self.disk.read(MEMBERSHIP)?.is_some() {
            self.disk.rename(MEMBERSHIP, LEAVING)?;
            self.disk.sync_names()?;
        }
        Ok(())
    }

    /// Takes everything away, the mark of [`Self::leave`] last. What stays is that this machine was revoked, so that it
    /// does not serve as one that was never enrolled.
    pub fn wipe(&mut self) -> io::Result<()> {
        self.leave()?;
        replace(&mut self.disk, REVOKED, b"")?;
        wipe(&mut self.disk, &[REVOKED], LEAVING)
    }

    /// Whether this machine was a kiosk once, and has not been enrolled again.
    pub fn is_revoked(&self) -> io::Result<bool> {
        Ok(self.disk.read(REVOKED)?.is_some())
    }

    /// Whether the membership has ended, and not all is wiped.
    pub fn is_leaving(&self) -> io::Result<bool> {
        Ok(self.disk.read(LEAVING)?.is_some())
    }
}

/// Empties a folder but for `kept`, `last` last. Each file is overwritten before its name goes.
pub fn wipe(disk: &mut dyn Disk, kept: &[&str], last: &str) -> io::Result<()> {
    let mut names = disk.list()?;
    names.retain(|name| !kept.contains(&name.as_str()));
    names.sort_by_key(|name| name == last);
    for name in &names {
        let length = disk.read(name)?.map_or(0, |bytes| bytes.len());
        disk.write(name, &vec![0; length])?;
        disk.remove(name)?;
        disk.sync_names()?;
    }
    Ok(())
}

fn of_key(membership: &Membership, key: &DeviceKey) -> Result<(), FolderError> {
    let same = membership.certificate.raw_key() == key.public();
    same.then_some(()).ok_or(FolderError::OtherKey)
}
