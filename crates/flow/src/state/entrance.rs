//! Before anybody has begun: starting, attract, home.

use protocol::Opens;

use super::{Cx, Guide, Heading, Leaving, List, Patience, Querying, Reading, State, Wait};
use crate::{
    Deadlines, Event, Now,
    chosen::Chosen,
    event::Touch,
    home::Arrangement,
    view::{self, Screen},
};

/// No registry has ever been here.
#[derive(Debug)]
pub(crate) struct Starting;

impl Wait for Starting {
    fn screen(&self, _: Now) -> Screen {
        Screen::Starting
    }

    fn on(self, event: Event, _: &mut Cx<'_>) -> State {
        if matches!(event, Event::Registry(_)) { Attract.into() } else { self.into() }
    }

    fn patience(&self, _: &Deadlines) -> Patience {
        Patience::Endless
    }

    fn leaving(&self) -> Leaving {
        Leaving::NotOffered
    }
}

/// 待机.
#[derive(Debug)]
pub(crate) struct Attract;

impl Wait for Attract {
    fn screen(&self, _: Now) -> Screen {
        Screen::Attract(None)
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        if matches!(event, Event::Touch(Touch::Anywhere)) { Home::open(cx) } else { self.into() }
    }

    fn patience(&self, _: &Deadlines) -> Patience {
        Patience::Endless
    }

    fn leaving(&self) -> Leaving {
        Leaving::NotOffered
    }
}

/// 首页.
#[derive(Debug)]
pub(crate) struct Home {
    tiles: Vec<protocol::App>,
    arrangement: Arrangement,
}

impl Home {
    /// The home screen with the tiles of the registry as it is now.
    pub(crate) fn open(cx: &Cx<'_>) -> State {
        let Some(registry) = cx.registry else { return Starting.into() };
        let arrangement = cx.arrangement.clone();
        Self { tiles: arrangement.of(registry), arrangement }.into()
    }

    fn notices(self, cx: &Cx<'_>) -> State {
        let notices = self.arrangement.notices_on(cx.now.day());
        if notices.is_empty() { self.into() } else { Reading::new(notices).into() }
    }

    fn tile(self, id: &str, cx: &Cx<'_>) -> State {
        let Some(tile) = self.tiles.iter().find(|tile| tile.id == id).cloned() else { return self.into() };
        match tile.opens.clone() {
            Opens::Progress => Querying::begin().into(),
            Opens::Area { area } => Heading { tile: Box::new(tile), list: List::Area(area) }.open(cx),
            Opens::Bundles => Heading { tile: Box::new(tile), list: List::Bundles }.open(cx),
            Opens::Item { item } => {
                self.guide(cx.registry.and_then(|registry| Chosen::item(registry, &item)))
            }
            Opens::Bundle { bundle } => {
                self.guide(cx.registry.and_then(|registry| Chosen::bundle(registry, &bundle)))
            }
        }
    }

    fn guide(self, chosen: Option<Chosen>) -> State {
        chosen.map_or_else(|| self.into(), |chosen| Guide::new(chosen, None).into())
    }
}

impl Wait for Home {
    fn screen(&self, now: Now) -> Screen {
        Screen::Home(view::Home {
            tiles: self.tiles.clone(),
            notices: self.arrangement.notices_on(now.day()),
        })
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Tile(id)) => self.tile(&id, cx),
            Event::Touch(Touch::Notices) => self.notices(cx),
            Event::Registry(_) => Self::open(cx),
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Quiet(limits.idle)
    }

    fn leaving(&self) -> Leaving {
        Leaving::NotOffered
    }

    fn moved_on(self, _: &mut Cx<'_>) -> State {
        Attract.into()
    }
}
