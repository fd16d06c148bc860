//! 暂停服务: a technician has taken the machine out of service, or it cannot serve. It rests here instead of at 待机.

use super::{Cx, Home, Leaving, Patience, State, Wait};
use crate::{Deadlines, Event, Now, view::Screen};

/// Out of service until whoever or whatever took it out says otherwise.
#[derive(Debug)]
pub(crate) struct Pausing;

impl Wait for Pausing {
    fn screen(&self, _: Now) -> Screen {
        Screen::OutOfService
    }

    fn on(self, _: Event, cx: &mut Cx<'_>) -> State {
        if cx.serves { Home::open(cx) } else { self.into() }
    }

    fn patience(&self, _: &Deadlines) -> Patience {
        Patience::Endless
    }

    fn leaving(&self) -> Leaving {
        Leaving::NotOffered
    }
}
