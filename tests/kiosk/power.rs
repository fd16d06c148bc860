//! `kill -9` at any moment: what a screen has confirmed is at the platform, once.

use std::{
    process::Command,
    thread::{self, JoinHandle},
    time::Duration,
};

use testkit::StageOptions;

use crate::visit::{PATIENCE, Visit};

/// Kills in one run; `KIOSK_KILLS=200` takes half an hour.
const KILLS: u64 = 8;
/// A visit up to the result, and a little more.
const VISIT: u64 = 5_000;

fn kill_after(pid: u32, time: Duration) -> JoinHandle<()> {
    thread::spawn(move || {
        thread::sleep(time);
        let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
    })
}

/// Spreads the kills over a visit, at other moments for every other seed.
fn moment(round: u64, of: u64) -> Duration {
    let spread = VISIT * round / of;
    let noise = round.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54;
    Duration::from_millis(spread + noise % (VISIT / of))
}

#[test]
fn a_power_cut_at_any_moment_loses_nothing_that_was_confirmed() -> anyhow::Result<()> {
    let kills = std::env::var("KIOSK_KILLS").ok().and_then(|told| told.parse().ok()).unwrap_or(KILLS);
    let mut visit = Visit::none_yet(&StageOptions::default())?;
    let mut confirmed = Vec::new();
    for round in 0..kills {
        // Every other visit is made with the cable pulled.
        if round % 2 == 0 {
            visit.network()?.cut();
        }
        let killer = kill_after(visit.stage.kiosk_pid(), moment(round, kills));
        confirmed.extend(visit.whole().ok());
        let _ = killer.join();
        let _ = visit.lifts_card();
        visit.stage.power_cut()?;
        visit.network()?.mend();
        visit.sees("点一下屏幕")?;
    }
    // The last visit is whole, so that there is something to lose.
    visit.network()?.cut();
    confirmed.push(visit.whole()?);
    visit.stage.power_cut()?;
    visit.network()?.mend();
    for code in &confirmed {
        visit.stage.wait_for_case(code, PATIENCE)?;
    }
    println!("{kills} kills, {} confirmed", confirmed.len());
    Ok(())
}
