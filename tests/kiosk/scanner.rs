//! A receipt held before the code scanner, and what else may be.

use serde_json::json;
use testkit::Paper;

use crate::visit::Visit;

const QUERY: &str = "请扫回执，或输入取件码";

/// What the QR code on the paper says that came out last.
pub(crate) fn code_on_paper(visit: &mut Visit) -> anyhow::Result<String> {
    let file = visit.stage.office().join("receipt.png");
    visit.printer(&json!({"do": "save", "what": "last", "png": file.display().to_string()}))?;
    Paper::develop(&file)?.code()
}

/// From the home screen through a case to the query of another visit, with what the receipt says.
pub(crate) fn comes_back_with_a_receipt(visit: &mut Visit) -> anyhow::Result<String> {
    visit.goes_to_the_reader()?;
    visit.fills_in()?;
    visit.files()?;
    visit.sees("已打印")?;
    let case = visit.case_arrives()?;
    let printed = code_on_paper(visit)?;
    anyhow::ensure!(case["case_no"] == printed.as_str(), "the receipt says {printed}");
    visit.printer(&json!({"do": "tear"}))?;
    visit.stage.tap("完成")?;
    visit.stage.tap("不评价，结束")?;
    visit.lifts_card()?;
    visit.sees("点一下屏幕")?;
    visit.touches()?;
    visit.stage.tap("查进度")?;
    Ok(printed)
}

pub(crate) fn no_code_is_in_the_log(visit: &Visit, printed: &str) -> anyhow::Result<()> {
    let log = std::fs::read_to_string(visit.stage.kiosk_home().join("kiosk.log"))?;
    let says = log.contains("example.invalid") || log.contains(printed);
    anyhow::ensure!(!says, "the log says what was scanned");
    Ok(())
}

fn goes_home(visit: &mut Visit) -> anyhow::Result<()> {
    visit.stage.tap("首页")?;
    visit.sees("您要办什么事")
}

#[test]
fn a_receipt_finds_its_case_and_any_other_code_goes_nowhere() -> anyhow::Result<()> {
    let mut visit = Visit::at_home()?;
    // Nobody has asked for it, so it is nobody's when somebody asks.
    visit.scans("https://example.invalid/before")?;
    let printed = comes_back_with_a_receipt(&mut visit)?;
    visit.sees(QUERY)?;
    visit.scans("https://example.invalid/other")?;
    visit.sees("这不是回执上的二维码")?;
    visit.scans(&printed)?;
    visit.sees(&printed)?;
    no_code_is_in_the_log(&visit, &printed)
}

#[test]
fn a_waiting_case_is_found_by_its_receipt_and_a_number_that_no_case_has_by_nobody() -> anyhow::Result<()> {
    let mut visit = Visit::at_home()?;
    visit.stage.tap("查进度")?;
    visit.sees(QUERY)?;
    visit.scans("11519999MB00000015651201400600004202611230001")?;
    visit.sees("没有查到")?;
    visit.stage.tap("返回")?;
    visit.network()?.cut();
    visit.scans("123456782")?;
    visit.sees("网络不通，现在查不了")?;
    goes_home(&mut visit)
}

#[test]
fn a_scanner_that_was_unplugged_is_not_spoken_of_and_comes_back() -> anyhow::Result<()> {
    let mut visit = Visit::at_home()?;
    visit.stage.tap("查进度")?;
    visit.sees(QUERY)?;
    visit.scanner(&json!({"do": "unplug"}))?;
    visit.sees("取件码在回执上，一共 9 位数字")?;
    visit.scanner(&json!({"do": "plug"}))?;
    visit.sees(QUERY)?;
    visit.scanner(&json!({"do": "fault", "name": "garbled"}))?;
    visit.scans("123456782")?;
    visit.sees("这不是回执上的二维码")?;
    visit.scanner(&json!({"do": "fault", "name": "endless"}))?;
    visit.scans("123456782")?;
    // A scanner that has gone mad holds up nobody.
    goes_home(&mut visit)
}
