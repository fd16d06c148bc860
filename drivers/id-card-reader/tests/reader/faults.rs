//! Every way in which the emulated module can go wrong, by name.

use std::time::Duration;

use driver_api::{CardProblem, CardReading, IdCardReader, LinkFault, ReaderFault};
use driver_sim::id_card_reader::Fault;

use crate::stage::{Stage, card, problem};

/// Longer than any call may take: a dialogue, opened anew at five rates, with its patience for a reset.
const BOUND: Duration = Duration::from_secs(12);

const SILENT: ReaderFault = ReaderFault::Link(LinkFault::Silent);
const GARBLED: ReaderFault = ReaderFault::Link(LinkFault::Garbled);

fn read_under(fault: &str) -> (Stage, Result<CardReading, ReaderFault>) {
    let stage = Stage::new();
    let mut reader = stage.reader();
    reader.identify().unwrap();
    stage.put("citizen-1");
    stage.fault(fault);
    let (reading, time) = stage.timed(|| reader.read());
    assert!(time < BOUND, "{fault}: {time:?}");
    (stage, reading)
}

#[test]
fn a_silent_reader() {
    assert_eq!(read_under("silent").1.unwrap_err(), SILENT);
}

#[test]
fn a_garbled_reader() {
    assert_eq!(read_under("garbled").1.unwrap_err(), GARBLED);
}

#[test]
fn an_answer_that_breaks_off() {
    assert_eq!(read_under("truncated").1.unwrap_err(), GARBLED);
}

#[test]
fn a_reader_that_floods_the_line() {
    assert_eq!(read_under("flooding").1.unwrap_err(), GARBLED);
}

#[test]
fn a_wrong_checksum() {
    assert_eq!(read_under("wrong-checksum").1.unwrap_err(), GARBLED);
}

#[test]
fn a_reader_that_repeats_old_answers_is_not_believed() {
    // One of them might be the last resident's card.
    assert_eq!(read_under("stale-answer").1.unwrap_err(), GARBLED);
}

#[test]
fn a_card_that_is_lifted_while_it_is_read() {
    let (stage, reading) = read_under("card-lifted-midway");
    assert_eq!(problem(reading.unwrap()), CardProblem::Moved);
    assert_eq!(stage.world().machine.fault(), Fault::CardLiftedMidway);
}

#[test]
fn a_module_that_failed_its_self_test() {
    assert_eq!(read_under("self-test-failed").1.unwrap_err(), ReaderFault::SelfTestFailed);
}

#[test]
fn a_module_that_is_not_authorised() {
    assert_eq!(read_under("not-authorised").1.unwrap_err(), ReaderFault::NotAuthorised);
}

#[test]
fn every_fault_is_over_when_it_is_over() {
    for (name, _) in Fault::ALL {
        let stage = Stage::new();
        let mut reader = stage.reader();
        stage.fault(name);
        stage.put("citizen-1");
        for _ in 0..4 {
            let ((), time) = stage.timed(|| drop(reader.read()));
            assert!(time < BOUND, "{name}: {time:?}");
        }
        stage.fault("none");
        stage.lift();
        // What was late is let out, as it would be while a resident is asked for the card.
        stage.wait(Duration::from_secs(5));
        let _ = reader.read();
        stage.put("citizen-2");
        let reading = reader.read().unwrap_or_else(|fault| panic!("after {name}: {fault}"));
        assert_eq!(card(reading).name, "欧阳示例建国", "after {name}");
    }
}

