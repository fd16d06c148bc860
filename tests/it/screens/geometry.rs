//! Targets: large enough, apart, inside the panel, called something, and the words wholly on them.

use std::collections::BTreeSet;

use flow::view::Settings;
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};

use super::{
    cases,
    panel::{LANDSCAPE, MM, PORTRAIT, Panel},
};

/// The smallest target: 20 mm.
const TARGET: f32 = 20.0 * MM;
/// Layouts round to whole pixels.
const ROUNDING: f32 = 1.0;

#[derive(Clone, Debug, PartialEq)]
struct Target {
    label: String,
    /// A word on it that is not wholly on it.
    spilt: bool,
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl Target {
    fn of(element: &ElementHandle) -> Self {
        let (at, size) = (element.absolute_position(), element.size());
        let label = element.accessible_label().unwrap_or_default().into();
        let (right, bottom) = (at.x + size.width, at.y + size.height);
        let mut target = Self { label, spilt: false, left: at.x, top: at.y, right, bottom };
        let words = element.query_descendants().match_inherits("Text").find_all();
        target.spilt = words.iter().any(|word| !target.holds(word));
        target
    }

    fn holds(&self, word: &ElementHandle) -> bool {
        let (at, size) = (word.absolute_position(), word.size());
        at.x >= self.left - ROUNDING
            && at.y >= self.top - ROUNDING
            && at.x + size.width <= self.right + ROUNDING
            && at.y + size.height <= self.bottom + ROUNDING
    }

    fn overlaps(&self, other: &Self) -> bool {
        let apart = |low: f32, high: f32| high <= low + ROUNDING;
        !(apart(self.left, other.right)
            || apart(other.left, self.right)
            || apart(self.top, other.bottom)
            || apart(other.top, self.bottom))
    }
}

fn touchable(element: &ElementHandle) -> bool {
    use AccessibleRole::{Button, Checkbox, RadioButton, Switch, Tab};
    matches!(element.accessible_role(), Some(Button | Checkbox | RadioButton | Switch | Tab))
}

/// A widget that is made of another shows up once for each; it is one target.
fn targets(panel: &Panel) -> Vec<Target> {
    let elements = ElementQuery::from_root(panel.screens.window()).match_descendants().find_all();
    let mut targets: Vec<Target> = Vec::new();
    for target in elements.iter().filter(|element| touchable(element)).map(Target::of) {
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    let keys: Vec<_> = targets.iter().filter(|target| turns(target)).cloned().collect();
    targets.retain(|target| !keys.iter().any(|key| cut_off(target, key)));
    targets
}

fn turns(target: &Target) -> bool {
    ["往上看", "往下看", "Up", "Down"].contains(&target.label.as_str())
}

/// What is longer than its place is cut off above the keys that turn it.
fn cut_off(target: &Target, key: &Target) -> bool {
    target.left < key.right && key.left < target.right && target.top < key.top && target.bottom > key.top
}

/// Words that run out of the panel at a side.
fn lost_words(panel: &Panel, width: u16) -> Vec<String> {
    let inside = |word: &ElementHandle| {
        let (left, wide) = (word.absolute_position().x, word.size().width);
        left >= -ROUNDING && left + wide <= f32::from(width) + ROUNDING
    };
    let words = ElementQuery::from_root(panel.screens.window()).match_descendants().match_inherits("Text");
    let lost = words.find_all().into_iter().filter(|word| !inside(word));
    let told: BTreeSet<_> = lost.filter_map(|word| word.accessible_label()).collect();
    told.into_iter().map(|word| format!("{word:?} runs out of the panel")).collect()
}

/// What is wrong with one screen, in words.
fn faults(targets: &[Target], size: (u16, u16), covered: bool) -> Vec<String> {
    let mut faults = Vec::new();
    let (width, height) = (f32::from(size.0), f32::from(size.1));
    for (i, target) in targets.iter().enumerate() {
        let (wide, high) = (target.right - target.left, target.bottom - target.top);
        if wide + ROUNDING < TARGET || high + ROUNDING < TARGET {
            faults.push(format!("{:?} is {:.0} × {:.0} mm", target.label, wide / MM, high / MM));
        }
        if target.left < -ROUNDING
            || target.top < -ROUNDING
            || target.right > width + ROUNDING
            || target.bottom > height + ROUNDING
        {
            faults.push(format!("{target:?} is outside the panel"));
        }
        if target.spilt {
            faults.push(format!("the words of {target:?} do not fit on it"));
        }
        if target.label.trim().is_empty() {
            faults.push(format!("{target:?} is called nothing"));
        }
        // What lies under an overlay cannot be touched.
        for other in targets.iter().skip(i + 1).filter(|_| !covered) {
            if target.overlaps(other) {
                faults.push(format!("{target:?} and {other:?} overlap"));
            }
            if target.label == other.label {
                faults.push(format!("two targets are called {:?}", target.label));
            }
        }
    }
    faults
}

fn check(size: (u16, u16), settings: &[Settings]) {
    let panel = Panel::new(size);
    let (mut found, mut screens) = (Vec::new(), 0);
    for case in cases::all() {
        for settings in settings {
            panel.play(&case, *settings);
            let targets = targets(&panel);
            assert!(
                targets.len() > 4 || case.name == "starting" || case.name.starts_with("maintenance-cross"),
                "{} has {} targets",
                case.name,
                targets.len()
            );
            let mut faults = faults(&targets, size, case.view.overlay.is_some());
            faults.extend(lost_words(&panel, size.0));
            found.extend(faults.iter().map(|fault| format!("{} {settings:?}: {fault}", case.name)));
            screens += 1;
        }
    }
    assert!(screens > 200, "only {screens} screens were looked at");
    assert!(found.is_empty(), "{} faults on {screens} screens:\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_target_in_portrait() {
    check(PORTRAIT, &cases::settings());
}

#[test]
fn every_target_in_landscape() {
    check(LANDSCAPE, &cases::settings());
}

#[test]
fn the_checks_see_what_is_wrong() {
    let target = |label: &str, left, top, size| Target {
        label: label.to_owned(),
        spilt: label == "大字版",
        left,
        top,
        right: left + size,
        bottom: top + size,
    };
    let told = |targets: &[Target]| faults(targets, PORTRAIT, false).join("\n");
    assert_eq!(told(&[target("返回", 0.0, 0.0, 81.0), target("首页", 81.0, 0.0, 81.0)]), "");
    assert!(told(&[target("返回", 0.0, 0.0, 60.0)]).contains("mm"));
    assert!(told(&[target("返回", 1020.0, 0.0, 81.0)]).contains("outside"));
    assert!(told(&[target("大字版", 0.0, 0.0, 81.0)]).contains("do not fit"));
    assert!(told(&[target(" ", 0.0, 0.0, 81.0)]).contains("nothing"));
    assert!(told(&[target("返回", 0.0, 0.0, 81.0), target("首页", 40.0, 40.0, 81.0)]).contains("overlap"));
    assert!(told(&[target("返回", 0.0, 0.0, 81.0), target("返回", 90.0, 0.0, 81.0)]).contains("two targets"));
}
