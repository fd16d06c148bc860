//! Every card of the drawer, over the wire.

use driver_api::{CardKind, CardProblem, CardReading, IdCard, IdCardReader, ValidUntil};
use jiff::civil::date;

use crate::stage::{Stage, card, problem};

fn read(id: &str) -> CardReading {
    let stage = Stage::new();
    stage.put(id);
    let reading = stage.reader().read().unwrap();
    assert!(!stage.last_commands().contains(&"read-fingerprints".into()), "nobody asked for fingerprints");
    reading
}

fn read_card(id: &str) -> IdCard {
    card(read(id))
}

#[test]
fn an_empty_plate_has_no_card() {
    let stage = Stage::new();
    let mut reader = stage.reader();
    assert_eq!(reader.identify().unwrap(), "05.01-20101129-0001228293-0296863149");
    assert!(matches!(reader.read(), Ok(CardReading::NoCard)));
}

#[test]
fn the_card_of_a_citizen() {
    let card = read_card("citizen-1");
    assert_eq!(card.kind, CardKind::Resident);
    assert_eq!((card.name.as_str(), card.sex, card.nation.as_deref()), ("张三", 2, Some("01")));
    assert_eq!(card.birth, date(1949, 12, 31));
    assert_eq!(card.address.as_deref(), Some("北京市朝阳区示例路1号"));
    assert_eq!(card.number, "11010519491231002X");
    assert_eq!(card.authority.as_deref(), Some("北京市公安局朝阳分局"));
    assert_eq!((card.valid_from, card.valid_until), (date(2020, 1, 1), ValidUntil::LongTerm));
    assert_eq!((&card.english_name, &card.country, &card.travel_permit), (&None, &None, &None));
    assert_eq!(card.photo.0.len(), 1024);
}

#[test]
fn the_card_of_a_resident_from_hong_kong_macau_or_taiwan() {
    let card = read_card("resident-j");
    assert_eq!(card.kind, CardKind::HkMoTwResident);
    assert_eq!((card.name.as_str(), card.sex, card.nation.as_deref()), ("李四", 1, None));
    assert_eq!(card.number, "810000199001010019");
    assert_eq!(card.travel_permit.as_deref(), Some("H12345678"));
    assert_eq!(card.address.as_deref(), Some("广东省深圳市示例路2号"));
    assert_eq!(card.valid_until, ValidUntil::Day(date(2025, 1, 1)));
}

#[test]
fn the_card_of_a_foreigner_of_2017() {
    let card = read_card("foreigner-2017");
    assert_eq!(card.kind, CardKind::ForeignResident2017);
    assert_eq!(card.name, "证件样本");
    assert_eq!(card.english_name.as_deref(), Some("ZHENGJIAN, YANGBEN"));
    assert_eq!((card.number.as_str(), card.country.as_deref()), ("PAK310080010100", Some("PAK")));
    assert_eq!((card.birth, card.address.as_deref()), (date(1980, 1, 1), None));
}

#[test]
fn the_card_of_a_foreigner_of_2023() {
    let card = read_card("foreigner-2023");
    assert_eq!(card.kind, CardKind::ForeignResident2023);
    assert_eq!((card.name.as_str(), card.sex), ("证件样本", 2));
    assert_eq!(card.english_name.as_deref(), Some("ZHENGJIAN, YANGBEN"));
    assert_eq!((card.number.as_str(), card.country.as_deref()), ("931586198001010028", Some("PAK")));
    assert_eq!((card.nation.as_deref(), card.address.as_deref()), (None, None));
    assert_eq!((card.valid_from, card.valid_until), (date(2023, 8, 8), ValidUntil::Day(date(2033, 8, 7))));
}

#[test]
fn names_that_are_long_or_rare_come_through_unchanged() {
    assert_eq!(read_card("citizen-rare").name, "䶮𬭚㛃");
    assert_eq!(read_card("citizen-long-name").name, "努尔艾力·示例买买提");
    assert_eq!(read_card("citizen-2").number, "519999195201010013");
}

#[test]
fn the_newest_address_of_a_card_that_has_moved_house() {
    assert_eq!(read_card("citizen-new-address").address.as_deref(), Some("北京市海淀区示例路9号"));
}

#[test]
fn an_expired_card_is_read_and_says_so() {
    let card = read_card("citizen-expired");
    assert!(card.is_valid_on(date(2024, 6, 6)));
    assert!(!card.is_valid_on(date(2024, 6, 7)));
}

#[test]
fn cards_that_give_no_identity_say_why() {
    assert_eq!(problem(read("bank-card")), CardProblem::NotAnIdCard);
    assert_eq!(problem(read("unreadable-card")), CardProblem::Moved);
    assert_eq!(problem(read("not-genuine-card")), CardProblem::NotGenuine);
    assert_eq!(problem(read("unknown-kind-card")), CardProblem::UnknownKind('Q'));
}

#[test]
fn a_card_that_stays_on_the_plate_is_read_once_and_again_after_it_was_lifted() {
    let stage = Stage::new();
    let mut reader = stage.reader();
    stage.put("citizen-1");
    assert_eq!(card(reader.read().unwrap()).name, "张三");
    for _ in 0..5 {
        assert!(matches!(reader.read(), Ok(CardReading::NoCard)));
    }
    stage.lift();
    assert!(matches!(reader.read(), Ok(CardReading::NoCard)));
    stage.put("citizen-1");
    assert_eq!(card(reader.read().unwrap()).name, "张三");
}

#[test]
fn the_next_card_is_read_after_one_that_was_not() {
    let stage = Stage::new();
    let mut reader = stage.reader();
    stage.put("unreadable-card");
    assert_eq!(problem(reader.read().unwrap()), CardProblem::Moved);
    assert!(matches!(reader.read(), Ok(CardReading::NoCard)), "it must be lifted first");
    stage.lift();
    stage.put("citizen-2");
    assert_eq!(card(reader.read().unwrap()).name, "欧阳示例建国");
}
