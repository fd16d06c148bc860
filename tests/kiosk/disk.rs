//! A disk that takes no more.

use std::process::Command;

use crate::visit::{FILED, Visit};

/// From now on the kiosk may write files of so many bytes; what lies beyond fails, as on a full disk.
fn limit_files(visit: &Visit, bytes: &str) -> anyhow::Result<()> {
    let pid = visit.stage.kiosk_pid().to_string();
    let status = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:")]).status()?;
    anyhow::ensure!(status.success(), "prlimit: {status}");
    Ok(())
}

#[test]
fn a_full_disk_takes_no_case_and_says_so() -> anyhow::Result<()> {
    let mut visit = Visit::before_filing()?;
    limit_files(&visit, "1")?;
    visit.files()?;
    visit.sees("没有收下")?;
    visit.sees("这台机器存不下您的办件，您填的内容没有保存。请到窗口办理，或拨打咨询电话。")?;
    anyhow::ensure!(visit.stage.pickup_code().is_err(), "a code for a case that is not kept");

    // Room again: the next resident is served as if nothing had been.
    limit_files(&visit, "unlimited")?;
    visit.stage.power_cut()?;
    visit.lifts_card()?;
    visit.sees("点一下屏幕")?;
    visit.touches()?;
    visit.goes_to_the_reader()?;
    visit.fills_in()?;
    visit.files()?;
    visit.sees(FILED)?;
    visit.case_arrives().map(drop)
}

#[test]
fn a_disk_that_fills_up_after_a_case_was_confirmed_loses_nothing() -> anyhow::Result<()> {
    let mut visit = Visit::before_filing()?;
    visit.network()?.cut();
    visit.files()?;
    visit.sees(crate::visit::WAITING)?;
    limit_files(&visit, "1")?;
    visit.network()?.mend();
    // It can be sent, and its sending cannot be recorded: sent twice is still there once.
    visit.case_arrives()?;
    let code = visit.stage.pickup_code()?;
    limit_files(&visit, "unlimited")?;
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    visit.stage.wait_for_case(&code, crate::visit::PATIENCE).map(drop)
}
