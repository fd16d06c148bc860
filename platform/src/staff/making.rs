//! 新建: an item or a bundle that was never there begins as a draft, with the little that cannot change later. From then on
//! it goes the way of every other draft: [`super::editing`].

use std::collections::BTreeMap;

use protocol::{Organisation, Problem, ServiceItem, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    access::{Ask, require},
    editing::{self, Edited},
    service::{Asked, areas, flatten},
};
use crate::{
    app::App,
    catalogue::{
        bundle::{LifeEventBundle, Member},
        codes,
    },
    error::Refusal,
    offer::Offer,
    people::{
        Level,
        organisation::{self, Organisation as Office},
        session::Session,
    },
    problems,
    store::{StoreError, Transaction, content_drafts},
};

/// The longest name of our own that a new one may have.
const MOST_LETTERS: usize = 40;
/// 事项名称 is 200 characters at most.
const MOST_CHARS: usize = 200;

const BEGIN: &str = "请选从哪里开始：一个现行的事项，或一件事";

/// 新建事项.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewItem {
    /// [`ServiceItem::id`]: lower-case words with hyphens, and nobody's before.
    pub(crate) id: String,
    /// 基本编码. 实施编码 is made of it, the office and its level.
    pub(crate) catalog_code: String,
    /// 统一社会信用代码 of the office that carries it out, one of one's own.
    pub(crate) office: String,
    pub(crate) name: Text,
    /// 底本: the [`ServiceItem::id`] of the one that it begins as a copy of.
    pub(crate) from: String,
}

/// 新建一件事.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBundle {
    /// Lower-case words with hyphens, and nobody's before.
    pub(crate) id: String,
    /// What its numbers begin with: `YJS` and three digits.
    pub(crate) code: String,
    pub(crate) name: Text,
    pub(crate) from: Beginning,
}

/// What a new bundle begins as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Beginning {
    /// An item of one's offices: it is the first one, and its office leads.
    Item(String),
    /// 底本: a copy of a bundle that one's offices lead.
    Bundle(String),
}

/// What a new item can be made of.
pub(crate) struct Makings {
    /// The offices that one edits for, with their 统一社会信用代码.
    pub(crate) offices: Vec<(Office, String)>,
    /// The next free beginning of the numbers of a bundle.
    pub(crate) code: String,
}

/// The same for whoever is about to make one.
pub(crate) async fn makings(app: &App, session: &Session) -> Result<Makings, Refusal> {
    require(session, Ask::EditItems)?;
    app.renew_offer().await?;
    let (session, offer) = (session.clone(), app.offer());
    let read = move |view: &Transaction<'_>| {
        let begun = content_drafts::all_new::<LifeEventBundle>(view)?;
        Ok(Makings { offices: offices(view, &session)?, code: next_code(&offer, &begun) })
    };
    Ok(app.store.read(read).await?)
}

/// Begins a new item.
pub(crate) async fn item(app: &App, session: &Session, new: NewItem) -> Result<(), Refusal> {
    make::<ServiceItem, _>(app, session, new).await
}

/// Begins a new bundle.
pub(crate) async fn bundle(app: &App, session: &Session, new: NewBundle) -> Result<(), Refusal> {
    make::<LifeEventBundle, _>(app, session, new).await
}

/// What somebody asks to be made.
trait Making<T>: Clone + Send + Sync + 'static {
    /// How it begins, and a sentence that says as what.
    fn begun(&self, view: &Transaction<'_>, by: (&Session, &Offer)) -> Asked<(T, String)>;
}

async fn make<T: Edited, M: Making<T>>(app: &App, session: &Session, new: M) -> Result<(), Refusal> {
    require(session, Ask::EditItems)?;
    let (session, now, shipped) = (session.clone(), app.clock.now(), app.shipped.clone());
    let write = move |transaction: &Transaction<'_>| -> Asked<()> {
        let offer = Offer::read(transaction, &shipped)?;
        let by = (&session, &offer);
        Ok(match new.begun(transaction, by)? {
            Ok((words, why)) => Ok(editing::begin_new(transaction, &session, (words, &why), now)?),
            Err(problem) => Err(problem),
        })
    };
    flatten(app.store.write(write).await)
}

impl Making<ServiceItem> for NewItem {
    fn begun(
        &self,
        view: &Transaction<'_>,
        (session, offer): (&Session, &Offer),
    ) -> Asked<(ServiceItem, String)> {
        let office = offices(view, session)?.into_iter().find(|(_, uscc)| *uscc == self.office);
        let Some((office, uscc)) = office else { return Ok(Err(problems::forbidden())) };
        if let Some(problem) = editing::taken::<ServiceItem>(view, offer, &self.id)? {
            return Ok(Err(problem));
        }
        Ok(self.copied(offer, (&office, uscc)))
    }
}

impl NewItem {
    fn copied(
        &self,
        offer: &Offer,
        (office, uscc): (&Office, String),
    ) -> Result<(ServiceItem, String), Problem> {
        named(&self.id, &self.name)?;
        if !codes::is_catalog_code(&self.catalog_code) {
            return Err(problems::not_begun("/catalog_code", "不是基本编码（12 到 17 位大写字母和数字）"));
        }
        let base = offer.item(&self.from);
        let base = base.ok_or_else(|| problems::not_begun("/from", "请选一个现行的事项作底本"))?;
        let task_code = format!("{uscc}{}{}", use_level(office.level), self.catalog_code);
        if let Some(same) = offer.standing_items().find(|item| item.task_code == task_code) {
            let told = format!("这个单位已有用这个基本编码的事项：{}（{}）", same.name.simplified, same.id);
            return Err(problems::not_begun("/catalog_code", told));
        }
        let why = format!("新建，以“{}”（{} 第 {} 版）为底本", base.name.simplified, base.id, base.version);
        let item = ServiceItem {
            id: self.id.clone(),
            name: self.name.clone(),
            catalog_code: self.catalog_code.clone(),
            task_code,
            organisation: Organisation { name: called(offer, base, (office, &uscc)), uscc },
            ..base.clone()
        };
        Ok((item, why))
    }
}

