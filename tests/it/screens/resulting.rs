//! What became of it, and how a visit ends.

use std::{collections::BTreeSet, time::Duration};

use flow::view::{Screen, Settings, View};
use i_slint_backend_testing::{ElementHandle, ElementQuery};

use super::{
    cases,
    panel::{LANDSCAPE, PORTRAIT, Panel},
};

const DOWN: [&str; 2] = ["往下看", "Down"];
/// Layouts round to whole pixels.
const ROUNDING: f32 = 1.0;

fn view(name: &str) -> View {
    cases::all().into_iter().find(|case| case.name == name).unwrap().view
}

#[test]
fn whoever_leaves_reads_thanks_and_not_that_something_was_done() {
    let panel = Panel::new(PORTRAIT);
    panel.show(&view("end-thanks"), Settings::default());
    assert!(panel.has("谢谢您，再见") && !panel.has("办好了，谢谢您"));
}

#[test]
fn a_bundle_is_not_done_because_the_case_before_it_was() {
    let panel = Panel::new(PORTRAIT);
    panel.show(&view("result-done-printed"), Settings::default());
    assert!(panel.has("办好了"));
    panel.show(&view("bundle-filed"), Settings::default());
    assert!(panel.has("已经提交成功") && !panel.has("办好了"));
}

fn the(panel: &Panel, what: &str) -> Option<ElementHandle> {
    ElementQuery::from_root(panel.screens.window()).match_descendants().match_inherits(what).find_first()
}

/// The key that turns, where there is one, and it turns any further.
fn turning(panel: &Panel) -> Option<(f32, bool)> {
    let key = DOWN
        .iter()
        .find_map(|label| ElementHandle::find_by_accessible_label(panel.screens.window(), label).next())?;
    Some((key.absolute_position().y, key.accessible_enabled() == Some(true)))
}

/// A line of words.
const LINE: f32 = 30.0;

/// What stands on a result, and of what the first line and the last line are to be seen in one of its turns.
#[derive(Default)]
struct Words {
    all: BTreeSet<String>,
    begun: BTreeSet<String>,
    ended: BTreeSet<String>,
}

impl Words {
    fn of(panel: &Panel) -> Self {
        let mut words = Self::default();
        loop {
            let key = turning(panel);
            words.look(panel, key);
            if key.is_none_or(|(_, turns)| !turns) {
                words.all.retain(|word| !["往上看", "往下看", "Up", "Down"].contains(&word.as_str()));
                return words;
            }
            // A second touch shortly after is a slip of the finger.
            i_slint_backend_testing::mock_elapsed_time(Duration::from_secs(1));
            panel.press(DOWN.iter().find(|label| panel.has(label)).unwrap());
        }
    }

    fn look(&mut self, panel: &Panel, key: Option<(f32, bool)>) {
        let screen = the(panel, "ResultScreen").unwrap();
        let (top, height) = (screen.absolute_position().y, screen.size().height);
        let bottom = key.map_or(top + height, |(y, _)| y);
        let seen = |from: f32, to: f32| from >= top - ROUNDING && to <= bottom + ROUNDING;
        for word in screen.query_descendants().match_inherits("Text").find_all() {
            let label = word.accessible_label().unwrap_or_default().to_string();
            let (from, high) = (word.absolute_position().y, word.size().height);
            if seen(from, from + high.min(LINE)) {
                self.begun.insert(label.clone());
            }
            if seen(from + high - high.min(LINE), from + high) {
                self.ended.insert(label.clone());
            }
            self.all.insert(label);
        }
    }

    fn lost(&self) -> impl Iterator<Item = &String> {
        self.all.iter().filter(|word| !self.begun.contains(*word) || !self.ended.contains(*word))
    }
}

#[test]
fn every_word_of_a_result_can_be_turned_to() {
    let (mut lost, mut screens) = (Vec::new(), 0);
    for size in [PORTRAIT, LANDSCAPE] {
        let panel = Panel::new(size);
        for case in cases::all().iter().filter(|case| matches!(case.view.screen, Screen::Result(_))) {
            for settings in cases::settings() {
                panel.show(&View { screen: Screen::Attract(None), ..case.view.clone() }, settings);
                // What is looked for is what makes it go: it is not left turned.
                assert!(the(&panel, "ResultScreen").is_none());
                panel.play(case, settings);
                let words = Words::of(&panel);
                assert!(words.all.len() > 3, "{}: {:?}", case.name, words.all);
                lost.extend(words.lost().map(|word| format!("{} {size:?} {settings:?}: {word}", case.name)));
                screens += 1;
            }
        }
    }
    assert!(screens > 80, "only {screens} screens were looked at");
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}
