//! 申请人: who files.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The kind of identity document, as read from its chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IdKind {
    /// 居民身份证.
    ResidentIdCard,
    /// 港澳台居民居住证 (type mark `J`).
    HkMoTwResidencePermit,
    /// 外国人永久居留身份证, 2017 version (type mark `I`).
    ForeignPermanentResident2017,
    /// 外国人永久居留身份证, 2023 version (type mark `Y`).
    ForeignPermanentResident2023,
}

/// Sex as coded by GB/T 2261.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 0 未知的性别.
    Unknown,
    /// 1 男性.
    Male,
    /// 2 女性.
    Female,
    /// 9 未说明的性别.
    NotStated,
}

/// 申请人, as the chip of the document says. Wiped from memory when dropped; its `Debug` shows nothing personal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// 姓名, with the exact code points that the chip holds.
    pub name: String,
    /// 证件类型.
    pub id_kind: IdKind,
    /// 证件号码.
    pub id_number: String,
    /// 性别.
    pub sex: Sex,
    /// 出生日期.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub birth: Date,
    /// 民族, two digits of GB/T 3304; only resident ID cards have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nation: Option<String>,
    /// 住址; foreign permanent residents' cards have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl std::fmt::Debug for Applicant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Applicant").field("id_kind", &self.id_kind).finish_non_exhaustive()
    }
}

impl Zeroize for Applicant {
    fn zeroize(&mut self) {
        self.name.zeroize();
        self.id_number.zeroize();
        self.sex = Sex::Unknown;
        self.birth = Date::ZERO;
        self.nation.zeroize();
        self.address.zeroize();
    }
}

impl Drop for Applicant {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Applicant {}
