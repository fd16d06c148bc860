//! What somebody does to a case.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An act with everything that it needs. The two last ones are the clock's, and nobody can send them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Act {
    /// 转派: says whose resident the case is about, where its address did not tell.
    Route {
        /// The community.
        area: String,
    },
    /// 一次性告知: names everything that is missing, at once.
    RequireCorrection {
        /// Per material what is wrong with it.
        gaps: Vec<Gap>,
        /// Working days to bring it.
        within_days: u32,
    },
    /// 补正: the missing things have come.
    Correct {
        /// What came.
        note: String,
    },
    /// 不予受理.
    Refuse {
        /// Why.
        reason: String,
        /// 救济途径: where the applicant can turn to.
        remedy: String,
    },
    /// 受理.
    Accept {
        /// That everything that the item asks for has been seen.
        materials_complete: bool,
    },
    /// 通过: this desk is done with it.
    Pass {
        /// 意见.
        opinion: String,
        /// 入户调查, where the step is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visit: Option<HomeVisit>,
    },
    /// 退回: an earlier desk has to look again.
    Return {
        /// 意见.
        opinion: String,
    },
    /// Asks for a 特别程序; another person approves it.
    ProposeSuspension {
        /// 种类.
        kind: SuspensionKind,
        /// 启动理由或依据.
        reason: String,
    },
    /// 特别程序: the clock stops.
    Suspend,
    /// The clock runs again.
    Resume {
        /// What came of it.
        note: String,
    },
    /// 延长审批, once.
    Extend {
        /// By how many working days.
        days: u32,
        /// What the applicant is told.
        reason: String,
    },
    /// 公示: hangs the case on the board, masked.
    Publish {
        /// 金额档次, in words that tell nobody's account.
        amount: String,
    },
    /// 异议: somebody has objected to the notice.
    Object {
        /// What was said.
        content: String,
    },
    /// 准予.
    Grant {
        /// 意见.
        opinion: String,
    },
    /// 不予.
    Deny {
        /// Why.
        reason: String,
        /// 救济途径.
        remedy: String,
    },
    /// 办结: the result is there.
    Complete {
        /// Its number, where it has one.
        #[serde(default)]
        result_no: String,
    },
    /// 送达.
    Deliver {
        /// How.
        method: DeliveryMethod,
        /// Who took it.
        receiver: String,
        /// That identity was checked and the receipt is signed.
        signed: bool,
    },
    /// 归档.
    Archive,
    /// 撤回, as the applicant asks.
    Withdraw {
        /// What the applicant said.
        reason: String,
    },
    /// 视为受理: nobody has answered in time.
    #[serde(skip_deserializing)]
    DeemAccepted,
    /// 视为放弃: what was missing never came.
    #[serde(skip_deserializing)]
    Lapse,
}

/// One thing that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gap {
    /// 材料.
    pub(crate) material: String,
    /// 意见.
    pub(crate) opinion: String,
}

/// 入户调查.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HomeVisit {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub(crate) on: Date,
    /// Who went, by their account names; at least two.
    pub(crate) visitors: Vec<String>,
    /// What they found.
    pub(crate) findings: String,
    /// That both sides have signed.
    pub(crate) signed: bool,
}

/// 特别程序种类.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SuspensionKind {
    /// 听证.
    Hearing,
    /// 检验.
    Inspection,
    /// 检测.
    Testing,
    /// 鉴定.
    Appraisal,
    /// 专家评审.
    ExpertReview,
    /// 实地核查.
    OnSite,
}

impl SuspensionKind {
    /// All, in the order of the console.
    pub(crate) const ALL: [Self; 6] =
        [Self::Hearing, Self::Inspection, Self::Testing, Self::Appraisal, Self::ExpertReview, Self::OnSite];

    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Hearing => "听证",
            Self::Inspection => "检验",
            Self::Testing => "检测",
            Self::Appraisal => "鉴定",
            Self::ExpertReview => "专家评审",
            Self::OnSite => "实地核查",
        }
    }
}

/// How a result reaches its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryMethod {
    /// 窗口领取.
    Counter,
    /// 快递.
    Express,
    /// 电子证照.
    Electronic,
}

impl DeliveryMethod {
    /// All, in the order of the console.
    pub(crate) const ALL: [Self; 3] = [Self::Counter, Self::Express, Self::Electronic];

    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Counter => "窗口领取",
            Self::Express => "快递",
            Self::Electronic => "电子证照",
        }
    }
}

/// Which act it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActKind {
    /// 收件, when it was filed.
    Receive,
    Route,
    RequireCorrection,
    Correct,
    Refuse,
    Accept,
    Pass,
    Return,
    ProposeSuspension,
    Suspend,
    Resume,
    Extend,
    Publish,
    Object,
    Grant,
    Deny,
    Complete,
    Deliver,
    Archive,
    Withdraw,
    DeemAccepted,
    Lapse,
}

impl Act {
    /// Which one it is.
    pub(crate) fn kind(&self) -> ActKind {
        match self {
            Self::Route { .. } => ActKind::Route,
            Self::RequireCorrection { .. } => ActKind::RequireCorrection,
            Self::Correct { .. } => ActKind::Correct,
            Self::Refuse { .. } => ActKind::Refuse,
            Self::Accept { .. } => ActKind::Accept,
            Self::Pass { .. } => ActKind::Pass,
            Self::Return { .. } => ActKind::Return,
            Self::ProposeSuspension { .. } => ActKind::ProposeSuspension,
            Self::Suspend => ActKind::Suspend,
            Self::Resume { .. } => ActKind::Resume,
            Self::Extend { .. } => ActKind::Extend,
            Self::Publish { .. } => ActKind::Publish,
            Self::Object { .. } => ActKind::Object,
            Self::Grant { .. } => ActKind::Grant,
            Self::Deny { .. } => ActKind::Deny,
            Self::Complete { .. } => ActKind::Complete,
            Self::Deliver { .. } => ActKind::Deliver,
            Self::Archive => ActKind::Archive,
            Self::Withdraw { .. } => ActKind::Withdraw,
            Self::DeemAccepted => ActKind::DeemAccepted,
            Self::Lapse => ActKind::Lapse,
        }
    }
}

impl ActKind {
    /// The word in the console.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Receive => "收件",
            Self::Route => "转派社区",
            Self::RequireCorrection => "一次性告知补正",
            Self::Correct => "收到补正",
            Self::Refuse => "不予受理",
            Self::Accept => "受理",
            Self::Pass => "通过",
            Self::Return => "退回上一环节",
            Self::ProposeSuspension => "申请特别程序",
            Self::Suspend => "批准特别程序",
            Self::Resume => "恢复计时",
            Self::Extend => "延长审批",
            Self::Publish => "开始公示",
            Self::Object => "登记异议",
            Self::Grant => "准予",
            Self::Deny => "不予",
            Self::Complete => "办结",
            Self::Deliver => "送达",
            Self::Archive => "归档",
            Self::Withdraw => "申请人撤回",
            Self::DeemAccepted => "视为受理",
            Self::Lapse => "逾期未补正，视为放弃",
        }
    }
}
