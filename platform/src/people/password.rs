//! Passwords, kept as Argon2id with a salt each (RFC 9106).

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use uuid::Uuid;

/// 19 MiB, two passes, one lane: the first choice of OWASP for a server that signs many in.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// The shortest password, in characters. Long ones are safer than odd ones (NIST SP 800-63B).
pub(crate) const SHORTEST: usize = 12;
const LONGEST: usize = 128;

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// What is kept of a password. `None` where no memory is to be had.
pub(crate) fn hash(password: &str) -> Option<String> {
    argon2()
        .hash_password_with_salt(password.as_bytes(), Uuid::new_v4().as_bytes())
        .ok()
        .map(|hash| hash.to_string())
}

/// What a password is held against where there is no account: nothing fits it.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Whether it is the password that `kept` was made of. Takes as long for an account that does not exist.
pub(crate) fn is(password: &str, kept: Option<&str>) -> bool {
    let Ok(hash) = PasswordHash::new(kept.unwrap_or(NOBODY)) else { return false };
    let same = argon2().verify_password(password.as_bytes(), &hash).is_ok();
    same && kept.is_some()
}

/// Why a new password is refused.
pub(crate) fn fault(password: &str, login: &str) -> Option<&'static str> {
    let letters = password.chars().count();
    let one_letter = password.chars().min() == password.chars().max();
    if !(SHORTEST..=LONGEST).contains(&letters) {
        return Some("密码要 12 到 128 个字符");
    }
    (one_letter || password.to_lowercase().contains(login)).then_some("密码不能是同一个字符，也不能含账号")
}

/// A password for the first sign-in: 80 bits, in groups that can be read out.
pub(crate) fn initial() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letters = super::random().into_iter().take(16).enumerate();
    let shown = letters.flat_map(|(place, byte)| {
        let letter = LETTERS.get(usize::from(byte % 32)).copied().map(char::from);
        [(place > 0 && place % 4 == 0).then_some('-'), letter]
    });
    shown.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_as_argon2id_and_only_it_fits() {
        let kept = hash("correct horse battery").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hash("correct horse battery").unwrap(), "a salt of its own");
        assert!(is("correct horse battery", Some(&kept)));
        assert!(!is("correct horse batterz", Some(&kept)));
        assert!(!is("", None) && !is("x", Some("not a hash")));
        assert!(PasswordHash::new(NOBODY).is_ok(), "or an unknown account would be answered sooner");
    }

    #[test]
    fn a_weak_password_is_refused() {
        assert!(fault("short", "clerk").is_some());
        assert!(fault("aaaaaaaaaaaaaaaa", "clerk").is_some());
        assert!(fault("My-Clerk-Password", "clerk").is_some());
        assert_eq!(fault(&initial(), "clerk"), None);
        assert_eq!(initial().len(), 19);
    }
}
