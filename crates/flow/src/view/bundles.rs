//! What is shown of 一件事, and of the cases that it becomes.

use protocol::{CaseStatus, Limit, Phones, Text};

use super::Due;
use crate::effect::Becomes;

/// 办事指南 of 一件事.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleGuide {
    /// What it is called.
    pub name: Text,
    /// What it is for.
    pub summary: Text,
    /// 示例.
    pub demo: bool,
    /// What it can become, in order.
    pub items: Vec<BundleRow>,
    /// 申请材料 of all of them, each once.
    pub materials: Vec<BundlePaper>,
    /// 咨询电话 and 监督投诉电话.
    pub phones: Phones,
}

/// An item of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleRow {
    /// 事项名称.
    pub name: Text,
    /// 承诺办结时限.
    pub promised: Limit,
    /// 收费.
    pub fee: Text,
    /// 受理条件.
    pub conditions: Vec<Text>,
    /// Filed only where the answers call for it.
    pub depends: bool,
}

/// A paper of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundlePaper {
    /// Its name.
    pub name: Text,
    /// A remark.
    pub note: Option<Text>,
    /// The items that it is for, where not all need it.
    pub only_for: Vec<Text>,
}

/// What becomes of what is confirmed, and by when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Promise {
    /// One case.
    Case {
        /// 承诺办结时限.
        promised: Limit,
        /// 预计办结日期, where it is known for today.
        due: Option<Due>,
    },
    /// A case of each of these.
    Cases(Vec<Becomes>),
}

/// A case of a bundle that the platform has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledCase {
    /// 事项名称.
    pub item: Text,
    /// 办件编号.
    pub case_no: String,
    /// 已办结 / 办理中 / …
    pub status: CaseStatus,
    /// 承诺办结日期.
    pub due: Option<Due>,
}
