//! What is chosen to be filed: an item, or 一件事 with its items, as the registry had it then.

use jiff::Timestamp;
use protocol::{
    Answers, AppRegistry, Bundle, Field, ItemEntry, Knows, Material, Phones, PickupCode, ServiceItem,
    Subject, Text,
    bundle::{called_for, papers, section},
};

use crate::{
    effect::{Becomes, Bring, BundleWaiting, SlipText, Waiting},
    page::Paper,
};

/// What a resident has chosen.
#[derive(Clone, Debug)]
pub(crate) enum Chosen {
    /// An item: one case.
    Item(Box<ItemEntry>),
    /// 一件事: a case of each of its items that the answers call for.
    Bundle(Box<LifeEvent>),
}

/// A bundle and its items, in its order.
#[derive(Clone, Debug)]
pub(crate) struct LifeEvent {
    pub(crate) bundle: Bundle,
    pub(crate) items: Vec<ServiceItem>,
}

impl LifeEvent {
    /// The items that become cases with these answers.
    fn called_for(&self, answers: &Answers) -> Vec<&ServiceItem> {
        let conditions = self.bundle.items.iter().map(|part| part.when.as_ref());
        called_for(&self.bundle.fields, conditions.zip(&self.items), answers)
    }

    /// The cases that it becomes with these answers.
    pub(crate) fn becomes(&self, answers: &Answers) -> Vec<Becomes> {
        self.called_for(answers).into_iter().map(Becomes::of).collect()
    }

    /// Whom to call: those of its first item.
    pub(crate) fn phones(&self) -> Phones {
        let first = self.items.first();
        let (consult, complain) =
            first.map(|item| (item.consult_phone.clone(), item.complain_phone.clone())).unwrap_or_default();
        Phones { consult, complain }
    }

    /// The papers of the items with these answers, each once and as they need it: by their place among all, from 1.
    fn papers(&self, answers: &Answers) -> impl Iterator<Item = (u16, Material)> {
        let mut needed = papers(&self.called_for(answers));
        (1..).zip(&self.bundle.materials).filter_map(move |(number, paper)| {
            let at = needed.iter().position(|(known, _)| known.is_same(&paper.material))?;
            Some((number, needed.swap_remove(at).0))
        })
    }

    /// An item with these answers that needs the paper with that number, and the place of the paper in the item.
    fn place(&self, number: u16, answers: &Answers) -> Option<(&str, u16)> {
        let (_, paper) = self.papers(answers).find(|(known, _)| *known == number)?;
        self.called_for(answers).into_iter().find_map(|item| {
            let (place, _) = (1..).zip(&item.materials).find(|(_, material)| material.is_same(&paper))?;
            Some((item.id.as_str(), place))
        })
    }
}

impl Chosen {
    /// What a draft is of, as the registry has it now.
    pub(crate) fn of(registry: &AppRegistry, subject: &Subject) -> Option<Self> {
        match subject {
            Subject::Item { item, .. } => Self::item(registry, item),
            Subject::Bundle { bundle, .. } => Self::bundle(registry, bundle),
        }
    }

    /// Whether `subject` is the same thing, in whichever version.
    pub(crate) fn is(&self, subject: &Subject) -> bool {
        match (self, subject) {
            (Self::Item(entry), Subject::Item { item, .. }) => entry.item.id == *item,
            (Self::Bundle(event), Subject::Bundle { bundle, .. }) => event.bundle.id == *bundle,
            _ => false,
        }
    }

    /// An item of the registry.
    pub(crate) fn item(registry: &AppRegistry, id: &str) -> Option<Self> {
        registry.item(id).map(|entry| Self::Item(Box::new(entry.clone())))
    }

