use std::{
    sync::{Mutex, atomic::AtomicUsize},
    thread,
};

use camera::{
    FrameCamera, Source,
    transport::{Arrival, Encoding, Format, Switch, Wanted},
};
use driver_api::Picture;
use driver_sim::{
    Action,
    camera::{CameraMachine, Writing},
};
use flow::{Deadlines, Effect, Flow, Now, Touch, event::CardIdentity, view::Screen};
use outbox::{DeliveryKind, Store};
use platform_client::HpkeSealer;
use protocol::MaterialPage;

use super::*;
use crate::effects::courier;

/// A camera over a table on which a person puts pages.
#[derive(Clone)]
struct Table {
    machine: Arc<Mutex<CameraMachine>>,
    on: Arc<AtomicUsize>,
    plugged: Arc<AtomicUsize>,
}

const SIZE: (u32, u32) = (960, 720);

impl Table {
    fn with_a_page() -> Self {
        let machine = CameraMachine::new(SIZE.0, SIZE.1, Writing::Jpeg);
        let plugged = Arc::new(AtomicUsize::new(1));
        let table = Self { machine: Arc::new(Mutex::new(machine)), on: Arc::default(), plugged };
        table.act(&Action::named("put-page").with("degrees", 7).with("tilt", 10));
        table
    }

    fn act(&self, action: &Action) {
        self.machine.lock().unwrap().perform(action, Instant::now()).unwrap();
    }

    fn is_on(&self) -> bool {
        self.on.load(Ordering::SeqCst) > 0
    }

    fn plug(&self, plugged: bool) {
        self.plugged.store(plugged.into(), Ordering::SeqCst);
    }

    fn start(&self) -> (CameraThread, Inbox) {
        let inbox = Inbox::new(|| {});
        let link = Link::new(&"file:///dev/absent".parse().unwrap());
        let camera = Box::new(FrameCamera::new(self.clone()));
        (CameraThread::start(camera, link, inbox.clone(), false), inbox)
    }
}

impl Switch for Table {
    fn name(&self) -> Result<String, CameraFault> {
        let there = self.plugged.load(Ordering::SeqCst) > 0;
        if there { Ok("table".into()) } else { Err(LinkFault::NotFound.into()) }
    }

    fn on(&mut self, _: Wanted) -> Result<Box<dyn Source>, CameraFault> {
        self.name()?;
        self.on.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Running(self.clone())))
    }
}

struct Running(Table);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.on.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Source for Running {
    fn format(&self) -> Format {
        Format { encoding: Encoding::Jpeg, width: SIZE.0, height: SIZE.1 }
    }

    fn receive(&mut self, into: &mut Vec<u8>, _: Duration) -> Result<Arrival, LinkFault> {
        self.0.name().map_err(|_| LinkFault::Unplugged)?;
        let frame = self.0.machine.lock().unwrap().frame().unwrap();
        into.clear();
        into.extend(frame.bytes);
        Ok(Arrival::Frame)
    }
}

fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn next(inbox: &Inbox) -> Event {
    until("no news", || inbox.take())
}

/// Counts what is asked of it; fails from the so-manieth time on.
struct Counted {
    seen: Arc<AtomicUsize>,
    stopped: Arc<AtomicUsize>,
    fails_at: usize,
}

impl Camera for Counted {
    fn identify(&mut self) -> Result<String, CameraFault> {
        Ok(String::new())
    }

    fn preview(&mut self, _: Duration) -> Result<Option<Picture>, CameraFault> {
        if self.seen.fetch_add(1, Ordering::SeqCst) >= self.fails_at {
            return Err(LinkFault::Unplugged.into());
        }
        Ok(Picture::new(1280, 720, vec![9; 1280 * 720 * 3]))
    }

    fn capture(&mut self) -> Result<Picture, CameraFault> {
        Err(LinkFault::Silent.into())
    }

