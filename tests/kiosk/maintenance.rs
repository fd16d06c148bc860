//! A technician at the machine: registered, let in, tests it, takes it out of service, starts it anew.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use anyhow::Context as _;
use serde_json::json;
use testkit::{Stage, StageOptions, Surroundings, invitation, program};

use crate::{
    enrolled::is_known,
    visit::{CARD, PATIENCE, Visit},
};

const PIN: &str = "482915";

/// What `kiosk technician` prints for the person with that card.
fn registered(pin: &str) -> anyhow::Result<String> {
    let mut around = Surroundings::start(&StageOptions::default())?;
    around.reader.as_mut().context("no reader")?.perform(&json!({"do": "put-card", "card": CARD}))?;
    let mut register = Command::new(program("kiosk")?)
        .args(["technician", "--config", "kiosk.toml", "--number", "7", "--name", "示例工"])
        .current_dir(around.folder().join("kiosk"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    register.stdin.take().context("no input")?.write_all(format!("{pin}\n{pin}\n").as_bytes())?;
    let output = register.wait_with_output()?;
    let said = String::from_utf8(output.stderr)?;
    anyhow::ensure!(output.status.success(), "refused: {said}");
    assert!(!said.contains(pin), "{said}");
    Ok(String::from_utf8(output.stdout)?)
}

fn with(technician: &str) -> anyhow::Result<Visit> {
    Visit::none_yet(&StageOptions { session: format!("\n{technician}"), ..StageOptions::default() })
}

fn knocks(stage: &mut Stage) -> anyhow::Result<()> {
    for _ in 0..7 {
        stage.kiosk.perform(&json!({"do": "touch", "x": 960, "y": 60}))?;
    }
    Ok(())
}

fn signs_in(visit: &mut Visit, pin: &str) -> anyhow::Result<()> {
    knocks(&mut visit.stage)?;
    visit.sees("运维登录")?;
    visit.puts_card(CARD)?;
    visit.sees("证已读到，可以拿走")?;
    for digit in pin.chars() {
        visit.stage.tap(&digit.to_string())?;
    }
    visit.stage.tap("登录")
}

#[test]
fn a_technician_tests_the_machine_and_takes_it_out_of_service() -> anyhow::Result<()> {
    let technician = registered(PIN)?;
    assert!(technician.contains("number = 7") && !technician.contains(PIN), "{technician}");
    let mut visit = with(&technician)?;
    signs_in(&mut visit, PIN)?;
    visit.sees("示例工，您好")?;
    visit.sees("已连接")?;

    visit.stage.tap("更换打印纸")?;
    visit.stage.tap("纸已装好")?;
    visit.sees("请看试印条")?;
    let paper = visit.printer(&json!({"do": "paper"}))?;
    assert_eq!(paper["in_tray"].as_u64(), Some(1), "{paper}");
    visit.stage.tap("正常")?;
    visit.sees("测试通过，已经记录")?;
    visit.stage.tap("完成")?;

    visit.stage.tap("暂停服务")?;
    visit.sees("已暂停")?;
    visit.stage.tap("首页")?;
    visit.lifts_card()?;
    visit.sees("本机暂时不能办理")?;
    visit.stage.power_cut()?;
    visit.sees("本机暂时不能办理")?;

    signs_in(&mut visit, PIN)?;
    visit.stage.tap("恢复服务")?;
    visit.stage.tap("重新启动")?;
    visit.stage.tap("重新启动")?;
    let status = visit.stage.kiosk_ends(PATIENCE)?;
    assert!(status.success(), "{status}");
    Ok(())
}

#[test]
fn nobody_else_gets_in_and_the_lock_outlives_the_power() -> anyhow::Result<()> {
    let mut visit = with(&registered(PIN)?)?;
    for _ in 0..5 {
        signs_in(&mut visit, "000000")?;
        visit.sees("没有登录。证件或密码不对")?;
        visit.lifts_card()?;
        visit.stage.tap("返回")?;
        visit.sees("请取走")?;
        visit.stage.tap("首页")?;
    }
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    signs_in(&mut visit, PIN)?;
    visit.sees("错误次数太多")
}

#[test]
fn an_invitation_before_the_scanner_makes_the_machine_a_kiosk() -> anyhow::Result<()> {
    let session = format!("\n{}", registered(PIN)?);
    let mut visit = Visit::none_yet(&StageOptions { session, invites: true, ..StageOptions::default() })?;
    signs_in(&mut visit, PIN)?;
    visit.stage.tap("登记终端")?;
    visit.sees("对准扫码口")?;
    visit.scans("https://example.invalid/")?;
    visit.sees("这不是登记二维码")?;
    let invited = invitation(visit.stage.office())?;
    let [code, _, url_and_name] = invited.rsplitn(3, '/').collect::<Vec<_>>()[..] else {
        anyhow::bail!("{invited}");
    };
    let elsewhere = format!("{url_and_name}/0000-0000-0000-0000-0000-0000-0000-0000/{code}");
    visit.scans(&elsewhere)?;
    visit.sees("应答的不是发出二维码的平台")?;
    visit.scans(&invited)?;
    visit.sees("登记成功")?;
    let log = std::fs::read_to_string(visit.stage.kiosk_home().join("kiosk.log"))?;
    anyhow::ensure!(!log.contains(code), "the log says the code");
    visit.stage.tap("重新启动")?;
    let status = visit.stage.kiosk_ends(PATIENCE)?;
    assert!(status.success(), "{status}");
    visit.stage.start_again()?;
    visit.sees("点一下屏幕")?;
    is_known(&visit, "heard ")
}

#[test]
fn the_log_goes_onto_a_drive_and_nowhere_else() -> anyhow::Result<()> {
    let mut visit = with(&registered(PIN)?)?;
    signs_in(&mut visit, PIN)?;
    visit.stage.tap("导出日志")?;
    visit.sees("没有找到U盘")?;
    visit.stage.tap("再试一次")?;
    visit.sees("没有找到U盘")
}
