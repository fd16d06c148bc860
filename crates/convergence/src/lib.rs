//! Keeps a kiosk at the platform's newest document, whatever becomes of the hints.
//!
//! The document that is fetched is the truth. A hint ("there is something new") is not kept while nobody listens, may
//! be lost, doubled or late, and anybody on the way may invent one: it only wakes. So the kiosk first subscribes and
//! then fetches, fetches again when a hint came while a fetch was under way, and asks now and then without any hint.
//!
//! [`Follower`] decides and waits for nothing. Its owner tells it what happened, does what it says, and comes back at
//! [`Follower::next`]. Every [`Action`] has to be answered with an event, after a time-out if need be. Times are since any one moment, by a clock that does not jump.

mod pace;

use std::time::Duration;

pub use pace::{LONGEST_PAUSE, POLL, SHORTEST_PAUSE};

use pace::Pace;

/// One version of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Counts up.
    pub number: u64,
    /// The hash of its bytes, which is its `ETag` too.
    pub hash: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The stream of hints is open: what is new from now on is hinted at.
    Subscribed,
    /// It is not open any more, or could not be opened.
    Unsubscribed,
    /// Something came on the stream. What it says does not matter.
    Hint,
    /// The platform answered with a document, and it was found to be trustworthy.
    Fetched(Version),
    /// The platform answered that there is nothing newer (304).
    NotModified,
    /// No answer, or none that can be used.
    FetchFailed,
}

/// What is to be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Open the stream of hints.
    Subscribe,
    /// Get the document, unless it is still this one (`If-None-Match`).
    Fetch {
        /// The `ETag` of what is here.
        unless: Option<String>,
    },
}

/// What became of a document that was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It is newer: take it.
    Newer,
    /// It is the one that is here.
    Same,
    /// Something on the way gave an old answer, or two documents have one number. What is here stays.
    Stale,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Closed,
    Opening,
    Open,
}

/// A kiosk that follows the platform's document.
#[derive(Debug)]
pub struct Follower {
    have: Option<Version>,
    line: Line,
    fetching: bool,
    /// Something happened since the last fetch began.
    woken: bool,
    subscribe_at: Duration,
    fetch_at: Duration,
    /// Of subscribing and of fetching; each has its own troubles.
    paces: (Pace, Pace),
}

impl Follower {
    /// Begins with what is on the disk. `seed` differs from kiosk to kiosk, so that a thousand do not ask at once.
    #[must_use]
    pub fn new(have: Option<Version>, seed: u64, now: Duration) -> Self {
        let paces = (Pace::new(seed), Pace::new(!seed));
        Self {
            have,
            line: Line::Closed,
            fetching: false,
            woken: true,
            subscribe_at: now,
            fetch_at: now,
            paces,
        }
    }

    /// The newest document that was seen.
    #[must_use]
    pub fn have(&self) -> Option<&Version> {
        self.have.as_ref()
    }

    /// Takes in what happened. Tells what a document that was fetched is worth.
    pub fn handle(&mut self, event: Event, now: Duration) -> Option<News> {
        match event {
            Event::Subscribed => {
                self.line = Line::Open;
                self.paces.0.succeeded();
                self.wake(now);
            }
            Event::Unsubscribed => {
                self.line = Line::Closed;
                self.subscribe_at = now.saturating_add(self.paces.0.failed());
            }
            Event::Hint => self.wake(now),
            Event::Fetched(version) => {
                let news = self.weigh(version);
                // An old answer is like none: ask again, but not at once for ever.
                let pause =
                    if news == News::Stale { self.paces.1.failed() } else { self.paces.1.succeeded() };
                self.answered(now, pause);
                return Some(news);
            }
            Event::NotModified => {
                let pause = self.paces.1.succeeded();
                self.answered(now, pause);
            }
            Event::FetchFailed => {
                let pause = self.paces.1.failed();
                self.woken = false;
                self.answered(now, pause);
            }
        }
        None
    }

    /// What is to be done at this moment; call it until there is nothing more.
    pub fn act(&mut self, now: Duration) -> Option<Action> {
        if self.line == Line::Closed && self.subscribe_at <= now {
            self.line = Line::Opening;
            return Some(Action::Subscribe);
        }
        // The first fetch comes after the stream is open, or after it could not be opened: a kiosk behind a proxy that
        // allows no stream still learns what is new.
        if !self.fetching && self.line != Line::Opening && self.fetch_at <= now {
            (self.fetching, self.woken) = (true, false);
            return Some(Action::Fetch { unless: self.have.as_ref().map(|have| have.hash.clone()) });
        }
        None
    }

    /// When to call [`Follower::act`] without an event.
    #[must_use]
    pub fn next(&self) -> Option<Duration> {
        let subscribe = (self.line == Line::Closed).then_some(self.subscribe_at);
        let fetch = (!self.fetching && self.line != Line::Opening).then_some(self.fetch_at);
        subscribe.into_iter().chain(fetch).min()
    }

    fn wake(&mut self, now: Duration) {
        self.woken = true;
        // Whoever floods the stream with hints is not followed at that pace.
        self.fetch_at = self.fetch_at.min(now.saturating_add(self.paces.1.least()));
    }

    fn answered(&mut self, now: Duration, pause: Duration) {
        self.fetching = false;
        self.fetch_at = now.saturating_add(pause);
        if self.woken {
            self.wake(now);
        }
    }

    fn weigh(&mut self, version: Version) -> News {
        match &self.have {
            Some(have) if *have == version => News::Same,
            Some(have) if version.number <= have.number => News::Stale,
            _ => {
                self.have = Some(version);
                News::Newer
            }
        }
    }
}
