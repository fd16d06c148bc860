//! After a visit, however it ended, nothing of the resident is left on the machine: in the memory of the kiosk, in its
//! store and the store's log, in temporary files, in its log, on its screen, in a core dump.

use std::{fs, path::Path, process::Command, time::Duration};

use serde_json::json;
use testkit::{
    StageOptions,
    memory::{self, Found, Needle},
};

use crate::visit::{CARD, FILED, KNOWS_CARD, Visit, WAITING};

const DRAWER: &str = include_str!("../../drivers/sim/cards/id-cards.toml");
/// What only the resident with this card has: name, number, and the end of the address; with what each is in GB 18030.
const SECRETS: [(&str, &str, &[u8]); 3] = [
    ("the name", "欧阳示例建国", b"\xc5\xb7\xd1\xf4\xca\xbe\xc0\xfd\xbd\xa8\xb9\xfa"),
    ("the number", "519999195201010013", b""),
    ("the address", "8号楼2单元301室", b"8\xba\xc5\xc2\xa52\xb5\xa5\xd4\xaa301\xca\xd2"),
];
/// A visit's last task may not have put its thread to rest when the screen does.
const SETTLES: Duration = Duration::from_secs(3);

pub(crate) fn needles() -> Vec<Needle> {
    SECRETS.iter().flat_map(|(name, text, gb18030)| Needle::text(name, text, gb18030)).collect()
}

/// What of `needles` is in the kiosk's memory; `None` without the rights of root, because a kiosk lets nobody else look.
fn in_memory(visit: &Visit, needles: &[Needle]) -> anyhow::Result<Option<Found>> {
    match memory::in_memory(visit.stage.kiosk_pid(), needles) {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            anyhow::ensure!(!rustix::process::geteuid().is_root(), "not even root may look");
            eprintln!("the memory was not looked at: only root may");
            Ok(None)
        }
        found => Ok(Some(found?)),
    }
}

pub(crate) fn nothing_is_in_memory(visit: &Visit, needles: &[Needle]) -> anyhow::Result<()> {
    let Some(mut found) = in_memory(visit, needles)? else { return Ok(()) };
    if !found.hits.is_empty() {
        std::thread::sleep(SETTLES);
        found = in_memory(visit, needles)?.unwrap_or_default();
    }
    anyhow::ensure!(found.bytes > 10_000_000, "a kiosk of {} bytes", found.bytes);
    anyhow::ensure!(found.hits.is_empty(), "in memory: {:#?}", found.hits);
    println!("0 hits in {} MiB of memory", found.bytes >> 20);
    Ok(())
}

pub(crate) fn nothing_is_left(visit: &mut Visit) -> anyhow::Result<()> {
    let labels = visit.stage.labels()?.join("\n");
    anyhow::ensure!(!SECRETS.iter().any(|(_, text, _)| labels.contains(text)), "on the screen: {labels}");
    nothing_is_on_the_disk(visit)?;
    nothing_is_in_memory(visit, &needles())
}

pub(crate) fn nothing_is_on_the_disk(visit: &Visit) -> anyhow::Result<()> {
    let home = visit.stage.kiosk_home();
    anyhow::ensure!(home.join("kiosk.db").exists() && home.join("kiosk.log").exists(), "nothing to look at");
    let found = memory::in_files(&home, &needles())?;
    anyhow::ensure!(found.hits.is_empty(), "on the disk: {:#?}", found.hits);
    Ok(())
}

#[test]
fn the_search_finds_what_is_on_a_disk() -> anyhow::Result<()> {
    for (_, text, _) in SECRETS {
        anyhow::ensure!(DRAWER.contains(text), "{CARD} has no {text}");
    }
    for (name, text, gb18030) in SECRETS {
        let ways = if gb18030.is_empty() { 4 } else { 5 };
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [text.as_bytes(), &utf16, gb18030].into_iter().filter(|bytes| !bytes.is_empty()) {
            let folder = tempfile::tempdir()?;
            fs::create_dir(folder.path().join("below"))?;
            fs::write(folder.path().join("below/file"), [b"\0\xff", bytes, b"\n"].concat())?;
            let needles = needles();
            anyhow::ensure!(needles.len() == 14 && Needle::text(name, text, gb18030).len() == ways);
            let found = memory::in_files(folder.path(), &needles)?;
            anyhow::ensure!(!found.hits.is_empty(), "{name} is overlooked");
        }
    }
    Ok(())
}

/// Without this nobody could tell a clean memory from one that was not looked at.
#[test]
fn the_search_finds_the_resident_in_memory_while_the_visit_lasts() -> anyhow::Result<()> {
    let visit = Visit::before_filing()?;
    let Some(found) = in_memory(&visit, &needles())? else { return Ok(()) };
    for (name, ..) in SECRETS {
        let seen = found.hits.iter().filter(|hit| hit.starts_with(name)).count();
        println!("{name}: {seen} times in {} MiB", found.bytes >> 20);
        anyhow::ensure!(seen > 0, "{name} is overlooked");
    }
    Ok(())
}

#[test]
fn nothing_is_left_after_a_normal_end() -> anyhow::Result<()> {
    let mut visit = Visit::before_filing()?;
    visit.files()?;
    visit.sees(FILED)?;
    visit.sees("回执已打印")?;
    visit.stage.tap("完成")?;
    visit.stage.tap("非常满意")?;
    visit.sees("请取走身份证")?;
    visit.lifts_card()?;
    visit.sees("点一下屏幕")?;
    nothing_is_left(&mut visit)
}

