//! A clock that jumps: time-outs do not follow it, and no case waits for days because of it.

use std::time::{Duration, Instant};

use testkit::{StageOptions, Weather};

use crate::visit::{FILED, Visit, WAITING};

const ERROR: &[u8] = b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

fn with_own_clock() -> anyhow::Result<Visit> {
    let mut visit = Visit::none_yet(&StageOptions { own_clock: true, ..StageOptions::default() })?;
    visit.touches()?;
    visit.goes_to_the_reader()?;
    visit.fills_in()?;
    Ok(visit)
}

#[test]
fn a_clock_that_jumps_forward_ends_no_visit() -> anyhow::Result<()> {
    let mut visit = with_own_clock()?;
    visit.stage.set_clock("+2d")?;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(4) {
        let labels = visit.stage.labels()?;
        anyhow::ensure!(labels.iter().any(|label| label == "确认提交"), "{labels:?}");
        anyhow::ensure!(!labels.iter().any(|label| label.contains("还在办理吗")), "{labels:?}");
        std::thread::sleep(Duration::from_millis(250));
    }
    visit.stage.set_clock("+0")?;
    visit.files()?;
    visit.sees(FILED)?;
    visit.case_arrives().map(drop)
}

/// A resident fills in a form while the clock is set by `jump`, files without a network, and the case arrives all the same.
fn survives(jump: &str) -> anyhow::Result<()> {
    let mut visit = with_own_clock()?;
    visit.stage.set_clock(jump)?;
    visit.network()?.cut();
    visit.files()?;
    visit.sees(WAITING)?;
    // The clock is right again, as time servers set it once the network is back.
    visit.stage.set_clock("+0")?;
    visit.network()?.mend();
    visit.case_arrives().map(drop)
}

#[test]
fn a_jump_of_a_year_forward_costs_nobody_a_case() -> anyhow::Result<()> {
    survives("+365d")
}

#[test]
fn a_jump_of_a_year_back_costs_nobody_a_case() -> anyhow::Result<()> {
    survives("-365d")
}

/// A machine whose battery is empty begins in 1970, when no card of today was valid yet.
#[test]
fn a_machine_without_a_battery_for_its_clock_serves_residents() -> anyhow::Result<()> {
    let mut visit = Visit::none_yet(&StageOptions { own_clock: true, ..StageOptions::default() })?;
    visit.stage.set_clock("-20600d")?;
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    visit.whole()?;
    visit.sees(FILED)?;
    let case = visit.case_arrives()?;
    let received: jiff::Timestamp = case["received_at"].as_str().unwrap_or_default().parse()?;
    let apart = jiff::Timestamp::now().duration_since(received);
    anyhow::ensure!(apart.as_secs().abs() < 120, "the case was received {apart:#} ago");
    Ok(())
}

#[test]
fn a_platform_whose_clock_is_wrong_takes_cases_all_the_same() -> anyhow::Result<()> {
    for apart in ["-365d", "+365d"] {
        let platform_clock = Some(apart.to_owned());
        let mut visit = Visit::none_yet(&StageOptions { platform_clock, ..StageOptions::default() })?;
        visit.whole()?;
        visit.sees(FILED)?;
        visit.sees("回执已打印")?;
        visit.case_arrives()?;
    }
    Ok(())
}

#[test]
fn a_clock_that_is_set_back_holds_up_no_case() -> anyhow::Result<()> {
    let mut visit = with_own_clock()?;
    visit.stage.set_clock("+3d")?;
    visit.network()?.turn(Weather::Says(ERROR.to_vec()));
    visit.files()?;
    visit.sees(WAITING)?;
    visit.stage.set_clock("+0")?;
    visit.network()?.mend();
    visit.case_arrives().map(drop)
}
