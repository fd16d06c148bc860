//! Lines that break at a moment that no sound system would choose.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use driver_api::{LinkFault, Speaker as _, SpeakerFault, Volume};
use speaker::{
    Loudspeaker,
    protocol::{Form, Recording},
    transport::Line,
};

use crate::{MONO, STEREO};

/// What was done to the line.
#[derive(Default)]
struct Seen {
    opened: Vec<Form>,
    taken: usize,
    dropped: usize,
}

struct Scripted {
    seen: Arc<Mutex<Seen>>,
    /// So many samples are taken.
    breaks_after: usize,
    looks: usize,
}

impl Line for Scripted {
    fn write(&mut self, samples: &[i16], _: Duration) -> Result<usize, LinkFault> {
        let mut seen = self.seen.lock().unwrap();
        if seen.taken >= self.breaks_after {
            return Err(LinkFault::Unplugged);
        }
        let taken = samples.len().min(100);
        seen.taken += taken;
        Ok(taken)
    }

    fn is_heard(&mut self, _: Duration) -> Result<bool, LinkFault> {
        self.looks += 1;
        Ok(self.looks > 3)
    }

    fn drop_rest(&mut self) {
        self.seen.lock().unwrap().dropped += 1;
    }
}

fn speaker(
    seen: &Arc<Mutex<Seen>>,
    breaks_after: usize,
) -> Loudspeaker<impl FnMut(Form) -> Result<Box<dyn Line>, LinkFault>> {
    let seen = seen.clone();
    Loudspeaker::new("scripted", move |form| {
        seen.lock().unwrap().opened.push(form);
        Ok(Box::new(Scripted { seen: seen.clone(), breaks_after, looks: 0 }) as Box<dyn Line>)
    })
}

#[test]
fn every_sample_is_given_once_and_the_end_is_waited_for() {
    let seen = Arc::default();
    let mut speaker = speaker(&seen, usize::MAX);
    speaker.begin(MONO, Volume::percent(100)).unwrap();
    let pieces = (0..).take_while(|_| speaker.go_on(Duration::ZERO).unwrap()).count();
    let mut recording = Recording::new(MONO, Volume::percent(100)).unwrap();
    let samples: usize =
        std::iter::from_fn(|| recording.next_samples().unwrap()).map(|some| some.len()).sum();
    let seen = seen.lock().unwrap();
    assert_eq!((seen.taken, seen.dropped), (samples, 1));
    assert!(pieces >= samples / 100 + 3, "{pieces}");
    // 1.4 s of 24,000, and at most a block of the coding more.
    assert!((33_600..34_624).contains(&samples), "{samples}");
}

#[test]
fn each_recording_opens_the_card_as_it_needs_it_and_cuts_off_the_one_before() {
    let seen = Arc::default();
    let mut speaker = speaker(&seen, usize::MAX);
    speaker.begin(MONO, Volume::percent(100)).unwrap();
    speaker.go_on(Duration::ZERO).unwrap();
    speaker.begin(STEREO, Volume::percent(100)).unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen.opened, [Form { rate: 24_000, channels: 1 }, Form { rate: 44_100, channels: 2 }]);
    assert_eq!(seen.dropped, 1);
}

#[test]
fn a_card_that_goes_away_is_told_once_and_nothing_is_being_said_then() {
    let seen = Arc::default();
    let mut speaker = speaker(&seen, 1_000);
    speaker.begin(MONO, Volume::percent(100)).unwrap();
    let end = (0..).map(|_| speaker.go_on(Duration::ZERO)).find(|going| *going != Ok(true));
    assert_eq!(end, Some(Err(SpeakerFault::Link(LinkFault::Unplugged))));
    assert_eq!(speaker.go_on(Duration::ZERO), Ok(false));
}

/// A card that opens, and then takes so many samples and no more; or takes all, and is never done with them.
struct Stuck {
    room: usize,
    works: Arc<Mutex<bool>>,
}

impl Line for Stuck {
    fn write(&mut self, samples: &[i16], wait: Duration) -> Result<usize, LinkFault> {
        let taken = if *self.works.lock().unwrap() { samples.len() } else { samples.len().min(self.room) };
        self.room = self.room.saturating_sub(taken);
        if taken == 0 {
            std::thread::sleep(wait);
        }
        Ok(taken)
    }

    fn is_heard(&mut self, wait: Duration) -> Result<bool, LinkFault> {
        let heard = *self.works.lock().unwrap();
        if !heard {
            std::thread::sleep(wait);
        }
        Ok(heard)
    }

    fn drop_rest(&mut self) {}
}

/// What comes of a recording, and how long it took.
fn said(speaker: &mut impl driver_api::Speaker) -> (Result<bool, SpeakerFault>, Duration) {
    let begun = Instant::now();
    speaker.begin(MONO, Volume::percent(100)).unwrap();
    let mut going = (0..2_000).map(|_| speaker.go_on(Duration::from_millis(30)));
    (going.find(|going| *going != Ok(true)).unwrap(), begun.elapsed())
}

/// Its fault is told after two seconds, and stays until it plays: that it can be opened proves nothing.
fn gets_stuck(room: usize) {
    let works = Arc::new(Mutex::new(false));
    let switch = works.clone();
    let mut speaker = Loudspeaker::new("stuck", move |_: Form| {
        Ok(Box::new(Stuck { room, works: switch.clone() }) as Box<dyn Line>)
    });
    let (going, time) = said(&mut speaker);
    assert_eq!(going, Err(SpeakerFault::Link(LinkFault::Silent)));
    assert!((2.0..6.0).contains(&time.as_secs_f64()), "{time:?}");
    assert_eq!(speaker.go_on(Duration::ZERO), Ok(false));
    assert_eq!(speaker.identify(), Err(LinkFault::Silent));
    *works.lock().unwrap() = true;
    assert_eq!(speaker.identify(), Ok("stuck".to_owned()));
    assert_eq!(said(&mut speaker).0, Ok(false));
}

#[test]
fn a_card_that_takes_nothing_is_silent() {
    gets_stuck(0);
}

#[test]
fn a_card_that_takes_nothing_more_is_silent() {
    gets_stuck(5_000);
}

#[test]
fn a_card_that_is_never_done_is_silent() {
    gets_stuck(usize::MAX);
}

/// As after a sleep of the machine, or while it is busy.
#[test]
fn a_card_that_takes_nothing_for_a_moment_is_not_to_blame() {
    let works = Arc::new(Mutex::new(false));
    let switch = works.clone();
    let mut speaker = Loudspeaker::new("slow", move |_: Form| {
        Ok(Box::new(Stuck { room: 100, works: switch.clone() }) as Box<dyn Line>)
    });
    speaker.begin(MONO, Volume::percent(100)).unwrap();
    assert_eq!([(); 3].map(|()| speaker.go_on(Duration::ZERO)), [Ok(true); 3]);
    *works.lock().unwrap() = true;
    std::thread::sleep(Duration::from_millis(2_100));
    let end = (0..2_000).map(|_| speaker.go_on(Duration::ZERO)).find(|going| *going != Ok(true));
    assert_eq!(end, Some(Ok(false)));
}
