//! The class of scanners of bar codes and QR codes.

use std::{fmt, time::Duration};

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::LinkFault;

/// A scanner that is always ready and says what it has seen.
pub trait CodeScanner: Send {
    /// Opens what is closed and says which scanner it is.
    fn identify(&mut self) -> Result<String, LinkFault>;

    /// The next code, waited for at most `wait`.
    fn read(&mut self, wait: Duration) -> Result<Scan, LinkFault>;

    /// Forgets what has come and was not asked for: at the end of a visit, and before a code is wanted.
    fn clear(&mut self) -> Result<(), LinkFault>;
}

/// What one wait gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Scan {
    /// Nothing came.
    Nothing,
    /// A code.
    Code(ScannedCode),
    /// Something came that is no code.
    Rejected(ScanProblem),
}

/// Why what came is no code. Scan again, or scan the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ScanProblem {
    /// Longer than any code a kiosk has a use for.
    #[error("the code is too long")]
    TooLong,
    /// Bytes that are no printable text.
    #[error("the code is no text")]
    NotText,
    /// It stopped in the middle, or came at the pace of fingers: a scanner that poses as a keyboard ends with Enter.
    #[error("the code broke off")]
    BrokenOff,
}

/// What a code says: printable text of at most [`ScannedCode::LONGEST`] bytes. A QR code may be somebody's credential,
/// so it is wiped when dropped, and its `Debug` shows the length only.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ScannedCode(String);

impl ScannedCode {
    /// The longest that is taken. Known credentials are far shorter: 医保电子凭证 has 28 digits.
    pub const LONGEST: usize = 512;

    /// Checks what a scanner said.
    pub fn new(bytes: &[u8]) -> Result<Self, ScanProblem> {
        if bytes.len() > Self::LONGEST {
            return Err(ScanProblem::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ScanProblem::NotText)?;
        if text.chars().any(char::is_control) || text.trim().is_empty() {
            return Err(ScanProblem::NotText);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ScannedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScannedCode({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_printable_text_of_bounded_length() {
        assert_eq!(ScannedCode::new("示例 A-7".as_bytes()).unwrap().text(), "示例 A-7");
        assert!(ScannedCode::new(&[b'7'; ScannedCode::LONGEST]).is_ok());
        assert_eq!(ScannedCode::new(&[b'7'; ScannedCode::LONGEST + 1]), Err(ScanProblem::TooLong));
        for wrong in [&b""[..], b"  ", b"7\x1d7", b"\xFF\xFE", "7\u{85}7".as_bytes()] {
            assert_eq!(ScannedCode::new(wrong), Err(ScanProblem::NotText), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_logged_does_not_show_it() {
        assert_eq!(format!("{:?}", ScannedCode::new(b"secret").unwrap()), "ScannedCode(6 bytes)");
    }
}
