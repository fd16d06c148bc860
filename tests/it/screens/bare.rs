//! What a technician looks at is the touch screen itself: painted, aimed at, and through a lens.

use std::time::Duration;

use flow::{
    Touch,
    calibration::Spot,
    view::{Screen, Settings},
};
use kiosk::panel::Finger;
use kiosk_ui::{
    MaintenanceApi,
    slint::{ComponentHandle as _, LogicalPosition},
};

use super::{
    cases,
    panel::{LANDSCAPE, PORTRAIT, Panel, now},
};

fn shown(size: (u16, u16), name: &str) -> Panel {
    let panel = Panel::new(size);
    let case = cases::all().into_iter().find(|case| case.name == name).unwrap();
    panel.play(&case, Settings::default());
    panel
}

fn finger(panel: &Panel, fingers: &[Finger]) {
    for finger in fingers {
        panel.screens.panel().touch(panel.screens.window().window(), *finger);
    }
    i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(400));
}

fn at(x: f32, y: f32) -> LogicalPosition {
    LogicalPosition::new(x, y)
}

/// But for what says that somebody is there.
fn touches(panel: &Panel) -> Vec<Touch> {
    panel.touches().into_iter().filter(|touch| *touch != Touch::Anywhere).collect()
}

#[test]
fn a_finger_paints_every_field_that_it_goes_over() {
    let panel = shown(PORTRAIT, "maintenance-touching");
    let (down, up) = (Finger::Down(at(5.0, 5.0)), Finger::Up(at(130.0, 130.0)));
    let over = [at(60.0, 20.0), at(130.0, 20.0), at(130.0, 130.0)].map(Finger::Moves);
    finger(&panel, &[down, over[0], over[1], over[2], up, Finger::Gone]);
    assert_eq!(touches(&panel), [0, 1, 10].map(Touch::Field));
    finger(&panel, &[Finger::Down(at(1079.0, 1919.0)), Finger::Up(at(1079.0, 1919.0)), Finger::Gone]);
    assert_eq!(touches(&panel), [Touch::Field(143)], "also where the frame is elsewhere");
}

#[test]
fn on_a_wide_panel_there_are_as_many_fields() {
    let panel = shown(LANDSCAPE, "maintenance-touching");
    finger(&panel, &[Finger::Down(at(1919.0, 1079.0)), Finger::Up(at(1919.0, 1079.0)), Finger::Gone]);
    assert_eq!(touches(&panel), [Touch::Field(143)]);
}

#[test]
fn a_cross_hears_where_the_finger_was_lifted() {
    let panel = shown(PORTRAIT, "maintenance-cross");
    let lifted = at(972.0, 1728.0);
    finger(
        &panel,
        &[Finger::Down(at(960.0, 1720.0)), Finger::Moves(lifted), Finger::Up(lifted), Finger::Gone],
    );
    assert_eq!(touches(&panel), [Touch::At(Spot { x: 9_000, y: 9_000 })]);
    panel.press("不校准了");
    assert_eq!(touches(&panel), [Touch::Back]);
}

#[test]
fn a_lens_is_turned_by_what_the_camera_sees_and_nothing_of_it_stays() {
    let panel = shown(PORTRAIT, "maintenance-camera");
    assert!(panel.has("清晰度 250，最高 312：请往回转"));
    panel.press("重新比较清晰度");
    let case = cases::all().into_iter().find(|case| case.name == "maintenance-camera").unwrap();
    panel.sees(&case.view);
    assert!(panel.has("清晰度 250，最高 312：请往回转"), "it is compared anew");
    let api = panel.screens.window().global::<MaintenanceApi>();
    assert!(api.get_preview().size().width > 0);
    // The visit ends by itself, without a way back through the overview.
    let end = flow::View { screen: Screen::Attract(None), ..case.view };
    panel.screens.show(&end, now());
    assert_eq!(api.get_preview().size().width, 0);
}

#[test]
fn a_typed_invitation_is_written_as_it_is_printed() {
    let panel = shown(PORTRAIT, "maintenance-typing-pin");
    assert!(panel.has("0000-0000-0000-0000-WWWW-WWWW-WWWW-WWWW"));
    panel.press("删除一个字");
    assert_eq!(touches(&panel), [Touch::Answer("0000000000000000WWWWWWWWWWWWWWW".into())]);
    let panel = shown(PORTRAIT, "maintenance-typing-name");
    panel.press("x");
    panel.press("ABC");
    panel.press("X");
    let told = ["LZ-0001x", "LZ-0001X"].map(|text| Touch::Answer(text.into()));
    assert_eq!(touches(&panel), told);
}