impl Making<LifeEventBundle> for NewBundle {
    fn begun(&self, view: &Transaction<'_>, by: (&Session, &Offer)) -> Asked<(LifeEventBundle, String)> {
        if let Err(problem) = self.checked() {
            return Ok(Err(problem));
        }
        let (_, offer) = by;
        let (base, why) = match self.beginning(offer) {
            Ok(begun) => begun,
            Err(problem) => return Ok(Err(problem)),
        };
        if !editing::is_theirs(view, by, &base, Ask::EditItems)? {
            return Ok(Err(problems::forbidden()));
        }
        if let Some(problem) = editing::taken::<LifeEventBundle>(view, offer, &self.id)? {
            return Ok(Err(problem));
        }
        if is_taken(&self.code, offer, &content_drafts::all_new(view)?) {
            return Ok(Err(problems::not_begun("/code", "已经有别的一件事用这个编号前缀，请换一个")));
        }
        Ok(Ok((base, why)))
    }
}

impl NewBundle {
    fn checked(&self) -> Result<(), Problem> {
        named(&self.id, &self.name)?;
        if codes::is_bundle_code(&self.code) {
            return Ok(());
        }
        Err(problems::not_begun("/code", "编号前缀是 YJS 和三位数字，例如 YJS021"))
    }

    fn beginning(&self, offer: &Offer) -> Result<(LifeEventBundle, String), Problem> {
        let (id, code, name) = (self.id.clone(), self.code.clone(), self.name.clone());
        match &self.from {
            Beginning::Bundle(from) => {
                let base = offer.standing(from).map(|standing| standing.bundle.clone());
                let base = base.ok_or_else(|| problems::not_begun("/from", BEGIN))?;
                let why =
                    format!("新建，以“{}”（{from} 第 {} 版）为底本", base.name.simplified, base.version);
                Ok((LifeEventBundle { id, code, name, ..base }, why))
            }
            Beginning::Item(from) => {
                let first = offer.item(from).ok_or_else(|| problems::not_begun("/from", BEGIN))?;
                let summary = Text { simplified: String::new(), traditional: None, english: None };
                let member = Member { item: from.clone(), when: None, answers: BTreeMap::new() };
                let bundle = LifeEventBundle {
                    id,
                    version: 1,
                    demo: first.demo,
                    code,
                    name,
                    summary,
                    fields: Vec::new(),
                    items: vec![member],
                };
                Ok((bundle, format!("新建，第一件是“{}”（{from}）", first.name.simplified)))
            }
        }
    }
}

/// Whether a new one can be called so.
fn named(id: &str, name: &Text) -> Result<(), Problem> {
    if !codes::is_name(id, '-') || id.len() > MOST_LETTERS {
        return Err(problems::not_begun(
            "/id",
            format!("代号只用小写字母、数字和横线，{MOST_LETTERS} 个字以内"),
        ));
    }
    if !(1..=MOST_CHARS).contains(&name.simplified.trim().chars().count()) {
        return Err(problems::not_begun("/name", format!("请写名称，{MOST_CHARS} 字以内")));
    }
    Ok(())
}

/// 行使层级 (GB/T 39046 table A.2) of what an office of this level carries out.
fn use_level(level: Level) -> char {
    match level {
        Level::District => '4',
        Level::Subdistrict => '5',
        Level::Community => '6',
    }
}

/// What residents read of an office: as an item of its own calls it already, or as it stands among the organisations, to be
/// translated.
fn called(offer: &Offer, base: &ServiceItem, (office, uscc): (&Office, &str)) -> Text {
    let own = std::iter::once(base).chain(offer.standing_items()).find(|item| item.organisation.uscc == uscc);
    own.map_or_else(
        || Text { simplified: office.name.clone(), traditional: None, english: None },
        |item| item.organisation.name.clone(),
    )
}

/// The offices that somebody edits for.
fn offices(view: &Transaction<'_>, session: &Session) -> Result<Vec<(Office, String)>, StoreError> {
    let areas = areas(view, &session.grants, Ask::EditItems)?;
    let mut offices = organisation::offices(view)?;
    offices.retain(|(office, _)| areas.iter().any(|area| area.reaches(office)));
    Ok(offices)
}

/// Whether the numbers of a bundle begin so, or will once `begun` is published.
fn is_taken(code: &str, offer: &Offer, begun: &[LifeEventBundle]) -> bool {
    offer.bundle_with_code(code).is_some() || begun.iter().any(|bundle| bundle.code == code)
}

/// The first one that is free; nothing where none is.
fn next_code(offer: &Offer, begun: &[LifeEventBundle]) -> String {
    let mut codes = (1..=999).map(|serial| format!("{}{serial:03}", codes::BUNDLES));
    codes.find(|code| !is_taken(code, offer, begun)).unwrap_or_default()
}
