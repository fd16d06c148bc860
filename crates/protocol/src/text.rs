//! Words in several languages.

use serde::{Deserialize, Serialize};

/// A language that a screen can speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Language {
    /// 简体中文: always there, and what the others fall back to.
    #[default]
    #[serde(rename = "zh-CN")]
    Simplified,
    /// 繁體中文.
    #[serde(rename = "zh-TW")]
    Traditional,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Every one of them.
    pub const ALL: [Self; 3] = [Self::Simplified, Self::Traditional, Self::English];
}

/// One text in the languages it has been written in. 简体中文 is never missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Text {
    /// 简体中文.
    #[serde(rename = "zh-CN")]
    pub simplified: String,
    /// 繁體中文.
    #[serde(rename = "zh-TW", default, skip_serializing_if = "Option::is_none")]
    pub traditional: Option<String>,
    /// English.
    #[serde(rename = "en", default, skip_serializing_if = "Option::is_none")]
    pub english: Option<String>,
}

impl Text {
    /// A text that exists in simplified Chinese only.
    #[must_use]
    pub fn zh(words: &str) -> Self {
        Self { simplified: words.to_owned(), traditional: None, english: None }
    }

    /// The words in `language`, or in simplified Chinese where nobody has written them yet.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        let written = match language {
            Language::Simplified => None,
            Language::Traditional => self.traditional.as_deref(),
            Language::English => self.english.as_deref(),
        };
        written.unwrap_or(&self.simplified)
    }
}
