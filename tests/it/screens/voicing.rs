//! The keys of the voice, as a finger finds them.

use std::time::Duration;

use flow::{Touch, view::Settings, voice::Voice};

use super::{
    cases,
    panel::{LANDSCAPE, PORTRAIT, Panel},
};

const KEYS: [&str; 4] = ["再听一遍", "小一点", "大一点", "关声音"];

/// What each key sends, on the guide of a kiosk that speaks so.
fn sent(size: (u16, u16), voice: Voice) -> Vec<Vec<Touch>> {
    let panel = Panel::new(size);
    let mut view = cases::all().into_iter().find(|case| case.name == "guide").unwrap().view;
    view.frame.voice = Some(voice);
    panel.show(&view, Settings::default());
    let press = |key: &&str| {
        // A second touch shortly after is a slip of the finger.
        i_slint_backend_testing::mock_elapsed_time(Duration::from_secs(1));
        panel.touches();
        panel.press(key);
        panel.touches()
    };
    KEYS.iter().map(press).collect()
}

#[test]
fn each_key_says_what_it_is_and_what_leads_nowhere_cannot_be_touched() {
    for size in [PORTRAIT, LANDSCAPE] {
        let (again, softer) = (vec![Touch::Repeat], vec![Touch::Louder(false)]);
        let (louder, mute) = (vec![Touch::Louder(true)], vec![Touch::Mute]);
        let usual = Voice { percent: 60, on: true };
        assert_eq!(sent(size, usual), [again.clone(), softer.clone(), louder.clone(), mute.clone()]);
        let loudest = Voice { percent: 100, on: true };
        assert_eq!(sent(size, loudest), [again.clone(), softer, vec![], mute.clone()]);
        let softest = Voice { percent: 20, on: true };
        assert_eq!(sent(size, softest), [again, vec![], louder.clone(), mute.clone()]);
        let muted = Voice { percent: 60, on: false };
        assert_eq!(sent(size, muted), [vec![], vec![], louder, mute]);
    }
}

#[test]
fn where_nothing_is_said_there_are_no_keys_for_it() {
    for size in [PORTRAIT, LANDSCAPE] {
        let panel = Panel::new(size);
        let mut view = cases::all().into_iter().find(|case| case.name == "guide").unwrap().view;
        view.frame.voice = None;
        panel.show(&view, Settings::default());
        assert!(!KEYS.iter().any(|key| panel.has(key)));
    }
}
