//! A kiosk, a platform, and a network that does what it likes with everything between them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use convergence::{Action, Event, Follower, LONGEST_PAUSE, News, POLL, Version};
use proptest::prelude::*;

const MS: Duration = Duration::from_millis(1);

fn version(number: u64) -> Version {
    Version { number, hash: format!("hash-{number}") }
}

/// Does what the follower wants, in virtual time.
struct World {
    now: Duration,
    newest: u64,
    kiosk: Follower,
    open: bool,
    /// Arrive at their time; a fetch sees the platform as it is when its answer leaves.
    under_way: Vec<(Duration, Event)>,
    fetches: usize,
    online: bool,
    dice: Vec<u8>,
}

impl World {
    fn new(dice: Vec<u8>) -> Self {
        let kiosk = Follower::new(None, 7, Duration::ZERO);
        let (now, online) = (Duration::ZERO, true);
        Self { now, newest: 1, kiosk, open: false, under_way: Vec::new(), fetches: 0, online, dice }
    }

    /// 0 when the network has come to its senses.
    fn die(&mut self) -> u8 {
        self.dice.pop().unwrap_or(0)
    }

    fn later(&mut self, event: Event) {
        // Different delays are what puts them out of order.
        let delay = 5 + u32::from(self.die()) * 20;
        self.under_way.push((self.now + MS * delay, event));
    }

    fn publish(&mut self) {
        self.newest += 1;
        for _ in 0..self.die() % 4 {
            self.later(Event::Hint);
        }
    }

    /// As on a line that works.
    fn publish_and_hint(&mut self) {
        self.newest += 1;
        if self.open {
            self.later(Event::Hint);
        }
    }

    fn act(&mut self) {
        while let Some(action) = self.kiosk.act(self.now) {
            let die = self.die();
            let event = match action {
                Action::Subscribe if !self.online || die % 3 == 1 => Event::Unsubscribed,
                Action::Subscribe => {
                    self.open = true;
                    Event::Subscribed
                }
                Action::Fetch { unless } => {
                    self.fetches += 1;
                    let fetching = |event: &Event| {
                        matches!(event, Event::Fetched(_) | Event::NotModified | Event::FetchFailed)
                    };
                    assert!(!self.under_way.iter().any(|(_, event)| fetching(event)), "one at a time");
                    match die % 5 {
                        _ if !self.online => Event::FetchFailed,
                        1 => Event::FetchFailed,
                        2 => Event::Fetched(version(self.newest.saturating_sub(u64::from(die) % 3).max(1))),
                        _ if unless == Some(version(self.newest).hash) => Event::NotModified,
                        _ => Event::Fetched(version(self.newest)),
                    }
                }
            };
            self.later(event);
        }
    }

    fn run_until(&mut self, end: Duration) {
        loop {
            self.act();
            let arrives = self.under_way.iter().map(|(at, _)| *at).min();
            let next = arrives.into_iter().chain(self.kiosk.next()).min().unwrap();
            if next > end {
                self.now = end;
                return;
            }
            self.now = next;
            while let Some(at) = self.under_way.iter().position(|(at, _)| *at <= self.now) {
                let (_, event) = self.under_way.remove(at);
                let before = self.kiosk.have().cloned();
                let news = self.kiosk.handle(event, self.now);
                let newer = self.kiosk.have().map(|have| have.number) > before.map(|have| have.number);
                assert_eq!(news == Some(News::Newer), newer, "what is here never gets older");
            }
        }
    }

    fn run_for(&mut self, time: Duration) {
        self.run_until(self.now + time);
    }

    fn cut(&mut self) {
        (self.online, self.open) = (false, false);
        self.under_way.retain(|(_, event)| !matches!(event, Event::Hint | Event::Subscribed));
        let opening = !self.under_way.iter().any(|(_, event)| *event == Event::Unsubscribed);
        if opening {
            self.under_way.push((self.now, Event::Unsubscribed));
        }
    }

    fn have(&self) -> u64 {
        self.kiosk.have().map_or(0, |have| have.number)
    }
}

