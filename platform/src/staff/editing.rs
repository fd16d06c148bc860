//! The way of a draft to the residents, whatever it is of: copied from the version that stands or begun as something new,
//! written, sent to review, and published by somebody who has not written in it.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use protocol::Problem;
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
        content_drafts::{self, ContentDraft, Doing, DraftAct, DraftState, Drafted, NEW},
        versions,
    },
};

/// What offices edit.
pub(crate) trait Edited: Drafted + Clone + Send + Sync + 'static {
    /// What taking it back is called: in the audit, and by staff.
    const WITHDRAWAL: (&'static str, &'static str);
    /// What stands under a name, offered or not.
    fn standing<'o>(offer: &'o Offer, id: &str) -> Option<&'o Self>;
    /// Whether an office has taken back what stands under a name.
    fn is_withdrawn(offer: &Offer, id: &str) -> bool;
    /// What else is offered and cannot be without it, by its names.
    fn needed_by(&self, offer: &Offer) -> Vec<String>;
    /// 统一社会信用代码 of the office whose it is.
    fn office<'o>(&'o self, offer: &'o Offer) -> Option<&'o str>;
    /// The same under another number.
    fn numbered(self, version: u32) -> Self;
    /// What is wrong with it in the place of `was`. What cases and rights hang on stays as it is.
    fn faults(&self, offer: &Offer, was: &Self) -> Vec<Fault>;
    /// The highest number that was ever published.
    fn newest(view: &Transaction<'_>, id: &str) -> Result<u32, StoreError>;
    fn publish(&self, transaction: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError>;
    /// What the audit calls an act; [`None`] is a publishing that was refused to its author.
    fn action(act: Option<DraftAct>) -> &'static str;
    fn not_found() -> Problem;
    /// The name is not free; `why` in words.
    fn taken(why: String) -> Problem;
    fn invalid(faults: &[Fault]) -> Problem;
}

/// A version that was published.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct VersionView {
    pub(crate) version: u32,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) published_at: Timestamp,
    /// Edited here, and not shipped with the program.
    pub(crate) by_office: bool,
    /// How many cases were filed under it; of a bundle, how often all of it was.
    pub(crate) cases: i64,
    /// Since when nothing new is begun under it.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) withdrawn_at: Option<Timestamp>,
}

impl From<versions::Told> for VersionView {
    fn from(told: versions::Told) -> Self {
        let versions::Told { version, published_at, by_office, withdrawn_at, filed: cases } = told;
        Self { version, published_at, by_office, cases, withdrawn_at }
    }
}

/// A draft that is open.
pub(crate) struct OpenDraft<T> {
    pub(crate) base_version: u32,
    pub(crate) revision: i64,
    pub(crate) state: DraftState,
    pub(crate) words: T,
    pub(crate) changes: Vec<Change>,
    pub(crate) steps: Vec<StepTaken>,
    pub(crate) acts: Vec<DraftAct>,
}

/// How far a draft is, whatever it is of.
pub(crate) struct Way<'d> {
    pub(crate) base_version: u32,
    pub(crate) revision: i64,
    pub(crate) state: DraftState,
    pub(crate) changes: &'d [Change],
    pub(crate) acts: &'d [DraftAct],
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

/// What was changed of what cannot be: each with its field, whether it is the same, and why it is fixed.
pub(super) fn moved<const N: usize>(of: &str, fixed: [(&str, bool, &str); N]) -> Vec<Fault> {
    let moved = fixed.into_iter().filter(|(_, same, _)| !same).map(|(field, _, problem)| Fault {
        item: of.to_owned(),
        field: field.to_owned(),
        problem: problem.to_owned(),
    });
    moved.collect()
}

