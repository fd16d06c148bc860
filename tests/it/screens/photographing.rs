//! Papers before the camera: which button does what, and what is left of a picture.

use std::time::Duration;

use flow::{
    Touch,
    view::{Edit, Screen, Settings, View},
};
use kiosk_ui::{PhotographApi, slint::ComponentHandle as _};

use super::{
    cases::{self, Case},
    panel::{PORTRAIT, Panel, now},
};

fn case(name: &str) -> Case {
    cases::all().into_iter().find(|case| case.name == name).unwrap()
}

fn pictured(panel: &Panel) -> bool {
    panel.screens.window().global::<PhotographApi>().get_picture().size().width > 0
}

#[test]
fn every_button_does_what_it_says() {
    let panel = Panel::new(PORTRAIT);
    for (name, button, touch) in [
        ("photograph", "拍照", Touch::Photograph),
        ("photograph", "没带，以后补", Touch::LeaveOut),
        ("photograph-next", "拍照", Touch::Photograph),
        ("photograph-next", "拍完了", Touch::PagesDone),
        ("photograph-next", "全部重拍", Touch::Retake),
        ("photograph-full", "拍完了", Touch::PagesDone),
        ("photograph-good", "拍好了", Touch::PagesDone),
        ("photograph-good", "重拍", Touch::Retake),
        ("photograph-good", "再拍一页", Touch::AnotherPage),
        ("photograph-glare", "重拍", Touch::Retake),
        ("photograph-glare", "就用这张，拍好了", Touch::PagesDone),
        ("photograph-glare", "就用这张，再拍一页", Touch::AnotherPage),
        ("photograph-failed", "再试一次", Touch::Photograph),
        ("photograph-failed", "先不拍，以后补", Touch::LeaveOut),
    ] {
        panel.play(&case(name), Settings::default());
        i_slint_backend_testing::mock_elapsed_time(Duration::from_secs(1));
        panel.touches();
        panel.press(button);
        assert_eq!(panel.touches(), [touch], "{name}: {button}");
    }
}

#[test]
fn the_confirmation_leads_back_to_the_pages() {
    let panel = Panel::new(PORTRAIT);
    panel.play(&case("confirm"), Settings::default());
    for _ in 0..5 {
        i_slint_backend_testing::mock_elapsed_time(Duration::from_secs(1));
        if panel.has("修改 户口簿") {
            break;
        }
        panel.press("往下看");
    }
    i_slint_backend_testing::mock_elapsed_time(Duration::from_secs(1));
    panel.touches();
    panel.press("修改 户口簿");
    assert_eq!(panel.touches(), [Touch::Edit(Edit::Pages(2))]);
}

#[test]
fn every_warning_is_told_in_words() {
    let panel = Panel::new(PORTRAIT);
    panel.play(&case("photograph-bad"), Settings::default());
    assert!(panel.has("建议重拍"));
    assert!(panel.has("没有看到整张纸：请放平，四边都露出来。模糊：请放平，不要动。太暗：请不要挡住光。"));
    panel.play(&case("photograph-good"), Settings::default());
    assert!(!panel.has("建议重拍"));
}

#[test]
fn a_page_is_gone_when_the_next_one_is_put_down_and_when_the_visit_ends() {
    let panel = Panel::new(PORTRAIT);
    panel.play(&case("photograph-good"), Settings::default());
    assert!(pictured(&panel));
    panel.show(&case("photograph-next").view, Settings::default());
    assert!(!pictured(&panel), "the page before");
    panel.play(&case("photograph-next"), Settings::default());
    assert!(pictured(&panel));
    panel.show(&case("photograph-failed").view, Settings::default());
    assert!(!pictured(&panel), "what was seen before it failed");
    panel.play(&case("photograph-good"), Settings::default());
    let end = View { screen: Screen::Attract(None), ..case("photograph-good").view };
    panel.screens.show(&end, now());
    assert!(!pictured(&panel), "the resident before");
}
