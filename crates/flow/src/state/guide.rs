//! 办事指南: what it is, what it needs and what comes of it, before anything personal is asked.

use protocol::{BundleMaterial, ItemEntry, Phones};

use super::{Attract, Consenting, Cx, Heading, Home, Leaving, Patience, Purpose, State, Wait};
use crate::{
    Deadlines, Event, Now,
    application::due_today,
    chosen::{Chosen, LifeEvent},
    event::Touch,
    view::{self, Screen},
};

/// The guide of what was chosen.
#[derive(Debug)]
pub(crate) struct Guide {
    chosen: Chosen,
    /// The list that it was chosen from.
    from: Option<Heading>,
}

impl Guide {
    pub(crate) fn new(chosen: Chosen, from: Option<Heading>) -> Self {
        Self { chosen, from }
    }

    fn back(self, cx: &Cx<'_>) -> State {
        match self.from {
            Some(heading) => heading.open(cx),
            None => Home::open(cx),
        }
    }
}

impl Wait for Guide {
    fn screen(&self, now: Now) -> Screen {
        match &self.chosen {
            Chosen::Item(entry) => Screen::Guide(Box::new(of_item(entry, now))),
            Chosen::Bundle(event) => Screen::BundleGuide(Box::new(of_bundle(event))),
        }
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Back) => self.back(cx),
            Event::Touch(Touch::Start) => Consenting::begin(Purpose::File(self.chosen, self.from), cx),
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Quiet(limits.idle)
    }

    fn leaving(&self) -> Leaving {
        Leaving::Free
    }

    fn moved_on(self, _: &mut Cx<'_>) -> State {
        Attract.into()
    }

    fn can_go_back(&self) -> bool {
        true
    }
}

fn of_item(entry: &ItemEntry, now: Now) -> view::Guide {
    let item = &entry.item;
    view::Guide {
        name: item.name.clone(),
        summary: item.summary.clone(),
        demo: item.demo,
        organisation: item.organisation.name.clone(),
        promised: item.promised,
        due: due_today(entry, now.day()),
        fee: item.fee.clone(),
        conditions: item.conditions.clone(),
        materials: item
            .materials
            .iter()
            .map(|material| (material.name.clone(), material.note.clone()))
            .collect(),
        result: item.result.name.clone(),
        phones: Phones { consult: item.consult_phone.clone(), complain: item.complain_phone.clone() },
    }
}

fn of_bundle(event: &LifeEvent) -> view::BundleGuide {
    let LifeEvent { bundle, items } = event;
    let rows = bundle.items.iter().zip(items).map(|(part, item)| view::BundleRow {
        name: item.name.clone(),
        promised: item.promised,
        fee: item.fee.clone(),
        conditions: item.conditions.clone(),
        depends: part.when.is_some(),
    });
    let paper = |paper: &BundleMaterial| {
        let needs = items.iter().filter(|item| paper.items.contains(&item.id));
        view::BundlePaper {
            name: paper.material.name.clone(),
            note: paper.material.note.clone(),
            only_for: match paper.items.len() {
                all if all == items.len() => Vec::new(),
                _ => needs.map(|item| item.name.clone()).collect(),
            },
        }
    };
    view::BundleGuide {
        name: bundle.name.clone(),
        summary: bundle.summary.clone(),
        demo: bundle.demo,
        items: rows.collect(),
        materials: bundle.materials.iter().map(paper).collect(),
        phones: event.phones(),
    }
}
