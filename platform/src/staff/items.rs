//! 事项编辑: a draft is copied from the version in force, written, sent to review, and published by somebody who has not
//! written in it. A case keeps the version that it was filed under.

use std::collections::BTreeMap;

use jiff::Timestamp;
use protocol::{Problem, ServiceItem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    access::{Ask, require},
    accounts::note_why,
    service::{Asked, areas, flatten},
};
use crate::{
    app::App,
    catalogue::Fault,
    error::Refusal,
    offer::Offer,
    people::{organisation, session::Session},
    problems,
    store::{
        StoreError, Transaction,
        item_drafts::{self, Doing, DraftAct, DraftState, ItemDraft},
        published,
    },
};

/// An item in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ItemSummary {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The version in force.
    pub(crate) version: u32,
    /// 实施主体.
    pub(crate) organisation: String,
    /// Its draft, where there is one.
    pub(crate) draft: Option<DraftState>,
}

/// An item with its versions and its draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ItemView {
    /// The version in force.
    pub(crate) item: ServiceItem,
    /// Newest first.
    pub(crate) versions: Vec<VersionView>,
    pub(crate) draft: Option<DraftView>,
}

/// A version that was published.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    pub(crate) version: u32,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) published_at: Timestamp,
    /// Edited here, and not shipped with the program.
    pub(crate) by_office: bool,
    /// How many cases were filed under it.
    pub(crate) cases: i64,
}

/// A draft that is open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DraftView {
    /// The version that it was copied from.
    pub(crate) base_version: u32,
    /// Goes with every step: who takes one says what was on the screen.
    pub(crate) revision: i64,
    pub(crate) state: DraftState,
    pub(crate) item: ServiceItem,
    /// What it says otherwise than the version in force.
    pub(crate) changes: Vec<Change>,
    /// Oldest first.
    pub(crate) steps: Vec<StepTaken>,
    /// What this person may do now.
    pub(crate) acts: Vec<DraftAct>,
}

/// One place where a draft says something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Change {
    /// Where, e.g. `materials.0.name.zh-CN`.
    pub(crate) field: String,
    pub(crate) was: Option<String>,
    pub(crate) is: Option<String>,
}

/// What was done with a draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StepTaken {
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Timestamp,
    pub(crate) login: String,
    pub(crate) act: DraftAct,
    pub(crate) reason: Option<String>,
}

/// Where two items say something else.
pub(crate) fn changes(was: &ServiceItem, is: &ServiceItem) -> Vec<Change> {
    let leaves = |item: &ServiceItem| {
        let mut leaves = BTreeMap::new();
        gather(&serde_json::to_value(item).unwrap_or_default(), "", &mut leaves);
        leaves.remove("version");
        leaves
    };
    let (was, is) = (leaves(was), leaves(is));
    let fields: std::collections::BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    fields
        .into_iter()
        .map(|field| Change {
            field: field.clone(),
            was: was.get(field).cloned(),
            is: is.get(field).cloned(),
        })
        .filter(|change| change.was != change.is)
        .collect()
}

fn gather(value: &serde_json::Value, at: &str, leaves: &mut BTreeMap<String, String>) {
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match value {
        serde_json::Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| gather(value, &below(name), leaves));
        }
        serde_json::Value::Array(values) => {
            values.iter().enumerate().for_each(|(at, value)| gather(value, &below(&at.to_string()), leaves));
        }
        serde_json::Value::String(text) => {
            leaves.insert(at.to_owned(), text.clone());
        }
        other => {
            leaves.insert(at.to_owned(), other.to_string());
        }
    }
}

/// Whether somebody has a right over the office that carries the item out.
fn is_theirs(
    view: &Transaction<'_>,
    session: &Session,
    item: &ServiceItem,
    ask: Ask,
) -> Result<bool, StoreError> {
    let Some(office) = organisation::by_uscc(view, &item.organisation.uscc)? else { return Ok(false) };
    Ok(areas(view, &session.grants, ask)?.iter().any(|area| area.reaches(&office)))
}

