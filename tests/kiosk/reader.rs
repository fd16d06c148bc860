//! A reader that does not do what it should, and cards that are none.

use serde_json::json;

use crate::visit::{ASKS_FOR_CARD, CARD, KNOWS_CARD, Visit};

const BROKEN: &str = "读卡器坏了，暂时不能刷身份证。请到窗口办理，或拨打咨询电话。";
const AWAY: &str = "读卡器没有连接，暂时不能刷身份证。请到窗口办理，或拨打咨询电话。";
const EXPIRED: &str = "这张身份证不在有效期内";
const MOVED: &str = "没有读完，请再放一次";

/// The reader breaks while it is needed, the resident is told, it recovers, and the card is read.
fn breaks_and_recovers(fault: &str, told: &str) -> anyhow::Result<()> {
    let mut visit = Visit::at_the_reader()?;
    visit.reader(&json!({"do": "fault", "name": fault}))?;
    visit.puts_card(CARD)?;
    visit.sees(told)?;
    visit.reader(&json!({"do": "fault", "name": "none"}))?;
    visit.lifts_card()?;
    visit.sees(ASKS_FOR_CARD)?;
    visit.puts_card(CARD)?;
    visit.sees(KNOWS_CARD)
}

#[test]
fn a_silent_reader() -> anyhow::Result<()> {
    breaks_and_recovers("silent", AWAY)
}

#[test]
fn a_garbled_reader() -> anyhow::Result<()> {
    breaks_and_recovers("garbled", AWAY)
}

#[test]
fn a_reader_whose_answers_break_off() -> anyhow::Result<()> {
    breaks_and_recovers("truncated", AWAY)
}

#[test]
fn a_reader_that_floods_the_line() -> anyhow::Result<()> {
    breaks_and_recovers("flooding", AWAY)
}

#[test]
fn a_reader_with_wrong_checksums() -> anyhow::Result<()> {
    breaks_and_recovers("wrong-checksum", AWAY)
}

#[test]
fn a_reader_that_failed_its_self_test() -> anyhow::Result<()> {
    breaks_and_recovers("self-test-failed", BROKEN)
}

#[test]
fn a_card_lifted_midway() -> anyhow::Result<()> {
    breaks_and_recovers("card-lifted-midway", MOVED)
}

#[test]
fn an_unplugged_reader_that_comes_back() -> anyhow::Result<()> {
    let mut visit = Visit::at_the_reader()?;
    visit.reader(&json!({"do": "unplug"}))?;
    visit.sees(AWAY)?;
    visit.reader(&json!({"do": "plug"}))?;
    visit.sees(ASKS_FOR_CARD)?;
    visit.puts_card(CARD)?;
    visit.sees(KNOWS_CARD)
}

/// One resident after the other puts a wrong card down, is told, and then finds the right one.
#[test]
fn cards_that_are_of_no_use_here() -> anyhow::Result<()> {
    let mut visit = Visit::at_the_reader()?;
    for (card, told) in [
        ("bank-card", "这张不是身份证"),
        ("unreadable-card", MOVED),
        ("not-genuine-card", "这张证件没有通过核验"),
        ("unknown-kind-card", "这台机器还不能读这种证件"),
        ("citizen-expired", EXPIRED),
        ("resident-j", EXPIRED),
    ] {
        visit.puts_card(card)?;
        visit.sees(told)?;
        visit.lifts_card()?;
    }
    visit.puts_card(CARD)?;
    visit.sees(KNOWS_CARD)
}

#[test]
fn the_card_of_a_resident_from_abroad() -> anyhow::Result<()> {
    let mut visit = Visit::at_the_reader()?;
    visit.puts_card("foreigner-2023")?;
    visit.sees(KNOWS_CARD)
}