    fn stop(&mut self) {
        self.stopped.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn it_is_on_while_somebody_looks_and_at_a_bounded_pace() {
    let (seen, stopped) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let camera = Counted { seen: seen.clone(), stopped: stopped.clone(), fails_at: usize::MAX };
    let inbox = Inbox::new(|| {});
    let link = Link::new(&"file:///dev/absent".parse().unwrap());
    let thread = CameraThread::start(Box::new(camera), link, inbox.clone(), false);
    thread::sleep(PACE);
    assert_eq!(seen.load(Ordering::SeqCst), 0, "nobody looks");
    let begun = Instant::now();
    thread.watch(true);
    until("no pictures", || (seen.load(Ordering::SeqCst) >= 5).then_some(()));
    assert!(begun.elapsed() >= PACE * 4, "faster than its pace");
    let shown = inbox.take_preview().unwrap();
    assert_eq!((shown.picture.width(), shown.picture.height()), (SHOWN, 360));
    assert!(inbox.take_preview().is_none(), "only the newest one waits");
    thread.watch(false);
    until("still on", || (stopped.load(Ordering::SeqCst) == 1).then_some(()));
    let after = seen.load(Ordering::SeqCst);
    thread::sleep(PACE * 3);
    assert_eq!(seen.load(Ordering::SeqCst), after);
}

#[test]
fn a_camera_that_fails_is_told_once_and_is_off() {
    let (seen, stopped) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let camera = Counted { seen, stopped: stopped.clone(), fails_at: 1 };
    let inbox = Inbox::new(|| {});
    let link = Link::new(&"file:///dev/absent".parse().unwrap());
    let thread = CameraThread::start(Box::new(camera), link.clone(), inbox.clone(), false);
    thread.watch(true);
    until("still on", || (stopped.load(Ordering::SeqCst) == 1).then_some(()));
    assert!(matches!(next(&inbox), Event::Camera(true)), "it was there");
    assert!(matches!(next(&inbox), Event::Camera(false)));
    assert!(matches!(next(&inbox), Event::CameraFailed));
    assert!(inbox.take().is_none());
    assert_eq!(link.trouble(), Some(flow::maintenance::LinkTrouble::Unplugged));
}

#[test]
fn a_page_is_photographed_straightened_and_shown_and_the_camera_is_off() {
    let table = Table::with_a_page();
    let (thread, inbox) = table.start();
    assert!(matches!(next(&inbox), Event::Camera(true)));
    assert!(!table.is_on(), "nobody looks");
    thread.watch(true);
    let seen = until("nothing is seen", || inbox.take_preview());
    assert_eq!((seen.picture.width(), seen.picture.height()), (SHOWN, 480));
    thread.photograph();
    let Event::Photographed(shot) = next(&inbox) else { panic!("no photograph") };
    assert_eq!(shot.warnings, []);
    let page = image::load_from_memory(shot.file.bytes()).unwrap();
    assert!(page.height() > page.width(), "{} × {} is no page", page.width(), page.height());
    let shown = inbox.take_preview().unwrap();
    assert_eq!((shown.picture.width(), shown.picture.height()), (page.width(), page.height()));
    until("still on", || (!table.is_on()).then_some(()));
    table.act(&Action::named("lamp").with("is", "on"));
    thread.watch(true);
    thread.photograph();
    let Event::Photographed(shot) = next(&inbox) else { panic!("no photograph") };
    assert_eq!(shot.warnings, [PageWarning::Glare]);
}

#[test]
fn unplugged_before_or_in_the_middle_it_says_so_and_is_found_again() {
    let table = Table::with_a_page();
    let (thread, inbox) = table.start();
    assert!(matches!(next(&inbox), Event::Camera(true)));
    thread.watch(true);
    until("nothing is seen", || inbox.take_preview());
    table.plug(false);
    assert!(matches!(next(&inbox), Event::Camera(false)));
    assert!(matches!(next(&inbox), Event::CameraFailed));
    thread.photograph();
    assert!(matches!(next(&inbox), Event::CameraFailed), "asked for all the same");
    table.plug(true);
    (thread.looker())();
    assert!(matches!(next(&inbox), Event::Camera(true)));
}

/// Whoever left while the camera was at work has left: what it saw is told to nobody.
#[test]
fn a_photograph_that_nobody_waits_for_any_more_is_dropped() {
    let table = Table::with_a_page();
    let (thread, inbox) = table.start();
    assert!(matches!(next(&inbox), Event::Camera(true)));
    thread.photograph();
    until("it was never on", || table.is_on().then_some(()));
    thread.watch(false);
    thread.watch(true);
    let seen = until("nothing is seen", || inbox.take_preview());
    assert_eq!(seen.picture.width(), SHOWN, "the table, and no page");
    assert!(inbox.take().is_none(), "nobody waits for it");
}

fn now(since: Instant) -> Now {
    Now { mono: since.elapsed(), wall: "2026-11-23T02:00:00Z".parse().unwrap() }
}

fn card() -> CardIdentity {
    let applicant = serde_json::json!({
        "name": "示例甲", "id_kind": "resident_id_card", "id_number": "519999195201010013", "sex": "male",
        "birth": "1952-01-01", "nation": "01", "address": "示例路1号"
    });
    CardIdentity {
        applicant: serde_json::from_value(applicant).unwrap(),
        valid_from: "2020-01-01".parse().unwrap(),
        valid_until: None,
    }
}

/// A visit at a true camera thread and a true store; the person, the table and the time are the test's.
struct Visit {
    flow: Flow,
    thread: CameraThread,
    inbox: Inbox,
    since: Instant,
    recorded: Option<flow::effect::Intake>,
}

impl Visit {
    fn happens(&mut self, event: Event) {
        for effect in self.flow.handle(event, now(self.since)) {
            match effect {
                Effect::WatchCamera(on) => self.thread.watch(on),
                Effect::Photograph => self.thread.photograph(),
                Effect::Record(intake) => self.recorded = Some(*intake),
                _ => {}
            }
        }
    }

    fn touches(&mut self, touch: Touch) {
        self.happens(Event::Touch(touch));
    }

    fn photographs(&mut self) {
        self.touches(Touch::Photograph);
        let news = next(&self.inbox);
        assert!(matches!(news, Event::Photographed(_)), "{news:?}");
        self.happens(news);
    }
}

#[test]
fn what_lies_before_the_camera_waits_sealed_behind_its_case() {
    let table = Table::with_a_page();
    let (thread, inbox) = table.start();
    let since = Instant::now();
    let flow = Flow::new(Deadlines::default(), flow::view::Settings::default(), now(since));
    let mut visit = Visit { flow, thread, inbox, since, recorded: None };
    let registry = serde_json::from_str(include_str!("../../../crates/flow/tests/it/registry.json")).unwrap();
    visit.happens(Event::Registry(registry));
    let camera = next(&visit.inbox);
    visit.happens(camera);
    visit.touches(Touch::Anywhere);
    visit.touches(Touch::Tile("pension".into()));
    visit.touches(Touch::Start);
    visit.touches(Touch::Agree);
    visit.happens(Event::CardRead(Box::new(card())));
    until("the camera is off", || table.is_on().then_some(()));
    visit.photographs();
    visit.touches(Touch::AnotherPage);
    table.act(&Action::named("put-page").with("degrees", 0).with("tilt", 0));
    visit.photographs();
    visit.touches(Touch::PagesDone);
    visit.touches(Touch::LeaveOut);
    assert!(matches!(visit.flow.view().screen, Screen::Confirm(_)));
    until("the camera is still on", || (!table.is_on()).then_some(()));
    visit.touches(Touch::Submit);

    let folder = tempfile::tempdir().unwrap();
    let at = now(since).wall;
    let mut store = Store::open(folder.path().join("kiosk.db"), at).unwrap().0;
    let (secret, public) = seal::generate();
    let intake = courier::stored(visit.recorded.unwrap(), "kiosk-1".to_owned());
    let case = store.record_case(&intake, &HpkeSealer::new(public), at).unwrap();
    store.settle_delivered(case.id, at).unwrap();
    for number in 1..=2 {
        let due = store.next_due(at).unwrap().unwrap();
        assert_eq!((due.kind, due.case_key), (DeliveryKind::Material, case.case_key));
        let context = seal::Context { terminal_id: "kiosk-1", case_key: due.idempotency_key };
        let opened = seal::open(&secret, &context, &serde_json::from_slice(&due.body).unwrap()).unwrap();
        let page: MaterialPage = serde_json::from_slice(&opened).unwrap();
        assert_eq!((page.material, page.page, page.pages), (2, number, 2));
        assert_eq!((page.case_key, page.media_type.as_str()), (case.case_key, "image/jpeg"));
        let sent = &intake.pages[usize::from(number) - 1].content;
        assert!(image::load_from_memory(sent).is_ok_and(|page| page.height() > page.width()));
        assert_eq!(page.content.len(), sent.len().div_ceil(3) * 4);
        store.settle_delivered(due.id, at).unwrap();
    }
    assert_ne!(intake.pages[0].content, intake.pages[1].content);
    assert_eq!(store.next_due(at).unwrap(), None);
}