/// The items of one's offices.
pub(crate) async fn list(app: &App, session: &Session) -> Result<Vec<ItemSummary>, Refusal> {
    require(session, Ask::EditItems)?;
    app.renew_offer().await?;
    let (session, offer) = (session.clone(), app.offer());
    let read = move |view: &Transaction<'_>| {
        let drafts: BTreeMap<String, DraftState> = item_drafts::states(view)?.into_iter().collect();
        let mut found = Vec::new();
        for item in &offer.catalogue.items {
            if is_theirs(view, &session, item, Ask::EditItems)? {
                found.push(ItemSummary {
                    id: item.id.clone(),
                    name: item.name.simplified.clone(),
                    version: item.version,
                    organisation: item.organisation.name.simplified.clone(),
                    draft: drafts.get(&item.id).copied(),
                });
            }
        }
        Ok(found)
    };
    Ok(app.store.read(read).await?)
}

/// One of them, with its versions and its draft.
pub(crate) async fn item(app: &App, session: &Session, id: &str) -> Result<ItemView, Refusal> {
    require(session, Ask::EditItems)?;
    app.renew_offer().await?;
    let (session, id, offer) = (session.clone(), id.to_owned(), app.offer());
    let read = move |view: &Transaction<'_>| -> Asked<ItemView> {
        let item = match own(view, &session, &offer, &id, Ask::EditItems)? {
            Ok(item) => item,
            Err(problem) => return Ok(Err(problem)),
        };
        let version = |(version, published_at, by_office, cases)| VersionView {
            version,
            published_at,
            by_office,
            cases,
        };
        let versions = published::versions(view, &id)?.into_iter().map(version).collect();
        let draft = item_drafts::open(view, &id)?;
        let draft = draft.map(|draft| draft_view(view, &session, item, draft)).transpose()?;
        Ok(Ok(ItemView { item: item.clone(), versions, draft }))
    };
    flatten(app.store.read(read).await)
}

fn draft_view(
    view: &Transaction<'_>,
    session: &Session,
    item: &ServiceItem,
    draft: ItemDraft,
) -> Result<DraftView, StoreError> {
    let publishes = is_theirs(view, session, item, Ask::PublishItems)?;
    let acts = match draft.state {
        DraftState::Draft => vec![DraftAct::Save, DraftAct::Submit, DraftAct::Discard],
        DraftState::Review if publishes && draft.is_by(&session.staff.id) => vec![DraftAct::Return],
        DraftState::Review if publishes => vec![DraftAct::Publish, DraftAct::Return],
        _ => vec![],
    };
    let taken = |step: item_drafts::Step| StepTaken {
        at: step.at,
        login: step.login,
        act: step.act,
        reason: step.reason,
    };
    Ok(DraftView {
        base_version: draft.base,
        revision: draft.revision,
        state: draft.state,
        changes: changes(item, &draft.item),
        item: draft.item,
        steps: draft.steps.into_iter().map(taken).collect(),
        acts,
    })
}

/// The item as it is offered, where it is of one's offices. Any other is not there.
fn own<'a>(
    view: &Transaction<'_>,
    session: &Session,
    offer: &'a Offer,
    id: &str,
    ask: Ask,
) -> Asked<&'a ServiceItem> {
    Ok(match offer.item(id) {
        Some(item) if is_theirs(view, session, item, ask)? => Ok(item),
        _ => Err(problems::item_not_found()),
    })
}