#[test]
fn the_answer_of_the_last_resident_that_comes_late_is_never_taken_for_the_next() {
    let stage = Stage::new();
    let mut reader = stage.reader();
    reader.identify().unwrap();
    stage.put("citizen-1");
    stage.fault("late-answer");
    assert_eq!(reader.read().unwrap_err(), SILENT);
    // The module is still busy with the first card; its content comes while the next resident's is waited for.
    stage.fault("none");
    stage.wait(Duration::from_millis(200));
    let mut names = Vec::new();
    for _ in 0..4 {
        if let Ok(CardReading::Card(card)) = reader.read() {
            names.push(card.name.clone());
        }
        if names.is_empty() {
            continue;
        }
        stage.lift();
        stage.put("citizen-2");
    }
    assert_eq!(
        names.first().map(String::as_str),
        Some("张三"),
        "the card that lay there, by its own reading"
    );
    assert_eq!(names.get(1).map(String::as_str), Some("欧阳示例建国"));
}

#[test]
fn a_card_swapped_while_the_first_answer_is_late_is_not_given_the_first_name() {
    let stage = Stage::new();
    let mut reader = stage.reader();
    reader.identify().unwrap();
    stage.put("citizen-1");
    stage.fault("late-answer");
    assert_eq!(reader.read().unwrap_err(), SILENT);
    stage.fault("none");
    // The first answer is on its way with the first name when the second card is already there.
    stage.wait(Duration::from_millis(1_490));
    stage.lift();
    stage.put("citizen-2");
    let mut seen = Vec::new();
    for _ in 0..4 {
        if let Ok(CardReading::Card(card)) = reader.read() {
            seen.push(card.name.clone());
        }
        // In doubt nobody is named; the card has to be put down again.
        stage.lift();
        stage.put("citizen-2");
    }
    assert!(!seen.is_empty(), "the second card is read in the end");
    assert!(seen.iter().all(|name| name == "欧阳示例建国"), "and never under the first name");
}

#[test]
fn three_commands_without_an_answer_make_the_line_opened_anew_and_the_module_reset() {
    let stage = Stage::new();
    let mut reader = stage.reader();
    reader.identify().unwrap();
    stage.fault("silent");
    for _ in 0..3 {
        assert_eq!(reader.read().unwrap_err(), SILENT);
    }
    stage.fault("none");
    assert!(matches!(reader.read(), Ok(CardReading::NoCard)));
    assert_eq!(stage.last_commands()[stage.last_commands().len() - 3..], ["reset", "status", "find"]);
}

#[test]
fn a_module_at_another_rate_is_found_and_left_at_it() {
    let stage = Stage::new();
    stage.world().module_rate = 19_200;
    let mut reader = stage.reader();
    stage.put("citizen-1");
    assert_eq!(card(reader.read().unwrap()).name, "张三");
    assert_eq!(stage.world().rates, [115_200, 57_600, 38_400, 19_200]);
    assert!(!stage.last_commands().contains(&"set-rate".into()));
    stage.unplug();
    assert_eq!(reader.read().unwrap_err(), ReaderFault::Link(LinkFault::Unplugged));
    stage.plug();
    reader.identify().unwrap();
    assert_eq!(stage.world().rates.last(), Some(&19_200), "the rate that was found is tried first");
    assert_eq!(stage.world().rates.len(), 5);
}

#[test]
fn an_unplugged_reader_comes_back_by_itself() {
    let stage = Stage::new();
    let mut reader = stage.reader();
    reader.identify().unwrap();
    stage.unplug();
    assert_eq!(reader.read().unwrap_err(), ReaderFault::Link(LinkFault::Unplugged));
    assert_eq!(reader.read().unwrap_err(), ReaderFault::Link(LinkFault::NotFound));
    stage.plug();
    stage.put("citizen-1");
    let (reading, time) = stage.timed(|| reader.read());
    assert_eq!(card(reading.unwrap()).name, "张三");
    assert!(time < Duration::from_secs(3), "{time:?}");
}

#[test]
fn a_reader_that_comes_after_the_kiosk() {
    let stage = Stage::new();
    stage.unplug();
    let mut reader = stage.reader();
    assert_eq!(reader.identify().unwrap_err(), ReaderFault::Link(LinkFault::NotFound));
    stage.plug();
    assert!(reader.identify().is_ok());
}
