//! Chinese words typed on the screen, key by key.

use flow::{
    Touch,
    view::{Screen, Settings, View},
};

use super::{
    cases,
    panel::{PORTRAIT, Panel, now},
};

fn asked(field: &str, answer: &str) -> Panel {
    let panel = Panel::new(PORTRAIT);
    panel.show(&cases::words(field, answer, None), Settings::default());
    panel
}

fn keys(panel: &Panel, keys: &str) {
    for key in keys.chars() {
        panel.press(&key.to_string());
    }
}

#[test]
fn a_word_is_spelt_and_chosen() {
    let panel = asked("employer", "示例");
    keys(&panel, "SHEHUIBAOZHANG");
    assert_eq!(panel.touches(), [], "half a word is no answer");
    panel.press("社会保障");
    assert_eq!(panel.touches(), [Touch::Answer("示例社会保障".into())]);
    assert!(!panel.has("社会保障"), "what was chosen is not offered any longer");
}

#[test]
fn in_a_name_a_family_name_comes_first() {
    let panel = asked("name", "");
    keys(&panel, "SHAN");
    panel.press("单");
    assert_eq!(panel.touches(), [Touch::Answer("单".into())]);
}

#[test]
fn an_address_has_keys_of_its_own() {
    let panel = asked("home", "示例路");
    panel.press("123");
    panel.press("8");
    assert_eq!(panel.touches(), [Touch::Answer("示例路8".into())]);
    panel.show(&cases::words("home", "示例路8", None), Settings::default());
    panel.press("单元");
    assert_eq!(panel.touches(), [Touch::Answer("示例路8单元".into())]);
}

#[test]
fn deleting_takes_a_key_before_it_takes_a_word() {
    let panel = asked("employer", "示例");
    keys(&panel, "AN");
    panel.press("删除一个字");
    panel.press("删除一个字");
    assert_eq!(panel.touches(), []);
    panel.press("删除一个字");
    assert_eq!(panel.touches(), [Touch::Answer("示".into())]);
}

#[test]
fn half_a_word_is_not_left_behind() {
    let panel = asked("employer", "");
    keys(&panel, "AN");
    panel.press("下一步");
    assert_eq!(panel.touches(), [], "going on waits for a choice");
}

#[test]
fn the_next_resident_sees_nothing_of_it() {
    let panel = asked("name", "");
    keys(&panel, "ZHANGSAN");
    assert!(panel.has("张"));
    let end = View { screen: Screen::Attract(None), ..cases::words("name", "", None) };
    panel.screens.show(&end, now());
    panel.show(&cases::words("name", "", None), Settings::default());
    assert!(!panel.has("张"));
}
