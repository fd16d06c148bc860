//! What an applicant has to know of a case besides where it stands: what is missing, why it ended without a result, why
//! it takes longer.
//!
//! Words that an office has written about somebody are told only to whoever has shown to be that person; everybody else
//! who may ask is told the rest. No `Debug` shows them.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Told {
    /// 补正, while it is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
    /// How it ended, where it did without a result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// Every time that the promised day was moved or stood still, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub due_changes: Vec<DueChange>,
}

impl Told {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What the clock has come to, while it stands still: the last change, if it is a stop.
    #[must_use]
    pub fn stopped(&self) -> Option<&DueChange> {
        self.due_changes.last().filter(|change| change.why == DueChangeWhy::Stopped)
    }
}

/// 一次性告知: what has to be brought, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Correction {
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
    /// Everything that is missing; only for the applicant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingPaper>,
}

/// One thing that has to be brought.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingPaper {
    /// 材料.
    pub material: String,
    /// What is wrong with it.
    pub opinion: String,
}

impl fmt::Debug for MissingPaper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MissingPaper(..)")
    }
}

/// An end without a result.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ending {
    /// Which.
    pub kind: EndingKind,
    /// 理由; only for the applicant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// 救济途径: what can be done about it and until when; only for the applicant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<String>,
}

impl fmt::Debug for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ending").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// How a case can end without a result, beside 撤回.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndingKind {
    /// 不予受理.
    NotAccepted,
    /// 不予批准.
    Denied,
    /// 视为放弃: what was missing never came.
    Lapsed,
}

/// The promised day is another one, or stands still.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DueChange {
    /// When that was decided.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// Why.
    pub why: DueChangeWhy,
    /// 特别程序, where there is one: 鉴定, 实地核查 ….
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<String>,
    /// 理由, in the words of the office; only for the applicant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The day before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub was_on: Option<Date>,
    /// The new day; none while the clock stands still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub due_on: Option<Date>,
    /// 预计.
    pub provisional: bool,
}

impl fmt::Debug for DueChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("DueChange");
        f.field("why", &self.why).field("was_on", &self.was_on).field("due_on", &self.due_on);
        f.finish_non_exhaustive()
    }
}

/// Why a promised day moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DueChangeWhy {
    /// 延长审批.
    Extended,
    /// 特别程序: the clock stands still.
    Stopped,
    /// It runs again.
    Resumed,
    /// The holidays of a year have been published.
    Calendar,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_an_office_wrote_is_in_a_log() {
        let told = Told {
            correction: Some(Correction {
                until: None,
                missing: vec![MissingPaper { material: "示例".into(), opinion: "示例".into() }],
            }),
            ending: Some(Ending {
                kind: EndingKind::Denied,
                reason: Some("示例".into()),
                remedies: vec!["示例".into()],
            }),
            due_changes: vec![DueChange {
                at: Timestamp::UNIX_EPOCH,
                why: DueChangeWhy::Stopped,
                procedure: Some("示例".into()),
                reason: Some("示例".into()),
                was_on: None,
                due_on: None,
                provisional: false,
            }],
        };
        assert!(!format!("{told:?}").contains("示例"), "{told:?}");
        assert!(!told.is_empty() && told.stopped().is_some() && Told::default().is_empty());
    }
}
