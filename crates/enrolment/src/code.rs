use std::{fmt, str::FromStr};

use ring::rand::{SecureRandom as _, SystemRandom};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroize as _;

use crate::{read, spell};

/// What admits one machine, once: 80 bits, 16 characters to type. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Code([u8; 10]);

/// It is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an enrolment code: 16 letters and digits in groups of four")]
pub struct BadCode;

impl Code {
    /// A new one; `None` if the system has no randomness.
    #[must_use]
    pub fn generate() -> Option<Self> {
        let mut bytes = [0; 10];
        SystemRandom::new().fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// What the platform keeps of it. It is worth nothing to whoever reads it: 80 bits are not tried in 15 minutes.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

impl FromStr for Code {
    type Err = BadCode;

    fn from_str(text: &str) -> Result<Self, BadCode> {
        read(text).map(Self).ok_or(BadCode)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&spell(&self.0))
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
