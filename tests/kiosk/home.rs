//! The home screen by the road of the configuration: tiles, languages and notices, with the program that residents stand
//! before; and a bad one that goes back.

use serde_json::{Value, json};
use testkit::{ENROLLED, StageOptions};

use crate::{
    enrolled::{is_known, prepare, roots, types},
    trial::is_started_anew,
    visit::Visit,
};

fn notice(title: &str, until: &str) -> Value {
    let words = |simplified: &str, english: &str| json!({"zh-CN": simplified, "en": english});
    let text = words("示例：大厅停电检修。", &format!("{title}: the hall has no power."));
    json!({"title": words("示例通知", title), "text": text, "from": "2020-01-01", "until": until})
}

fn publish(visit: &Visit, settings: &Value) -> anyhow::Result<()> {
    prepare(visit, &settings.to_string(), "")?;
    types(visit, "configure publish targets.json").map(drop)
}

/// The tiles on the screen, in their order.
fn tiles(visit: &mut Visit) -> anyhow::Result<Vec<String>> {
    let all = ["My cases", "Pension check", "Civil affairs", "Work", "Health insurance"];
    let is_tile = |label: &String| all.iter().any(|tile| label.starts_with(&format!("{tile}，")));
    // A widget that is made of another says the same as it.
    let mut tiles = Vec::new();
    for label in visit.stage.labels()?.into_iter().filter(is_tile) {
        if !tiles.contains(&label) {
            tiles.push(label);
        }
    }
    Ok(tiles)
}

#[test]
fn tiles_languages_and_notices_arrive_and_what_breaks_a_device_takes_its_tiles_back() -> anyhow::Result<()> {
    let options = StageOptions {
        enrolled: true,
        managed: true,
        session: "idle = 10".to_owned(),
        ..StageOptions::default()
    };
    let mut visit = Visit::none_yet(&options)?;
    roots(&visit)?;
    // A slip of the pen is told where it was made, and nothing is drafted.
    let slip = json!({"home": {"tiles": ["progress", "pensions"]}}).to_string();
    std::fs::write(visit.stage.office().join("settings.json"), slip)?;
    let refused = types(&visit, &format!("configure set --kiosk {ENROLLED} --settings settings.json"));
    let why = refused.map(drop).unwrap_err().to_string();
    anyhow::ensure!(why.contains("home.tiles.1: no tile is called pensions"), "{why}");

    let notices = json!([notice("Sample closing day", "2099-12-31"), notice("Sample of old", "2020-01-02")]);
    let home = json!({"tiles": ["progress", "pension-eligibility"], "notices": notices});
    let languages = json!({"languages": ["en", "zh-CN"]});
    let trial = json!({"seconds": 10});
    publish(&visit, &json!({"home": home, "ui": languages, "trial": trial}))?;
    is_known(&visit, "runs 1, 1 is confirmed")?;
    visit.sees("Touch the screen")?;
    visit.stage.kiosk.act("touch")?;
    visit.sees("What would you like to do")?;
    let as_set = ["My cases，See how far it is", "Pension check，Once a year, done on the spot"];
    assert_eq!(tiles(&mut visit)?, as_set);
    let labels = visit.stage.labels()?;
    let has = |words: &str| labels.iter().any(|label| label.contains(words));
    anyhow::ensure!(has("简体中文") && !has("繁體中文"), "{labels:?}");
    anyhow::ensure!(has("Notice: Sample closing day") && !has("notices in all"), "{labels:?}");
    visit.stage.tap("Notice: Sample closing day")?;
    visit.sees("Sample closing day: the hall has no power.")?;
    anyhow::ensure!(!visit.stage.labels()?.iter().any(|label| label.contains("of old")), "of old");
    visit.stage.tap("Home")?;
    visit.stage.tap("简体中文")?;
    visit.sees("通知：示例通知")?;
    // Left alone, it begins anew with the first language.
    visit.sees("Touch the screen")?;

    // The next one has a reader that is not there: residents see its tiles only as long as it is on trial.
    let nowhere = visit.stage.kiosk_home().join("no-such-reader");
    let reader = json!({"id_card_reader": {"url": format!("serial://{}", nowhere.display())}});
    let bad =
        json!({"home": {"tiles": ["civil-affairs"]}, "ui": languages, "devices": reader, "trial": trial});
    publish(&visit, &bad)?;
    is_started_anew(&mut visit)?;
    is_known(&visit, "runs 2, 2 is active")?;
    visit.sees("Touch the screen")?;
    visit.stage.kiosk.act("touch")?;
    visit.sees("Civil affairs")?;
    assert_eq!(tiles(&mut visit)?.len(), 1);
    is_started_anew(&mut visit)?;
    is_known(&visit, "runs 1, 2 is reverted (")?;
    visit.sees("Touch the screen")?;
    visit.stage.kiosk.act("touch")?;
    visit.sees("Notice: Sample closing day")?;
    assert_eq!(tiles(&mut visit)?, as_set);
    Ok(())
}
