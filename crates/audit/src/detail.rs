//! What an event may hold.

use serde_json::Value;
use uuid::Uuid;

/// A value that cannot be personal. No text of anybody's: there is no `Detail` for `String`.
pub trait Detail: sealed::Sealed {
    /// What it is called in the catalogue.
    const KIND: &'static str;
    /// As it is written.
    fn value(&self) -> Value;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for uuid::Uuid {}
    impl Sealed for u64 {}
    impl Sealed for super::Word {}
}

/// A name from a fixed list, ours or the platform's: lower-case letters, and hyphens between them. Digits are left out,
/// so that no number of a person fits in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word(String);

impl Word {
    const LONGEST: usize = 64;
    const OTHER: &'static str = "other";

    /// The last part of a name such as `urn:…:item-unknown`; whatever is no such word becomes `other`.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let last = name.rsplit(':').next().unwrap_or_default();
        let plain = last.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        let is_word = plain && !last.is_empty() && last.len() <= Self::LONGEST;
        Self(if is_word { last } else { Self::OTHER }.to_owned())
    }
}

impl Detail for Uuid {
    const KIND: &'static str = "random key";
    fn value(&self) -> Value {
        self.to_string().into()
    }
}

impl Detail for u64 {
    const KIND: &'static str = "number";
    fn value(&self) -> Value {
        (*self).into()
    }
}

impl Detail for Word {
    const KIND: &'static str = "word";
    fn value(&self) -> Value {
        self.0.as_str().into()
    }
}
