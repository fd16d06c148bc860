//! Somebody who knows what to write and how it sounds, and takes the shortest way that the screen shows.

use std::sync::{Arc, OnceLock};

use kiosk_ime::{Composer, Dictionary, Mode};

/// Candidates that a screen shows at a time.
pub(crate) const PAGE: usize = 9;

pub(crate) fn dictionary() -> Arc<Dictionary> {
    static SHARED: OnceLock<Arc<Dictionary>> = OnceLock::new();
    SHARED.get_or_init(|| Arc::new(Dictionary::embedded().unwrap())).clone()
}

pub(crate) fn composer(mode: Mode) -> Composer {
    Composer::new(dictionary(), mode, PAGE)
}

/// How many touches it takes to write `text` with `keys`; none where it cannot be done.
pub(crate) fn touches(mode: Mode, keys: &str, text: &str) -> Option<usize> {
    let mut composer = composer(mode);
    let mut touches = 0;
    for key in keys.chars() {
        assert!(composer.press(key), "{key} of {keys}");
        touches += 1;
    }
    let mut left = text;
    loop {
        let (turns, place, written) = longest(&mut composer, left)?;
        touches += turns + 1;
        left = &left[written..];
        if let Some(committed) = composer.choose(place) {
            assert!(text.ends_with(&committed) && left.is_empty());
            return Some(touches);
        }
    }
}

/// Turns to the candidate that writes most of what is left: pages turned, its place, and how much it writes.
fn longest(composer: &mut Composer, left: &str) -> Option<(usize, usize, usize)> {
    let mut best: Option<(usize, usize, usize)> = None;
    let mut page = 0;
    loop {
        for (place, candidate) in composer.candidates().iter().enumerate() {
            let longer = best.is_none_or(|(_, _, written)| candidate.text.len() > written);
            if longer && left.starts_with(&*candidate.text) {
                best = Some((page, place, candidate.text.len()));
            }
        }
        if !composer.more().1 {
            break;
        }
        composer.turn(true);
        page += 1;
    }
    let (turns, _, _) = best?;
    for _ in turns..page {
        composer.turn(false);
    }
    best
}

/// Everything that can be chosen, over all pages.
pub(crate) fn all(composer: &mut Composer) -> Vec<String> {
    let mut all = Vec::new();
    loop {
        all.extend(composer.candidates().iter().map(|candidate| candidate.text.to_string()));
        if !composer.more().1 {
            return all;
        }
        composer.turn(true);
    }
}

pub(crate) fn first_page(mode: Mode, keys: &str) -> Vec<String> {
    let mut composer = composer(mode);
    assert!(keys.chars().all(|key| composer.press(key)));
    composer.candidates().iter().map(|candidate| candidate.text.to_string()).collect()
}