/// Where a version says something else than the one before it. Where there was none, that is all of it.
fn changes<T: Edited>(was: &T, is: &T) -> Vec<Change> {
    let leaves = |words: &T| {
        let mut leaves = BTreeMap::new();
        gather(&serde_json::to_value(words).unwrap_or_default(), "", &mut leaves);
        leaves.remove("version");
        leaves
    };
    let was = if was.version() == NEW { BTreeMap::new() } else { leaves(was) };
    let is = leaves(is);
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

/// Whether somebody has a right over the office whose it is.
pub(super) fn is_theirs<T: Edited>(
    view: &Transaction<'_>,
    (session, offer): (&Session, &Offer),
    words: &T,
    ask: Ask,
) -> Result<bool, StoreError> {
    let Some(uscc) = words.office(offer) else { return Ok(false) };
    let Some(office) = organisation::by_uscc(view, uscc)? else { return Ok(false) };
    Ok(areas(view, &session.grants, ask)?.iter().any(|area| area.reaches(&office)))
}

/// What stands, or was begun and is [`NEW`], where it is of one's offices. Any other is not there.
pub(super) fn own<'o, T: Edited>(
    view: &Transaction<'_>,
    (session, offer): (&Session, &'o Offer),
    id: &str,
    ask: Ask,
) -> Asked<Cow<'o, T>> {
    let words = match T::standing(offer, id) {
        Some(words) => Some(Cow::Borrowed(words)),
        None => content_drafts::open::<T>(view, id)?
            .filter(|draft| draft.base == NEW)
            .map(|draft| Cow::Owned(draft.words.numbered(NEW))),
    };
    Ok(match words {
        Some(words) if is_theirs(view, (session, offer), &*words, ask)? => Ok(words),
        _ => Err(T::not_found()),
    })
}

/// What was begun and never published, of one's offices.
pub(super) fn all_new<T: Edited>(
    view: &Transaction<'_>,
    (session, offer): (&Session, &Offer),
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    for words in content_drafts::all_new::<T>(view)? {
        let new = T::standing(offer, words.id()).is_none();
        if new && is_theirs(view, (session, offer), &words, Ask::EditItems)? {
            found.push(words.numbered(NEW));
        }
    }
    Ok(found)
}

/// The open draft of `was`, as somebody sees it.
pub(super) fn open<T: Edited>(
    view: &Transaction<'_>,
    (session, offer): (&Session, &Offer),
    was: &T,
) -> Result<Option<OpenDraft<T>>, StoreError> {
    let Some(draft) = content_drafts::open::<T>(view, was.id())? else { return Ok(None) };
    let publishes = is_theirs(view, (session, offer), was, Ask::PublishItems)?;
    let acts = match draft.state {
        DraftState::Draft => vec![DraftAct::Save, DraftAct::Submit, DraftAct::Discard],
        DraftState::Review if publishes && draft.is_by(&session.staff.id) => vec![DraftAct::Return],
        DraftState::Review if publishes => vec![DraftAct::Publish, DraftAct::Return],
        _ => vec![],
    };
    let taken = |step: content_drafts::Step| StepTaken {
        at: step.at,
        login: step.login,
        act: step.act,
        reason: step.reason,
    };
    Ok(Some(OpenDraft {
        base_version: draft.base,
        revision: draft.revision,
        state: draft.state,
        changes: changes(was, &draft.words),
        words: draft.words,
        steps: draft.steps.into_iter().map(taken).collect(),
        acts,
    }))
}

/// The open draft of what is of one's offices, where there is one.
pub(crate) async fn draft<T: Edited>(
    app: &App,
    session: &Session,
    id: &str,
) -> Result<Option<OpenDraft<T>>, Refusal> {
    require(session, Ask::EditItems)?;
    app.renew_offer().await?;
    let (session, id, offer) = (session.clone(), id.to_owned(), app.offer());
    let read = move |view: &Transaction<'_>| -> Asked<Option<OpenDraft<T>>> {
        let by = (&session, &*offer);
        Ok(match own::<T>(view, by, &id, Ask::EditItems)? {
            Ok(words) => Ok(open(view, by, &*words)?),
            Err(problem) => Err(problem),
        })
    };
    flatten(app.store.read(read).await)
}

/// Copies the version that stands into a draft.
pub(crate) async fn begin<T: Edited>(app: &App, session: &Session, id: &str) -> Result<(), Refusal> {
    require(session, Ask::EditItems)?;
    let (session, id, now, shipped) = (session.clone(), id.to_owned(), app.clock.now(), app.shipped.clone());
    let write = move |transaction: &Transaction<'_>| -> Asked<()> {
        let offer = Offer::read(transaction, &shipped)?;
        let words = match own::<T>(transaction, (&session, &offer), &id, Ask::EditItems)? {
            Ok(words) => words,
            Err(problem) => return Ok(Err(problem)),
        };
        if content_drafts::open::<T>(transaction, &id)?.is_some() {
            return Ok(Err(problems::item_draft_has_moved("已经有一份草稿")));
        }
        let doing = Doing { act: DraftAct::Begin, staff_id: &session.staff.id, reason: None, now };
        content_drafts::begin(transaction, (&*words, words.version()), &doing)?;
        note_why(transaction, &session, T::action(Some(DraftAct::Begin)), (&id, ""), now)?;
        Ok(Ok(()))
    };
    flatten(app.store.write(write).await)
}

