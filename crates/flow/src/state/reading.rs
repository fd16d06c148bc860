//! 通知, one after the other.

use super::{Attract, Cx, Home, Leaving, Patience, State, Wait};
use crate::{Deadlines, Event, Now, event::Touch, home::Notice, view::Screen};

/// The notices are open, as they were when they were opened.
#[derive(Debug)]
pub(crate) struct Reading {
    notices: Vec<Notice>,
}

impl Reading {
    pub(crate) fn new(notices: Vec<Notice>) -> Self {
        Self { notices }
    }
}

impl Wait for Reading {
    fn screen(&self, _: Now) -> Screen {
        Screen::Notices(self.notices.clone())
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Back) => Home::open(cx),
            _ => self.into(),
        }
    }

    /// They are read, and not filled in.
    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Quiet(limits.idle_form)
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
