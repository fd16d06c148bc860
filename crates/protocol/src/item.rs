//! 政务服务事项: what can be filed, as data.

use serde::{Deserialize, Serialize};

use crate::Text;

/// 事项: one version of one service item as one district carries it out.
///
/// National words: `catalog_code` 基本编码, `task_code` 实施编码, `kind` 办件类型, `statutory` 法定办结时限, `promised`
/// 承诺办结时限. A case pins the version it was filed under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceItem {
    /// Our own stable name, e.g. `unemployment-registration`.
    pub id: String,
    /// Rises by one with every published change.
    pub version: u32,
    /// 示例: not signed off by a real department; screens and receipts must say so.
    pub demo: bool,
    /// Under which heading it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
    /// 事项名称.
    pub name: Text,
    /// What it is for, in one short sentence.
    pub summary: Text,
    /// 基本编码: 12 characters nationally, longer local codes exist.
    pub catalog_code: String,
    /// 实施编码: 统一社会信用代码 (18) + 行使层级 (1) + 基本编码.
    pub task_code: String,
    /// 办件类型.
    pub kind: CaseKind,
    /// 实施主体.
    pub organisation: Organisation,
    /// 法定办结时限.
    pub statutory: Limit,
    /// 承诺办结时限, never longer than the statutory one.
    pub promised: Limit,
    /// By whom and in which steps it is handled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<Workflow>,
    /// Whether a complete application is accepted (受理) at once, without a worker looking at it.
    pub auto_accept: bool,
    /// 受理条件.
    pub conditions: Vec<Text>,
    /// 申请材料.
    pub materials: Vec<Material>,
    /// The form: what must be known, in the order in which it is asked.
    pub fields: Vec<Field>,
    /// 收费, in words.
    pub fee: Text,
    /// 办理结果.
    pub result: ResultSpec,
    /// 咨询电话.
    pub consult_phone: String,
    /// 监督投诉电话.
    pub complain_phone: String,
}

/// 办件类型 (GB/T 39046 table A.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// 即办件: accepted, decided and finished in one visit.
    Instant,
    /// 承诺件: accepted now, finished by a promised date.
    Promised,
}

/// The heading under which residents look for an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// 劳动就业.
    Employment,
    /// 社会保险.
    SocialInsurance,
    /// 医疗保险.
    Healthcare,
    /// 民政.
    CivilAffairs,
}

/// 办理流程.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Workflow {
    /// W1 即办: done when it is filed.
    Instant,
    /// W2: 收件, 受理, 审核, 决定, 办结.
    Review,
    /// W3 救助三级: 街道受理, 核对 and 入户调查, 民主评议, 公示, 区确认.
    Relief,
    /// W4 就业三级: 社区初审 and 公示, 街道复审, 区终审.
    Employment,
    /// W5 报销给付: 受理, 审核, 复核, 拨付, 办结.
    Payout,
    /// W6 预约.
    Appointment,
}

/// 实施主体.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organisation {
    /// Its name.
    pub name: Text,
    /// 统一社会信用代码.
    pub uscc: String,
}

/// A time limit with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limit {
    /// How many units; 0 for [`LimitUnit::Instant`].
    pub n: u32,
    /// Of what.
    pub unit: LimitUnit,
}

/// What a time limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    /// 即时.
    Instant,
    /// 工作日.
    WorkingDay,
    /// 自然日.
    CalendarDay,
}

/// 申请材料.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Material {
    /// Its name.
    pub name: Text,
    /// 来源渠道: where it comes from, and so what the resident must do.
    pub source: MaterialSource,
    /// 容缺后补: until when it must be at the counter, counted from the day of filing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Limit>,
    /// 电子件: of paper that goes to the counter a picture is taken as well, so that a worker can look at it before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub picture: bool,
    /// A remark for the resident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

impl Material {
    /// Whether both are one paper, though two items name it.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.name == other.name && self.source == other.source
    }
}

/// 来源渠道.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MaterialSource {
    /// Read from the card on the reader.
    IdCard,
    /// 数据共享: the department fetches it itself.
    DataShare,
    /// The form on the screen is the material.
    OnlineForm,
    /// 窗口: paper that a machine without a scanner cannot take. The resident brings it to the counter afterwards, and a
    /// worker accepts the case when it is there.
    Counter,
}

/// One field of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Field {
    /// Its name in the case.
    pub id: String,
    /// The question in plain words.
    pub label: Text,
    /// A line of help under the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Text>,
    /// Whether the case cannot be filed without it.
    pub required: bool,
    /// What the card already says is not asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_from_card: Option<Knows>,
    /// Asked only under a condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// What an answer looks like.
    #[serde(flatten)]
    pub kind: FieldKind,
}

/// A condition: another question, asked before, was answered in one of these ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct When {
    /// The [`Field::id`] of a choice that comes earlier in the same form.
    pub field: String,
    /// The [`Choice::value`]s that make this question be asked.
    pub is: Vec<String>,
}

/// What an identity document tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Knows {
    /// 姓名.
    Name,
    /// 性别.
    Sex,
    /// 出生日期.
    Birth,
    /// 证件号码.
    IdNumber,
    /// 住址.
    Address,
    /// 民族.
    Nation,
}

/// The kind of a field, and so the way it is asked and checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    /// Words.
    Text {
        /// The longest answer, in characters.
        max_chars: u32,
    },
    /// 地址: words that say where.
    Address {
        /// The longest answer, in characters.
        max_chars: u32,
    },
    /// One of a few.
    Choice {
        /// The answers to choose from.
        choices: Vec<Choice>,
    },
    /// A day, written `YYYY-MM-DD`.
    Date {
        /// How many years back it may lie.
        years_back: u16,
        /// Whether it may lie after today.
        future: bool,
    },
    /// 手机号: eleven digits, the first one a 1.
    Phone,
    /// A whole number in digits, without leading zeros.
    Number {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
        /// What is counted: 人, 平方米.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<Text>,
    },
    /// 金额 in 分 (1/100 yuan), a whole number in digits.
    Money {
        /// The smallest amount, in 分.
        min_fen: u64,
        /// The largest amount, in 分.
        max_fen: u64,
    },
    /// 公民身份号码 of somebody else than the applicant, or of nobody at the reader: [`crate::IdNumber`].
    IdNumber,
    /// 银行卡号 or the account number of a 社会保障卡: [`crate::BankCard`].
    BankCard,
    /// 人员列表: the same few questions about each of several people.
    PersonList {
        /// The fewest people.
        min: u32,
        /// The most people.
        max: u32,
        /// What is asked about each; no list again, and nothing that a card knows.
        #[cfg_attr(feature = "openapi", schema(no_recursion))]
        fields: Vec<Field>,
    },
}

/// One answer to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Choice {
    /// What the case stores.
    pub value: String,
    /// What the resident reads.
    pub label: Text,
}

/// 办理结果.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResultSpec {
    /// What the resident gets.
    pub name: Text,
    /// For how many months it holds, where it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_months: Option<u32>,
}
