//! 办件: what is filed, what becomes of it, and how it was.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroize;

use crate::{Answers, Applicant, PartOf, PickupCode, Text, Told};

/// What a channel sends to `POST /api/v1/cases`, under an `Idempotency-Key`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseSubmission {
    /// [`crate::ServiceItem::id`].
    pub item: String,
    /// The version that the applicant saw.
    pub item_version: u32,
    /// 取件码, made by the channel.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub pickup_code: PickupCode,
    /// Where it was filed.
    pub channel: Channel,
    /// Which machine, where the channel is a machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<String>,
    /// 收件时间 by the channel's own clock: the moment the applicant confirmed. What cannot have been (later than the
    /// platform's clock, or more than 60 days ago) is replaced by the moment of arrival.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub received_at: Timestamp,
    /// 申请人.
    pub applicant: Applicant,
    /// The answers, by [`crate::Field::id`].
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, crate::Answer>))]
    pub fields: Answers,
    /// What the applicant agreed to.
    pub consent: Consent,
}

impl std::fmt::Debug for CaseSubmission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseSubmission").field("item", &self.item).finish_non_exhaustive()
    }
}

impl Drop for CaseSubmission {
    fn drop(&mut self) {
        self.fields.values_mut().for_each(Zeroize::zeroize);
    }
}

/// 申报来源.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 自助一体机 (exported as 9 其他, GB/T 39046 has no code for it).
    Kiosk,
    /// 窗口.
    Window,
    /// 电脑端.
    Pc,
    /// 移动端.
    Phone,
}

/// 知情同意 as given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// [`crate::registry::ConsentNotice::version`].
    pub notice_version: u32,
    /// When.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub given_at: Timestamp,
}

/// Whether this can be a 办件编号: 实施编码 (31), the day (8) and a number, at most 50 letters and digits. A number of a document
/// of identity is shorter, so that none is ever taken for one.
#[must_use]
pub fn is_case_no(text: &str) -> bool {
    (40..=50).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// 办件 as the platform tells it to a resident: nothing in it is personal beyond a masked name, but for what [`Told`]
/// keeps for the applicant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Case {
    /// 办件编号.
    pub case_no: String,
    /// The `Idempotency-Key` it was filed under.
    pub case_key: Uuid,
    /// 取件码.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub pickup_code: PickupCode,
    /// 事项, in the version filed under.
    pub item: ItemRef,
    /// Where it stands.
    pub status: CaseStatus,
    /// The same in one of the seven words that residents read.
    pub status_text: String,
    /// 收件时间 by the channel's clock.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub received_at: Timestamp,
    /// When the platform got it; later than `received_at` for a case that waited for the network.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub recorded_at: Timestamp,
    /// 承诺办结日期; none before 受理.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub due_on: Option<Date>,
    /// 预计: the working-day calendar of that year is not published yet.
    pub due_provisional: bool,
    /// 申报来源.
    pub channel: Channel,
    /// The machine it was filed at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<String>,
    /// Masked, e.g. 张**.
    pub applicant_name: String,
    /// 实施主体.
    pub organisation: String,
    /// 办理结果, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<CaseResult>,
    /// What happened, oldest first.
    pub steps: Vec<StatusStep>,
    /// 满意度, once given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u8>, minimum = 1, maximum = 5))]
    pub rating: Option<RatingLevel>,
    /// 咨询电话.
    pub consult_phone: String,
    /// 监督投诉电话.
    pub complain_phone: String,
    /// 示例.
    pub demo: bool,
    /// What has to be known besides where it stands.
    #[serde(default, skip_serializing_if = "Told::is_empty")]
    pub told: Told,
    /// 一件事 that it was filed in, where it was not filed alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<PartOf>,
}

/// 事项 as a case names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemRef {
    /// [`crate::ServiceItem::id`].
    pub id: String,
    /// The version filed under.
    pub version: u32,
    /// 事项名称.
    pub name: Text,
    /// 基本编码.
    pub catalog_code: String,
}

/// 办件状态.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// 已收件.
    Received,
    /// 已受理.
    Accepted,
    /// 审查中.
    InReview,
    /// 待补正.
    CorrectionRequired,
    /// 不予受理.
    NotAccepted,
    /// 已决定.
    Decided,
    /// 办结.
    Completed,
    /// 撤回.
    Withdrawn,
}

impl CaseStatus {
    /// The word that residents read.
    #[must_use]
    pub fn resident_word(self) -> &'static str {
        match self {
            Self::Received => "待受理",
            Self::CorrectionRequired => "需补正",
            Self::Accepted | Self::InReview | Self::Decided => "办理中",
            Self::Completed => "已办结",
            Self::NotAccepted => "不予受理",
            Self::Withdrawn => "已撤回",
        }
    }
}

/// 办理结果.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseResult {
    /// What the resident gets.
    pub name: Text,
    /// The last day it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub valid_until: Option<Date>,
}

/// One step of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusStep {
    /// What it became.
    pub status: CaseStatus,
    /// When.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
}

/// Cases found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseList {
    /// Newest first.
    pub cases: Vec<Case>,
}

/// What `POST /api/v1/cases/search` looks for. It is a body, so that no identity ends up in a URL or a log.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseQuery {
    /// 证件号码, read from a card.
    pub id_number: String,
}

impl std::fmt::Debug for CaseQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CaseQuery(..)")
    }
}

impl Drop for CaseQuery {
    fn drop(&mut self) {
        self.id_number.zeroize();
    }
}

/// What a channel sends to `POST /api/v1/ratings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// The `Idempotency-Key` of the case, so that a case without a number yet can be rated too.
    pub case_key: Uuid,
    /// 满意度.
    #[cfg_attr(feature = "openapi", schema(value_type = u8, minimum = 1, maximum = 5))]
    pub level: RatingLevel,
    /// When.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub rated_at: Timestamp,
    /// 渠道.
    pub channel: Channel,
}

/// 满意度 (GB/T 39046 table A.8): 1 is the best, the reverse of stars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum RatingLevel {
    /// 非常满意.
    VerySatisfied = 1,
    /// 满意.
    Satisfied = 2,
    /// 基本满意.
    BasicallySatisfied = 3,
    /// 不满意.
    Dissatisfied = 4,
    /// 非常不满意.
    VeryDissatisfied = 5,
}

impl TryFrom<u8> for RatingLevel {
    type Error = &'static str;
    fn try_from(code: u8) -> Result<Self, Self::Error> {
        Ok(match code {
            1 => Self::VerySatisfied,
            2 => Self::Satisfied,
            3 => Self::BasicallySatisfied,
            4 => Self::Dissatisfied,
            5 => Self::VeryDissatisfied,
            _ => return Err("a rating is a number from 1 (非常满意) to 5 (非常不满意)"),
        })
    }
}

impl From<RatingLevel> for u8 {
    fn from(level: RatingLevel) -> Self {
        level as Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_number_is_no_number_of_a_person_and_no_address() {
        assert!(is_case_no("11519999MB00000015651201400600004202611230001"));
        assert!(is_case_no(&"A1".repeat(25)));
        for other in ["", "519999194910010011", "123456782", "https://example.invalid/a/b/c/d/e/f/g/h/i/j"] {
            assert!(!is_case_no(other), "{other}");
        }
        assert!(
            !is_case_no(&"1".repeat(51)) && !is_case_no(&"１".repeat(15)) && !is_case_no(&"a".repeat(43))
        );
    }
}
