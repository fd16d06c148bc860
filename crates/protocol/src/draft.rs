//! 草稿: a form that was begun at a machine, for its owner to go on with on any screen.

use std::{collections::BTreeMap, fmt};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroize;

use crate::{Answers, Applicant, Consent, PickupCode, Subject};

/// How long a draft is kept after it was last changed, in days.
pub const DAYS: u16 = 30;

/// What a machine sends to `PUT /api/v1/drafts/{key}`: the answers so far, and whose they are by the card that was read. It is
/// of an item or of a bundle, in the versions that the applicant saw.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftSubmission {
    /// [`crate::ServiceItem::id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_version: Option<u32>,
    /// [`crate::Bundle::id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<String>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle_version: Option<u32>,
    /// The versions of its items, by [`crate::ItemRef::id`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub item_versions: BTreeMap<String, u32>,
    /// Which machine.
    pub terminal_id: String,
    /// 申请人, to whom alone it opens.
    pub applicant: Applicant,
    /// The answers so far, by [`crate::Field::id`]; each is one, but some may lack.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, crate::Answer>))]
    pub fields: Answers,
    /// What the applicant agreed to.
    pub consent: Consent,
}

impl DraftSubmission {
    /// A draft of `subject`.
    #[must_use]
    pub fn of(
        subject: Subject,
        terminal_id: String,
        applicant: Applicant,
        fields: Answers,
        consent: Consent,
    ) -> Self {
        let (item, item_version, bundle, bundle_version, item_versions) = match subject {
            Subject::Item { item, version } => (Some(item), Some(version), None, None, BTreeMap::new()),
            Subject::Bundle { bundle, version, item_versions } => {
                (None, None, Some(bundle), Some(version), item_versions)
            }
        };
        Self {
            item,
            item_version,
            bundle,
            bundle_version,
            item_versions,
            terminal_id,
            applicant,
            fields,
            consent,
        }
    }

    /// What it is of; none where it does not name exactly one thing.
    #[must_use]
    pub fn subject(&self) -> Option<Subject> {
        match (self.item.clone(), self.item_version, self.bundle.clone(), self.bundle_version) {
            (Some(item), Some(version), None, None) if self.item_versions.is_empty() => {
                Some(Subject::Item { item, version })
            }
            (None, None, Some(bundle), Some(version)) => {
                Some(Subject::Bundle { bundle, version, item_versions: self.item_versions.clone() })
            }
            _ => None,
        }
    }
}

impl fmt::Debug for DraftSubmission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DraftSubmission").field("subject", &self.subject()).finish_non_exhaustive()
    }
}

impl Drop for DraftSubmission {
    fn drop(&mut self) {
        self.fields.values_mut().for_each(Zeroize::zeroize);
    }
}

/// A draft that the platform keeps, as its owner is told. Nothing in it says who that is or what was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftKept {
    /// 草稿码: names it among its owner's drafts, and opens it for nobody else.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub code: PickupCode,
    /// The last day on which it is there, unless it is changed before.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub until: Date,
    /// Where it is gone on with on a phone; none where nobody can sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What `POST /api/v1/drafts/search` looks for. It is a body, so that no identity ends up in a URL or a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DraftQuery {
    /// 证件号码, read from a card.
    pub id_number: String,
}

impl fmt::Debug for DraftQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DraftQuery(..)")
    }
}

impl Drop for DraftQuery {
    fn drop(&mut self) {
        self.id_number.zeroize();
    }
}

/// Drafts found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftList {
    /// Those of items, the last changed first.
    pub drafts: Vec<OpenDraft>,
    /// Those of bundles, the last changed first: apart, so that a machine that knows none reads the others as before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundles: Vec<OpenBundleDraft>,
}

/// A draft of an item, to be gone on with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenDraft {
    /// The `Idempotency-Key` under which it is to be filed, from whichever screen, so that it becomes one case.
    pub key: Uuid,
    /// 草稿码.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub code: PickupCode,
    /// [`crate::ServiceItem::id`].
    pub item: String,
    /// The version that its answers are for.
    pub item_version: u32,
    /// The answers so far.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, crate::Answer>))]
    pub fields: Answers,
    /// When it was last changed.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub changed_at: Timestamp,
    /// The last day on which it is there, unless it is changed before.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub until: Date,
}

impl fmt::Debug for OpenDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenDraft").field("item", &self.item).finish_non_exhaustive()
    }
}

