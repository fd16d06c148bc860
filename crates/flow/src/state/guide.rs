//! 办事指南: what it is, what it needs and what comes of it, before anything personal is asked.

use protocol::{ItemEntry, Phones};

use super::{Attract, Consenting, Cx, Heading, Home, Leaving, Patience, Purpose, State, Wait};
use crate::{
    Deadlines, Event, Now,
    application::due_today,
    event::Touch,
    view::{self, Screen},
};

/// The guide of one item.
#[derive(Debug)]
pub(crate) struct Guide {
    entry: Box<ItemEntry>,
    /// The list that it was chosen from.
    from: Option<Heading>,
}

impl Guide {
    pub(crate) fn new(entry: Box<ItemEntry>, from: Option<Heading>) -> Self {
        Self { entry, from }
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
        let item = &self.entry.item;
        Screen::Guide(Box::new(view::Guide {
            name: item.name.clone(),
            summary: item.summary.clone(),
            demo: item.demo,
            organisation: item.organisation.name.clone(),
            promised: item.promised,
            due: due_today(&self.entry, now.day()),
            fee: item.fee.clone(),
            conditions: item.conditions.clone(),
            materials: item
                .materials
                .iter()
                .map(|material| (material.name.clone(), material.note.clone()))
                .collect(),
            result: item.result.name.clone(),
            phones: Phones { consult: item.consult_phone.clone(), complain: item.complain_phone.clone() },
        }))
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Back) => self.back(cx),
            Event::Touch(Touch::Start) => Consenting::begin(Purpose::File(self.entry, self.from), cx),
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
