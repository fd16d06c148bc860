//! 事项目录 by signatures, with the program that residents stand before: what the platform says beside it is not shown.

use std::{fs, time::Instant};

use serde_json::{Value, json};
use testkit::StageOptions;

use crate::{
    enrolled::{is_known, prepare, roots, types},
    visit::{PATIENCE, Visit},
};

const ITEM: &str = "pension-eligibility";
const FALSE_WORDS: &str = "示例：请先转账";

/// The catalogue as it is offered now; gives the name of its file.
fn publish(visit: &Visit) -> anyhow::Result<String> {
    let named: Value = serde_json::from_str(types(visit, "configure catalogue")?.trim())?;
    let settings = json!({"service": {"catalogue": named}, "trial": {"seconds": 10}});
    prepare(visit, &settings.to_string(), "")?;
    types(visit, "configure publish targets.json")?;
    Ok(named["sha256"].as_str().unwrap_or_default().to_owned())
}

/// Whoever has the platform's database puts another item in the place of one, without anybody's signature.
fn falsifies(visit: &Visit) -> anyhow::Result<()> {
    let database = rusqlite::Connection::open(visit.stage.office().join("platform.db"))?;
    let query = "SELECT body FROM item WHERE id = ?1 ORDER BY version DESC LIMIT 1";
    let body: String = database.query_row(query, [ITEM], |row| row.get(0))?;
    let mut item: Value = serde_json::from_str(&body)?;
    let version = item["version"].as_u64().unwrap_or_default() + 1;
    item["version"] = version.into();
    item["summary"]["zh-CN"] = FALSE_WORDS.into();
    let sql = "INSERT INTO item (id, version, body, published_at, by_office) VALUES (?1, ?2, ?3, '2026-11-26T00:00:00Z', 1)";
    database.execute(sql, rusqlite::params![ITEM, version, item.to_string()])?;
    let until = Instant::now() + PATIENCE;
    while !visit.stage.get("/api/v1/registry")?.to_string().contains(FALSE_WORDS) {
        anyhow::ensure!(Instant::now() < until, "the platform does not say it");
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    Ok(())
}

/// What the guide of the item says, after a start in which the kiosk has asked its platform.
fn guide(visit: &mut Visit) -> anyhow::Result<Vec<String>> {
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    is_asked(visit)?;
    visit.touches()?;
    visit.stage.tap("养老金资格认证")?;
    visit.sees("开始办理")?;
    visit.stage.labels()
}

/// A kiosk that is online has asked.
fn is_asked(visit: &mut Visit) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    while visit.stage.labels()?.iter().any(|label| label.contains("网络不通")) {
        anyhow::ensure!(Instant::now() < until, "it does not come online");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Ok(())
}

fn says(labels: &[String], words: &str) -> bool {
    labels.iter().any(|label| label.contains(words))
}

#[test]
fn what_nobody_has_signed_is_not_shown_and_what_was_signed_comes_back() -> anyhow::Result<()> {
    let options = StageOptions { enrolled: true, ..StageOptions::default() };
    let mut visit = Visit::none_yet(&options)?;
    roots(&visit)?;
    let first = publish(&visit)?;
    is_known(&visit, "runs 1, 1 is confirmed")?;
    falsifies(&visit)?;
    let labels = guide(&mut visit)?;
    anyhow::ensure!(!says(&labels, FALSE_WORDS) && says(&labels, "养老"), "{labels:?}");
    // It files as before, in the version that was signed.
    visit.stage.tap("首页")?;
    let code = visit.whole()?;
    let case = visit.stage.wait_for_case(&code, PATIENCE)?;
    assert_eq!(case["item"]["id"], ITEM, "{case}");
    visit.stage.tap("首页")?;
    visit.sees("请取走")?;
    visit.lifts_card()?;

    // Its file goes bad on the disk: it comes again, and until then nothing else is in its place.
    let content = visit.stage.kiosk_home().join("content");
    fs::write(content.join(&first), b"{}")?;
    let labels = guide(&mut visit)?;
    anyhow::ensure!(!says(&labels, FALSE_WORDS), "{labels:?}");

    // Two people sign it: then it is shown.
    let second = publish(&visit)?;
    anyhow::ensure!(first != second, "the same catalogue");
    is_known(&visit, "2 is staged").or_else(|_| is_known(&visit, "runs 2"))?;
    visit.stage.tap("首页")?;
    is_known(&visit, "runs 2, 2 is confirmed")?;
    let labels = guide(&mut visit)?;
    anyhow::ensure!(says(&labels, FALSE_WORDS), "{labels:?}");
    let left: Vec<_> = fs::read_dir(&content)?.flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, [second.as_str()], "the old one is taken away");
    Ok(())
}