/// Copies the version in force into a draft.
pub(crate) async fn begin(app: &App, session: &Session, id: &str) -> Result<(), Refusal> {
    require(session, Ask::EditItems)?;
    let (session, id, now, shipped) = (session.clone(), id.to_owned(), app.clock.now(), app.shipped.clone());
    let write = move |transaction: &Transaction<'_>| -> Asked<()> {
        let offer = Offer::read(transaction, &shipped)?;
        let item = match own(transaction, &session, &offer, &id, Ask::EditItems)? {
            Ok(item) => item,
            Err(problem) => return Ok(Err(problem)),
        };
        if item_drafts::open(transaction, &id)?.is_some() {
            return Ok(Err(problems::item_draft_has_moved("这个事项已经有一份草稿")));
        }
        let doing = Doing { act: DraftAct::Begin, staff_id: &session.staff.id, reason: None, now };
        item_drafts::begin(transaction, item, &doing)?;
        note_why(transaction, &session, "begin-item-draft", (&id, ""), now)?;
        Ok(Ok(()))
    };
    flatten(app.store.write(write).await)
}

/// What is done with a draft, as it was on the screen.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftStep {
    /// [`DraftView::revision`].
    pub(crate) revision: i64,
    pub(crate) act: DraftAct,
    /// Why it is sent back, 200 字以内.
    #[serde(default)]
    pub(crate) reason: Option<String>,
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

/// Writes a draft. What contradicts itself is refused with item and field.
pub(crate) async fn save(app: &App, session: &Session, id: &str, new: SaveDraft) -> Result<(), Refusal> {
    let step = DraftStep { revision: new.revision, act: DraftAct::Save, reason: None };
    take(app, session, id, step, Some(new.item)).await
}

/// Sends a draft to review, back, out to the residents, or away.
pub(crate) async fn act(app: &App, session: &Session, id: &str, step: DraftStep) -> Result<(), Refusal> {
    if matches!(step.act, DraftAct::Begin | DraftAct::Save) {
        return Err(problems::act_not_now().into());
    }
    take(app, session, id, step, None).await
}

async fn take(
    app: &App,
    session: &Session,
    id: &str,
    step: DraftStep,
    words: Option<ServiceItem>,
) -> Result<(), Refusal> {
    let ask = match step.act {
        DraftAct::Publish | DraftAct::Return => Ask::PublishItems,
        _ => Ask::EditItems,
    };
    require(session, ask)?;
    let editor =
        Editor { session: session.clone(), id: id.to_owned(), step, words, ask, now: app.clock.now() };
    let shipped = app.shipped.clone();
    let write =
        move |transaction: &Transaction<'_>| editor.take(transaction, &Offer::read(transaction, &shipped)?);
    flatten(app.store.write(write).await)?;
    Ok(app.renew_offer().await?)
}

/// Somebody who takes a step with a draft.
struct Editor {
    session: Session,
    id: String,
    step: DraftStep,
    words: Option<ServiceItem>,
    ask: Ask,
    now: Timestamp,
}

impl Editor {
    fn take(&self, transaction: &Transaction<'_>, offer: &Offer) -> Asked<()> {
        let item = match own(transaction, &self.session, offer, &self.id, self.ask)? {
            Ok(item) => item,
            Err(problem) => return Ok(Err(problem)),
        };
        let Some(draft) = item_drafts::open(transaction, &self.id)? else {
            return Ok(Err(problems::item_draft_has_moved("没有草稿，或已经发布、放弃")));
        };
        if draft.revision != self.step.revision {
            return Ok(Err(problems::item_draft_has_moved("别人刚改过这份草稿，请刷新后再改")));
        }
        let decided = self.decide(offer, item, &draft);
        let (words, state) = match decided {
            Ok(next) => next,
            Err(problem) => {
                if problem == problems::four_eyes() {
                    self.note(transaction, "publish-item-refused", item)?;
                }
                return Ok(Err(problem));
            }
        };
        self.write(transaction, &draft, words, state)?;
        Ok(Ok(()))
    }

