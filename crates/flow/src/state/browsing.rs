//! The items under one heading, or what is offered of 一件事.

use protocol::{App, AppRegistry, Area};

use super::{Attract, Cx, Guide, Home, Leaving, Patience, State, Wait};
use crate::{
    Deadlines, Event, Now,
    chosen::Chosen,
    event::Touch,
    view::{self, Screen},
};

/// A list is open.
#[derive(Debug)]
pub(crate) struct Browsing {
    heading: Heading,
    offered: Vec<Chosen>,
}

/// The tile that leads to a list, and so where 返回 from its items leads.
#[derive(Clone, Debug)]
pub(crate) struct Heading {
    pub(crate) tile: Box<App>,
    pub(crate) list: List,
}

/// What a list is of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum List {
    /// The items under a heading.
    Area(Area),
    /// 一件事.
    Bundles,
}

impl List {
    fn of(self, registry: &AppRegistry) -> Vec<Chosen> {
        match self {
            Self::Area(area) => {
                registry.area(area).map(|entry| Chosen::Item(Box::new(entry.clone()))).collect()
            }
            Self::Bundles => {
                registry.bundles.iter().filter_map(|bundle| Chosen::bundle(registry, &bundle.id)).collect()
            }
        }
    }
}

impl Heading {
    /// The list as the registry is now.
    pub(crate) fn open(self, cx: &Cx<'_>) -> State {
        let offered = cx.registry.map(|registry| self.list.of(registry)).unwrap_or_default();
        if offered.is_empty() { Home::open(cx) } else { Browsing { heading: self, offered }.into() }
    }
}

impl Browsing {
    fn choose(mut self, id: &str) -> State {
        match self.offered.iter().position(|one| one.id() == id) {
            Some(at) => Guide::new(self.offered.swap_remove(at), Some(self.heading)).into(),
            None => self.into(),
        }
    }
}

impl Wait for Browsing {
    fn screen(&self, _: Now) -> Screen {
        let row = |one: &Chosen| view::ItemRow {
            id: one.id().to_owned(),
            name: one.name().clone(),
            summary: one.summary().clone(),
        };
        Screen::Items(view::Items {
            title: self.heading.tile.title.clone(),
            rows: self.offered.iter().map(row).collect(),
        })
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Item(id)) => self.choose(&id),
            Event::Touch(Touch::Back) => Home::open(cx),
            Event::Registry(_) => self.heading.open(cx),
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
