//! The states: one struct for each thing the kiosk can be waiting for, holding only its own data. A step consumes the
//! old state and gives the next.

use std::time::Duration;

use protocol::AppRegistry;

use crate::{
    Deadlines, Effect, Event, Now,
    event::IntakeTrouble,
    home::Arrangement,
    view::{Screen, Step},
};

mod admitting;
mod browsing;
mod calibrating;
mod confirming;
mod consenting;
mod describing;
mod ending;
mod enrolling;
mod entrance;
mod filling;
mod guide;
mod identifying;
mod keeping;
mod listing;
mod maintaining;
mod pausing;
mod photographing;
mod query;
mod rating;
mod reading;
mod recalling;
mod refusing;
mod resulting;
mod saving;

pub(crate) use admitting::{Admitting, Knocks};
use browsing::Browsing;
pub(crate) use browsing::{Heading, List};
pub(crate) use confirming::Confirming;
pub(crate) use consenting::{Consenting, Purpose};
pub(crate) use describing::Describing;
pub(crate) use ending::Ending;
pub(crate) use entrance::{Attract, Home, Starting};
pub(crate) use filling::{Draft, Filling, Place};
pub(crate) use guide::Guide;
pub(crate) use identifying::Identifying;
pub(crate) use keeping::{Keeping, Kept};
pub(crate) use listing::Listing;
pub(crate) use maintaining::Maintaining;
pub(crate) use pausing::Pausing;
pub(crate) use photographing::Photographing;
pub(crate) use query::{Found, Querying};
pub(crate) use rating::Rating;
pub(crate) use reading::Reading;
pub(crate) use recalling::{Offering, Recalling};
pub(crate) use refusing::Refusing;
pub(crate) use resulting::Resulting;
pub(crate) use saving::Saving;

/// What a step may use.
pub(crate) struct Cx<'a> {
    pub(crate) now: Now,
    pub(crate) limits: &'a Deadlines,
    pub(crate) registry: Option<&'a AppRegistry>,
    /// What is set of the home screen.
    pub(crate) arrangement: &'a Arrangement,
    /// Why no case can be taken now.
    pub(crate) intake: Option<IntakeTrouble>,
    /// Whether there is a camera that works.
    pub(crate) camera: bool,
    /// Whether the platform answers.
    pub(crate) online: bool,
    /// Whether the machine is in service.
    pub(crate) serves: bool,
    pub(crate) effects: &'a mut Vec<Effect>,
    /// Whether a card was put down during this visit, so that its owner is reminded of it.
    pub(crate) card_seen: &'a mut bool,
}

impl Cx<'_> {
    pub(crate) fn want(&mut self, effect: Effect) {
        self.effects.push(effect);
    }
}

/// How long a state stays without a touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// For ever: it is a resting place, or has a deadline of its own.
    Endless,
    /// Then it moves on by itself.
    Quiet(Duration),
    /// Then it asks whether somebody is still there, and ends the visit if nobody is.
    Asking(Duration),
}

/// What 首页 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// It is not offered.
    NotOffered,
    /// Back to the home screen at once: nothing is lost.
    Free,
    /// Asks first: something would be thrown away.
    Asks,
    /// Ends the visit at once: what was to be done is done.
    Ends,
}

/// What every state can tell.
pub(crate) trait Wait: Sized + Into<State> {
    /// What it shows.
    fn screen(&self, now: Now) -> Screen;
    /// The step.
    fn on(self, event: Event, cx: &mut Cx<'_>) -> State;
    /// How long it stays without a touch.
    fn patience(&self, limits: &Deadlines) -> Patience;
    /// What 首页 does.
    fn leaving(&self) -> Leaving;
    /// The step when [`Patience::Quiet`] is over.
    fn moved_on(self, cx: &mut Cx<'_>) -> State {
        Ending::after(self.leaving(), true, cx)
    }
    /// When it wants a [`Event::Tick`] of its own.
    fn deadline(&self, _limits: &Deadlines) -> Option<Duration> {
        None
    }
    /// How far it is.
    fn step(&self) -> Option<Step> {
        None
    }
    /// Whether 返回 leads anywhere.
    fn can_go_back(&self) -> bool {
        false
    }
    /// Whether it holds anything about a person.
    fn is_personal(&self) -> bool {
        false
    }
    /// Whether it has something filled in that can be left as a draft.
    fn can_save(&self) -> bool {
        false
    }
    /// The step to where it is left as one.
    fn save(self, _cx: &Cx<'_>) -> State {
        self.into()
    }
    /// Whether it takes codes.
    fn scans(&self) -> bool {
        false
    }
    /// Whether the camera is on.
    fn watches(&self) -> bool {
        false
    }
    /// Whether a calibration is on trial.
    fn tries(&self) -> bool {
        false
    }
}

macro_rules! states {
    ($($name:ident),* $(,)?) => {
        /// What the kiosk is waiting for.
        #[derive(Debug)]
        pub(crate) enum State { $($name($name)),* }

        $(impl From<$name> for State { fn from(state: $name) -> Self { Self::$name(state) } })*

        impl Wait for State {
            fn screen(&self, now: Now) -> Screen { match self { $(Self::$name(s) => s.screen(now)),* } }
            fn on(self, event: Event, cx: &mut Cx<'_>) -> State { match self { $(Self::$name(s) => s.on(event, cx)),* } }
            fn patience(&self, limits: &Deadlines) -> Patience { match self { $(Self::$name(s) => s.patience(limits)),* } }
            fn leaving(&self) -> Leaving { match self { $(Self::$name(s) => s.leaving()),* } }
            fn moved_on(self, cx: &mut Cx<'_>) -> State { match self { $(Self::$name(s) => s.moved_on(cx)),* } }
            fn deadline(&self, limits: &Deadlines) -> Option<Duration> { match self { $(Self::$name(s) => s.deadline(limits)),* } }
            fn step(&self) -> Option<Step> { match self { $(Self::$name(s) => s.step()),* } }
            fn can_go_back(&self) -> bool { match self { $(Self::$name(s) => s.can_go_back()),* } }
            fn is_personal(&self) -> bool { match self { $(Self::$name(s) => s.is_personal()),* } }
            fn can_save(&self) -> bool { match self { $(Self::$name(s) => s.can_save()),* } }
            fn save(self, cx: &Cx<'_>) -> State { match self { $(Self::$name(s) => s.save(cx)),* } }
            fn scans(&self) -> bool { match self { $(Self::$name(s) => s.scans()),* } }
            fn watches(&self) -> bool { match self { $(Self::$name(s) => s.watches()),* } }
            fn tries(&self) -> bool { match self { $(Self::$name(s) => s.tries()),* } }
        }
    };
}

states!(
    Starting,
    Attract,
    Home,
    Reading,
    Browsing,
    Guide,
    Consenting,
    Identifying,
    Recalling,
    Offering,
    Filling,
    Listing,
    Describing,
    Photographing,
    Confirming,
    Keeping,
    Kept,
    Saving,
    Refusing,
    Resulting,
    Rating,
    Querying,
    Found,
    Ending,
    Admitting,
    Maintaining,
    Pausing,
);

/// The steps of filing that the thin line shows: 核验身份, 填写, 核对, 完成.
pub(crate) fn filing_step(at: u32) -> Step {
    Step { at, of: 4 }
}
