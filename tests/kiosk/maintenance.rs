//! A technician at the machine: registered, let in, tests it, takes it out of service, starts it anew.

use std::{
    io::Write as _,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::Context as _;
use serde_json::json;
use testkit::{ENROLLED, Stage, StageOptions, Surroundings, invitation, program};

use crate::{
    enrolled::is_known,
    visit::{CARD, PATIENCE, Visit},
};

pub(crate) const PIN: &str = "482915";

/// What `kiosk technician` prints for the person with that card.
pub(crate) fn registered(pin: &str) -> anyhow::Result<String> {
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

pub(crate) fn signs_in(visit: &mut Visit, pin: &str) -> anyhow::Result<()> {
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

/// By how many pixels a panel is off, in these tests.
const OFF: (u64, u64) = (24, 16);
/// The crosses in the order in which they are shown, on the panel of the tests, and the one that decides.
const CROSSES: [(u64, u64); 5] = [(108, 192), (972, 192), (972, 1728), (108, 1728), (540, 960)];
const LAST: (u64, u64) = (756, 538);

/// What the panel says of a finger. It is not faster than a person's.
fn says(visit: &mut Visit, (x, y): (u64, u64)) -> anyhow::Result<()> {
    std::thread::sleep(Duration::from_millis(400));
    visit.stage.kiosk.perform(&json!({"do": "touch", "x": x, "y": y})).map(drop)
}

/// Of a finger at this place.
fn off((x, y): (u64, u64)) -> (u64, u64) {
    (x + OFF.0, y + OFF.1)
}

/// Touches every cross but the one that decides.
fn calibrates(visit: &mut Visit) -> anyhow::Result<()> {
    for (at, cross) in CROSSES.into_iter().enumerate() {
        visit.sees(&format!("（{}／5）", at + 1))?;
        says(visit, off(cross))?;
    }
    visit.sees("核对：请点十字中心")
}

/// What such a panel says of a finger on the right edge of a key is beside the key; whether the key hears of it.
fn is_put_right(visit: &mut Visit) -> anyhow::Result<bool> {
    visit.sees("您好")?;
    let key = visit.stage.kiosk.perform(&json!({"do": "where", "label": "测试读卡器"}))?;
    let place = |name: &str| key[name].as_f64().map(|at| at as u64).context("no place");
    let (right, middle) = (place("x")? + place("width")? - 14, place("y")? + place("height")? / 2 - 8);
    says(visit, off((right, middle)))?;
    std::thread::sleep(Duration::from_millis(400));
    let heard = visit.stage.labels()?.iter().any(|label| label.contains("请放上任意一张身份证"));
    if heard {
        visit.stage.tap("返回")?;
    }
    Ok(heard)
}

#[test]
fn a_panel_that_is_off_is_put_right_until_that_is_taken_back() -> anyhow::Result<()> {
    let mut visit = with(&registered(PIN)?)?;
    signs_in(&mut visit, PIN)?;
    assert!(!is_put_right(&mut visit)?, "the panel is off");
    visit.stage.tap("屏幕")?;
    visit.stage.tap("校准触摸屏")?;
    visit.stage.tap("开始校准")?;
    calibrates(&mut visit)?;
    says(&mut visit, (300, 1400))?;
    visit.sees("核对没有点准，已恢复原来的校准")?;
    visit.stage.tap("再校准一次")?;
    calibrates(&mut visit)?;
    says(&mut visit, off(LAST))?;
    visit.sees("校准已保存")?;
    visit.stage.tap("完成")?;
    assert!(is_put_right(&mut visit)?, "it was calibrated");

    visit.lifts_card()?;
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    signs_in(&mut visit, PIN)?;
    assert!(is_put_right(&mut visit)?, "the power was cut");

    visit.stage.tap("屏幕")?;
    visit.stage.tap("校准触摸屏")?;
    visit.stage.tap("取消校准")?;
    visit.sees("核对：请点十字中心")?;
    says(&mut visit, LAST)?;
    visit.sees("校准已保存")?;
    visit.stage.tap("完成")?;
    assert!(!is_put_right(&mut visit)?, "it is as the panel says again");
    Ok(())
}

fn types(visit: &mut Visit, text: &str) -> anyhow::Result<()> {
    text.chars().try_for_each(|letter| visit.stage.tap(&letter.to_string()))
}

#[test]
fn an_invitation_is_typed_where_none_can_be_scanned() -> anyhow::Result<()> {
    let session = format!("\n{}", registered(PIN)?);
    let mut visit = Visit::none_yet(&StageOptions { session, invites: true, ..StageOptions::default() })?;
    signs_in(&mut visit, PIN)?;
    visit.stage.tap("登记终端")?;
    visit.stage.tap("扫不了？手工输入")?;
    visit.sees("第 1 步，共 4 步")?;
    visit.stage.tap("下一步")?;
    visit.sees("平台地址不对")?;
    let invited = invitation(visit.stage.office())?;
    let [code, pin, name, address] = invited.rsplitn(4, ['/', '#']).collect::<Vec<_>>()[..] else {
        anyhow::bail!("{invited}");
    };
    types(&mut visit, address.trim_start_matches("https://"))?;
    visit.stage.tap("下一步")?;
    visit.sees("第 2 步，共 4 步")?;
    // Capital letters are one key away.
    visit.stage.tap("ABC")?;
    types(&mut visit, name)?;
    visit.stage.tap("下一步")?;
    visit.sees("第 3 步，共 4 步")?;
    types(&mut visit, &"0".repeat(32))?;
    visit.stage.tap("下一步")?;
    visit.sees("第 4 步，共 4 步")?;
    types(&mut visit, &code.replace('-', ""))?;
    visit.stage.tap("登记")?;
    visit.sees("应答的不是发出二维码的平台")?;
    for _ in 0..32 {
        visit.stage.tap("删除一个字")?;
    }
    types(&mut visit, &pin.replace('-', ""))?;
    visit.stage.tap("下一步")?;
    visit.sees(code)?;
    visit.stage.tap("登记")?;
    visit.sees("登记成功")?;
    let log = std::fs::read_to_string(visit.stage.kiosk_home().join("kiosk.log"))?;
    let told = log.contains(code) || log.contains(&code.replace('-', ""));
    anyhow::ensure!(!told, "the log says the code");
    visit.stage.tap("重新启动")?;
    let status = visit.stage.kiosk_ends(PATIENCE)?;
    assert!(status.success(), "{status}");
    visit.stage.start_again()?;
    visit.sees("点一下屏幕")?;
    is_known(&visit, "heard ")
}

#[test]
fn a_machine_that_is_a_kiosk_is_not_to_become_one() -> anyhow::Result<()> {
    let session = format!("\n{}", registered(PIN)?);
    let mut visit = Visit::none_yet(&StageOptions { session, enrolled: true, ..StageOptions::default() })?;
    signs_in(&mut visit, PIN)?;
    visit.sees("就绪报告")?;
    let labels = visit.stage.labels()?;
    anyhow::ensure!(!labels.iter().any(|label| label.contains("登记终端")), "{labels:?}");
    Ok(())
}

/// What the QR code on the screen says.
fn code_on_screen(visit: &mut Visit) -> anyhow::Result<String> {
    let file = visit.stage.office().join("screen.png");
    visit.stage.kiosk.perform(&json!({"do": "snapshot", "path": file.display().to_string()}))?;
    let mut read = Command::new("zbarimg");
    read.args(["--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable"]).arg(&file);
    let read = read.output().context("zbarimg, which cargo xtask setup installs")?;
    anyhow::ensure!(read.status.success(), "no QR code on the screen");
    Ok(String::from_utf8(read.stdout)?.trim().to_owned())
}

#[test]
fn a_readiness_report_is_read_off_the_screen_and_believed_as_it_was_signed() -> anyhow::Result<()> {
    let session = format!("\n{}", registered(PIN)?);
    let mut visit = Visit::none_yet(&StageOptions { session, enrolled: true, ..StageOptions::default() })?;
    signs_in(&mut visit, PIN)?;
    visit.stage.tap("更换打印纸")?;
    visit.stage.tap("纸已装好")?;
    visit.sees("请看试印条")?;
    visit.stage.tap("正常")?;
    visit.stage.tap("完成")?;
    visit.stage.tap("就绪报告")?;
    visit.sees("二维码：就绪报告")?;
    let report = code_on_screen(&mut visit)?;

    let office = visit.stage.office().to_owned();
    let authority = std::fs::read_to_string(office.join("authority").join("authority.pem"))?;
    let root =
        authority.find("-----BEGIN CERTIFICATE").and_then(|at| authority.get(at..)).context("no root")?;
    std::fs::write(office.join("root.pem"), root)?;
    let check = |report: &str| {
        std::fs::write(office.join("report"), report)?;
        visit.stage.operator("readiness --root root.pem report")
    };
    let told = check(&report)?;
    assert!(told.contains(ENROLLED) && told.contains("paper        passed"), "{told}");
    // Another letter anywhere, and nobody believes it.
    for at in (0..report.len()).step_by(report.len() / 12) {
        let mut changed = report.clone().into_bytes();
        changed.iter_mut().skip(at).take(1).for_each(|byte| *byte = if *byte == b'A' { b'B' } else { b'A' });
        assert!(check(&String::from_utf8(changed)?).is_err(), "byte {at}");
    }
    Ok(())
}
