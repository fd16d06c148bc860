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
