use std::time::Duration;

use config_apply::{
    Applier, ApplyError, Disk, Folder, GRACE, Health, MAX_STARTS, MAX_TRIAL_STARTS, Phase, Refusal, Running,
    SafeReason, Session,
};

use config_apply::medium::Medium;

pub(crate) const WINDOW: Duration = Duration::from_mins(5);

pub(crate) fn body(version: u64) -> Vec<u8> {
    format!("valid {version}").into_bytes()
}

fn check(bytes: &[u8]) -> Result<(), String> {
    if bytes.starts_with(b"valid") { Ok(()) } else { Err("session.idle: 0 is less than 1".to_owned()) }
}

pub(crate) fn start<D: Disk>(disk: D) -> Applier<D> {
    Applier::start(disk, Box::new(check), WINDOW).0
}

pub(crate) fn version<D: Disk>(kiosk: &Applier<D>) -> Option<u64> {
    match kiosk.running() {
        Running::Document { slot, bytes } => {
            assert_eq!(*bytes, body(slot.version), "what runs is whole");
            Some(slot.version)
        }
        Running::Safe(_) => None,
    }
}

fn bad() -> Health {
    Health::Failing("the printer is not found any more".to_owned())
}

/// On trial, `up` after the start.
pub(crate) fn bring<D: Disk>(kiosk: &mut Applier<D>, version: u64, up: Duration) -> Result<(), ApplyError> {
    kiosk.stage(version, &body(version))?;
    kiosk.activate(Session::None, up, Vec::new).map(drop)
}

pub(crate) fn with_confirmed(version: u64) -> Medium {
    let disk = Medium::default();
    let mut kiosk = start(disk.clone());
    bring(&mut kiosk, version, Duration::ZERO).unwrap();
    kiosk.observe(Session::None, WINDOW, Health::Good).unwrap();
    assert_eq!(kiosk.reported().phase, Phase::Confirmed);
    disk
}

#[test]
fn a_new_kiosk_runs_the_safe_configuration() {
    let kiosk = start(Medium::default());
    assert_eq!(*kiosk.running(), Running::Safe(SafeReason::Fresh));
    assert_eq!(kiosk.reported().phase, Phase::None);
}

#[test]
fn nothing_changes_under_a_resident() {
    let mut kiosk = start(with_confirmed(1));
    kiosk.stage(2, &body(2)).unwrap();
    assert!(!kiosk.activate(Session::Running, Duration::ZERO, Vec::new).unwrap());
    assert_eq!((version(&kiosk), kiosk.reported().phase), (Some(1), Phase::Staged));
    assert!(kiosk.activate(Session::None, Duration::ZERO, Vec::new).unwrap());
    assert_eq!((version(&kiosk), kiosk.reported().phase), (Some(2), Phase::Active));
    // It fails while somebody is there, and is well again when they go: it was not well all the time.
    assert!(!kiosk.observe(Session::Running, WINDOW / 2, bad()).unwrap());
    assert_eq!(version(&kiosk), Some(2));
    assert!(kiosk.observe(Session::None, WINDOW, Health::Good).unwrap());
    assert_eq!((version(&kiosk), kiosk.reported().phase), (Some(1), Phase::Reverted));
}

#[test]
fn the_window_begins_when_it_comes_into_force() {
    let mut kiosk = start(with_confirmed(1));
    let late = WINDOW * 10;
    bring(&mut kiosk, 2, late).unwrap();
    kiosk.observe(Session::None, late + WINDOW.mul_f32(0.999), Health::Good).unwrap();
    assert_eq!(kiosk.reported().phase, Phase::Active);
    kiosk.observe(Session::None, late + WINDOW, Health::Good).unwrap();
    assert_eq!(kiosk.reported().phase, Phase::Confirmed);
}

#[test]
fn what_may_pass_is_waited_for_and_what_lasts_goes_back() {
    let doubtful = || Health::Doubtful("the printer is not found".to_owned());
    let seconds = Duration::from_secs;
    let mut kiosk = start(with_confirmed(1));
    bring(&mut kiosk, 2, Duration::ZERO).unwrap();
    // Shorter than the grace, again and again: neither a reason to go back nor to confirm.
    for at in [0, 19, 40, 59] {
        assert!(!kiosk.observe(Session::None, seconds(at), doubtful()).unwrap());
        assert!(!kiosk.observe(Session::None, seconds(at) + seconds(1) / 2, Health::Good).unwrap());
    }
    kiosk.observe(Session::None, WINDOW.checked_sub(seconds(1)).unwrap(), doubtful()).unwrap();
    kiosk.observe(Session::None, WINDOW, doubtful()).unwrap();
    assert_eq!(kiosk.reported().phase, Phase::Active, "nothing is confirmed in doubt");
    assert!(
        !kiosk.observe(Session::None, (WINDOW + GRACE).checked_sub(seconds(2)).unwrap(), doubtful()).unwrap()
    );
    assert!(
        kiosk.observe(Session::None, (WINDOW + GRACE).checked_sub(seconds(1)).unwrap(), doubtful()).unwrap()
    );
    assert_eq!((version(&kiosk), kiosk.reported().phase), (Some(1), Phase::Reverted));
    assert_eq!(kiosk.reported().why.as_deref(), Some("the printer is not found"));
}

