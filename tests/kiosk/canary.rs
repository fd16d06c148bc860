//! After a visit, however it ended, nothing of the resident is left on the machine.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;
use testkit::StageOptions;

use crate::visit::{CARD, FILED, KNOWS_CARD, Visit, WAITING};

const DRAWER: &str = include_str!("../../drivers/sim/cards/id-cards.toml");
/// What only the resident with this card has: name, number, and the end of the address.
const SECRETS: [&str; 3] = ["欧阳示例建国", "519999195201010013", "8号楼2单元301室"];

/// All the ways in which a text may lie in a file.
fn encodings(text: &str) -> [Vec<u8>; 3] {
    let units = || text.encode_utf16();
    [
        text.as_bytes().to_vec(),
        units().flat_map(u16::to_le_bytes).collect(),
        units().flat_map(u16::to_be_bytes).collect(),
    ]
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// The files below `folder` in which a secret stands.
fn leaks(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
        if kind.is_dir() {
            found.extend(leaks(&path)?);
        } else if kind.is_file() {
            let bytes = fs::read(&path)?;
            let leaky = SECRETS.iter().any(|secret| encodings(secret).iter().any(|text| holds(&bytes, text)));
            found.extend(leaky.then_some(path));
        }
    }
    Ok(found)
}

fn nothing_is_left(visit: &mut Visit) -> anyhow::Result<()> {
    let labels = visit.stage.labels()?.join("\n");
    anyhow::ensure!(!SECRETS.iter().any(|secret| labels.contains(secret)), "on the screen: {labels}");
    nothing_is_on_the_disk(visit)
}

fn nothing_is_on_the_disk(visit: &Visit) -> anyhow::Result<()> {
    let home = visit.stage.kiosk_home();
    anyhow::ensure!(home.join("kiosk.db").exists() && home.join("kiosk.log").exists(), "nothing to look at");
    let found = leaks(&home)?;
    anyhow::ensure!(found.is_empty(), "something of the resident is in {found:?}");
    Ok(())
}

#[test]
fn the_search_finds_what_is_there() -> anyhow::Result<()> {
    for secret in SECRETS {
        anyhow::ensure!(DRAWER.contains(secret), "{CARD} has no {secret}");
        for text in encodings(secret) {
            let folder = tempfile::tempdir()?;
            fs::create_dir(folder.path().join("below"))?;
            fs::write(folder.path().join("below/file"), [b"\0\xff", &text[..], b"\n"].concat())?;
            anyhow::ensure!(leaks(folder.path())?.len() == 1, "{secret} is overlooked");
        }
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
