//! Lines that do one chosen thing: the ways in which a name could become a wrong one.

use driver_api::{CardReading, IdCardReader};

use crate::stage::{Stage, card};

/// An answer with text and photo.
const CONTENT: usize = 1295;

/// Two bits of a name turned in one column: the check byte of the frame stays right.
fn turn(bytes: &mut [u8]) {
    bytes[14] ^= 0x01;
    bytes[16] ^= 0x01;
}

#[test]
fn on_a_line_that_was_disturbed_two_turned_bits_do_not_make_another_name() {
    let mut answers = 0;
    let stage = Stage::with_cable(Box::new(move |mut bytes| {
        answers += usize::from(bytes.len() > 10);
        match answers {
            // The disturbance that is noticed, and then the one that is not.
            2 => bytes.insert(0, 0x55),
            _ if bytes.len() == CONTENT && answers < 6 => turn(&mut bytes),
            _ => {}
        }
        bytes
    }));
    let mut reader = stage.reader();
    stage.put("citizen-1");
    assert_eq!(card(reader.read().unwrap()).name, "张三");
    assert_eq!(stage.last_commands().iter().filter(|command| *command == "read").count(), 3);
}

#[test]
fn the_last_resident_s_content_before_the_next_resident_s_is_not_believed() {
    let mut last: Vec<u8> = vec![];
    let stage = Stage::with_cable(Box::new(move |bytes| {
        if bytes.len() < CONTENT {
            return bytes;
        }
        let sent = [std::mem::take(&mut last), bytes.clone()].concat();
        last = if sent.len() == CONTENT { bytes } else { vec![] };
        sent
    }));
    let mut reader = stage.reader();
    stage.put("citizen-1");
    assert_eq!(card(reader.read().unwrap()).name, "张三");
    stage.lift();
    stage.put("foreigner-2023");
    match reader.read() {
        Ok(CardReading::Card(card)) => assert_eq!(card.name, "证件样本"),
        other => drop(other.unwrap_err()),
    }
}

#[test]
fn a_clean_line_reads_a_card_once() {
    for id in ["citizen-1", "foreigner-2023"] {
        let stage = Stage::new();
        stage.put(id);
        card(stage.reader().read().unwrap());
        assert_eq!(stage.last_commands().iter().filter(|command| *command == "read").count(), 1, "{id}");
    }
}
