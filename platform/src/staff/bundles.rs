//! 一件事编辑: which items are done at once, and what their one form asks. The office that carries out the first item leads
//! (牵头单位) and edits. What was begun under a version goes on under it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use protocol::{Problem, ServiceItem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    access::{Ask, require},
    editing::{self, Change, Edited, OpenDraft, StepTaken, VersionView, Way},
    service::{Asked, flatten},
};
use crate::{
    app::App,
    catalogue::{Fault, bundle::LifeEventBundle},
    error::Refusal,
    offer::{Offer, Standing},
    people::session::Session,
    problems,
    store::{
        StoreError, Transaction, bundle_versions,
        content_drafts::{self, DraftAct, DraftState, NEW},
    },
};

impl Edited for LifeEventBundle {
    const WITHDRAWAL: (&'static str, &'static str) = ("withdraw-bundle", "下架");

    fn standing<'o>(offer: &'o Offer, id: &str) -> Option<&'o Self> {
        offer.standing(id).map(|standing| &standing.bundle)
    }

    fn is_withdrawn(offer: &Offer, id: &str) -> bool {
        offer.standing(id).is_some_and(|standing| standing.withdrawn)
    }

    fn needed_by(&self, _: &Offer) -> Vec<String> {
        Vec::new()
    }

    fn office<'o>(&'o self, offer: &'o Offer) -> Option<&'o str> {
        leader(self, offer).map(|item| item.organisation.uscc.as_str())
    }

    fn numbered(self, version: u32) -> Self {
        Self { version, ..self }
    }

    fn faults(&self, offer: &Offer, was: &Self) -> Vec<Fault> {
        // Of one that is published it cannot be changed: a later program may have brought another with the same.
        let is_own = was.version != NEW || offer.bundle_with_code(&self.code).is_none();
        let fixed = [
            ("id", self.id == was.id, FIXED),
            ("code", self.code == was.code, FIXED),
            ("items", self.office(offer) == was.office(offer), MOVED),
            ("code", is_own, TAKEN),
        ];
        let moved = editing::moved(&format!("bundles/{}", was.id), fixed);
        if moved.is_empty() { offer.bundle_faults(self) } else { moved }
    }

    fn newest(view: &Transaction<'_>, id: &str) -> Result<u32, StoreError> {
        bundle_versions::newest(view, id)
    }

    fn publish(&self, transaction: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
        bundle_versions::insert(transaction, self, true, now)
    }

    fn action(act: Option<DraftAct>) -> &'static str {
        match act {
            Some(DraftAct::Begin) => "begin-bundle-draft",
            Some(DraftAct::Save) => "save-bundle-draft",
            Some(DraftAct::Submit) => "submit-bundle-draft",
            Some(DraftAct::Return) => "return-bundle-draft",
            Some(DraftAct::Publish) => "publish-bundle",
            Some(DraftAct::Discard) => "discard-bundle-draft",
            None => "publish-bundle-refused",
        }
    }

    fn not_found() -> Problem {
        problems::bundle_not_found()
    }

    fn taken(why: String) -> Problem {
        problems::bundle_exists(why)
    }

    fn invalid(faults: &[Fault]) -> Problem {
        problems::bundle_invalid(faults)
    }
}

/// 牵头: who carries out the first item leads.
pub(super) fn leader<'o>(bundle: &LifeEventBundle, offer: &'o Offer) -> Option<&'o ServiceItem> {
    offer.standing_item(&bundle.items.first()?.item)
}

const FIXED: &str = "is fixed: another one is another bundle";
const MOVED: &str = "the office that leads is fixed: it carries out the first item";
const TAKEN: &str = "the numbers of another bundle begin so";

/// A bundle in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BundleSummary {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The version that stands; 0 where none was published yet.
    pub(crate) version: u32,
    /// 牵头单位.
    pub(crate) organisation: String,
    pub(crate) standing: BundleStanding,
    /// Its draft, where there is one.
    pub(crate) draft: Option<DraftState>,
}

/// Whether residents can begin it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BundleStanding {
    /// 未发布: nothing of it was published yet.
    New,
    /// 办理中.
    Offered,
    /// 已下架: an office has taken it back.
    Withdrawn,
    /// 不合: it does not fit its items as they are today.
    DoesNotFit,
}

impl BundleStanding {
    fn of(standing: Option<&Standing>) -> Self {
        match standing {
            None => Self::New,
            Some(Standing { withdrawn: true, .. }) => Self::Withdrawn,
            Some(standing) if standing.is_offered() => Self::Offered,
            Some(_) => Self::DoesNotFit,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::New => "未发布",
            Self::Offered => "办理中",
            Self::Withdrawn => "已下架",
            Self::DoesNotFit => "与事项不合，没有提供",
        }
    }
}