/// Why something new cannot be called so: the name is somebody's, published or not.
pub(super) fn taken<T: Edited>(
    view: &Transaction<'_>,
    offer: &Offer,
    id: &str,
) -> Result<Option<Problem>, StoreError> {
    let why = if T::standing(offer, id).is_some() || T::newest(view, id)? != NEW {
        format!("代号“{id}”已经用过，请换一个")
    } else if content_drafts::open::<T>(view, id)?.is_some() {
        format!("代号“{id}”已经有人在起草，请换一个，或等那份草稿放弃")
    } else {
        return Ok(None);
    };
    Ok(Some(T::taken(why)))
}

/// Begins a draft of something new, whose name is free; `why` says what it was begun as.
pub(super) fn begin_new<T: Edited>(
    transaction: &Transaction<'_>,
    session: &Session,
    (words, why): (T, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = words.id().to_owned();
    let doing = Doing { act: DraftAct::Begin, staff_id: &session.staff.id, reason: Some(why), now };
    content_drafts::begin(transaction, (&words.numbered(NEW + 1), NEW), &doing)?;
    note_why(transaction, session, T::action(Some(DraftAct::Begin)), (&id, why), now)
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

/// Writes a draft as it was on the screen. What contradicts itself is refused with its field.
pub(crate) async fn save<T: Edited>(
    app: &App,
    session: &Session,
    id: &str,
    (revision, words): (i64, T),
) -> Result<(), Refusal> {
    let step = DraftStep { revision, act: DraftAct::Save, reason: None };
    take(app, session, id, step, Some(words)).await.map(drop)
}

/// Sends a draft to review, back, out to the residents, or away. Of something new nothing is left where that is given up:
/// then the answer is what it said.
pub(crate) async fn act<T: Edited>(
    app: &App,
    session: &Session,
    id: &str,
    step: DraftStep,
) -> Result<Option<T>, Refusal> {
    if matches!(step.act, DraftAct::Begin | DraftAct::Save) {
        return Err(problems::act_not_now().into());
    }
    take::<T>(app, session, id, step, None).await
}

async fn take<T: Edited>(
    app: &App,
    session: &Session,
    id: &str,
    step: DraftStep,
    words: Option<T>,
) -> Result<Option<T>, Refusal> {
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
    let gone = flatten(app.store.write(write).await)?;
    app.renew_offer().await?;
    Ok(gone)
}

/// Why something is taken back.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Withdrawal {
    /// The version that was on the screen.
    pub(crate) version: u32,
    /// 200 字以内.
    pub(crate) reason: String,
}

/// Takes something back: nothing new is begun under it. What residents and kiosks have begun is still taken.
pub(crate) async fn withdraw<T: Edited>(
    app: &App,
    session: &Session,
    id: &str,
    asked: Withdrawal,
) -> Result<(), Refusal> {
    require(session, Ask::PublishItems)?;
    let (action, called) = T::WITHDRAWAL;
    let reason = asked.reason.trim().to_owned();
    if !has_words(Some(&reason)) {
        return Err(problems::act_refused(&format!("请写明{called}的理由，200 字以内")).into());
    }
    let (session, id, now, shipped) = (session.clone(), id.to_owned(), app.clock.now(), app.shipped.clone());
    let write = move |transaction: &Transaction<'_>| -> Asked<()> {
        let offer = Offer::read(transaction, &shipped)?;
        if let Err(problem) = own::<T>(transaction, (&session, &offer), &id, Ask::PublishItems)? {
            return Ok(Err(problem));
        }
        if let Err(problem) = withdrawable::<T>(&offer, (&id, asked.version)) {
            return Ok(Err(problem));
        }
        versions::withdraw::<T>(transaction, (&id, asked.version), now)?;
        let subject = format!("{id} v{}", asked.version);
        note_why(transaction, &session, action, (&subject, &reason), now)?;
        Ok(Ok(()))
    };
    flatten(app.store.write(write).await)?;
    Ok(app.renew_offer().await?)
}

