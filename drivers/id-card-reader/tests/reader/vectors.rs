//! Frames that the protocol's documents print, free of personal data, and the invented cards of our own notes.

use driver_sim::id_card_reader::IdCardReaderMachine;
use id_card_reader::protocol::{Command, Decoder, Meaning, SamId, meaning};

fn frame(tail: &[u8]) -> Vec<u8> {
    [&[0xAA, 0xAA, 0xAA, 0x96, 0x69], tail].concat()
}

#[test]
fn requests_are_the_published_ones() {
    let published: [(Command, [u8; 5]); 7] = [
        (Command::Reset, [0x00, 0x03, 0x10, 0xFF, 0xEC]),
        (Command::Status, [0x00, 0x03, 0x11, 0xFF, 0xED]),
        (Command::SamId, [0x00, 0x03, 0x12, 0xFF, 0xEE]),
        (Command::Find, [0x00, 0x03, 0x20, 0x01, 0x22]),
        (Command::Select, [0x00, 0x03, 0x20, 0x02, 0x21]),
        (Command::Read, [0x00, 0x03, 0x30, 0x01, 0x32]),
        (Command::ReadNewAddress, [0x00, 0x03, 0x30, 0x03, 0x30]),
    ];
    for (command, tail) in published {
        assert_eq!(command.request(), frame(&tail), "{command:?}");
    }
}

#[test]
fn answers_are_understood_as_published() {
    let published: [(&[u8], Command, Meaning); 6] = [
        (&[0x00, 0x04, 0x00, 0x00, 0x90, 0x94], Command::Status, Meaning::Done),
        (&[0x00, 0x08, 0x00, 0x00, 0x9F, 0, 0, 0, 0, 0x97], Command::Find, Meaning::Done),
        (&[0x00, 0x08, 0x00, 0x00, 0x9F, 0x80, 0x01, 0x02, 0x03, 0x17], Command::Find, Meaning::Done),
        (&[0x00, 0x04, 0x00, 0x00, 0x80, 0x84], Command::Find, Meaning::NoCard),
        (&[0x00, 0x04, 0x00, 0x00, 0x81, 0x85], Command::Select, Meaning::Slipped),
        (&[0x00, 0x04, 0x00, 0x00, 0x91, 0x95], Command::ReadNewAddress, Meaning::Empty),
    ];
    for (tail, command, expected) in published {
        let mut decoder = Decoder::new();
        decoder.push(&frame(tail));
        let answer = decoder.next_response().unwrap();
        assert!(command.is_answered_by(&answer), "{command:?}");
        assert_eq!((meaning(answer.sw3()), decoder.noise()), (expected, 0), "{tail:02X?}");
    }
}

#[test]
fn the_number_of_a_module_is_written_as_published() {
    let mut decoder = Decoder::new();
    decoder.push(&frame(&[
        0x00, 0x14, 0x00, 0x00, 0x90, 0x05, 0x00, 0x01, 0x00, 0x09, 0xB8, 0x32, 0x01, 0x05, 0xBE, 0x12, 0x00,
        0xAD, 0xC5, 0xB1, 0x11, 0x63,
    ]));
    let id = SamId::parse(&decoder.next_response().unwrap().data).unwrap();
    assert_eq!(id.to_string(), "05.01-20101129-0001228293-0296863149");
}

#[test]
fn the_drawer_of_the_emulator_has_a_card_of_each_layout() {
    let machine = IdCardReaderMachine::new(None).unwrap();
    for id in ["citizen-1", "resident-j", "foreigner-2017", "foreigner-2023"] {
        assert!(machine.drawer().iter().any(|card| card.id == id), "{id}");
    }
}
