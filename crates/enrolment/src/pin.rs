use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};

use crate::{Certificate, read, spell};

/// The root that a kiosk takes: the first 160 bits of the SHA-256 of its public key (SPKI). To find another key with
/// the same ones is out of reach, and 32 characters can still be typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin([u8; 20]);

/// It is no pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the pin of a platform: 32 letters and digits in groups of four")]
pub struct BadPin;

impl Pin {
    /// The pin of a root certificate.
    #[must_use]
    pub fn of(root: &Certificate) -> Self {
        let digest = Sha256::digest(root.public_key());
        Self(digest.first_chunk().copied().unwrap_or_default())
    }
}

impl FromStr for Pin {
    type Err = BadPin;

    fn from_str(text: &str) -> Result<Self, BadPin> {
        read(text).map(Self).ok_or(BadPin)
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&spell(&self.0))
    }
}
