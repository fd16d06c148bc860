//! 一件事: several items behind one form, as data. How their questions become one form, and one form's answers the
//! answers of each. Pure.

use std::collections::BTreeMap;

pub(crate) use protocol::bundle::{papers, section};
use protocol::{
    Answer, Answers, Applicant, Bundle, BundleItem, BundleMaterial, Field, ItemRef, Material, ServiceItem,
    Text, When, answer,
    bundle::{called_for, question},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 一件事 as a file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct LifeEventBundle {
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) demo: bool,
    /// What its numbers begin with.
    pub(crate) code: String,
    pub(crate) name: Text,
    pub(crate) summary: Text,
    /// What is asked once, whichever items need it.
    pub(crate) fields: Vec<Field>,
    pub(crate) items: Vec<Member>,
}

/// An item of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = BundleMember)]
pub(crate) struct Member {
    /// [`ServiceItem::id`].
    pub(crate) item: String,
    /// Under which answer to a question of the bundle it is filed; always, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) when: Option<When>,
    /// Where the answers to its questions come from, by [`Field::id`]. The others are asked for it alone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) answers: BTreeMap<String, Source>,
}

/// Where the answer to a question of an item comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AnswerSource)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    /// A question of the bundle.
    From(String),
    /// It goes without saying.
    Is(String),
}

/// A bundle with its items, each in one version, as one form.
#[derive(Clone, Debug)]
pub(crate) struct MergedForm {
    pub(crate) bundle: LifeEventBundle,
    /// In the order of the bundle.
    pub(crate) items: Vec<ServiceItem>,
    /// All that is asked: first for all of them, then for each.
    pub(crate) fields: Vec<Field>,
}

/// What one item gets of a form.
pub(crate) struct Part<'m> {
    pub(crate) item: &'m ServiceItem,
    pub(crate) answers: Answers,
}

impl MergedForm {
    /// One form of a bundle and its items, where all of them are there.
    pub(crate) fn of(bundle: &LifeEventBundle, item: impl Fn(&str) -> Option<ServiceItem>) -> Option<Self> {
        let items = bundle.items.iter().map(|member| item(&member.item)).collect::<Option<Vec<_>>>()?;
        let mut fields = bundle.fields.clone();
        for (member, item) in bundle.items.iter().zip(&items) {
            fields.extend(item.fields.iter().filter_map(|field| own_question(member, item, field)));
        }
        Some(Self { bundle: bundle.clone(), items, fields })
    }

    fn members(&self) -> impl Iterator<Item = (&Member, &ServiceItem)> {
        self.bundle.items.iter().zip(&self.items)
    }

    /// The versions of its items.
    pub(crate) fn versions(&self) -> BTreeMap<String, u32> {
        self.items.iter().map(|item| (item.id.clone(), item.version)).collect()
    }

    /// Which items the answers so far call for.
    pub(crate) fn called_for(&self, answers: &Answers) -> Vec<&ServiceItem> {
        let items = self.members().map(|(member, item)| (member.when.as_ref(), item));
        called_for(&self.bundle.fields, items, answers)
    }

    /// The answers of each item that they call for.
    pub(crate) fn split(&self, answers: &Answers, card: &Applicant) -> Vec<Part<'_>> {
        let called = self.called_for(answers);
        let mine = self.members().filter(|(_, item)| called.iter().any(|one| one.id == item.id));
        mine.map(|(member, item)| Part { item, answers: part(member, item, answers, card) }).collect()
    }

    /// As it is told to channels.
    pub(crate) fn offered(&self) -> Bundle {
        let LifeEventBundle { id, version, demo, name, summary, .. } = self.bundle.clone();
        let item = |(member, item): (&Member, &ServiceItem)| BundleItem {
            item: reference(item),
            when: member.when.clone(),
            promised: item.promised,
            organisation: item.organisation.name.clone(),
        };
        let paper = |(material, items): (Material, Vec<&ServiceItem>)| BundleMaterial {
            material,
            items: items.iter().map(|item| item.id.clone()).collect(),
        };
        let items: Vec<_> = self.items.iter().collect();
        Bundle {
            id,
            version,
            demo,
            name,
            summary,
            items: self.members().map(item).collect(),
            materials: papers(&items).into_iter().map(paper).collect(),
            fields: self.fields.clone(),
        }
    }
}

fn reference(item: &ServiceItem) -> ItemRef {
    ItemRef {
        id: item.id.clone(),
        version: item.version,
        name: item.name.clone(),
        catalog_code: item.catalog_code.clone(),
    }
}

/// A question that is asked for one item alone, as it stands in the one form; `None` where its answer is known
/// otherwise, or where it is never asked.
fn own_question(member: &Member, item: &ServiceItem, field: &Field) -> Option<Field> {
    if field.known_from_card.is_some() || member.answers.contains_key(&field.id) {
        return None;
    }
    let when = match &field.when {
        None => member.when.clone(),
        Some(when) => condition(member, item, when)?,
    };
    Some(Field { id: question(&item.id, &field.id), when, ..field.clone() })
}

/// A condition of an item's question in the one form; `None` where it cannot come true.
#[expect(clippy::option_option, reason = "no condition is something else than one that never holds")]
fn condition(member: &Member, item: &ServiceItem, when: &When) -> Option<Option<When>> {
    match member.answers.get(&when.field) {
        // That question is asked only where the item is filed, and so this one is.
        None => Some(Some(When { field: question(&item.id, &when.field), is: when.is.clone() })),
        Some(Source::Is(said)) => when.is.contains(said).then(|| member.when.clone()),
        Some(Source::From(own)) => Some(Some(When { field: own.clone(), is: when.is.clone() })),
    }
}

/// What the item of `member` gets of the answers to the one form.
fn part(member: &Member, item: &ServiceItem, answers: &Answers, card: &Applicant) -> Answers {
    let said = |field: &Field| match member.answers.get(&field.id) {
        Some(Source::Is(said)) => Some(Answer::from(said.as_str())),
        Some(Source::From(own)) => answers.get(own).cloned(),
        None => answers.get(&question(&item.id, &field.id)).cloned(),
    };
    let known = |field: &Field| {
        answer::told(field, card).or_else(|| said(field).map(|answer| answer.words().to_owned()))
    };
    let asked = answer::open(&item.fields, known).into_iter().filter(|field| field.known_from_card.is_none());
    let answered = asked.filter_map(|field| Some((field.id.clone(), said(field)?)));
    answered.filter(|(_, answer)| !answer.is_empty()).collect()
}

#[cfg(test)]
mod tests;
