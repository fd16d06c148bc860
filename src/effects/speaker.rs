//! The thread that owns the loudspeaker: says one thing after the other, and nothing as soon as nothing is wanted.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use driver_api::{LinkFault, Speaker, SpeakerFault, Volume};
use flow::{Event, voice::Saying};

use super::{health::Health, link::Link, recordings::Recordings};
use crate::inbox::Inbox;

/// How long a card may keep the thread from hearing that silence is wanted.
const PIECE: Duration = Duration::from_millis(30);
/// Between two signs of life while nothing is said.
const WATCH: Duration = Duration::from_secs(6);
/// Between two looks for one that has gone.
const MISSED: Duration = Duration::from_secs(1);
/// More than one screen ever has to say.
const MOST: usize = 4;

/// Has something said, and silence kept.
pub(super) struct SpeakerThread {
    wish: Arc<Wish>,
    recordings: Recordings,
}

impl SpeakerThread {
    pub(super) fn start(
        speaker: Box<dyn Speaker>,
        link: Link,
        recordings: Recordings,
        health: Arc<Health>,
        inbox: Inbox,
    ) -> Self {
        let wish = Arc::new(Wish::default());
        let owner = Owner { speaker, link, wish: wish.clone(), health, inbox, works: false };
        std::thread::spawn(move || owner.run());
        Self { wish, recordings }
    }

    pub(super) fn say(&self, saying: Saying) {
        match self.recordings.of(saying.language, saying.prompt.key()) {
            Some(recording) => {
                self.wish.say(recording.ogg(), Volume::percent(saying.percent), saying.in_turn);
            }
            None => {
                tracing::error!(prompt = saying.prompt.key(), "there is no recording");
                if !saying.in_turn {
                    self.silence();
                }
            }
        }
    }

    pub(super) fn silence(&self) {
        self.wish.silence();
    }

    /// Has the loudspeaker looked at now, because of a plug.
    pub(super) fn looker(&self) -> impl Fn() + Send + use<> {
        let wish = self.wish.clone();
        move || wish.look()
    }
}

/// What is to be said. Whatever was begun in another round is broken off.
#[derive(Default)]
struct Wish {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    round: u64,
    queue: VecDeque<(Arc<[u8]>, Volume)>,
    plugged: bool,
}

impl Wish {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, ogg: Arc<[u8]>, volume: Volume, in_turn: bool) {
        let mut state = self.lock();
        if !in_turn {
            state.queue.clear();
            state.round += 1;
        }
        if state.queue.len() < MOST {
            state.queue.push_back((ogg, volume));
        }
        self.changed.notify_all();
    }

    fn silence(&self) {
        let mut state = self.lock();
        state.queue.clear();
        state.round += 1;
        self.changed.notify_all();
    }

    fn look(&self) {
        self.lock().plugged = true;
        self.changed.notify_all();
    }

    fn is_still(&self, round: u64) -> bool {
        self.lock().round == round
    }

    /// What comes next, with its round; none after `time`, or where a plug wants the loudspeaker looked at.
    fn next(&self, time: Duration) -> Option<(Arc<[u8]>, Volume, u64)> {
        let nothing = |state: &mut State| state.queue.is_empty() && !state.plugged;
        let waited = self.changed.wait_timeout_while(self.lock(), time, nothing);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.plugged = false;
        let round = state.round;
        state.queue.pop_front().map(|(ogg, volume)| (ogg, volume, round))
    }
}

struct Owner {
    speaker: Box<dyn Speaker>,
    link: Link,
    wish: Arc<Wish>,
    health: Arc<Health>,
    inbox: Inbox,
    works: bool,
}

impl Owner {
    fn run(mut self) {
        self.look();
        loop {
            match self.wish.next(if self.works { WATCH } else { MISSED }) {
                Some((ogg, volume, round)) => self.say(&ogg, volume, round),
                None => self.look(),
            }
        }
    }

    fn look(&mut self) {
        let looked = self.speaker.identify().map(drop);
        self.report(looked.err());
    }

    fn say(&mut self, ogg: &[u8], volume: Volume, round: u64) {
        let mut going = self.speaker.begin(ogg, volume).map(|()| true);
        while going == Ok(true) && self.wish.is_still(round) {
            going = self.speaker.go_on(PIECE);
        }
        self.speaker.silence();
        match going {
            Ok(_) => self.report(None),
            Err(SpeakerFault::Link(fault)) => self.report(Some(fault)),
            // The card is not to blame.
            Err(SpeakerFault::Recording) => tracing::error!("a recording cannot be played"),
        }
    }

    /// Tells changes only.
    fn report(&mut self, fault: Option<LinkFault>) {
        self.health.speaker(fault);
        self.link.set(fault);
        if self.works == fault.is_none() {
            return;
        }
        match fault {
            Some(fault) => tracing::warn!(%fault, "loudspeaker unusable"),
            None => tracing::info!("loudspeaker ready"),
        }
        self.works = fault.is_none();
        self.inbox.post(Event::Speaker(self.works));
    }
}
