//! A configuration on trial, with the program that residents stand before: it proves itself and is confirmed, or it breaks
//! something and the kiosk goes back by itself. The platform hears of both.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{ENROLLED, StageOptions};

use crate::{
    enrolled::{is_known, prepare, roots, types},
    visit::{PATIENCE, Visit},
};

/// The shortest trial that operators may ask for.
const TRIAL: Duration = Duration::from_secs(10);

fn on_a_machine() -> anyhow::Result<Visit> {
    let options = StageOptions { enrolled: true, managed: true, ..StageOptions::default() };
    let visit = Visit::none_yet(&options)?;
    roots(&visit)?;
    // Nobody goes first of whom nothing is heard.
    is_known(&visit, "heard ")?;
    Ok(visit)
}

/// As operators do it, in rings; the only kiosk goes first, even one that is ill.
fn rolls_out(visit: &Visit, settings: &serde_json::Value) -> anyhow::Result<()> {
    prepare(visit, &settings.to_string(), "--in-rings")?;
    types(visit, &format!("configure roll-out targets.json --canary {ENROLLED} --soak 1")).map(drop)
}

/// How the newest roll-out stands, and why.
fn stands(visit: &Visit) -> anyhow::Result<(String, String)> {
    let database = rusqlite::Connection::open(visit.stage.office().join("platform.db"))?;
    let query = "SELECT state, coalesce(reason, '') FROM rollout ORDER BY started_at DESC LIMIT 1";
    Ok(database.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

fn stands_still(visit: &Visit, reason: &str) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        let (state, why) = stands(visit)?;
        if state == "halted" && why.contains(reason) {
            return Ok(());
        }
        anyhow::ensure!(Instant::now() < until, "not halted for {reason}: {state}, {why}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// What a service manager does.
pub(crate) fn is_started_anew(visit: &mut Visit) -> anyhow::Result<()> {
    let status = visit.stage.kiosk_ends(PATIENCE)?;
    anyhow::ensure!(status.success(), "{status}");
    visit.stage.start_again()
}

#[test]
fn what_goes_well_for_its_window_is_confirmed_and_what_breaks_a_device_goes_back() -> anyhow::Result<()> {
    let mut visit = on_a_machine()?;
    visit.whole()?;
    rolls_out(&visit, &json!({"ui": {"language": "en"}, "trial": {"seconds": TRIAL.as_secs()}}))?;
    is_known(&visit, "1 is staged")?;
    // Somebody is there, for longer than a trial takes: nothing begins under their hands.
    visit.sees("取件码")?;
    visit.stage.tap("首页")?;
    visit.sees("请取走")?;
    visit.lifts_card()?;
    visit.sees("Touch the screen")?;
    let begun = Instant::now();
    is_known(&visit, "runs 1, 1 is active")?;
    is_known(&visit, "runs 1, 1 is confirmed")?;
    anyhow::ensure!(
        begun.elapsed() > TRIAL.saturating_sub(Duration::from_secs(3)),
        "confirmed in {:?}",
        begun.elapsed()
    );
    let until = Instant::now() + 3 * PATIENCE;
    while stands(&visit)?.0 != "done" {
        anyhow::ensure!(Instant::now() < until, "the roll-out does not end: {:?}", stands(&visit)?);
        std::thread::sleep(Duration::from_secs(1));
    }

    // It passes every check of the platform, and no reader is there. The second version was the way back that nobody needed.
    let nowhere = visit.stage.kiosk_home().join("no-such-reader");
    let reader = json!({"id_card_reader": {"url": format!("serial://{}", nowhere.display())}});
    let trial = json!({"seconds": TRIAL.as_secs()});
    rolls_out(&visit, &json!({"ui": {"language": "zh-TW"}, "devices": reader, "trial": trial}))?;
    is_started_anew(&mut visit)?;
    is_known(&visit, "runs 3, 3 is active")?;
    // A power cut begins the trial anew, and the kiosk still knows that the reader was well before.
    visit.stage.power_cut()?;
    is_known(&visit, "runs 3, 3 is active")?;
    is_started_anew(&mut visit)?;
    is_known(&visit, "runs 1, 3 is reverted (")?;
    is_known(&visit, "R01 没有找到身份证读卡器。)")?;
    visit.sees("Touch the screen")?;
    stands_still(&visit, "R01")?;
    // It works as before, in the language that was confirmed.
    visit.stage.kiosk.act("touch")?;
    visit.sees("What would you like to do")?;
    let log = std::fs::read_to_string(visit.stage.kiosk_home().join("kiosk.log"))?;
    let last = log.rfind("ending, to be started anew").map_or("", |at| log.get(at..).unwrap_or(""));
    anyhow::ensure!(!last.contains("reader-not-found"), "the reader is not there again: {last}");
    Ok(())
}

#[test]
fn what_was_broken_before_is_not_blamed_on_a_configuration() -> anyhow::Result<()> {
    let visit = &mut on_a_machine()?;
    visit.printer(&json!({"do": "jam"}))?;
    is_known(visit, "P13")?;
    rolls_out(visit, &json!({"ui": {"language": "en"}, "trial": {"seconds": TRIAL.as_secs()}}))?;
    is_known(visit, "runs 1, 1 is confirmed")
}

#[test]
fn what_the_program_cannot_read_goes_back_at_once() -> anyhow::Result<()> {
    let mut visit = on_a_machine()?;
    // The schema takes any text behind the scheme, the program does not.
    let printer = json!({"receipt_printer": {"url": "serial:///dev/ttyS0?baud=fast"}});
    rolls_out(&visit, &json!({"devices": printer, "trial": {"seconds": 3600}}))?;
    is_known(&visit, "runs 0, 1 is reverted")?;
    visit.sees("点一下屏幕")
}
