//! The emulated module on a pseudo-terminal: the driver as the kiosk opens it.

use driver_api::{CardReading, DeviceUrl, LinkFault, ReaderFault};
use driver_sim::{Action, Emulator, id_card_reader::IdCardReaderMachine};
use std::time::Duration;

use crate::stage::card;

fn perform(emulator: &Emulator, action: Action) {
    assert_eq!(emulator.perform(action)["ok"], true);
}

#[test]
fn a_card_is_read_and_an_unplugged_reader_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reader");
    let machine = IdCardReaderMachine::new(Some(Duration::from_millis(30))).unwrap();
    let emulator = Emulator::start(Box::new(machine), &path).unwrap();
    let mut reader = id_card_reader::open(&DeviceUrl::Serial { path, baud: 115_200 }).unwrap();
    assert_eq!(reader.identify().unwrap(), "05.01-20101129-0001228293-0296863149");
    assert!(matches!(reader.read(), Ok(CardReading::NoCard)));
    perform(&emulator, Action::named("put-card").with("card", "citizen-1"));
    assert_eq!(card(reader.read().unwrap()).name, "张三");
    perform(&emulator, Action::named("unplug"));
    assert_eq!(reader.read().unwrap_err(), ReaderFault::Link(LinkFault::Unplugged));
    assert_eq!(reader.read().unwrap_err(), ReaderFault::Link(LinkFault::NotFound));
    perform(&emulator, Action::named("plug"));
    assert_eq!(
        card(reader.read().unwrap()).name,
        "张三",
        "a module that lost its power has read nothing yet"
    );
}

#[test]
fn chaos_is_named_over_the_control_of_an_emulator() {
    let folder = tempfile::tempdir().unwrap();
    let machine = IdCardReaderMachine::new(None).unwrap();
    let emulator = Emulator::start(Box::new(machine), &folder.path().join("reader")).unwrap();
    let line = r#"{"do":"fault","name":"chaos","seed":3,"one_in":2}"#;
    perform(&emulator, Action::parse(line).unwrap());
    assert_eq!(emulator.perform(Action::named("status"))["fault"], "chaos");
}
