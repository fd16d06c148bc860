//! The items under one heading.

use protocol::{App, Area, ItemEntry};

use super::{Attract, Cx, Guide, Home, Leaving, Patience, State, Wait};
use crate::{
    Deadlines, Event, Now,
    event::Touch,
    view::{self, Screen},
};

/// A list of items is open.
#[derive(Debug)]
pub(crate) struct Browsing {
    heading: Heading,
    items: Vec<ItemEntry>,
}

/// The tile that leads to a list, and so where 返回 from its items leads.
#[derive(Clone, Debug)]
pub(crate) struct Heading {
    pub(crate) tile: Box<App>,
    pub(crate) area: Area,
}

impl Heading {
    /// The list as the registry is now.
    pub(crate) fn open(self, cx: &Cx<'_>) -> State {
        let items: Vec<_> =
            cx.registry.into_iter().flat_map(|registry| registry.area(self.area)).cloned().collect();
        if items.is_empty() { Home::open(cx) } else { Browsing { heading: self, items }.into() }
    }
}

impl Browsing {
    fn item(mut self, id: &str) -> State {
        match self.items.iter().position(|entry| entry.item.id == id) {
            Some(at) => Guide::new(Box::new(self.items.swap_remove(at)), Some(self.heading)).into(),
            None => self.into(),
        }
    }
}

impl Wait for Browsing {
    fn screen(&self, _: Now) -> Screen {
        let row = |entry: &ItemEntry| view::ItemRow {
            id: entry.item.id.clone(),
            name: entry.item.name.clone(),
            summary: entry.item.summary.clone(),
        };
        Screen::Items(view::Items {
            title: self.heading.tile.title.clone(),
            rows: self.items.iter().map(row).collect(),
        })
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Item(id)) => self.item(&id),
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