#[test]
fn what_was_wrong_before_is_remembered_as_long_as_the_trial() {
    let disk = with_confirmed(1);
    let mut kiosk = start(disk.clone());
    kiosk.stage(2, &body(2)).unwrap();
    let wrong = || vec!["R01".to_owned()];
    assert!(!kiosk.activate(Session::Running, Duration::ZERO, || panic!("nobody asks yet")).unwrap());
    kiosk.activate(Session::None, Duration::ZERO, wrong).unwrap();
    assert_eq!(kiosk.wrong_before(), wrong());
    let mut kiosk = start(disk.clone());
    assert_eq!(kiosk.wrong_before(), wrong(), "a power cut forgets nothing");
    kiosk.observe(Session::None, WINDOW, Health::Good).unwrap();
    assert!(kiosk.wrong_before().is_empty());
    assert!(start(disk).wrong_before().is_empty());
}

#[test]
fn a_window_of_its_own_is_waited_for() {
    let mut kiosk = start(with_confirmed(1));
    bring(&mut kiosk, 2, Duration::ZERO).unwrap();
    kiosk.set_window(WINDOW * 2);
    kiosk.observe(Session::None, WINDOW, Health::Good).unwrap();
    assert_eq!(kiosk.reported().phase, Phase::Active);
    kiosk.observe(Session::None, WINDOW * 2, Health::Good).unwrap();
    assert_eq!(kiosk.reported().phase, Phase::Confirmed);
}

#[test]
fn what_was_reverted_is_not_tried_again_and_a_newer_one_is() {
    let disk = with_confirmed(1);
    let mut kiosk = start(disk.clone());
    bring(&mut kiosk, 2, Duration::ZERO).unwrap();
    assert!(kiosk.observe(Session::None, Duration::ZERO, bad()).unwrap());
    let why = kiosk.reported().why.unwrap();
    let mut kiosk = start(disk);
    let refused = kiosk.stage(2, &body(2)).unwrap_err();
    assert!(matches!(refused, ApplyError::Refused(Refusal::Reverted { version: 2, why: w }) if w == why));
    let refused = kiosk.stage(2, b"valid, but another").unwrap_err();
    assert!(matches!(refused, ApplyError::Refused(Refusal::NotNewer { offered: 2, have: 2 })));
    bring(&mut kiosk, 3, Duration::ZERO).unwrap();
    assert_eq!(version(&kiosk), Some(3));
}

#[test]
fn what_is_not_valid_or_not_newer_is_refused_with_the_reason() {
    let mut kiosk = start(with_confirmed(5));
    let refused = kiosk.stage(6, b"nonsense").unwrap_err();
    assert_eq!(refused.to_string(), "the configuration is not valid: session.idle: 0 is less than 1");
    for (offered, bytes) in [(4, body(4)), (5, body(50))] {
        let refused = kiosk.stage(offered, &bytes).unwrap_err();
        assert!(
            matches!(refused, ApplyError::Refused(Refusal::NotNewer { offered: o, have: 5 }) if o == offered)
        );
    }
    kiosk.stage(5, &body(5)).unwrap();
    assert_eq!(kiosk.reported().phase, Phase::Confirmed, "the one that is here changes nothing");
}

#[test]
fn one_that_waits_gives_way_to_a_newer_one_and_one_on_trial_does_not() {
    let mut kiosk = start(with_confirmed(1));
    kiosk.stage(2, &body(2)).unwrap();
    kiosk.stage(3, &body(3)).unwrap();
    kiosk.activate(Session::None, Duration::ZERO, Vec::new).unwrap();
    assert_eq!(version(&kiosk), Some(3));
    kiosk.stage(4, &body(4)).unwrap();
    assert!(!kiosk.activate(Session::None, Duration::ZERO, Vec::new).unwrap());
    kiosk.observe(Session::None, WINDOW, Health::Good).unwrap();
    assert!(kiosk.activate(Session::None, WINDOW, Vec::new).unwrap());
    assert_eq!(version(&kiosk), Some(4));
}

#[test]
fn a_crash_loop_on_trial_goes_back() {
    let disk = with_confirmed(1);
    bring(&mut start(disk.clone()), 2, Duration::ZERO).unwrap();
    for _ in 0..MAX_TRIAL_STARTS {
        assert_eq!(version(&start(disk.clone())), Some(2));
    }
    let kiosk = start(disk);
    assert_eq!((version(&kiosk), kiosk.reported().phase), (Some(1), Phase::Reverted));
}

