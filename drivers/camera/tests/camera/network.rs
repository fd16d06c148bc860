//! The driver at an emulated camera on a network line.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use driver_api::{Camera, CameraFault, LinkFault, Picture};
use driver_sim::{
    Action, Emulator,
    camera::{CameraMachine, CameraServer, PATH, Writing},
    tcp::TcpSocket,
};

use crate::stage::page;

const SIZE: (u32, u32) = (960, 720);
/// Longer than any deadline of the driver.
const PATIENCE: Duration = Duration::from_secs(12);

struct Line {
    emulator: Emulator,
    address: SocketAddr,
}

impl Line {
    fn new() -> Self {
        let socket = TcpSocket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.address();
        let server = CameraServer::new(CameraMachine::new(SIZE.0, SIZE.1, Writing::Jpeg));
        let emulator = Emulator::start_at(Box::new(server), Box::new(socket)).unwrap();
        Self { emulator, address }
    }

    fn camera(&self, path: &str) -> Box<dyn Camera> {
        camera::open(&format!("http://{}{path}", self.address).parse().unwrap()).unwrap()
    }

    fn act(&self, action: Action) {
        assert_eq!(self.emulator.perform(action)["ok"], true);
    }

    fn fault(&self, name: &str) {
        self.act(Action::named("fault").with("name", name));
    }

    fn is_watched(&self) -> bool {
        self.emulator.perform(Action::named("status"))["watched"] == true
    }
}

fn first(camera: &mut dyn Camera) -> Result<Picture, CameraFault> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(picture) = camera.preview(Duration::from_millis(100))? {
            return Ok(picture);
        }
        assert!(Instant::now() < end, "no picture comes");
    }
}

#[test]
fn it_shows_photographs_and_is_left_alone() {
    let line = Line::new();
    let mut camera = line.camera(PATH);
    assert_eq!(camera.identify().unwrap(), "Emulator");
    line.act(page(7, 0));
    let seen = first(&mut *camera).unwrap();
    assert_eq!((seen.width(), seen.height()), SIZE);
    assert!(line.is_watched());
    let photograph = camera.capture().unwrap();
    assert!(camera::Page::of(&photograph).warnings.is_empty(), "a page that lies well");
    camera.stop();
    let end = Instant::now() + PATIENCE;
    while line.is_watched() {
        assert!(Instant::now() < end, "it is on, and nobody looks");
    }
}

#[test]
fn a_line_that_is_pulled_in_the_middle_is_told_and_heals() {
    let line = Line::new();
    let mut camera = line.camera(PATH);
    first(&mut *camera).unwrap();
    line.act(Action::named("unplug"));
    let end = Instant::now() + PATIENCE;
    let told = loop {
        match camera.preview(Duration::from_millis(50)) {
            Err(fault) => break fault,
            Ok(_) => assert!(Instant::now() < end, "nothing is told"),
        }
    };
    assert_eq!(told, LinkFault::Unplugged.into());
    assert_eq!(camera.identify(), Err(LinkFault::NotFound.into()));
    line.act(Action::named("plug"));
    let plugged = Instant::now();
    first(&mut *camera).unwrap();
    assert!(plugged.elapsed() < Duration::from_secs(3));
}

#[test]
fn every_answer_that_is_no_stream_is_a_state() {
    let line = Line::new();
    let asked = |path: &str| line.camera(path).preview(Duration::ZERO).err();
    assert_eq!(asked("/another"), Some(LinkFault::NotFound.into()));
    for (fault, state) in [
        ("busy", CameraFault::Link(LinkFault::Busy)),
        ("forbidden", CameraFault::Link(LinkFault::PermissionDenied)),
        ("one-picture", CameraFault::NoFormat),
        ("no-http", CameraFault::Link(LinkFault::Garbled)),
        ("silent", CameraFault::Link(LinkFault::Silent)),
    ] {
        line.fault(fault);
        assert_eq!(asked(PATH), Some(state), "{fault}");
    }
    line.fault("none");
    first(&mut *line.camera(PATH)).unwrap();
}

#[test]
fn spoilt_pictures_are_left_out_and_a_camera_that_stops_is_noticed() {
    let line = Line::new();
    let mut camera = line.camera(PATH);
    line.act(page(0, 0));
    line.fault("every-other-cut-off");
    camera.capture().unwrap();
    first(&mut *camera).unwrap();
    line.fault("silent");
    let (begun, end) = (Instant::now(), Instant::now() + PATIENCE);
    while camera.preview(Duration::from_millis(50)).is_ok() {
        assert!(Instant::now() < end, "it is waited for without end");
    }
    assert!(begun.elapsed() > Duration::from_secs(2), "a pause is no end");
}

#[test]
fn on_a_line_at_its_worst_each_look_ends_in_time_and_a_photograph_is_whole() {
    let line = Line::new();
    line.act(page(5, 0));
    let (mut pictures, mut faults) = (0, 0);
    for seed in 0..24 {
        let chaos = Action::named("fault").with("name", "chaos").with("seed", seed);
        line.act(chaos.with("one_in", 4).with("pause_ms", 40));
        let mut camera = line.camera(PATH);
        let begun = Instant::now();
        match camera.capture() {
            Ok(picture) => {
                assert_eq!((picture.width(), picture.height()), SIZE);
                pictures += 1;
            }
            Err(
                CameraFault::Link(LinkFault::Garbled | LinkFault::Silent | LinkFault::Unplugged)
                | CameraFault::NoFormat,
            ) => {
                faults += 1;
            }
            Err(other) => panic!("{other} says something else than what is wrong"),
        }
        assert!(begun.elapsed() < PATIENCE, "seed {seed} took {:?}", begun.elapsed());
    }
    assert!(pictures > 4 && faults > 4, "{pictures} pictures and {faults} faults prove nothing");
    line.fault("none");
    line.camera(PATH).capture().unwrap();
}
