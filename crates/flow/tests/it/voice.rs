//! What chance seldom leads to: each thing that goes wrong has words of its own.

use kiosk_flow::{
    Effect, Event, Touch,
    event::{CardTrouble, QueryTrouble},
    view::ReaderTrouble,
};

use crate::kiosk::Kiosk;

/// What is said after these, one after the other.
fn said(happened: Vec<Event>) -> Option<&'static str> {
    let mut kiosk = Kiosk::ready();
    kiosk.event(Event::Speaker(true));
    happened.into_iter().for_each(|event| kiosk.event(event));
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