/// What is typed passes through the screen: its keys, its texts, what it draws.
#[test]
fn nothing_is_left_of_what_was_typed() -> anyhow::Result<()> {
    const PHONE: &str = "13951990527";
    // All but the last digits, with and without their groups: what was typed halfway is as good as the whole.
    let typed = [Needle::text("the phone", "139519905", b""), Needle::text("the phone", "139 5199 05", b"")];
    let typed: Vec<Needle> = typed.into_iter().flatten().collect();
    let mut visit = Visit::at_home()?;
    for label in ["居民养老参保", "开始办理", "同意，继续"] {
        visit.stage.tap(label)?;
    }
    visit.sees(crate::visit::ASKS_FOR_CARD)?;
    visit.puts_card(CARD)?;
    visit.sees("每年想交多少")?;
    for label in ["每年 200 元", "下一步", "都不是", "下一步", "到窗口交", "下一步"] {
        visit.stage.tap(label)?;
    }
    visit.sees("您的手机号")?;
    PHONE.chars().try_for_each(|digit| visit.stage.tap(&digit.to_string()))?;
    visit.stage.tap("下一步")?;
    visit.sees("确认提交")?;
    if let Some(found) = in_memory(&visit, &typed)? {
        println!("the phone: {} times", found.hits.len());
        anyhow::ensure!(found.hits.len() > 1, "what was typed is overlooked");
    }
    visit.files()?;
    visit.sees("回执已打印")?;
    visit.stage.tap("完成")?;
    visit.stage.tap("不评价，结束")?;
    visit.lifts_card()?;
    visit.sees("点一下屏幕")?;
    nothing_is_in_memory(&visit, &typed)?;
    anyhow::ensure!(memory::in_files(&visit.stage.kiosk_home(), &typed)?.hits.is_empty(), "on the disk");
    nothing_is_left(&mut visit)
}

#[test]
fn nothing_is_left_after_a_time_out() -> anyhow::Result<()> {
    let session = "idle_form = 2\nidle_personal = 2\ncountdown = 3".to_owned();
    let mut visit = Visit::none_yet(&StageOptions { session, ..StageOptions::default() })?;
    visit.touches()?;
    visit.goes_to_the_reader()?;
    visit.puts_card(CARD)?;
    visit.sees(KNOWS_CARD)?;
    visit.sees("还在办理吗？")?;
    visit.sees("请取走身份证")?;
    visit.reader(&json!({"do": "lift-card"}))?;
    visit.sees("点一下屏幕")?;
    nothing_is_left(&mut visit)
}

#[test]
fn nothing_is_left_after_a_query_by_card() -> anyhow::Result<()> {
    let mut visit = Visit::at_home()?;
    visit.stage.tap("查进度")?;
    visit.stage.tap("用身份证查")?;
    visit.stage.tap("同意，继续")?;
    visit.sees(crate::visit::ASKS_FOR_CARD)?;
    visit.puts_card(CARD)?;
    visit.sees("没有查到")?;
    visit.lifts_card()?;
    visit.stage.tap("首页")?;
    visit.sees("点一下屏幕")?;
    nothing_is_left(&mut visit)
}

#[test]
fn nothing_readable_is_left_after_a_crash_with_a_case_waiting() -> anyhow::Result<()> {
    let mut visit = Visit::before_filing()?;
    visit.network()?.cut();
    visit.files()?;
    visit.sees(WAITING)?;
    let code = visit.stage.pickup_code()?;
    nothing_is_on_the_disk(&visit)?;
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    nothing_is_left(&mut visit)?;
    visit.network()?.mend();
    visit.stage.wait_for_case(&code, crate::visit::PATIENCE)?;
    nothing_is_left(&mut visit)
}

/// What a panic says may be somebody's, and what it leaves behind is for nobody to go on with.
#[test]
fn nothing_is_left_after_a_panic() -> anyhow::Result<()> {
    let mut visit = Visit::before_filing()?;
    let _ = visit.stage.kiosk.act("panic");
    ended_without_a_core(&mut visit, "aborted")?;
    let log = fs::read_to_string(visit.stage.kiosk_home().join("kiosk.log"))?;
    anyhow::ensure!(log.contains("panicked; ending") && !log.contains("欧"), "{log}");
    visit.stage.start_again()?;
    visit.sees("点一下屏幕")?;
    nothing_is_left(&mut visit)
}

#[test]
fn the_unit_file_forbids_swap_and_core_dumps() {
    const UNIT: &str = include_str!("../../packaging/systemd/kiosk.service");
    let set: Vec<&str> = UNIT.lines().filter(|line| !line.starts_with('#')).collect();
    for line in
        ["LimitCORE=0", "MemorySwapMax=0", "MemoryZSwapMax=0", "ProtectSystem=strict", "Restart=always"]
    {
        assert!(set.contains(&line), "{line}");
    }
}

#[test]
fn no_core_dump_is_left_whatever_the_kiosk_dies_of() -> anyhow::Result<()> {
    for signal in ["ABRT", "QUIT", "ILL"] {
        let mut visit = Visit::before_filing()?;
        let pid = visit.stage.kiosk_pid().to_string();
        anyhow::ensure!(Command::new("kill").args(["-s", signal, &pid]).status()?.success());
        ended_without_a_core(&mut visit, signal)?;
    }
    Ok(())
}

fn ended_without_a_core(visit: &mut Visit, of: &str) -> anyhow::Result<()> {
    use std::os::unix::process::ExitStatusExt as _;
    let ended = visit.stage.kiosk_ends(crate::visit::PATIENCE)?;
    anyhow::ensure!(ended.signal().is_some() && !ended.core_dumped(), "{of}: {ended}");
    let home = visit.stage.kiosk_home();
    let is_core =
        |path: &Path| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"core"));
    anyhow::ensure!(!fs::read_dir(&home)?.flatten().any(|entry| is_core(&entry.path())), "{of}: a core dump");
    nothing_is_on_the_disk(visit)
}