fn withdrawable<T: Edited>(offer: &Offer, (id, version): (&str, u32)) -> Result<(), Problem> {
    let stands = T::standing(offer, id).filter(|words| words.version() == version);
    let stands = stands.filter(|_| !T::is_withdrawn(offer, id)).ok_or_else(problems::act_not_now)?;
    let needed_by = stands.needed_by(offer);
    if needed_by.is_empty() {
        return Ok(());
    }
    let (_, called) = T::WITHDRAWAL;
    let told = format!("“{}”里有它：先下架，或发布不含它的新版本，再{called}", needed_by.join("”、“"));
    Err(problems::act_refused(&told))
}

/// Somebody who takes a step with a draft.
struct Editor<T> {
    session: Session,
    id: String,
    step: DraftStep,
    words: Option<T>,
    ask: Ask,
    now: Timestamp,
}

impl<T: Edited> Editor<T> {
    /// What is gone with this step, where nothing of it stands.
    fn take(&self, transaction: &Transaction<'_>, offer: &Offer) -> Asked<Option<T>> {
        let was = match own::<T>(transaction, (&self.session, offer), &self.id, self.ask)? {
            Ok(was) => was,
            Err(problem) => return Ok(Err(problem)),
        };
        let Some(draft) = content_drafts::open::<T>(transaction, &self.id)? else {
            return Ok(Err(problems::item_draft_has_moved("没有草稿，或已经发布、放弃")));
        };
        if draft.revision != self.step.revision {
            return Ok(Err(problems::item_draft_has_moved("别人刚改过这份草稿，请刷新后再改")));
        }
        let decided = self.decide(offer, &was, &draft);
        let (words, state) = match decided {
            Ok(next) => next,
            Err(problem) => {
                if problem == problems::four_eyes() {
                    self.note(transaction, T::action(None), &was)?;
                }
                return Ok(Err(problem));
            }
        };
        let gone = (state == DraftState::Discarded && was.version() == NEW).then(|| was.into_owned());
        self.write(transaction, &draft, words, state)?;
        Ok(Ok(gone))
    }

    /// The words and the state of the draft afterwards.
    fn decide(&self, offer: &Offer, was: &T, draft: &ContentDraft<T>) -> Result<(T, DraftState), Problem> {
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
            Some(words) => words.clone().numbered(draft.base + 1),
            None => draft.words.clone(),
        };
        match act {
            DraftAct::Return if !has_words(self.step.reason.as_deref()) => {
                return Err(problems::act_refused("请写明退回的理由，200 字以内"));
            }
            DraftAct::Publish if draft.is_by(&self.session.staff.id) => return Err(problems::four_eyes()),
            // What was taken back is offered again as it was.
            DraftAct::Submit if changes(was, &words).is_empty() && !T::is_withdrawn(offer, &self.id) => {
                return Err(problems::act_refused("和现行版本一样，没有可送审的修改"));
            }
            DraftAct::Submit | DraftAct::Publish if draft.base != was.version() => {
                let from =
                    if draft.base == NEW { "新建".to_owned() } else { format!("第 {} 版", draft.base) };
                let told = format!("草稿从{from}来，现行的已是第 {} 版，请放弃后重新起草", was.version());
                return Err(problems::item_draft_has_moved(told));
            }
            DraftAct::Discard | DraftAct::Return => return Ok((words, next)),
            _ => {}
        }
        let faults = words.faults(offer, was);
        if faults.is_empty() { Ok((words, next)) } else { Err(T::invalid(&faults)) }
    }

    fn write(
        &self,
        transaction: &Transaction<'_>,
        draft: &ContentDraft<T>,
        mut words: T,
        state: DraftState,
    ) -> Result<(), StoreError> {
        if state == DraftState::Published {
            words = words.numbered(T::newest(transaction, &self.id)? + 1);
            words.publish(transaction, self.now)?;
        }
        let doing = Doing {
            act: self.step.act,
            staff_id: &self.session.staff.id,
            reason: self.step.reason.as_deref().map(str::trim).filter(|_| self.step.act == DraftAct::Return),
            now: self.now,
        };
        content_drafts::step(transaction, draft, (&words, state), &doing)?;
        self.note(transaction, T::action(Some(self.step.act)), &words)
    }

    fn note(&self, transaction: &Transaction<'_>, action: &'static str, words: &T) -> Result<(), StoreError> {
        let reason = self.step.reason.as_deref().unwrap_or_default().trim();
        let subject = format!("{} v{}", words.id(), words.version());
        note_why(transaction, &self.session, action, (&subject, reason), self.now)
    }
}

fn has_words(reason: Option<&str>) -> bool {
    reason.is_some_and(|reason| (1..=200).contains(&reason.trim().chars().count()))
}
