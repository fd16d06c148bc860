//! What is shown of a form that is left, and gone on with.

use jiff::civil::Date;
use protocol::Text;
use uuid::Uuid;

use crate::event::DraftTrouble;

/// 接着填.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafts {
    /// The item that was chosen, to be begun anew.
    pub chosen: Text,
    /// What was left unfinished, what was chosen first; none while it is looked up.
    pub rows: Option<Vec<DraftRow>>,
}

/// A draft that can be gone on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// What a touch on it names.
    pub key: Uuid,
    /// 事项名称.
    pub item: Text,
    /// 草稿码 in groups.
    pub code: String,
    /// When it was last changed.
    pub changed_on: Date,
    /// The last day on which it is there.
    pub until: Date,
    /// The form has changed since: every question is shown again.
    pub renewed: bool,
}

/// 先存着.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftDraft {
    /// 事项名称.
    pub item: Text,
    /// Whether pages were photographed, which are not kept.
    pub photographed: bool,
    /// How far it is.
    pub stage: DraftStage,
}

/// How far a draft is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftStage {
    /// It is said what keeping means.
    Asking,
    /// It is on its way.
    Sending,
    /// It is not kept.
    Failed(DraftTrouble),
    /// The platform has it.
    Kept {
        /// 草稿码 in groups.
        code: String,
        /// The last day on which it is there.
        until: Date,
        /// Where it is gone on with on a phone, also in the QR code; none where nobody can sign in.
        url: Option<String>,
    },
}