proptest! {
    #[test]
    fn lost_doubled_and_reordered_hints_always_converge(
        dice in prop::collection::vec(any::<u8>(), 0..400),
        days in prop::collection::vec((0..4u8, 0..20_000u32), 1..40),
    ) {
        let mut world = World::new(dice);
        for (what, ms) in days {
            match what {
                0 => world.publish(),
                1 => world.cut(),
                2 => world.online = true,
                _ => {}
            }
            world.run_for(MS * ms);
        }
        world.online = true;
        world.dice.clear();
        world.run_for(LONGEST_PAUSE + POLL);
        prop_assert_eq!(world.have(), world.newest);
    }
}

#[test]
fn a_hint_brings_the_document_within_five_seconds() {
    let mut world = World::new(Vec::new());
    world.run_for(POLL * 2);
    for _ in 0..100 {
        world.publish_and_hint();
        world.run_for(Duration::from_secs(5));
        assert_eq!(world.have(), world.newest);
    }
}

#[test]
fn after_a_day_without_a_network_it_takes_at_most_a_minute() {
    let mut world = World::new(Vec::new());
    world.run_for(POLL);
    world.cut();
    world.run_for(Duration::from_hours(24));
    world.publish_and_hint();
    world.online = true;
    world.run_for(Duration::from_mins(1));
    assert_eq!(world.have(), world.newest);
}

#[test]
fn it_subscribes_before_it_fetches() {
    let mut kiosk = Follower::new(Some(version(3)), 1, Duration::ZERO);
    assert_eq!(kiosk.act(Duration::ZERO), Some(Action::Subscribe));
    assert_eq!((kiosk.act(Duration::ZERO), kiosk.next()), (None, None));
    kiosk.handle(Event::Subscribed, MS);
    assert_eq!(kiosk.act(MS), Some(Action::Fetch { unless: Some("hash-3".to_owned()) }));
}

#[test]
fn a_hint_during_a_fetch_is_not_forgotten() {
    let mut kiosk = Follower::new(None, 1, Duration::ZERO);
    kiosk.act(Duration::ZERO);
    kiosk.handle(Event::Subscribed, Duration::ZERO);
    assert!(matches!(kiosk.act(Duration::ZERO), Some(Action::Fetch { .. })));
    // Version 2 is published after the answer with 1 left the platform.
    kiosk.handle(Event::Hint, MS);
    assert_eq!(kiosk.handle(Event::Fetched(version(1)), MS * 2), Some(News::Newer));
    assert!(kiosk.next().unwrap() <= Duration::from_secs(2));
}

#[test]
fn an_old_answer_and_a_second_document_of_one_number_are_not_taken() {
    let mut kiosk = Follower::new(Some(version(5)), 1, Duration::ZERO);
    let other = Version { number: 5, hash: "another".to_owned() };
    for stale in [version(4), other] {
        assert_eq!(kiosk.handle(Event::Fetched(stale), MS), Some(News::Stale));
        assert_eq!(kiosk.have(), Some(&version(5)));
    }
    assert_eq!(kiosk.handle(Event::Fetched(version(5)), MS), Some(News::Same));
}

#[test]
fn a_flood_of_hints_makes_no_flood_of_fetches() {
    let mut world = World::new(Vec::new());
    world.run_for(POLL);
    let before = world.fetches;
    for _ in 0..10_000 {
        world.kiosk.handle(Event::Hint, world.now);
        world.run_for(MS);
    }
    assert!(world.fetches - before <= 21, "{} in ten seconds", world.fetches - before);
}

#[test]
fn a_thousand_kiosks_do_not_come_back_at_once() {
    let mut waits: Vec<u128> = (0..1_000)
        .map(|seed| {
            let mut kiosk = Follower::new(None, seed, Duration::ZERO);
            kiosk.act(Duration::ZERO);
            kiosk.handle(Event::Subscribed, Duration::ZERO);
            for _ in 0..8 {
                kiosk.handle(Event::FetchFailed, Duration::ZERO);
            }
            kiosk.next().unwrap().as_millis()
        })
        .collect();
    waits.sort_unstable();
    assert!(waits[0] >= 15_000 && waits[999] <= 30_000, "{} to {}", waits[0], waits[999]);
    // In no second more than an eighth of them.
    assert!(waits.windows(125).all(|window| window[124] - window[0] >= 1_000));
}
