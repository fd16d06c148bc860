//! 事项编辑: the items of one's offices. A case keeps the version that it was filed under.

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
    catalogue::Fault,
    error::Refusal,
    offer::Offer,
    people::session::Session,
    problems,
    store::{
        StoreError, Transaction,
        content_drafts::{self, DraftAct, DraftState},
        published,
    },
};

impl Edited for ServiceItem {
    const WITHDRAWAL: (&'static str, &'static str) = ("withdraw-item", "停办");

    fn standing<'o>(offer: &'o Offer, id: &str) -> Option<&'o Self> {
        offer.standing_item(id)
    }

    fn is_withdrawn(offer: &Offer, id: &str) -> bool {
        offer.has_withdrawn(id)
    }

    fn needed_by(&self, offer: &Offer) -> Vec<String> {
        offer.bundles_with(&self.id).map(|bundle| bundle.name.simplified.clone()).collect()
    }

    fn office<'o>(&'o self, _: &'o Offer) -> Option<&'o str> {
        Some(&self.organisation.uscc)
    }

    fn numbered(self, version: u32) -> Self {
        Self { version, ..self }
    }

    fn faults(&self, offer: &Offer, was: &Self) -> Vec<Fault> {
        let fixed = [
            ("id", self.id == was.id, FIXED),
            ("organisation.uscc", self.organisation.uscc == was.organisation.uscc, FIXED),
        ];
        let moved = editing::moved(&was.id, fixed);
        if moved.is_empty() { offer.item_faults(self) } else { moved }
    }

    fn newest(view: &Transaction<'_>, id: &str) -> Result<u32, StoreError> {
        published::newest(view, id)
    }

    fn publish(&self, transaction: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
        published::add_by_office(transaction, self, now)
    }

    fn action(act: Option<DraftAct>) -> &'static str {
        match act {
            Some(DraftAct::Begin) => "begin-item-draft",
            Some(DraftAct::Save) => "save-item-draft",
            Some(DraftAct::Submit) => "submit-item-draft",
            Some(DraftAct::Return) => "return-item-draft",
            Some(DraftAct::Publish) => "publish-item",
            Some(DraftAct::Discard) => "discard-item-draft",
            None => "publish-item-refused",
        }
    }

    fn not_found() -> Problem {
        problems::item_not_found()
    }

    fn taken(why: String) -> Problem {
        problems::item_exists(why)
    }

    fn invalid(faults: &[Fault]) -> Problem {
        problems::item_invalid(faults)
    }
}

const FIXED: &str = "is fixed: another one is another item";

/// An item in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ItemSummary {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The version in force; 0 where none was published yet.
    pub(crate) version: u32,
    /// 实施主体.
    pub(crate) organisation: String,
    pub(crate) standing: ItemStanding,
    /// Its draft, where there is one.
    pub(crate) draft: Option<DraftState>,
}

/// Whether residents can begin it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ItemStanding {
    /// 未发布: nothing of it was published yet.
    New,
    /// 办理中.
    Offered,
    /// 已停办: an office has taken it back.
    Withdrawn,
}

impl ItemStanding {
    fn of(id: &str, offer: &Offer) -> Self {
        if offer.has_withdrawn(id) {
            Self::Withdrawn
        } else if offer.item(id).is_some() {
            Self::Offered
        } else {
            Self::New
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::New => "未发布",
            Self::Offered => "办理中",
            Self::Withdrawn => "已停办",
        }
    }
}

/// An item with its versions and its draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ItemView {
    /// The version in force; where none was published yet, the draft, numbered 0.
    pub(crate) item: ServiceItem,
    pub(crate) standing: ItemStanding,
    /// Newest first.
    pub(crate) versions: Vec<VersionView>,
    pub(crate) draft: Option<DraftView>,
    /// The bundles that are offered and do it, by their names: they are taken back before it is.
    pub(crate) needed_by: Vec<String>,
    /// Whether this person may withdraw it now.
    pub(crate) may_withdraw: bool,
}