    /// The words and the state of the draft afterwards.
    fn decide(
        &self,
        offer: &Offer,
        item: &ServiceItem,
        draft: &ItemDraft,
    ) -> Result<(ServiceItem, DraftState), Problem> {
        let (state, act) = (draft.state, self.step.act);
        let next = match (act, state) {
            (DraftAct::Save, DraftState::Draft) => DraftState::Draft,
            (DraftAct::Submit, DraftState::Draft) => DraftState::Review,
            (DraftAct::Discard, DraftState::Draft) => DraftState::Discarded,
            (DraftAct::Return, DraftState::Review) => DraftState::Draft,
            (DraftAct::Publish, DraftState::Review) => DraftState::Published,
            _ => return Err(problems::act_not_now()),
        };
        let words = match &self.words {
            Some(words) => ServiceItem { version: draft.base + 1, ..words.clone() },
            None => draft.item.clone(),
        };
        match act {
            DraftAct::Return if !has_words(self.step.reason.as_deref()) => {
                return Err(problems::act_refused("请写明退回的理由，200 字以内"));
            }
            DraftAct::Publish if draft.is_by(&self.session.staff.id) => return Err(problems::four_eyes()),
            DraftAct::Submit if changes(item, &words).is_empty() => {
                return Err(problems::act_refused("和现行版本一样，没有可送审的修改"));
            }
            DraftAct::Submit | DraftAct::Publish if draft.base != item.version => {
                let told = format!(
                    "草稿从第 {} 版来，现行的已是第 {} 版，请放弃后重新起草",
                    draft.base, item.version
                );
                return Err(problems::item_draft_has_moved(told));
            }
            DraftAct::Discard | DraftAct::Return => return Ok((words, next)),
            _ => {}
        }
        let faults = faults(offer, item, &words);
        if faults.is_empty() { Ok((words, next)) } else { Err(problems::item_invalid(&faults)) }
    }

    fn write(
        &self,
        transaction: &Transaction<'_>,
        draft: &ItemDraft,
        mut words: ServiceItem,
        state: DraftState,
    ) -> Result<(), StoreError> {
        if state == DraftState::Published {
            words.version = published::newest(transaction, &self.id)? + 1;
            published::add_by_office(transaction, &words, self.now)?;
        }
        let doing = Doing {
            act: self.step.act,
            staff_id: &self.session.staff.id,
            reason: self.step.reason.as_deref().map(str::trim).filter(|_| self.step.act == DraftAct::Return),
            now: self.now,
        };
        item_drafts::step(transaction, draft, (&words, state), &doing)?;
        let action = match self.step.act {
            DraftAct::Begin => "begin-item-draft",
            DraftAct::Save => "save-item-draft",
            DraftAct::Submit => "submit-item-draft",
            DraftAct::Return => "return-item-draft",
            DraftAct::Publish => "publish-item",
            DraftAct::Discard => "discard-item-draft",
        };
        self.note(transaction, action, &words)
    }

    fn note(
        &self,
        transaction: &Transaction<'_>,
        action: &'static str,
        item: &ServiceItem,
    ) -> Result<(), StoreError> {
        let reason = self.step.reason.as_deref().unwrap_or_default().trim();
        let subject = format!("{} v{}", item.id, item.version);
        note_why(transaction, &self.session, action, (&subject, reason), self.now)
    }
}

fn has_words(reason: Option<&str>) -> bool {
    reason.is_some_and(|reason| (1..=200).contains(&reason.trim().chars().count()))
}

/// What is wrong with the words of a draft. What cases and rights hang on stays as it is.
pub(crate) fn faults(offer: &Offer, was: &ServiceItem, words: &ServiceItem) -> Vec<Fault> {
    let fixed =
        [("id", words.id == was.id), ("organisation.uscc", words.organisation.uscc == was.organisation.uscc)];
    let moved = fixed.into_iter().filter(|(_, same)| !same).map(|(field, _)| Fault {
        item: was.id.clone(),
        field: field.to_owned(),
        problem: "is fixed: another one is another item".to_owned(),
    });
    let moved: Vec<Fault> = moved.collect();
    if moved.is_empty() { offer.catalogue.faults_with(words) } else { moved }
}