    /// A bundle of the registry all of whose items are there.
    pub(crate) fn bundle(registry: &AppRegistry, id: &str) -> Option<Self> {
        let (bundle, items) = registry.bundle(id)?;
        let items = items.into_iter().map(|entry| entry.item.clone()).collect();
        Some(Self::Bundle(Box::new(LifeEvent { bundle: bundle.clone(), items })))
    }

    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Item(entry) => &entry.item.id,
            Self::Bundle(event) => &event.bundle.id,
        }
    }

    pub(crate) fn name(&self) -> &Text {
        match self {
            Self::Item(entry) => &entry.item.name,
            Self::Bundle(event) => &event.bundle.name,
        }
    }

    pub(crate) fn summary(&self) -> &Text {
        match self {
            Self::Item(entry) => &entry.item.summary,
            Self::Bundle(event) => &event.bundle.summary,
        }
    }

    /// The form.
    pub(crate) fn fields(&self) -> &[Field] {
        match self {
            Self::Item(entry) => &entry.item.fields,
            Self::Bundle(event) => &event.bundle.fields,
        }
    }

    /// For what a question is asked: all of it, or one item of a bundle.
    pub(crate) fn asks_for(&self, field: &str) -> &Text {
        match self {
            Self::Bundle(event) => {
                let item = section(field).and_then(|id| event.items.iter().find(|item| item.id == id));
                item.map_or(&event.bundle.name, |item| &item.name)
            }
            Self::Item(entry) => &entry.item.name,
        }
    }

    /// The items that it may become cases of.
    pub(crate) fn items(&self) -> Vec<&ServiceItem> {
        match self {
            Self::Item(entry) => vec![&entry.item],
            Self::Bundle(event) => event.items.iter().collect(),
        }
    }

    /// The questions that a card answers by saying who it is, each once.
    pub(crate) fn identity(&self) -> impl Iterator<Item = &Field> {
        let asked = |knows| {
            self.items()
                .into_iter()
                .flat_map(|item| &item.fields)
                .find(move |field| field.known_from_card == Some(knows))
        };
        [Knows::Name, Knows::IdNumber].into_iter().filter_map(asked)
    }

    /// The papers to be photographed with these answers, each once, by number.
    pub(crate) fn photographs(&self, answers: &Answers) -> Vec<(u16, Material)> {
        let papers: Vec<_> = match self {
            Self::Item(entry) => (1..).zip(entry.item.materials.iter().cloned()).collect(),
            Self::Bundle(event) => event.papers(answers).collect(),
        };
        papers.into_iter().filter(|(_, material)| material.picture).collect()
    }

    /// The paper with that number as the platform is told of it, still without pages.
    pub(crate) fn paper(&self, number: u16, answers: &Answers) -> Option<Paper> {
        let (item, material) = match self {
            Self::Item(_) => (None, number),
            Self::Bundle(event) => {
                event.place(number, answers).map(|(item, place)| (Some(item.to_owned()), place))?
            }
        };
        Some(Paper { item, material, pages: Vec::new() })
    }

    /// The receipt of what waits for the network, with a code that is none yet.
    pub(crate) fn blank(
        &self,
        answers: &Answers,
        applicant_name: String,
        received_at: Timestamp,
    ) -> SlipText {
        let pickup_code = PickupCode::from_random(0);
        match self {
            Self::Item(entry) => SlipText::Waiting(Box::new(Waiting {
                item: entry.item.name.clone(),
                organisation: entry.item.organisation.name.clone(),
                pickup_code,
                received_at,
                applicant_name,
                promised: entry.item.promised,
                consult_phone: entry.item.consult_phone.clone(),
                complain_phone: entry.item.complain_phone.clone(),
                demo: entry.item.demo,
            })),
            Self::Bundle(event) => {
                let Phones { consult, complain } = event.phones();
                SlipText::BundleWaiting(Box::new(BundleWaiting {
                    bundle: event.bundle.name.clone(),
                    becomes: event.becomes(answers),
                    pickup_code,
                    received_at,
                    applicant_name,
                    consult_phone: consult,
                    complain_phone: complain,
                    demo: event.bundle.demo,
                }))
            }
        }
    }

    /// What has to be brought to the counter with these answers.
    pub(crate) fn bring(&self, answers: &Answers) -> Vec<Bring> {
        match self {
            Self::Item(entry) => Bring::of(&entry.item.materials),
            Self::Bundle(event) => {
                let papers: Vec<_> = event.papers(answers).map(|(_, paper)| paper).collect();
                Bring::of(&papers)
            }
        }
    }

    /// What is filed, in the versions that were shown.
    pub(crate) fn subject(&self) -> Subject {
        match self {
            Self::Item(entry) => Subject::Item { item: entry.item.id.clone(), version: entry.item.version },
            Self::Bundle(event) => Subject::Bundle {
                bundle: event.bundle.id.clone(),
                version: event.bundle.version,
                item_versions: event.bundle.item_versions(),
            },
        }
    }
}
