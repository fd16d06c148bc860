//! Other settings of the machine, and the resident who is there.

use std::{sync::Arc, time::Duration};

use kiosk_flow::{
    Deadlines, Event, Touch,
    event::{Configured, Poster},
    home::{Arrangement, Notice},
    view::{Screen, Settings},
};
use protocol::{App, Area, Language, Opens, Text};

use crate::kiosk::{Kiosk, registry, with_bundles};

fn configured(defaults: Settings, posters: Vec<Poster>, arrangement: Arrangement) -> Event {
    let limits = Deadlines::default();
    Event::Configured(Box::new(Configured { limits, defaults, posters, arrangement }))
}

fn english() -> Event {
    let defaults = Settings { language: Language::English, ..Settings::default() };
    configured(defaults, Vec::new(), Arrangement::default())
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
    configured(Settings::default(), posters, Arrangement::default())
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

fn arranged(arrangement: Arrangement) -> Event {
    configured(Settings::default(), Vec::new(), arrangement)
}

fn tiles(names: &[&str]) -> Arrangement {
    Arrangement { tiles: names.iter().map(|name| (*name).to_owned()).collect(), ..Arrangement::default() }
}

/// The tiles on the screen of a kiosk that somebody has just touched.
fn at_home(kiosk: &mut Kiosk) -> Vec<String> {
    kiosk.event(Event::Touch(Touch::Anywhere));
    match kiosk.flow.view().screen {
        Screen::Home(home) => home.tiles.into_iter().map(|tile| tile.id).collect(),
        other => panic!("{other:?}"),
    }
}

const ALL: [&str; 4] = ["pension", "enrol", "aid", "progress"];

#[test]
fn tiles_are_those_that_are_set_in_their_order() {
    let mut kiosk = Kiosk::ready();
    assert_eq!(at_home(&mut kiosk), ALL);
    kiosk.event(arranged(tiles(&["progress", "pension"])));
    assert_eq!(at_home(&mut kiosk), ["progress", "pension"], "on the home screen that is there already");
    kiosk.event(Event::Touch(Touch::Tile("aid".into())));
    assert_eq!(at_home(&mut kiosk), ["progress", "pension"], "what is not shown opens nothing");
}

#[test]
fn a_tile_without_anything_behind_it_is_not_shown() {
    let mut registry = registry();
    let empty = |id: &str, opens| App {
        id: id.into(),
        title: Text::zh("示例"),
        subtitle: Text::zh("示例"),
        icon: String::new(),
        opens,
    };
    registry.apps.push(empty("gone", Opens::Item { item: "no-such-item".into() }));
    registry.apps.push(empty("bare", Opens::Area { area: Area::Healthcare }));
    let mut kiosk = Kiosk::ready();
    kiosk.event(Event::Registry(Box::new(registry)));
    assert_eq!(at_home(&mut kiosk), ALL);
    kiosk.event(arranged(tiles(&["gone", "aid", "of-another-platform", "bare", "progress"])));
    assert_eq!(at_home(&mut kiosk), ["aid", "progress"], "and nor is one that is unknown here");
}

#[test]
fn a_bundle_has_a_tile_where_one_is_set_and_only_while_all_its_items_are_there() {
    let mut kiosk = Kiosk::ready();
    kiosk.event(Event::Registry(Box::new(with_bundles())));
    assert_eq!(at_home(&mut kiosk), ["pension", "enrol", "aid", "bundles", "progress"], "where it stands");
    kiosk.event(arranged(tiles(&["old-age", "progress"])));
    assert_eq!(at_home(&mut kiosk), ["old-age", "progress"]);
    let mut other = with_bundles();
    other.items.iter_mut().find(|entry| entry.item.id == "aid").unwrap().item.version = 2;
    kiosk.event(Event::Registry(Box::new(other)));
    assert_eq!(at_home(&mut kiosk), ["progress"], "in another version it is another item");
    kiosk.event(arranged(tiles(&[])));
    assert_eq!(at_home(&mut kiosk), ALL, "nor is there a list of nothing");
}

#[test]
fn a_home_screen_is_never_without_its_tiles() {
    for impossible in [&[][..], &["of-another-platform"], &["gone", "bare"]] {
        let mut kiosk = Kiosk::ready();
        kiosk.event(arranged(tiles(impossible)));
        assert_eq!(at_home(&mut kiosk), ALL, "{impossible:?}");
    }
}

#[test]
fn only_languages_that_are_offered_can_be_chosen() {
    let mut kiosk = Kiosk::ready();
    assert_eq!(kiosk.flow.view().frame.languages, Language::ALL);
    let languages = vec![Language::English, Language::Simplified];
    let defaults = Settings { language: Language::English, ..Settings::default() };
    let arrangement = Arrangement { languages: languages.clone(), ..Arrangement::default() };
    kiosk.event(configured(defaults, Vec::new(), arrangement));
    assert_eq!((language(&kiosk), kiosk.flow.view().frame.languages), (Language::English, languages));
    kiosk.event(Event::Touch(Touch::Anywhere));
    kiosk.event(Event::Touch(Touch::Language(Language::Simplified)));
    assert_eq!(language(&kiosk), Language::Simplified);
    kiosk.event(Event::Touch(Touch::Language(Language::Traditional)));
    assert_eq!(language(&kiosk), Language::Simplified);
}

fn notice(title: &str, from: &str, until: &str) -> Notice {
    let (from, until) = (from.parse().unwrap(), until.parse().unwrap());
    Notice { title: Text::zh(title), text: Text::zh("示例"), from, until }
}

/// What the home screen tells of.
fn told(kiosk: &Kiosk) -> Vec<String> {
    let titles = |notices: Vec<Notice>| notices.into_iter().map(|notice| notice.title.simplified).collect();
    match kiosk.flow.view().screen {
        Screen::Home(home) => titles(home.notices),
        Screen::Notices(notices) => titles(notices),
        other => panic!("{other:?}"),
    }
}

#[test]
fn notices_are_there_from_their_first_day_to_their_last_by_the_clock_in_china() {
    let mut kiosk = Kiosk::ready();
    let yesterday = notice("yesterday", "2026-11-01", "2026-11-22");
    let today = notice("today", "2026-11-23", "2026-11-23");
    let tomorrow = notice("tomorrow", "2026-11-24", "2026-12-31");
    let notices = vec![yesterday, today, tomorrow];
    kiosk.event(arranged(Arrangement { notices, ..Arrangement::default() }));
    kiosk.event(Event::Touch(Touch::Anywhere));
    assert_eq!(told(&kiosk), ["today"]);
    // 10 in the morning; the day in China ends 14 hours later, whatever London says.
    kiosk.now.wall += jiff::SignedDuration::from_secs(14 * 3_600 - 1);
    kiosk.event(Event::Tick);
    assert_eq!(told(&kiosk), ["today"]);
    kiosk.now.wall += jiff::SignedDuration::from_secs(1);
    kiosk.event(Event::Tick);
    assert_eq!(told(&kiosk), ["tomorrow"]);
    kiosk.now.wall += jiff::SignedDuration::from_hours(24 * 40);
    kiosk.event(Event::Tick);
    assert!(told(&kiosk).is_empty());
    kiosk.event(Event::Touch(Touch::Notices));
    assert!(matches!(kiosk.flow.view().screen, Screen::Home(_)), "there is nothing to read");
}

#[test]
fn notices_are_read_from_the_home_screen_and_left_alone_they_go() {
    let mut kiosk = Kiosk::ready();
    let notices = vec![notice("one", "2026-11-01", "2026-12-01"), notice("two", "2026-11-01", "2026-12-01")];
    kiosk.event(arranged(Arrangement { notices, ..Arrangement::default() }));
    kiosk.event(Event::Touch(Touch::Anywhere));
    kiosk.event(Event::Touch(Touch::Notices));
    assert!(matches!(kiosk.flow.view().screen, Screen::Notices(_)));
    assert_eq!(told(&kiosk), ["one", "two"]);
    assert!(!kiosk.flow.is_at_rest(), "somebody reads");
    kiosk.event(Event::Touch(Touch::Back));
    assert!(matches!(kiosk.flow.view().screen, Screen::Home(_)));
    kiosk.event(Event::Touch(Touch::Notices));
    kiosk.event(Event::Touch(Touch::Home));
    assert!(matches!(kiosk.flow.view().screen, Screen::Home(_)));
    kiosk.event(Event::Touch(Touch::Notices));
    kiosk.wait(Deadlines::default().idle_form);
    assert!(matches!(kiosk.flow.view().screen, Screen::Attract(_)));
}
