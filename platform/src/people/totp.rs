//! 动态口令: RFC 6238 with SHA-1, six digits and thirty seconds, which every authenticator app speaks.

use totp_rs::{Algorithm, Builder, Secret, Totp};

const SECONDS: u64 = 30;

/// A secret of twenty bytes.
pub(crate) fn secret() -> Vec<u8> {
    super::random().into_iter().take(20).collect()
}

fn totp(secret: &[u8]) -> Option<Totp> {
    // One step to either side, for a telephone whose clock is a little off.
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(1);
    builder.with_step_duration(SECONDS).with_secret(secret.to_vec()).build().ok()
}

/// The step that `code` belongs to, if it is right at that second. A step counts once: the caller keeps the last one.
pub(crate) fn step(secret: &[u8], code: &str, at: i64) -> Option<i64> {
    let at = u64::try_from(at).ok()?;
    let typed: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    totp(secret)?.check(&typed, at).and_then(|step| i64::try_from(step).ok())
}

/// What an authenticator app scans.
pub(crate) fn uri(secret: &[u8], login: &str) -> String {
    let secret = base32(secret);
    format!(
        "otpauth://totp/community-kiosk:{login}?secret={secret}&issuer=community-kiosk&digits=6&period=30"
    )
}

/// The secret as it is typed where nothing can be scanned.
pub(crate) fn base32(secret: &[u8]) -> String {
    Secret::from(secret.to_vec()).to_base32()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_fit_and_neighbours_count_as_their_own_step() {
        // RFC 6238, appendix B, cut to six digits.
        let secret = b"12345678901234567890";
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(step(secret, code, at), Some(at / 30));
            assert_eq!(step(secret, code, at + 30), Some(at / 30), "typed late");
            assert_eq!(step(secret, code, at - 30), Some(at / 30), "a slow clock");
            assert_eq!(step(secret, code, at + 90), None);
        }
        assert_eq!(step(secret, "081 804", 1_111_111_109), Some(1_111_111_109 / 30));
        for bad in ["", "0", "81804", "０８１８０４", "081804\0"] {
            assert_eq!(step(secret, bad, 1_111_111_109), None);
        }
        assert_eq!(base32(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
