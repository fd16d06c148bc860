//! What is set of the home screen, as a finger finds it.

use std::time::Duration;

use flow::{Touch, view::Settings};
use kiosk_ui::{FrameApi, MaintenanceApi, NoticesApi, slint::ComponentHandle as _, slint::Model as _};

use super::{
    cases,
    panel::{LANDSCAPE, PORTRAIT, Panel},
};

const TITLE: &str = "通知：示例：本周六上午服务大厅停电检修，请改日再来办";

fn shown(size: (u16, u16), name: &str) -> Panel {
    let panel = Panel::new(size);
    let case = cases::all().into_iter().find(|case| case.name == name).unwrap();
    panel.play(&case, Settings::default());
    i_slint_backend_testing::mock_elapsed_time(Duration::from_secs(1));
    panel.touches();
    panel
}

#[test]
fn a_notice_is_opened_by_its_strip_and_where_there_is_none_there_is_no_strip() {
    for size in [PORTRAIT, LANDSCAPE] {
        let panel = shown(size, "home-notice");
        panel.press(TITLE);
        assert_eq!(panel.touches(), [Touch::Notices]);
        assert!(!shown(size, "home").has(TITLE));
        let many = shown(size, "notices-many");
        assert_eq!(many.screens.window().global::<NoticesApi>().get_rows().row_count(), 4);
    }
}

#[test]
fn where_there_is_one_language_there_is_none_to_choose() {
    let keys = |name: &str| {
        let panel = shown(PORTRAIT, name);
        let offered = panel.screens.window().global::<FrameApi>().get_languages().row_count();
        (offered, panel.has("简体中文"), panel.has("English"))
    };
    assert_eq!(keys("home"), (3, true, true));
    assert_eq!(keys("home-one-language"), (0, false, false));
}

#[test]
fn an_overview_that_is_still_looking_says_so_and_has_nothing_to_turn() {
    for size in [PORTRAIT, LANDSCAPE] {
        let panel = shown(size, "maintenance-looking");
        assert!(!panel.screens.window().global::<MaintenanceApi>().get_inspected());
        assert!(panel.has("正在检查这台机器，请稍等") && !panel.has("往下看"));
        assert!(!shown(size, "maintenance").has("正在检查这台机器，请稍等"));
    }
}
