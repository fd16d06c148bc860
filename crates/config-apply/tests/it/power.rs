//! The power goes at every single step of every path, and again at every step of the start after it.

use std::time::Duration;

use config_apply::{Applier, ApplyError, Health, Running, SafeReason, Session};
use proptest::prelude::*;

use super::apply::{WINDOW, bring, start, version, with_confirmed};
use config_apply::medium::{Cut, Medium};

type Kiosk = Applier<Medium>;

fn confirm(kiosk: &mut Kiosk) -> Result<(), ApplyError> {
    kiosk.observe(Session::None, WINDOW, Health::Good).map(drop)
}

fn fail(kiosk: &mut Kiosk) -> Result<(), ApplyError> {
    kiosk.observe(Session::None, Duration::ZERO, Health::Failing("示例".to_owned())).map(drop)
}

/// One path through the machine, which has said that `confirmed` is; new documents count up from `newest`. It stops at
/// the first error, as the program would. Tells the highest version that the machine said was confirmed.
fn walk(disk: &Medium, path: &str, mut confirmed: u64, mut newest: u64) -> u64 {
    let mut kiosk = start(disk.clone());
    for step in path.chars() {
        let done = match step {
            'n' => {
                newest += 1;
                bring(&mut kiosk, newest, Duration::ZERO)
            }
            's' => {
                newest += 1;
                kiosk.stage(newest, &super::apply::body(newest))
            }
            'a' => kiosk.activate(Session::None, Duration::ZERO, Vec::new).map(drop),
            'c' => confirm(&mut kiosk),
            'f' => fail(&mut kiosk),
            'b' => {
                kiosk = start(disk.clone());
                Ok(())
            }
            other => panic!("no step {other}"),
        };
        if done.is_err() {
            break;
        }
        let told = kiosk.reported().confirmed.map_or(0, |slot| slot.version);
        assert!(told >= confirmed);
        confirmed = told;
    }
    confirmed
}

fn steps(path: &str) -> usize {
    let disk = with_confirmed(1);
    (0..1_000)
        .find(|fuel| {
            let disk = disk.copy();
            disk.power_for(Some(*fuel));
            walk(&disk, path, 1, 1);
            // It ran out if one more step fails.
            let mut probe = disk;
            config_apply::Disk::sync_names(&mut probe).is_ok()
        })
        .unwrap()
}

/// Starts, and tells what must hold after any cut.
fn must_work(disk: &Medium, confirmed: u64, what: &str) {
    let mut kiosk = start(disk.clone());
    let Some(runs) = version(&kiosk) else { panic!("{what}: {:?}", kiosk.running()) };
    assert!(runs >= confirmed, "{what}: {runs} runs, {confirmed} was confirmed");
    let told = kiosk.reported();
    assert!(told.confirmed.is_some_and(|slot| slot.version >= confirmed), "{what}");
    // Never between: it is either on trial or confirmed, and can be led on to a newer one.
    confirm(&mut kiosk).unwrap();
    bring(&mut kiosk, 100, Duration::ZERO).unwrap();
    confirm(&mut kiosk).unwrap();
    assert!(matches!(kiosk.running(), Running::Document { slot, .. } if slot.version == 100), "{what}");
}

const PATHS: [&str; 10] = ["s", "sa", "nc", "nf", "nbc", "nbf", "nbbbb", "ncnf", "nfnc", "ssasc"];

#[test]
fn the_power_goes_at_every_step_of_every_path() {
    let mut cuts = 0;
    for path in PATHS {
        for fuel in 0..steps(path) {
            for how in [Cut::Lost, Cut::Torn, Cut::Some(1), Cut::Some(2), Cut::Some(3), Cut::Some(4)] {
                let disk = with_confirmed(1);
                disk.power_for(Some(fuel));
                let confirmed = walk(&disk, path, 1, 1);
                disk.cut(how);
                must_work(&disk, confirmed, &format!("{path}, step {fuel}, {how:?}"));
                cuts += 1;
            }
        }
    }
    assert!(cuts > 1_000, "{cuts} cuts");
}

#[test]
fn the_power_goes_again_at_every_step_of_the_start_after_it() {
    for path in ["sa", "nc", "nf", "nbbbb"] {
        for fuel in 0..steps(path) {
            let disk = with_confirmed(1);
            disk.power_for(Some(fuel));
            let confirmed = walk(&disk, path, 1, 1);
            disk.cut(Cut::Torn);
            for again in 0..14 {
                for how in [Cut::Lost, Cut::Torn, Cut::Some(7)] {
                    let disk = disk.copy();
                    disk.power_for(Some(again));
                    start(disk.clone());
                    disk.cut(how);
                    must_work(&disk, confirmed, &format!("{path}, step {fuel}, then {again}, {how:?}"));
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn random_paths_with_random_cuts(
        lives in prop::collection::vec(("[nsacfb]{1,6}", 0..80usize, any::<u64>()), 1..6),
    ) {
        let disk = with_confirmed(1);
        let mut confirmed = 1;
        for (life, (path, fuel, seed)) in (1..).zip(lives) {
            disk.power_for(Some(fuel));
            confirmed = walk(&disk, &path, confirmed, life * 10);
            disk.cut(Cut::Some(seed));
            let mut kiosk = start(disk.clone());
            if *kiosk.running() == Running::Safe(SafeReason::CrashLoop) {
                // So many lives without health in a row: it is well at last.
                confirm(&mut kiosk).unwrap();
                kiosk = start(disk.clone());
            }
            prop_assert!(version(&kiosk).is_some_and(|runs| runs >= confirmed), "{path}, step {fuel}");
        }
    }
}
