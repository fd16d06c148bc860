//! What chance seldom leads to: each thing that goes wrong has words of its own.

use kiosk_flow::{
    Deadlines, Effect, Event, Touch,
    event::{CardTrouble, Configured, QueryTrouble},
    home::Arrangement,
    view::{ReaderTrouble, Screen, Settings},
};

use crate::kiosk::{Kiosk, card, registry, settings};

/// What is said after these, one after the other.
fn said(happened: Vec<Event>) -> Option<&'static str> {
    let mut kiosk = Kiosk::ready();
    kiosk.event(Event::Speaker(true));
    happened.into_iter().for_each(|event| kiosk.event(event));
    begun(&kiosk)
}

/// What the last event led to.
fn begun(kiosk: &Kiosk) -> Option<&'static str> {
    kiosk.effects.iter().find_map(|effect| match effect {
        Effect::Say(saying) => Some(saying.prompt.key()),
        _ => None,
    })
}

fn touches(touches: Vec<Touch>, then: Event) -> Vec<Event> {
    touches.into_iter().map(Event::Touch).chain([then]).collect()
}

#[test]
fn a_card_that_is_none_is_not_one_that_was_moved() {
    let identifying = || vec![Touch::Anywhere, Touch::Tile("pension".into()), Touch::Start, Touch::Agree];
    for (trouble, key) in [
        (CardTrouble::Moved, "card.moved"),
        (CardTrouble::NotAnIdCard, "card.other"),
        (CardTrouble::NotGenuine, "card.refused"),
        (CardTrouble::UnknownKind, "card.unknown"),
        (CardTrouble::Expired, "card.expired"),
    ] {
        assert_eq!(said(touches(identifying(), Event::CardFailed(trouble))), Some(key));
    }
    let gone = Event::Reader(Some(ReaderTrouble::Disconnected));
    assert_eq!(said(touches(identifying(), gone)), Some("card.unavailable"));
}

#[test]
fn a_query_says_why_it_found_nothing() {
    let code = protocol::PickupCode::from_random(5).as_str().to_owned();
    let asked = |code: &str| {
        let typed = Touch::TypeCode(code.to_owned());
        vec![Touch::Anywhere, Touch::Tile("progress".into()), typed, Touch::FindByCode]
    };
    for (answer, key) in [
        (Event::NotFound(QueryTrouble::Offline), "query.offline"),
        (Event::NotFound(QueryTrouble::Failed), "query.failed"),
        (Event::Found(vec![]), "progress.none"),
    ] {
        assert_eq!(said(touches(asked(&code), answer)), Some(key));
    }
    let wrong: Vec<_> = asked("123").into_iter().map(Event::Touch).collect();
    assert_eq!(said(wrong), Some("query.wrong"));
}

#[test]
fn a_loudspeaker_that_comes_to_a_visit_begins_with_what_comes_next() {
    let mut kiosk = Kiosk::ready();
    for touch in [Touch::Anywhere, Touch::Tile("pension".into())] {
        kiosk.event(Event::Touch(touch));
    }
    for works in [true, false, true] {
        kiosk.event(Event::Speaker(works));
        assert_eq!(begun(&kiosk), None, "the guide has been read for a while");
    }
    kiosk.event(Event::Online(false));
    assert_eq!(begun(&kiosk), None);
    kiosk.event(Event::Touch(Touch::Start));
    assert_eq!(begun(&kiosk), Some("consent.ask"));
}

#[test]
fn a_voice_that_settings_bring_says_nothing_of_a_home_screen_that_was_there_before() {
    let mut kiosk = Kiosk::ready();
    let told = |defaults| {
        let (limits, posters, arrangement) = (Deadlines::default(), Vec::new(), Arrangement::default());
        Event::Configured(Box::new(Configured { limits, defaults, posters, arrangement }))
    };
    kiosk.event(Event::Speaker(true));
    kiosk.event(told(Settings { voice: None, ..settings() }));
    for touch in [Touch::Anywhere, Touch::LargeType(true), Touch::Tile("pension".into())] {
        kiosk.event(Event::Touch(touch));
    }
    kiosk.event(told(settings()));
    kiosk.event(Event::Touch(Touch::Back));
    assert!(!kiosk.flow.is_configured(), "somebody has just chosen large type");
    kiosk.event(Event::Touch(Touch::LargeType(false)));
    assert!(kiosk.flow.is_configured());
    assert_eq!(begun(&kiosk), None);
    kiosk.event(Event::Touch(Touch::Repeat));
    assert_eq!(begun(&kiosk), Some("home.welcome"));
}

/// Enrolment with two choices, the one after the other.
fn with_two_choices() -> protocol::AppRegistry {
    let mut registry = serde_json::to_value(registry()).unwrap();
    let mut items = registry["items"].as_array_mut().unwrap().iter_mut();
    let fields = items.find_map(|item| {
        let fields = item["item"]["fields"].as_array_mut()?;
        fields.iter().any(|field| field["id"] == "level").then_some(fields)
    });
    let fields = fields.unwrap();
    let at = fields.iter().position(|field| field["id"] == "level").unwrap();
    let mut second = fields[at].clone();
    second["id"] = "again".into();
    fields.insert(at + 1, second);
    serde_json::from_value(registry).unwrap()
}

/// Which question it is, and what is said of it.
fn question(kiosk: &Kiosk) -> (String, Option<&'static str>) {
    let Screen::Form(form) = kiosk.flow.view().screen else { panic!("another screen") };
    let said = kiosk.effects.iter().find_map(|effect| match effect {
        Effect::Say(saying) => Some(saying.prompt.key()),
        _ => None,
    });
    (form.field, said)
}

/// The same words question after question would nag.
#[test]
fn a_second_choice_is_not_announced_again_but_when_somebody_wants_to_hear_it() {
    let mut kiosk = Kiosk::ready();
    kiosk.event(Event::Speaker(true));
    kiosk.event(Event::Registry(Box::new(with_two_choices())));
    let tile = [Touch::Anywhere, Touch::Tile("enrol".into()), Touch::Start, Touch::Agree];
    tile.into_iter().for_each(|touch| kiosk.event(Event::Touch(touch)));
    kiosk.event(Event::CardRead(Box::new(card())));
    kiosk.event(Event::Drafts { asked: kiosk.asked, drafts: vec![] });
    assert_eq!(question(&kiosk), ("level".to_owned(), Some("form.choice")));
    kiosk.event(Event::Touch(Touch::Answer("300".into())));
    kiosk.event(Event::Touch(Touch::Next));
    assert_eq!(question(&kiosk), ("again".to_owned(), None));
    kiosk.event(Event::Touch(Touch::Repeat));
    assert_eq!(question(&kiosk), ("again".to_owned(), Some("form.choice")));
    kiosk.event(Event::Touch(Touch::Answer("300".into())));
    kiosk.event(Event::Touch(Touch::Next));
    assert_eq!(question(&kiosk), ("since".to_owned(), Some("form.date")));
}
