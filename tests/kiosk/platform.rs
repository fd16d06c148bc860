//! A platform that answers badly: the resident is told that the case is kept, and the platform ends up with it once.

use jiff::Timestamp;
use testkit::Weather;

use crate::visit::{FILED, Visit, WAITING};

/// The resident files in bad weather; afterwards the platform has the case once, taken when the resident filed it.
fn kept_and_carried(weather: Weather) -> anyhow::Result<()> {
    let mut visit = Visit::before_filing()?;
    visit.network()?.turn(weather);
    let before = Timestamp::now();
    visit.files()?;
    visit.sees(WAITING)?;
    visit.sees("已收件，存在这台机器上，不会丢。不用重新提交。")?;
    let told = Timestamp::now();
    visit.network()?.mend();
    let case = visit.case_arrives()?;
    let received: Timestamp = case["received_at"].as_str().unwrap_or_default().parse()?;
    anyhow::ensure!(
        received.as_second() >= before.as_second() && received <= told,
        "{received} {before} {told}"
    );
    // A second copy would come with the next tries.
    std::thread::sleep(std::time::Duration::from_secs(3));
    visit.case_arrives().map(drop)
}

fn http(status: &str, media_type: &str, body: &[u8]) -> Weather {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    Weather::Says([head.as_bytes(), body].concat())
}

#[test]
fn a_platform_that_answers_500() -> anyhow::Result<()> {
    kept_and_carried(http("500 Internal Server Error", "text/plain", b"oops"))
}

#[test]
fn a_platform_that_is_too_slow() -> anyhow::Result<()> {
    kept_and_carried(Weather::Silent)
}

#[test]
fn half_a_body() -> anyhow::Result<()> {
    let head = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n";
    kept_and_carried(Weather::Says(format!("{head}{{\"case_no\": \"5199").into_bytes()))
}

#[test]
fn wrong_json() -> anyhow::Result<()> {
    kept_and_carried(http("201 Created", "application/json", br#"{"hello": ["world", 1]}"#))
}

#[test]
fn ten_megabytes() -> anyhow::Result<()> {
    kept_and_carried(http("201 Created", "application/json", &vec![b' '; 10_000_000]))
}

#[test]
fn a_captive_portal() -> anyhow::Result<()> {
    kept_and_carried(http("200 OK", "text/html", b"<html>Please log in</html>"))
}

#[test]
fn a_proxy_that_forbids() -> anyhow::Result<()> {
    kept_and_carried(http("403 Forbidden", "text/html", b"<html>blocked</html>"))
}

#[test]
fn a_cut_cable() -> anyhow::Result<()> {
    kept_and_carried(Weather::Cut)
}

/// The platform has it, and the kiosk cannot know: the same key brings the same case.
#[test]
fn an_answer_that_is_lost() -> anyhow::Result<()> {
    kept_and_carried(Weather::AnswersLost)
}

/// Nobody takes what may be old for what is.
#[test]
fn what_comes_from_the_cache_says_how_old_it_is_until_the_platform_answers() -> anyhow::Result<()> {
    const OLD: &str = "资料更新于";
    let mut visit = Visit::at_home()?;
    visit.network()?.cut();
    visit.stage.power_cut()?;
    visit.sees("点一下屏幕")?;
    visit.touches()?;
    visit.sees(OLD)?;
    visit.network()?.mend();
    let until = std::time::Instant::now() + crate::visit::PATIENCE;
    while visit.stage.labels()?.iter().any(|label| label.contains(OLD)) {
        anyhow::ensure!(std::time::Instant::now() < until, "it answers, and still");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    visit.sees("您要办什么事")
}

#[test]
fn nothing_in_the_way_at_all() -> anyhow::Result<()> {
    let mut visit = Visit::before_filing()?;
    visit.files()?;
    visit.sees(FILED)?;
    visit.case_arrives().map(drop)
}
