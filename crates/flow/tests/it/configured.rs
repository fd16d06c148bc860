//! Other settings of the machine, and the resident who is there.

use std::time::Duration;

use kiosk_flow::{Deadlines, Event, Touch, event::Configured, view::Settings};
use protocol::Language;

use crate::kiosk::Kiosk;

fn english() -> Event {
    let defaults = Settings { language: Language::English, ..Settings::default() };
    Event::Configured(Box::new(Configured { limits: Deadlines::default(), defaults }))
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