impl Drop for OpenDraft {
    fn drop(&mut self) {
        self.fields.values_mut().for_each(Zeroize::zeroize);
    }
}

/// A draft of a bundle, to be gone on with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenBundleDraft {
    /// The `Idempotency-Key` under which it is to be filed, from whichever screen, so that it becomes one bundle.
    pub key: Uuid,
    /// 草稿码.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub code: PickupCode,
    /// [`crate::Bundle::id`].
    pub bundle: String,
    /// The version that its answers are for.
    pub bundle_version: u32,
    /// Those of its items, by [`crate::ItemRef::id`].
    pub item_versions: BTreeMap<String, u32>,
    /// The answers so far.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, crate::Answer>))]
    pub fields: Answers,
    /// When it was last changed.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub changed_at: Timestamp,
    /// The last day on which it is there, unless it is changed before.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub until: Date,
}

impl fmt::Debug for OpenBundleDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenBundleDraft").field("bundle", &self.bundle).finish_non_exhaustive()
    }
}

impl Drop for OpenBundleDraft {
    fn drop(&mut self) {
        self.fields.values_mut().for_each(Zeroize::zeroize);
    }
}

/// 草稿码 of the draft with this key. It follows from the key, so that there is nothing more to keep.
#[must_use]
pub fn draft_code(key: Uuid) -> PickupCode {
    PickupCode::from_random(key.as_u64_pair().1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_answered_shows_in_a_log() {
        let answer = "金丝雀";
        let draft = OpenDraft {
            key: Uuid::from_u128(7),
            code: draft_code(Uuid::from_u128(7)),
            item: "aid".to_owned(),
            item_version: 1,
            fields: [("why".to_owned(), answer.into())].into(),
            changed_at: Timestamp::UNIX_EPOCH,
            until: Date::constant(2026, 12, 23),
        };
        let query = DraftQuery { id_number: answer.to_owned() };
        assert_eq!(format!("{query:?}"), "DraftQuery(..)");
        assert!(!format!("{draft:?}").contains(answer));
        assert!(serde_json::to_string(&draft).unwrap().contains(answer), "and the platform sends it");
    }

    fn left(subject: Subject) -> DraftSubmission {
        let applicant = Applicant {
            name: "示例".to_owned(),
            id_kind: crate::IdKind::ResidentIdCard,
            id_number: "519999195201010013".to_owned(),
            sex: crate::Sex::Male,
            birth: Date::constant(1952, 1, 1),
            nation: None,
            address: None,
        };
        let consent = Consent { notice_version: 1, given_at: Timestamp::UNIX_EPOCH };
        DraftSubmission::of(subject, "t".to_owned(), applicant, Answers::new(), consent)
    }

    #[test]
    fn a_draft_is_of_one_thing() {
        let item = Subject::Item { item: "aid".to_owned(), version: 2 };
        let bundle = Subject::Bundle {
            bundle: "job-loss".to_owned(),
            version: 1,
            item_versions: [("aid".to_owned(), 2)].into(),
        };
        for subject in [item, bundle] {
            let draft = left(subject.clone());
            assert_eq!(draft.subject(), Some(subject));
            let read: DraftSubmission =
                serde_json::from_value(serde_json::to_value(&draft).unwrap()).unwrap();
            assert_eq!(read, draft);
            let mut both = draft.clone();
            (both.item, both.bundle) = (Some("aid".to_owned()), Some("job-loss".to_owned()));
            let mut none = draft.clone();
            (none.item, none.bundle) = (None, None);
            assert_eq!((both.subject(), none.subject()), (None, None));
        }
    }

    #[test]
    fn a_platform_from_before_bundles_is_told_nothing_of_them_and_tells_nothing() {
        let draft = serde_json::to_value(left(Subject::Item { item: "aid".to_owned(), version: 2 })).unwrap();
        let mut told: Vec<&String> = draft.as_object().unwrap().keys().collect();
        told.sort();
        assert_eq!(told, ["applicant", "consent", "fields", "item", "item_version", "terminal_id"]);
        let list: DraftList = serde_json::from_str(r#"{"drafts": []}"#).unwrap();
        assert_eq!((list.drafts.len(), list.bundles.len()), (0, 0));
    }

    #[test]
    fn a_key_has_one_code_and_other_keys_have_others() {
        let code = |key| draft_code(Uuid::from_u128(key));
        assert_eq!(code(12_345_678).as_str(), "123456782");
        assert_ne!(code(1), code(2));
    }
}
