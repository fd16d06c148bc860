//! 待机海报 by the road of the configuration, with the program that residents stand before.

use std::fs;

use serde_json::{Value, json};
use testkit::StageOptions;

use crate::{
    enrolled::{is_known, prepare, roots, types},
    visit::Visit,
};

const TITLE: &str = "示例：反诈宣传";

/// 示例: a sheet of one colour, as an operator might bring it.
fn picture(visit: &Visit) -> anyhow::Result<()> {
    let file = fs::File::create(visit.stage.office().join("poster.png"))?;
    let mut encoder = png::Encoder::new(file, 1_080, 1_440);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&[30_u8, 90, 160].repeat(1_080 * 1_440))?;
    Ok(())
}

fn publish(visit: &Visit, settings: &Value) -> anyhow::Result<()> {
    prepare(visit, &settings.to_string(), "")?;
    types(visit, "configure publish targets.json").map(drop)
}

#[test]
fn a_poster_is_fetched_shown_and_taken_away() -> anyhow::Result<()> {
    let options = StageOptions { enrolled: true, ..StageOptions::default() };
    let mut visit = Visit::none_yet(&options)?;
    roots(&visit)?;
    picture(&visit)?;
    let named = types(&visit, &format!("configure poster --title {TITLE} poster.png"))?;
    let poster: Value = serde_json::from_str(named.trim())?;
    let trial = json!({"seconds": 10});
    publish(&visit, &json!({"idle": {"posters": [poster]}, "trial": trial}))?;
    is_known(&visit, "runs 1, 1 is confirmed")?;
    visit.sees(TITLE)?;
    // Whoever comes by is at home at once, wherever the finger is.
    visit.touches()?;
    anyhow::ensure!(!visit.stage.labels()?.iter().any(|label| label == TITLE), "home shows a poster");
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    visit.sees(TITLE)?;

    // The file goes bad on the disk: the kiosk shows its own picture, and fetches the poster again.
    let content = visit.stage.kiosk_home().join("content");
    let name = poster["sha256"].as_str().unwrap_or_default();
    fs::write(content.join(name), b"no picture")?;
    visit.stage.power_cut()?;
    visit.sees(TITLE)?;

    publish(&visit, &json!({"trial": trial}))?;
    is_known(&visit, "runs 2, 2 is confirmed")?;
    anyhow::ensure!(fs::read_dir(&content)?.count() == 0, "a file that nothing names is left");
    Ok(())
}
