//! What a technician is known by: an Argon2id digest, from which neither card nor PIN can be told.

use std::fmt;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use serde::{Deserialize, Deserializer, de};

/// An Argon2id digest in the PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$…`.
#[derive(Clone)]
pub struct Digest(String);

impl Digest {
    /// The digest of `secret`, with a salt of its own.
    pub fn of(secret: &str) -> anyhow::Result<Self> {
        let hash = Argon2::default().hash_password(secret.as_bytes());
        Ok(Self(hash.map_err(|error| anyhow::anyhow!("{error}"))?.to_string()))
    }

    /// Whether this is the digest of `secret`.
    #[must_use]
    pub fn is_of(&self, secret: &str) -> bool {
        PasswordHash::new(&self.0)
            .is_ok_and(|hash| Argon2::default().verify_password(secret.as_bytes(), &hash).is_ok())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest")
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_argon2id = PasswordHash::new(&text).is_ok_and(|hash| hash.algorithm.as_str() == "argon2id");
        // What was found is not told: it may be a PIN that somebody wrote here as it is.
        let refused =
            || de::Error::invalid_value(de::Unexpected::Other("a string of another form"), &EXPECTED);
        if is_argon2id { Ok(Self(text)) } else { Err(refused()) }
    }
}

const EXPECTED: &str = "a digest as `kiosk technician` prints it: $argon2id$…";

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn a_digest_knows_its_secret_and_no_other() {
        let digest = Digest::of("123456").unwrap();
        assert!(digest.is_of("123456"));
        assert!(!digest.is_of("123457"));
        assert!(!digest.to_string().contains("123456"));
        assert_ne!(digest.to_string(), Digest::of("123456").unwrap().to_string(), "each has its own salt");
    }
}
