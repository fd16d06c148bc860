//! 现在不能收件: told before anything personal is asked or read.

use super::{Attract, Cx, Home, Leaving, Patience, State, Wait};
use crate::{
    Deadlines, Event, Now,
    event::{IntakeTrouble, Touch},
    view::{CaseNews, Outcome, Screen},
};

/// No case can be taken now.
#[derive(Debug)]
pub(crate) struct Refusing {
    trouble: IntakeTrouble,
}

impl Refusing {
    pub(crate) fn because(trouble: IntakeTrouble) -> State {
        Self { trouble }.into()
    }
}

impl Wait for Refusing {
    fn screen(&self, _: Now) -> Screen {
        Screen::Result(Box::new(Outcome {
            news: CaseNews::NotTaken(self.trouble),
            receipt: None,
            bring: Vec::new(),
        }))
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        if matches!(event, Event::Touch(Touch::Finish)) { Home::open(cx) } else { self.into() }
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
}
