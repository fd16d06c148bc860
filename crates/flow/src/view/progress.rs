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
    /// Newest first; empty says so.
    pub groups: Vec<ProgressGroup>,
}

/// Cases that belong together: those of one bundle, in its order, or one that was filed alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressGroup {
    /// 一件事 that they were filed in.
    pub bundle: Option<FiledBundle>,
    /// Those that were found.
    pub cases: Vec<ProgressRow>,
}

/// 一件事 over its cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledBundle {
    /// What it is called.
    pub name: Text,
    /// 一件事编号.
    pub number: String,
    /// How many cases it has; not all of them have to be found.
    pub cases: usize,
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
