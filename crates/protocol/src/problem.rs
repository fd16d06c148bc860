//! RFC 9457 problem documents.

use serde::{Deserialize, Serialize};

/// What went wrong, for machines (`type`) and for people (`title`, `detail`). Never holds personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A stable name of the kind of problem, e.g. `urn:community-kiosk:problem:item-version-gone`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words, in Chinese.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time and what to do, in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The field of the request that is at fault, as a JSON pointer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

impl Problem {
    /// The media type of problem documents.
    pub const MEDIA_TYPE: &str = "application/problem+json";
    /// What all our problem types begin with.
    pub const PREFIX: &str = "urn:community-kiosk:problem:";

    /// A problem of the kind `name` (the part behind [`Self::PREFIX`]).
    #[must_use]
    pub fn new(name: &str, status: u16, title: &str) -> Self {
        let kind = format!("{}{name}", Self::PREFIX);
        Self { kind, title: title.to_owned(), status, detail: None, pointer: None }
    }

    /// The same with a detail.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same with the JSON pointer of the field at fault.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// The kind without its prefix.
    #[must_use]
    pub fn name(&self) -> &str {
        self.kind.strip_prefix(Self::PREFIX).unwrap_or(&self.kind)
    }
}
