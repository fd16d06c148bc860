use std::{fmt, str::FromStr};

/// 终端编号: the name of a kiosk, plain enough for a certificate, a path and a sticker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// It is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a kiosk's name: 1 to 64 letters, digits, `-`, `_` or `.`, like LZ-0001")]
pub struct BadName;

impl Name {
    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let good = (1..=64).contains(&text.len()) && text.bytes().all(plain);
        good.then(|| Self(text.to_owned())).ok_or(BadName)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
