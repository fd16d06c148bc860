//! Papers under the camera, and a receipt before the camera of a kiosk that has no code scanner.

use rusqlite::Connection;
use serde_json::json;
use testkit::StageOptions;

use crate::{
    scanner::{comes_back_with_a_receipt, no_code_is_in_the_log},
    visit::{CARD, Visit},
};

/// Of nobody: no bank issues it.
const BANK_CARD: &str = "6200000000000000000";
const PHONE: &str = "13800000000";
const AIMING: &str = "请平放在摄像头下";
const BROKEN: &str = "摄像头现在不能用";

fn at_home(options: StageOptions) -> anyhow::Result<Visit> {
    let mut visit = Visit::none_yet(&StageOptions { with_camera: true, ..options })?;
    visit.touches()?;
    Ok(visit)
}

fn types(visit: &mut Visit, question: &str, digits: &str) -> anyhow::Result<()> {
    visit.sees(question)?;
    for digit in digits.chars() {
        visit.stage.tap(&digit.to_string())?;
    }
    visit.stage.tap("下一步")
}

/// 城乡居民基本养老保险注销登记, up to its paper.
fn before_the_camera() -> anyhow::Result<Visit> {
    let mut visit = at_home(StageOptions::default())?;
    visit.stage.tap("社会保险")?;
    visit.stage.tap("城乡居民基本养老保险注销登记")?;
    visit.stage.tap("开始办理")?;
    visit.stage.tap("同意，继续")?;
    visit.puts_card(CARD)?;
    visit.sees("为什么注销")?;
    visit.stage.tap("参加了职工养老保险")?;
    visit.stage.tap("下一步")?;
    types(&mut visit, "钱打到哪张卡上", BANK_CARD)?;
    types(&mut visit, "您的手机号", PHONE)?;
    visit.sees(AIMING)?;
    Ok(visit)
}

/// The pages that the platform has: of which material, their numbers, and how many the material has.
fn pages(visit: &Visit) -> anyhow::Result<Vec<(u32, u32, u32)>> {
    let platform = Connection::open(visit.stage.office().join("platform.db"))?;
    let mut select =
        platform.prepare("SELECT material, page, pages FROM material_page ORDER BY material, page")?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[test]
fn pages_under_the_camera_go_with_their_case() -> anyhow::Result<()> {
    let mut visit = before_the_camera()?;
    visit.camera(&json!({"do": "put-page", "degrees": 6}))?;
    visit.stage.tap("拍照")?;
    visit.sees("再拍一页")?;
    visit.stage.tap("再拍一页")?;
    visit.sees("已经拍了 1 页")?;
    visit.camera(&json!({"do": "put-page", "degrees": 2, "tilt": 10}))?;
    visit.stage.tap("拍照")?;
    visit.sees("拍下的这一页")?;
    visit.stage.tap("拍好了")?;
    visit.sees("确认提交")?;
    visit.files()?;
    visit.sees("取件码")?;
    visit.case_arrives()?;
    let end = std::time::Instant::now() + crate::visit::PATIENCE;
    while pages(&visit)?.len() < 2 {
        anyhow::ensure!(std::time::Instant::now() < end, "the platform has {:?}", pages(&visit)?);
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let found = pages(&visit)?;
    let material = found.first().map_or(0, |page| page.0);
    anyhow::ensure!(found == [(material, 1, 2), (material, 2, 2)], "the platform has {found:?}");
    Ok(())
}

#[test]
fn a_camera_that_goes_in_the_middle_holds_up_nobody_and_comes_back() -> anyhow::Result<()> {
    let mut visit = before_the_camera()?;
    visit.camera(&json!({"do": "unplug"}))?;
    visit.sees(BROKEN)?;
    visit.camera(&json!({"do": "plug"}))?;
    visit.stage.tap("再试一次")?;
    visit.sees(AIMING)?;
    visit.camera(&json!({"do": "unplug"}))?;
    visit.sees(BROKEN)?;
    visit.stage.tap("先不拍，以后补")?;
    visit.sees("确认提交")?;
    visit.files()?;
    visit.sees("取件码")?;
    visit.case_arrives()?;
    anyhow::ensure!(pages(&visit)?.is_empty(), "there was no camera");
    Ok(())
}

#[test]
fn a_receipt_before_the_camera_finds_its_case() -> anyhow::Result<()> {
    let mut visit = at_home(StageOptions { without_scanner: true, ..StageOptions::default() })?;
    let printed = comes_back_with_a_receipt(&mut visit)?;
    visit.sees("摄像头")?;
    visit.camera(&json!({"do": "show-code", "code": "https://example.invalid/other"}))?;
    visit.sees("这不是回执上的二维码")?;
    visit.camera(&json!({"do": "show-code", "code": printed}))?;
    visit.sees(&printed)?;
    no_code_is_in_the_log(&visit, &printed)
}
