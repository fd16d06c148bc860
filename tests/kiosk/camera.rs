//! Papers under the camera, and a receipt before the camera of a kiosk that has no code scanner.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::{Timestamp, tz};
use rusqlite::Connection;
use serde_json::{Value, json};
use testkit::StageOptions;

use crate::{
    canary::nothing_is_on_the_disk,
    scanner::{comes_back_with_a_receipt, no_code_is_in_the_log},
    visit::{CARD, PATIENCE, Visit, WAITING},
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
    let end = Instant::now() + PATIENCE;
    while pages(&visit)?.len() < 2 {
        anyhow::ensure!(Instant::now() < end, "the platform has {:?}", pages(&visit)?);
        std::thread::sleep(Duration::from_millis(100));
    }
    let found = pages(&visit)?;
    let material = found.first().map_or(0, |page| page.0);
    anyhow::ensure!(found == [(material, 1, 2), (material, 2, 2)], "the platform has {found:?}");
    Ok(())
}

/// 灵活就业一件事 with its subsidy, up to the one paper that it needs.
fn bundle_before_the_camera(mut visit: Visit) -> anyhow::Result<Visit> {
    let today = tz::offset(8).to_datetime(Timestamp::now()).date().to_string();
    for key in ["一件事", "灵活就业一件事", "开始办理", "同意，继续"] {
        visit.stage.tap(key)?;
    }
    visit.puts_card(CARD)?;
    answers(&mut visit, "您做什么工作", &["123", "市"])?;
    answers(&mut visit, "从哪天开始做的", &[&today])?;
    types(&mut visit, "您的手机号", PHONE)?;
    answers(&mut visit, "要不要一起参加企业职工养老保险", &["不要"])?;
    answers(&mut visit, "要不要一起申请社会保险补贴", &["要"])?;
    answers(&mut visit, "在哪里做", &["123", "市", "区", "路", "8", "号"])?;
    answers(&mut visit, "从哪天开始交的", &[&today])?;
    answers(&mut visit, "交到哪天", &[&today])?;
    types(&mut visit, "一共交了多少", "500")?;
    types(&mut visit, "钱打到哪张卡上", BANK_CARD)?;
    visit.sees(AIMING)?;
    Ok(visit)
}

fn answers(visit: &mut Visit, question: &str, keys: &[&str]) -> anyhow::Result<()> {
    visit.sees(question)?;
    for key in keys {
        visit.stage.tap(key)?;
    }
    visit.stage.tap("下一步")
}

#[test]
fn a_page_of_a_bundle_waits_with_it_and_goes_to_the_case_that_needs_it() -> anyhow::Result<()> {
    let mut visit = bundle_before_the_camera(at_home(StageOptions::default())?)?;
    visit.camera(&json!({"do": "put-page", "degrees": 6}))?;
    visit.stage.tap("拍照")?;
    visit.sees("拍下的这一页")?;
    visit.stage.tap("拍好了")?;
    visit.sees("一次提交，办下面 2 件事。")?;
    visit.network()?.cut();
    visit.files()?;
    visit.sees(WAITING)?;
    // The paper itself is still to be brought.
    visit.sees("灵活就业承诺书（本人签字）")?;
    let code = visit.stage.pickup_code()?;
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    nothing_is_on_the_disk(&visit)?;
    anyhow::ensure!(pages(&visit)?.is_empty(), "there is no network");
    visit.network()?.mend();
    visit.stage.wait_for_cases(&code, 2, PATIENCE)?;
    let end = Instant::now() + PATIENCE;
    while pages(&visit)?.is_empty() {
        anyhow::ensure!(Instant::now() < end, "the platform has no page");
        std::thread::sleep(Duration::from_millis(100));
    }
    anyhow::ensure!(pages(&visit)? == [(4, 1, 1)], "{:?}", pages(&visit)?);
    let platform = Connection::open(visit.stage.office().join("platform.db"))?;
    let of = "SELECT item_id FROM material_page JOIN cases ON cases.case_key = material_page.case_key";
    let item: String = platform.query_row(of, [], |row| row.get(0))?;
    anyhow::ensure!(item == "flexible-work-subsidy", "{item}");
    Ok(())
}