/// A bundle with its versions and its draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LedBundle {
    /// The version that stands; where none was published yet, the draft, numbered 0.
    pub(crate) bundle: LifeEventBundle,
    pub(crate) standing: BundleStanding,
    /// What does not fit, with bundle, item and field.
    pub(crate) faults: Vec<String>,
    /// Newest first.
    pub(crate) versions: Vec<VersionView>,
    pub(crate) draft: Option<BundleDraftView>,
    /// Whether this person may withdraw it now.
    pub(crate) may_withdraw: bool,
}

/// A draft of a bundle that is open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BundleDraftView {
    /// The version that it was copied from; 0 where none was published yet.
    pub(crate) base_version: u32,
    /// Goes with every step: who takes one says what was on the screen.
    pub(crate) revision: i64,
    pub(crate) state: DraftState,
    pub(crate) bundle: LifeEventBundle,
    /// What it says otherwise than the version that stands; all of it where there is none.
    pub(crate) changes: Vec<Change>,
    /// Oldest first.
    pub(crate) steps: Vec<StepTaken>,
    /// What this person may do now.
    pub(crate) acts: Vec<DraftAct>,
}

impl BundleDraftView {
    /// How far it is.
    pub(crate) fn way(&self) -> Way<'_> {
        Way {
            base_version: self.base_version,
            revision: self.revision,
            state: self.state,
            changes: &self.changes,
            acts: &self.acts,
        }
    }
}

impl From<OpenDraft<LifeEventBundle>> for BundleDraftView {
    fn from(draft: OpenDraft<LifeEventBundle>) -> Self {
        let OpenDraft { base_version, revision, state, words: bundle, changes, steps, acts } = draft;
        Self { base_version, revision, state, bundle, changes, steps, acts }
    }
}

/// What the fields of a draft are to say.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaveBundleDraft {
    /// [`BundleDraftView::revision`].
    pub(crate) revision: i64,
    /// Its `version` is not looked at: the platform numbers.
    pub(crate) bundle: LifeEventBundle,
}

/// The bundles that one's offices lead.
pub(crate) async fn list(app: &App, session: &Session) -> Result<Vec<BundleSummary>, Refusal> {
    require(session, Ask::EditItems)?;
    app.renew_offer().await?;
    let (session, offer) = (session.clone(), app.offer());
    let read = move |view: &Transaction<'_>| {
        let drafts: BTreeMap<String, DraftState> =
            content_drafts::states::<LifeEventBundle>(view)?.into_iter().collect();
        let by = (&session, &*offer);
        let mut found = editing::all_new::<LifeEventBundle>(view, by)?;
        for Standing { bundle, .. } in &offer.standing {
            if editing::is_theirs(view, by, bundle, Ask::EditItems)? {
                found.push(bundle.clone());
            }
        }
        let summary = |bundle: LifeEventBundle| BundleSummary {
            organisation: leader(&bundle, &offer)
                .map_or_else(String::new, |item| item.organisation.name.simplified.clone()),
            standing: BundleStanding::of(offer.standing(&bundle.id)),
            draft: drafts.get(&bundle.id).copied(),
            id: bundle.id,
            name: bundle.name.simplified,
            version: bundle.version,
        };
        Ok(found.into_iter().map(summary).collect())
    };
    Ok(app.store.read(read).await?)
}

/// One of them, with its versions and its draft.
pub(crate) async fn bundle(app: &App, session: &Session, id: &str) -> Result<LedBundle, Refusal> {
    require(session, Ask::EditItems)?;
    app.renew_offer().await?;
    let (session, id, offer) = (session.clone(), id.to_owned(), app.offer());
    let read = move |view: &Transaction<'_>| -> Asked<LedBundle> {
        let by = (&session, &*offer);
        let bundle = match editing::own::<LifeEventBundle>(view, by, &id, Ask::EditItems)? {
            Ok(bundle) => bundle,
            Err(problem) => return Ok(Err(problem)),
        };
        let standing = offer.standing(&id);
        let fault = |Fault { item, field, problem }: &Fault| format!("{item}：{field}：{problem}");
        let publishes = editing::is_theirs(view, by, &*bundle, Ask::PublishItems)?;
        Ok(Ok(LedBundle {
            standing: BundleStanding::of(standing),
            faults: standing.map_or_else(Vec::new, |one| one.faults.iter().map(fault).collect()),
            versions: bundle_versions::versions(view, &id)?.into_iter().map(VersionView::from).collect(),
            draft: editing::open(view, by, &*bundle)?.map(BundleDraftView::from),
            may_withdraw: publishes && standing.is_some_and(|one| !one.withdrawn),
            bundle: bundle.into_owned(),
        }))
    };
    flatten(app.store.read(read).await)
}

impl LedBundle {
    /// Of a bundle that was given up before anything of it was published.
    pub(crate) fn gone(bundle: LifeEventBundle) -> Self {
        Self {
            bundle,
            standing: BundleStanding::New,
            faults: Vec::new(),
            versions: Vec::new(),
            draft: None,
            may_withdraw: false,
        }
    }
}
