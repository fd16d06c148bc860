//! 请取走: the last screen of a visit. Nothing about a person is left in here.

use std::time::Duration;

use super::{Attract, Cx, Home, Leaving, Patience, State, Wait};
use crate::{
    Deadlines, Effect, Event, Now,
    event::Touch,
    view::{End, Screen},
};

/// Says good-bye, and what not to leave behind.
#[derive(Debug)]
pub(crate) struct Ending {
    take: End,
    since: Duration,
}

impl Ending {
    /// Ends the visit.
    pub(crate) fn begin(take_receipt: bool, timed_out: bool, cx: &mut Cx<'_>) -> State {
        cx.want(Effect::EndVisit);
        let take_card = std::mem::take(cx.card_seen);
        Self { take: End { take_card, take_receipt, timed_out }, since: cx.now.mono }.into()
    }

    /// Where a visit goes that is left or has timed out: home where nothing has begun, else to its end.
    pub(crate) fn after(leaving: Leaving, timed_out: bool, cx: &mut Cx<'_>) -> State {
        match leaving {
            Leaving::NotOffered | Leaving::Free => Home::open(cx),
            Leaving::Asks | Leaving::Ends => Self::begin(false, timed_out, cx),
        }
    }
}

impl Wait for Ending {
    fn screen(&self, _: Now) -> Screen {
        Screen::End(self.take)
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Finish) => Home::open(cx),
            Event::Tick if self.deadline(cx.limits).is_some_and(|at| at <= cx.now.mono) => Attract.into(),
            _ => self.into(),
        }
    }

    fn patience(&self, _: &Deadlines) -> Patience {
        Patience::Endless
    }

    fn leaving(&self) -> Leaving {
        Leaving::Free
    }

    fn deadline(&self, limits: &Deadlines) -> Option<Duration> {
        Some(self.since + limits.end)
    }
}
