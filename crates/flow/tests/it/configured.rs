//! Other settings of the machine, and the resident who is there.

use std::{sync::Arc, time::Duration};

use kiosk_flow::{
    Deadlines, Event, Touch,
    event::{Configured, Poster},
    view::{Screen, Settings},
};
use protocol::Language;

use crate::kiosk::Kiosk;

fn english() -> Event {
    let defaults = Settings { language: Language::English, ..Settings::default() };
    Event::Configured(Box::new(Configured { limits: Deadlines::default(), defaults, posters: Vec::new() }))
}

fn language(kiosk: &Kiosk) -> Language {
    kiosk.flow.view().frame.settings.language
}

#[test]
fn at_rest_they_are_in_force_at_once() {
    let mut kiosk = Kiosk::ready();
    assert!(kiosk.flow.is_at_rest());
    kiosk.event(english());
    assert_eq!(language(&kiosk), Language::English);
    assert!(kiosk.flow.is_configured());
}

#[test]
fn in_a_visit_they_wait_for_its_end() {
    let mut kiosk = Kiosk::ready();
    let before = language(&kiosk);
    kiosk.event(Event::Touch(Touch::Anywhere));
    kiosk.event(Event::Touch(Touch::LargeType(true)));
    assert!(!kiosk.flow.is_at_rest(), "somebody has just chosen large type");
    kiosk.event(english());
    assert_eq!(language(&kiosk), before);
    assert!(!kiosk.flow.is_configured());
    kiosk.wait(Duration::from_mins(10));
    assert!(kiosk.flow.is_at_rest() && kiosk.flow.is_configured());
    assert_eq!(language(&kiosk), Language::English);
}

#[test]
fn out_of_service_nobody_is_in_the_way() {
    let mut kiosk = Kiosk::ready();
    kiosk.event(Event::OutOfService(true));
    assert!(kiosk.flow.is_at_rest());
    kiosk.event(english());
    assert_eq!(language(&kiosk), Language::English);
}

fn with_posters(titles: &[&str]) -> Event {
    let poster = |title: &&str| Poster { title: (*title).to_owned(), jpeg: Arc::from(title.as_bytes()) };
    let posters = titles.iter().map(poster).collect();
    let (limits, defaults) = (Deadlines::default(), Settings::default());
    Event::Configured(Box::new(Configured { limits, defaults, posters }))
}

/// What is on the screen of a kiosk that nobody stands at.
fn shown(kiosk: &Kiosk) -> Option<String> {
    match kiosk.flow.view().screen {
        Screen::Attract(poster) => Some(poster.map_or_else(|| "our own".to_owned(), |poster| poster.title)),
        _ => None,
    }
}

#[test]
fn posters_take_turns_while_nobody_is_there_and_a_touch_leads_home_at_once() {
    let (mut kiosk, turn) = (Kiosk::ready(), Deadlines::default().poster);
    assert_eq!(kiosk.flow.next_deadline(), None, "nothing to wake up for");
    kiosk.event(with_posters(&["示例一", "示例二"]));
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(shown(&kiosk).unwrap());
        assert!(kiosk.flow.is_at_rest() && kiosk.flow.next_deadline().is_some());
        kiosk.wait(turn);
    }
    let round = ["our own", "示例一", "示例二"];
    assert_eq!(seen, [round, round].concat());
    kiosk.wait(turn + turn / 2);
    assert_eq!(shown(&kiosk).as_deref(), Some("示例一"));
    kiosk.event(Event::Touch(Touch::Anywhere));
    assert!(matches!(kiosk.flow.view().screen, Screen::Home(_)), "{:?}", kiosk.flow.view().screen);
    kiosk.wait(Deadlines::default().idle);
    assert_eq!(shown(&kiosk).as_deref(), Some("our own"), "who has just gone reads what it is");
    // The next configuration names none.
    kiosk.wait(turn);
    kiosk.event(with_posters(&[]));
    assert_eq!((shown(&kiosk).as_deref(), kiosk.flow.next_deadline()), (Some("our own"), None));
}
