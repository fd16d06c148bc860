//! 组织机构, 工作人员 and 权限: who works where, how they prove it, and what they looked at.
//!
//! A role is held at one organisation and reaches no further: the desk that a case lies on has both. Passwords are kept
//! as Argon2id, sign-in wants a TOTP code besides, a session is kept as the hash of its token.

pub(crate) mod audit;
pub(crate) mod organisation;
pub(crate) mod password;
mod role;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod staff;
pub(crate) mod totp;

pub use organisation::OrganisationError;
pub use role::{Level, Role};
pub use staff::{NewStaff, StaffError};

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Thirty-two bytes that nobody can guess, from the system's generator.
pub(crate) fn random() -> [u8; 32] {
    let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
    Sha256::new().chain_update(one.as_bytes()).chain_update(two.as_bytes()).finalize().into()
}

/// Bytes in lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
