//! What is shown of cases that are looked up.

use jiff::civil::Date;
use protocol::Text;

use super::Due;
use crate::event::QueryTrouble;

/// 查进度: how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressQuery {
    /// The digits typed so far.
    pub typed: String,
    /// Whether that is no code of a case; typed digits are judged after 查询.
    pub wrong: Option<WrongCode>,
    /// Whether an answer is awaited.
    pub searching: bool,
    /// Why there was no answer.
    pub trouble: Option<QueryTrouble>,
}

/// What was no code of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongCode {
    /// The digits.
    Typed,
    /// What was held before the scanner or the camera.
    Scanned,
}

/// 查进度: what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// 一件事 whose cases these are, and its number.
    pub bundle: Option<(Text, String)>,
    /// Newest first, those of a bundle in its order; empty says so.
    pub cases: Vec<ProgressRow>,
}

/// One case found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressRow {
    /// 事项名称.
    pub item: Text,
    /// 办件编号.
    pub case_no: String,
    /// Where it stands.
    pub status: protocol::CaseStatus,
    /// 收件日期.
    pub received_on: Date,
    /// 承诺办结日期.
    pub due: Option<Due>,
    /// What is missing, why it ended without a result, why it takes longer. Found by card it has the office's words.
    pub told: protocol::Told,
}
