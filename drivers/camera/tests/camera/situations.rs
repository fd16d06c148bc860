//! The camera switched on and off, unplugged, silent and spoilt.

use std::time::{Duration, Instant};

use camera::{Page, Warning};
use driver_api::{Camera as _, CameraFault, LinkFault};
use driver_sim::{Action, camera::Writing};

use crate::stage::{SIZE, Stage, page};

const WAIT: Duration = Duration::from_millis(200);

#[test]
fn a_preview_runs_until_it_is_stopped() {
    for writing in [Writing::Jpeg, Writing::Yuyv] {
        let stage = Stage::new(writing);
        let mut camera = stage.camera();
        assert_eq!(camera.identify().unwrap(), "Emulator");
        assert_eq!(stage.on(), 0, "to say who it is it need not be on");
        for _ in 0..3 {
            let picture = camera.preview(WAIT).unwrap().unwrap();
            assert_eq!((picture.width(), picture.height()), SIZE);
        }
        assert_eq!((stage.on(), stage.switched()), (1, 1), "switched on once");
        camera.stop();
        assert_eq!(stage.on(), 0);
    }
}

#[test]
fn a_page_is_photographed_and_the_camera_is_off() {
    for writing in [Writing::Jpeg, Writing::Yuyv] {
        let stage = Stage::new(writing);
        stage.act(&page(8, 10));
        let mut camera = stage.camera();
        camera.preview(WAIT).unwrap();
        let photograph = camera.capture().unwrap();
        assert_eq!(stage.on(), 0);
        assert_eq!(Page::of(&photograph).warnings, []);
    }
}

#[test]
fn of_a_shaken_page_the_sharpest_frame_is_taken() {
    let stage = Stage::new(Writing::Jpeg);
    stage.act(&page(3, 0));
    stage.act(&Action::named("shake"));
    let photograph = stage.camera().capture().unwrap();
    assert!(!Page::of(&photograph).warnings.contains(&Warning::Blurred), "one of five is sharp enough");
}

#[test]
fn frames_that_are_not_whole_are_never_a_photograph() {
    let stage = Stage::new(Writing::Jpeg);
    stage.act(&page(3, 0));
    for fault in ["every-other-cut-off", "no-tables", "padded"] {
        stage.fault(fault);
        assert!(stage.camera().capture().is_ok(), "{fault}");
    }
    for fault in ["spoilt", "cut-off"] {
        stage.fault(fault);
        let start = Instant::now();
        assert_eq!(stage.camera().capture(), Err(CameraFault::Link(LinkFault::Garbled)), "{fault}");
        assert!(start.elapsed() < Duration::from_secs(20), "{fault}: {:?}", start.elapsed());
        assert_eq!(stage.on(), 0, "{fault}");
    }
}

#[test]
fn a_camera_that_stops_is_named_and_switched_on_again() {
    let stage = Stage::new(Writing::Jpeg);
    let mut camera = stage.camera();
    camera.preview(WAIT).unwrap();
    stage.fault("silent");
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        match camera.preview(WAIT) {
            Ok(None) => assert!(Instant::now() < end, "it waits for ever"),
            other => break assert_eq!(other, Err(CameraFault::Link(LinkFault::Silent))),
        }
    }
    assert_eq!(stage.on(), 0);
    stage.fault("none");
    assert!(camera.preview(WAIT).unwrap().is_some());
    assert_eq!(stage.switched(), 2);
}

#[test]
fn an_unplugged_camera_comes_back_by_itself() {
    let stage = Stage::new(Writing::Yuyv);
    let mut camera = stage.camera();
    camera.preview(WAIT).unwrap();
    stage.plug(false);
    assert_eq!(camera.preview(WAIT), Err(CameraFault::Link(LinkFault::Unplugged)));
    assert_eq!(camera.preview(WAIT), Err(CameraFault::Link(LinkFault::NotFound)));
    assert_eq!(camera.capture(), Err(CameraFault::Link(LinkFault::NotFound)));
    stage.plug(true);
    assert!(camera.preview(WAIT).unwrap().is_some());
}
