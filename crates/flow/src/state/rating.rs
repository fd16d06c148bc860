//! 评价: asked once, voluntary, never in the way out.

use std::time::Duration;

use protocol::{Channel, RatingLevel};
use uuid::Uuid;

use super::{Cx, Ending, Leaving, Patience, State, Wait};
use crate::{
    Deadlines, Effect, Event, Now,
    event::Touch,
    view::{self, Screen},
};

/// Five faces, or the thanks for one of them.
#[derive(Debug)]
pub(crate) struct Rating {
    case_key: Uuid,
    paper: bool,
    chosen: Option<(RatingLevel, Duration)>,
}

impl Rating {
    pub(crate) fn new(case_key: Uuid, paper: bool) -> Self {
        Self { case_key, paper, chosen: None }
    }

    fn rate(self, level: RatingLevel, cx: &mut Cx<'_>) -> State {
        let rating = protocol::Rating {
            case_key: self.case_key,
            level,
            rated_at: cx.now.wall,
            channel: Channel::Kiosk,
        };
        cx.want(Effect::Rate(rating));
        Self { chosen: Some((level, cx.now.mono)), ..self }.into()
    }
}

impl Wait for Rating {
    fn screen(&self, _: Now) -> Screen {
        Screen::Rate(view::Rate { chosen: self.chosen.map(|(level, _)| level) })
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Touch(Touch::Rate(level)) if self.chosen.is_none() => self.rate(level, cx),
            Event::Touch(Touch::SkipRating | Touch::Finish) => Ending::begin(self.paper, false, cx),
            Event::Tick if self.deadline(cx.limits).is_some_and(|at| at <= cx.now.mono) => {
                Ending::begin(self.paper, false, cx)
            }
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Quiet(limits.rating)
    }

    fn leaving(&self) -> Leaving {
        Leaving::Ends
    }

    fn moved_on(self, cx: &mut Cx<'_>) -> State {
        Ending::begin(self.paper, false, cx)
    }

    fn deadline(&self, limits: &Deadlines) -> Option<Duration> {
        self.chosen.map(|(_, since)| since + limits.thanks)
    }
}
