//! What comes out of the loudspeaker, as an ear hears it.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use driver_api::{LinkFault, SpeakerFault, Volume};
use driver_sim::loudspeaker::{Loudspeaker, RATE, likeness};

use crate::{MONO, STEREO};

const PIECE: Duration = Duration::from_millis(40);

/// ALSA reads its configuration once, from where the environment says: each situation is a process of its own.
fn alone(situation: &str, alsa: &Path) {
    let this = std::env::current_exe().unwrap();
    let mut run = Command::new(this);
    run.args([situation, "--exact", "--ignored", "--nocapture"]).env("ALSA_CONFIG_PATH", alsa);
    assert!(run.status().unwrap().success(), "{situation}");
}

/// What the recordings are said to be, as samples.
fn tones() -> Vec<i16> {
    let pattern = [(0, 100), (1, 300), (0, 100), (1, 100), (0, 200), (1, 500), (0, 100)];
    pattern.iter().flat_map(|(tone, millis)| vec![tone * 8_000; millis * RATE / 1_000]).collect()
}

fn say(recording: &[u8], volume: u8) {
    let mut speaker = speaker::open("default").unwrap();
    speaker.begin(recording, Volume::percent(volume)).unwrap();
    while speaker.go_on(PIECE).unwrap() {}
}

fn loudest(heard: &[i16]) -> i16 {
    heard.iter().map(|sample| sample.abs()).max().unwrap_or_default()
}

fn wait_for(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_is_said_is_heard_in_any_form_and_as_loud_as_it_should_be() {
    let place = tempfile::tempdir().unwrap();
    let room = Loudspeaker::set_up(place.path()).unwrap();
    let mut peaks = Vec::new();
    for situation in ["ear::says_mono", "ear::says_stereo", "ear::says_half_as_loud"] {
        let from = room.now();
        alone(situation, &room.alsa_config());
        wait_for("quiet again", || room.is_quiet_for(Duration::from_millis(300)));
        let heard = room.heard().split_off(from);
        let (alike, _) = likeness(&tones(), &heard);
        assert!(alike > 0.95, "{situation}: {alike}");
        peaks.push(f32::from(loudest(&heard)));
    }
    // 12,000 as recorded; half is a quarter of the amplitude.
    assert!(
        (11_000.0..13_500.0).contains(&peaks[0]) && (11_000.0..13_500.0).contains(&peaks[1]),
        "{peaks:?}"
    );
    assert!((peaks[2] / peaks[0] - 0.25).abs() < 0.02, "{peaks:?}");
}

#[test]
#[ignore = "started by another test"]
fn says_mono() {
    say(MONO, 100);
}

#[test]
#[ignore = "started by another test"]
fn says_stereo() {
    say(STEREO, 100);
}

#[test]
#[ignore = "started by another test"]
fn says_half_as_loud() {
    say(MONO, 50);
}

#[test]
fn silence_is_at_once_and_the_next_recording_is_whole() {
    let place = tempfile::tempdir().unwrap();
    let room = Loudspeaker::set_up(place.path()).unwrap();
    alone("ear::is_broken_off_and_says_again", &room.alsa_config());
    wait_for("quiet again", || room.is_quiet_for(Duration::from_millis(300)));
    let heard = room.heard();
    let (alike, whole) = likeness(&tones(), &heard);
    assert!(alike > 0.95, "{alike}");
    // Of the first only what was said before it was broken off: 0.5 s of it, and what the sound system had in hand.
    let before = &heard[..whole];
    let loud = before.iter().filter(|sample| sample.abs() > 100).count();
    assert!((RATE / 20..RATE * 6 / 10).contains(&loud), "{loud} samples");
}

#[test]
#[ignore = "started by another test"]
fn is_broken_off_and_says_again() {
    let mut speaker = speaker::open("default").unwrap();
    speaker.begin(MONO, Volume::percent(100)).unwrap();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(400) {
        assert!(speaker.go_on(PIECE).unwrap());
    }
    speaker.silence();
    assert_eq!(speaker.go_on(PIECE), Ok(false));
    std::thread::sleep(Duration::from_millis(500));
    say(MONO, 100);
}

#[test]
fn a_loudspeaker_that_is_unplugged_is_told_and_comes_back() {
    let place = tempfile::tempdir().unwrap();
    let mut room = Loudspeaker::set_up(place.path()).unwrap();
    let note = place.path().join("note");
    let this = std::env::current_exe().unwrap();
    let mut run = Command::new(this);
    run.args(["ear::lives_through_a_plug", "--exact", "--ignored"])
        .env("ALSA_CONFIG_PATH", room.alsa_config());
    let mut running = run.env("NOTE", &note).spawn().unwrap();
    let noted = |what: &str| std::fs::read_to_string(&note).is_ok_and(|note| note == what);
    wait_for("it speaks", || room.is_loud_since(0));
    room.unplug();
    wait_for("the fault is told", || noted("unplugged"));
    wait_for("it is missed", || noted("missed"));
    let from = room.now();
    room.plug_in().unwrap();
    wait_for("it speaks again", || room.is_loud_since(from));
    assert!(running.wait().unwrap().success());
}

#[test]
#[ignore = "started by another test"]
fn lives_through_a_plug() {
    let note = |what: &str| std::fs::write(std::env::var_os("NOTE").unwrap(), what).unwrap();
    let mut speaker = speaker::open("default").unwrap();
    assert_eq!(speaker.identify().unwrap(), "default");
    let fault = loop {
        if let Err(fault) = speaker.begin(MONO, Volume::percent(100)) {
            break fault;
        }
        match (0..).map(|_| speaker.go_on(PIECE)).find(|going| *going != Ok(true)) {
            Some(Err(fault)) => break fault,
            _ => {}
        }
    };
    assert!(matches!(fault, SpeakerFault::Link(_)), "{fault:?}");
    note("unplugged");
    while speaker.identify() != Err(LinkFault::NotFound) {
        std::thread::sleep(PIECE);
    }
    std::thread::sleep(PIECE);
    note("missed");
    while speaker.identify().is_err() {
        std::thread::sleep(PIECE);
    }
    say(MONO, 100);
}