/// A draft that is open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DraftView {
    /// The version that it was copied from; 0 where none was published yet.
    pub(crate) base_version: u32,
    /// Goes with every step: who takes one says what was on the screen.
    pub(crate) revision: i64,
    pub(crate) state: DraftState,
    pub(crate) item: ServiceItem,
    /// What it says otherwise than the version in force; all of it where there is none.
    pub(crate) changes: Vec<Change>,
    /// Oldest first.
    pub(crate) steps: Vec<StepTaken>,
    /// What this person may do now.
    pub(crate) acts: Vec<DraftAct>,
}

impl DraftView {
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

impl From<OpenDraft<ServiceItem>> for DraftView {
    fn from(draft: OpenDraft<ServiceItem>) -> Self {
        let OpenDraft { base_version, revision, state, words: item, changes, steps, acts } = draft;
        Self { base_version, revision, state, item, changes, steps, acts }
    }
}

/// The items of one's offices.
pub(crate) async fn list(app: &App, session: &Session) -> Result<Vec<ItemSummary>, Refusal> {
    require(session, Ask::EditItems)?;
    app.renew_offer().await?;
    let (session, offer) = (session.clone(), app.offer());
    let read = move |view: &Transaction<'_>| {
        let drafts: BTreeMap<String, DraftState> =
            content_drafts::states::<ServiceItem>(view)?.into_iter().collect();
        let by = (&session, &*offer);
        let mut found = editing::all_new::<ServiceItem>(view, by)?;
        for item in offer.standing_items() {
            if editing::is_theirs(view, by, item, Ask::EditItems)? {
                found.push(item.clone());
            }
        }
        let summary = |item: ServiceItem| ItemSummary {
            draft: drafts.get(&item.id).copied(),
            standing: ItemStanding::of(&item.id, &offer),
            id: item.id,
            name: item.name.simplified,
            version: item.version,
            organisation: item.organisation.name.simplified,
        };
        Ok(found.into_iter().map(summary).collect())
    };
    Ok(app.store.read(read).await?)
}

/// One of them, with its versions and its draft.
pub(crate) async fn item(app: &App, session: &Session, id: &str) -> Result<ItemView, Refusal> {
    require(session, Ask::EditItems)?;
    app.renew_offer().await?;
    let (session, id, offer) = (session.clone(), id.to_owned(), app.offer());
    let read = move |view: &Transaction<'_>| -> Asked<ItemView> {
        let by = (&session, &*offer);
        let item = match editing::own::<ServiceItem>(view, by, &id, Ask::EditItems)? {
            Ok(item) => item,
            Err(problem) => return Ok(Err(problem)),
        };
        let (standing, needed_by) = (ItemStanding::of(&id, &offer), item.needed_by(&offer));
        let publishes = editing::is_theirs(view, by, &*item, Ask::PublishItems)?;
        Ok(Ok(ItemView {
            standing,
            versions: published::versions(view, &id)?.into_iter().map(VersionView::from).collect(),
            draft: editing::open(view, by, &*item)?.map(DraftView::from),
            may_withdraw: publishes && standing == ItemStanding::Offered && needed_by.is_empty(),
            needed_by,
            item: item.into_owned(),
        }))
    };
    flatten(app.store.read(read).await)
}

impl ItemView {
    /// Of an item that was given up before anything of it was published.
    pub(crate) fn gone(item: ServiceItem) -> Self {
        Self {
            item,
            standing: ItemStanding::New,
            versions: Vec::new(),
            draft: None,
            needed_by: Vec::new(),
            may_withdraw: false,
        }
    }
}

/// What the fields of a draft are to say.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SaveDraft {
    /// [`DraftView::revision`].
    pub(crate) revision: i64,
    /// Its `version` is not looked at: the platform numbers.
    pub(crate) item: ServiceItem,
}
