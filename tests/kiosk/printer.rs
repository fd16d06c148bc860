//! What the screen says about a receipt is what happened to the paper.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::visit::{FILED, Visit};

const PRINTED: &str = "回执已打印，请取走";
const NOT_PRINTED: &str = "回执没有打印出来";
const UNKNOWN: &str = "不能确定回执有没有打印出来";

#[test]
fn paper_out_is_known_before_a_resident_begins() -> anyhow::Result<()> {
    let mut visit = Visit::at_home()?;
    visit.printer(&json!({"do": "paper-out"}))?;
    visit.sees("打印机缺纸")?;
    visit.sees("现在不能打印回执，仍然可以办理。办完请记下取件码，或拍下屏幕。")?;
    visit.goes_to_the_reader()?;
    visit.fills_in()?;
    visit.files()?;
    visit.sees(NOT_PRINTED)?;
    visit.sees("打印机缺纸。办件不受影响，请记下取件码，或拍下这个页面。")?;
    visit.case_arrives()?;
    visit.printer(&json!({"do": "load-paper"}))?;
    visit.stage.tap("再打印一次")?;
    visit.sees(PRINTED)
}

#[test]
fn paper_that_ends_in_the_middle_of_a_receipt() -> anyhow::Result<()> {
    let mut visit = Visit::before_filing()?;
    visit.printer(&json!({"do": "paper-out", "mm": 40}))?;
    visit.files()?;
    visit.sees(FILED)?;
    // Nobody knows whether the rest comes out once there is paper again.
    visit.sees(UNKNOWN)?;
    visit.sees("打印机缺纸")?;
    visit.case_arrives().map(drop)
}

#[test]
fn an_unplugged_printer() -> anyhow::Result<()> {
    let mut visit = Visit::before_filing()?;
    visit.printer(&json!({"do": "unplug"}))?;
    visit.files()?;
    visit.sees("打印机没有连接。办件不受影响，请记下取件码，或拍下这个页面。")?;
    visit.case_arrives().map(drop)
}

#[test]
fn a_printer_that_is_unplugged_while_it_prints() -> anyhow::Result<()> {
    let mut visit = Visit::before_filing()?;
    visit.files()?;
    visit.sees("正在打印回执")?;
    prints(&mut visit)?;
    visit.printer(&json!({"do": "unplug"}))?;
    visit.sees(UNKNOWN)?;
    visit.sees("请看一看出纸口。没有回执，就再打印一次，或拍下这个页面。")?;
    visit.case_arrives().map(drop)
}

/// Waits until paper comes out: before that a printer that is unplugged has certainly printed nothing.
fn prints(visit: &mut Visit) -> anyhow::Result<()> {
    let end = Instant::now() + Duration::from_secs(20);
    while visit.printer(&json!({"do": "status"}))?.get("rows_printed").and_then(Value::as_u64) == Some(0) {
        anyhow::ensure!(Instant::now() < end, "nothing is printed");
        sleep(Duration::from_millis(5));
    }
    Ok(())
}
