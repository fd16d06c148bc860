//! 一件事: several items behind one form, as the platform offers and files them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroize;

use crate::{
    Answers, Applicant, Case, Channel, Consent, Field, ItemRef, Limit, Material, PickupCode, ServiceItem,
    Text, When, answer,
};

/// Between an item and its question in the name of a question of the one form.
const SEPARATOR: char = ':';

/// How a question that only `item` asks is named in the one form.
#[must_use]
pub fn question(item: &str, field: &str) -> String {
    format!("{item}{SEPARATOR}{field}")
}

/// The item that a question of the one form is for; none where it is for all of them.
#[must_use]
pub fn section(field: &str) -> Option<&str> {
    field.split_once(SEPARATOR).map(|(item, _)| item)
}

/// Whether this can be a 一件事编号: `YJS`, the bundle (3), the day (8) and a number, as a bundle's code begins. No document of
/// identity has such a number.
#[must_use]
pub fn is_bundle_no(text: &str) -> bool {
    let digits = text.strip_prefix("YJS").unwrap_or_default();
    (15..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

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

impl Bundle {
    /// The versions of its items.
    #[must_use]
    pub fn item_versions(&self) -> BTreeMap<String, u32> {
        self.items.iter().map(|part| (part.item.id.clone(), part.item.version)).collect()
    }
}

/// Which of `items` the answers so far call for, each with its condition: those without one, and those whose condition the
/// answer to an open question of `fields` fulfils.
pub fn called_for<'i, I>(
    fields: &[Field],
    items: impl IntoIterator<Item = (Option<&'i When>, I)>,
    answers: &Answers,
) -> Vec<I> {
    let said = |field: &Field| answers.get(&field.id).map(|answer| answer.words().to_owned());
    let open = answer::open(fields, said);
    let called = items.into_iter().filter(|(when, _)| answer::holds(*when, &open, said));
    called.map(|(_, item)| item).collect()
}

/// The papers of `items`, each once, with the items that they are for: a picture where one of them wants one, and the
/// shortest of the times that they leave for it.
#[must_use]
pub fn papers<'i>(items: &[&'i ServiceItem]) -> Vec<(Material, Vec<&'i ServiceItem>)> {
    let mut papers: Vec<(Material, Vec<&ServiceItem>)> = Vec::new();
    for (item, material) in items.iter().flat_map(|item| item.materials.iter().map(move |one| (*item, one))) {
        match papers.iter_mut().find(|(known, _)| known.is_same(material)) {
            Some((known, of)) => {
                of.push(item);
                known.picture |= material.picture;
                if sooner(material, known) {
                    known.within = material.within;
                    known.note.clone_from(&material.note);
                }
            }
            None => papers.push((material.clone(), vec![item])),
        }
    }
    papers
}

/// Limits of one unit are compared; where units differ the first one stands.
fn sooner(one: &Material, other: &Material) -> bool {
    matches!((one.within, other.within), (Some(one), Some(other)) if one.unit == other.unit && one.n < other.n)
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

/// 一件事 that a case was filed in, as the case tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartOf {
    /// 一件事编号.
    pub bundle_no: String,
    /// What it is called, in the version filed under.
    pub name: Text,
    /// Which of its cases this is, in its order, from 1.
    pub place: u32,
    /// How many it has.
    pub of: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_number_is_no_number_of_a_person_and_no_other_of_ours() {
        assert!(is_bundle_no("YJS006202611240001") && is_bundle_no("YJS00620261124123456"));
        let case_no = "11519999MB00000015651201400600004202611230001";
        for other in [
            "",
            "YJS",
            "YJS00620261124",
            "YJS0062026112400A1",
            "519999194910010011",
            "CHN310012345678",
            case_no,
        ] {
            assert!(!is_bundle_no(other), "{other}");
        }
    }

    #[test]
    fn a_question_tells_its_item() {
        assert_eq!(section(&question("card-loss", "phone")), Some("card-loss"));
        assert_eq!(section("phone"), None);
    }
}