#[test]
fn a_crash_loop_with_what_was_confirmed_ends_in_the_safe_one_and_can_be_left() {
    let disk = with_confirmed(1);
    for _ in 0..MAX_STARTS {
        assert_eq!(version(&start(disk.clone())), Some(1));
    }
    let mut kiosk = start(disk.clone());
    assert_eq!(*kiosk.running(), Running::Safe(SafeReason::CrashLoop));
    kiosk.observe(Session::None, WINDOW, Health::Good).unwrap();
    assert_eq!(version(&start(disk.clone())), Some(1), "it is tried again once the safe one was well");
    for _ in 0..=MAX_STARTS {
        start(disk.clone());
    }
    let mut kiosk = start(disk);
    bring(&mut kiosk, 2, Duration::ZERO).unwrap();
    assert_eq!(version(&kiosk), Some(2), "a newer one leads out of it");
}

#[test]
fn one_copy_that_rots_does_not_matter() {
    for copy in [".a", ".b"] {
        let disk = with_confirmed(1);
        assert_eq!(disk.rot(|name| name.ends_with(copy)), 2);
        assert_eq!(version(&start(disk)), Some(1));
    }
}

#[test]
fn what_is_on_trial_rots_and_what_was_confirmed_runs() {
    let disk = with_confirmed(1);
    let before = disk.list().unwrap();
    bring(&mut start(disk.clone()), 2, Duration::ZERO).unwrap();
    assert_eq!(disk.rot(|name| !before.iter().any(|old| old == name)), 2);
    let mut kiosk = start(disk);
    assert_eq!((version(&kiosk), kiosk.reported().phase), (Some(1), Phase::Reverted));
    bring(&mut kiosk, 3, Duration::ZERO).unwrap();
    assert_eq!(version(&kiosk), Some(3));
}

#[test]
fn when_both_rot_the_safe_one_runs_and_nothing_old_is_taken() {
    let disk = with_confirmed(7);
    bring(&mut start(disk.clone()), 8, Duration::ZERO).unwrap();
    assert_eq!(disk.rot(|name| !name.starts_with("state")), 4);
    let mut kiosk = start(disk);
    assert_eq!(*kiosk.running(), Running::Safe(SafeReason::Unreadable));
    assert!(kiosk.stage(6, &body(6)).is_err(), "below what was confirmed");
    bring(&mut kiosk, 9, Duration::ZERO).unwrap();
    assert_eq!(version(&kiosk), Some(9));
}

#[test]
fn when_everything_rots_the_safe_one_runs_and_says_why() {
    let disk = with_confirmed(7);
    disk.rot(|_| true);
    let mut kiosk = start(disk);
    assert_eq!(*kiosk.running(), Running::Safe(SafeReason::Unreadable));
    bring(&mut kiosk, 8, Duration::ZERO).unwrap();
    assert_eq!(version(&kiosk), Some(8));
}

#[test]
fn a_full_disk_loses_nothing_and_still_starts() {
    let disk = with_confirmed(1);
    let mut kiosk = start(disk.clone());
    disk.full(true);
    assert!(matches!(kiosk.stage(2, &body(2)), Err(ApplyError::Disk(_))));
    assert_eq!(version(&kiosk), Some(1));
    let (kiosk, trouble) = Applier::start(disk.clone(), Box::new(check), WINDOW);
    assert!(trouble.is_some());
    assert_eq!(version(&kiosk), Some(1));
    disk.full(false);
    let mut kiosk = start(disk.clone());
    bring(&mut kiosk, 2, Duration::ZERO).unwrap();
    // What is on trial is not run where its starts cannot be counted: a crash loop would never end.
    disk.full(true);
    assert_eq!(version(&start(disk)), Some(1));
}

#[test]
fn a_program_that_no_longer_understands_what_was_confirmed_runs_the_safe_one() {
    let disk = with_confirmed(1);
    let stricter = |_: &[u8]| Err("session.idle is gone".to_owned());
    let (kiosk, _) = Applier::start(disk.clone(), Box::new(stricter), WINDOW);
    assert_eq!(*kiosk.running(), Running::Safe(SafeReason::Unreadable));
    assert_eq!(version(&start(disk)), Some(1), "the old program, put back, runs it again");
}

#[test]
fn it_works_in_a_real_folder_and_leaves_nothing_lying_about() {
    let folder = tempfile::tempdir().unwrap();
    let open = || start(Folder::open(&folder.path().join("configuration")).unwrap());
    for n in 1..4 {
        let mut kiosk = open();
        bring(&mut kiosk, n, Duration::ZERO).unwrap();
        kiosk.observe(Session::None, WINDOW, Health::Good).unwrap();
    }
    assert_eq!(version(&open()), Some(3));
    assert_eq!(std::fs::read_dir(folder.path().join("configuration")).unwrap().count(), 4);
}
