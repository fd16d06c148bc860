//! Where a case stands.

use protocol::CaseStatus;
use serde::{Deserialize, Serialize};

/// 办件状态 as staff see it. Its names on the wire are those of [`CaseStatus`] and four more, which residents and
/// kiosks never hear: they are told [`State::public`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// 已收件.
    Received,
    /// 待补正.
    CorrectionRequired,
    /// 不予受理.
    NotAccepted,
    /// 已受理.
    Accepted,
    /// 审查中.
    InReview,
    /// 特别程序: the clock stands still.
    Suspended,
    /// 已决定.
    Decided,
    /// 办结.
    Completed,
    /// 已送达.
    Delivered,
    /// 已归档.
    Archived,
    /// 撤回.
    Withdrawn,
    /// 终止: given up because what was missing never came.
    Terminated,
}

impl State {
    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 12] = [
        Self::Received,
        Self::CorrectionRequired,
        Self::NotAccepted,
        Self::Accepted,
        Self::InReview,
        Self::Suspended,
        Self::Decided,
        Self::Completed,
        Self::Delivered,
        Self::Archived,
        Self::Withdrawn,
        Self::Terminated,
    ];

    /// What a kiosk is told. Its protocol is older than these states, and it must still read every case.
    pub(crate) fn public(self) -> CaseStatus {
        match self {
            Self::Received => CaseStatus::Received,
            Self::CorrectionRequired => CaseStatus::CorrectionRequired,
            Self::NotAccepted => CaseStatus::NotAccepted,
            Self::Accepted => CaseStatus::Accepted,
            Self::InReview | Self::Suspended => CaseStatus::InReview,
            Self::Decided => CaseStatus::Decided,
            Self::Completed | Self::Delivered | Self::Archived => CaseStatus::Completed,
            Self::Withdrawn | Self::Terminated => CaseStatus::Withdrawn,
        }
    }

    /// The word in the console.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Received => "已收件",
            Self::CorrectionRequired => "待补正",
            Self::NotAccepted => "不予受理",
            Self::Accepted => "已受理",
            Self::InReview => "审查中",
            Self::Suspended => "特别程序",
            Self::Decided => "已决定",
            Self::Completed => "已办结",
            Self::Delivered => "已送达",
            Self::Archived => "已归档",
            Self::Withdrawn => "已撤回",
            Self::Terminated => "已终止",
        }
    }

    /// Whether a clock is running, or standing still: until it is decided.
    #[cfg(test)]
    pub(crate) fn is_open(self) -> bool {
        matches!(
            self,
            Self::Received | Self::CorrectionRequired | Self::Accepted | Self::InReview | Self::Suspended
        )
    }
}

/// 准予 or 不予.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// 准予.
    Granted,
    /// 不予.
    Denied,
}

impl Outcome {
    /// The word in the console.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Granted => "准予",
            Self::Denied => "不予",
        }
    }
}

/// The one of the seven words that a resident reads (domain model §2.6).
pub(crate) fn resident_word(state: State, outcome: Option<Outcome>) -> &'static str {
    match (state.public(), outcome) {
        (CaseStatus::Decided | CaseStatus::Completed, Some(Outcome::Denied)) => "不予通过",
        (public, _) => public.resident_word(),
    }
}