/// A kiosk whose 灵活就业一件事 has a paper that two of its items need: an office asks for it in a new version of the other.
fn at_home_where_two_items_need_one_paper() -> anyhow::Result<Visit> {
    let mut visit = Visit::none_yet(&StageOptions { with_camera: true, ..StageOptions::default() })?;
    let platform = Connection::open(visit.stage.office().join("platform.db"))?;
    platform.busy_timeout(PATIENCE)?;
    let item = |id: &str| -> anyhow::Result<Value> {
        let newest = "SELECT body FROM item WHERE id = ?1 ORDER BY version DESC LIMIT 1";
        Ok(serde_json::from_str(&platform.query_row(newest, [id], |row| row.get::<_, String>(0))?)?)
    };
    let mut registration = item("employment-registration")?;
    let paper = item("flexible-work-subsidy")?["materials"][3].clone();
    anyhow::ensure!(paper["picture"] == true, "{paper}");
    registration["materials"].as_array_mut().context("no materials")?.push(paper);
    let version = registration["version"].as_u64().context("no version")? + 1;
    registration["version"] = json!(version);
    platform.execute(
        "INSERT INTO item (id, version, body, published_at, by_office)
         VALUES ('employment-registration', ?1, ?2, '2026-11-24T02:00:00Z', 1)",
        (version, registration.to_string()),
    )?;
    // A kiosk asks what is offered as soon as it starts, and by that the platform looks at what was published.
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    let asked = || -> anyhow::Result<bool> {
        let bundle = visit.stage.get("/api/v1/bundles/flexible-work")?;
        Ok(bundle["items"][0]["item"]["version"] == json!(version))
    };
    let end = Instant::now() + PATIENCE;
    while !asked()? {
        anyhow::ensure!(Instant::now() < end, "the kiosk has not asked");
        std::thread::sleep(Duration::from_millis(100));
    }
    // The answer is on its way.
    std::thread::sleep(Duration::from_secs(1));
    visit.touches()?;
    Ok(visit)
}

/// Photographed once, while nothing goes out; the power fails, and either case gets the page once.
#[test]
fn a_page_that_two_cases_of_a_bundle_need_is_taken_once_and_each_of_them_gets_it() -> anyhow::Result<()> {
    let mut visit = bundle_before_the_camera(at_home_where_two_items_need_one_paper()?)?;
    visit.camera(&json!({"do": "put-page", "degrees": 6}))?;
    visit.stage.tap("拍照")?;
    visit.sees("拍下的这一页")?;
    visit.stage.tap("拍好了")?;
    // The paper is not asked for a second time.
    visit.sees("一次提交，办下面 2 件事。")?;
    visit.network()?.cut();
    visit.files()?;
    visit.sees(WAITING)?;
    let code = visit.stage.pickup_code()?;
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    visit.network()?.mend();
    visit.stage.wait_for_cases(&code, 2, PATIENCE)?;
    let platform = Connection::open(visit.stage.office().join("platform.db"))?;
    let kept = || -> anyhow::Result<Vec<(String, u32, String)>> {
        let of = "SELECT item_id, page, sha256 FROM material_page
                  JOIN cases ON cases.case_key = material_page.case_key ORDER BY item_id";
        let mut select = platform.prepare(of)?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let end = Instant::now() + PATIENCE;
    while kept()?.is_empty() {
        anyhow::ensure!(Instant::now() < end, "the platform has no page");
        std::thread::sleep(Duration::from_millis(100));
    }
    // A second copy would come with the next tries.
    std::thread::sleep(Duration::from_secs(3));
    let pages = kept()?;
    let of: Vec<_> = pages.iter().map(|(item, page, _)| (item.as_str(), *page)).collect();
    anyhow::ensure!(of == [("employment-registration", 1), ("flexible-work-subsidy", 1)], "{pages:?}");
    anyhow::ensure!(pages[0].2 == pages[1].2, "the same page: {pages:?}");
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
