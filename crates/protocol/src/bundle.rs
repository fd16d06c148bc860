//! 一件事: several items behind one form, as the platform offers and files them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroize;

use crate::{
    Answers, Applicant, Case, Channel, Consent, Field, ItemRef, Limit, Material, PickupCode, Text, When,
};

/// 一件事 (高效办成一件事) as it is offered today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bundle {
    /// Our own stable name, e.g. `flexible-work`.
    pub id: String,
    /// Rises by one with every published change.
    pub version: u32,
    /// 示例: not signed off by a real department.
    pub demo: bool,
    /// What it is called.
    pub name: Text,
    /// What it is for, in one short sentence.
    pub summary: Text,
    /// The items that it can become cases of, in order.
    pub items: Vec<BundleItem>,
    /// The papers of all its items, each once.
    pub materials: Vec<BundleMaterial>,
    /// The form: what all items ask in common, and behind it what only one of them asks, as `ITEM:FIELD`.
    pub fields: Vec<Field>,
}

/// An item of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BundleItem {
    /// The item, in the version offered today.
    pub item: ItemRef,
    /// Under which answers it is filed; always, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// 承诺办结时限 of its own.
    pub promised: Limit,
    /// 实施主体.
    pub organisation: Text,
}

/// A paper, and for which items it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BundleMaterial {
    /// The paper, with the shortest of the times that its items leave for it.
    pub material: Material,
    /// The [`crate::ServiceItem::id`]s of the items.
    pub items: Vec<String>,
}

/// What a channel sends to `POST /api/v1/bundle-cases`, under one `Idempotency-Key` for all of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BundleSubmission {
    /// [`Bundle::id`].
    pub bundle: String,
    /// The version that the applicant saw.
    pub bundle_version: u32,
    /// The version of each of its items that the applicant saw, by [`ItemRef::id`].
    pub item_versions: BTreeMap<String, u32>,
    /// 取件码, made by the channel; all its cases have the same.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub pickup_code: PickupCode,
    /// Where it was filed.
    pub channel: Channel,
    /// Which machine, where the channel is a machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminal_id: Option<String>,
    /// 收件时间 by the channel's own clock, as in [`crate::CaseSubmission::received_at`].
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub received_at: Timestamp,
    /// 申请人.
    pub applicant: Applicant,
    /// The answers, by the [`Field::id`]s of [`Bundle::fields`].
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, crate::Answer>))]
    pub fields: Answers,
    /// What the applicant agreed to.
    pub consent: Consent,
}

impl std::fmt::Debug for BundleSubmission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BundleSubmission").field("bundle", &self.bundle).finish_non_exhaustive()
    }
}

impl Drop for BundleSubmission {
    fn drop(&mut self) {
        self.fields.values_mut().for_each(Zeroize::zeroize);
    }
}

/// What became of a bundle: one number, and behind it cases with numbers, workflows and limits of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BundleCase {
    /// 一件事编号.
    pub bundle_no: String,
    /// The `Idempotency-Key` it was filed under.
    pub bundle_key: Uuid,
    /// What it is, in the version filed under.
    pub bundle: BundleRef,
    /// 取件码 of all its cases.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub pickup_code: PickupCode,
    /// 收件时间 by the channel's clock.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub received_at: Timestamp,
    /// 示例.
    pub demo: bool,
    /// Each as it stands now, in the order of the bundle.
    pub cases: Vec<Case>,
}

/// 一件事 as its cases name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BundleRef {
    /// [`Bundle::id`].
    pub id: String,
    /// The version filed under.
    pub version: u32,
    /// What it is called.
    pub name: Text,
}
