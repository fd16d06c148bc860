//! Codes that are held before a camera.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize},
    },
    thread,
};

use driver_api::Picture;
use flow::event::ScannedText;

use super::*;

fn until(what: &str, is: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

const NUMBER: &str = "11519999MB00000015651201400600004202611230001";

/// What stands before the camera, as somebody outside changes it.
#[derive(Clone, Default)]
struct Outside {
    frame: Arc<Mutex<Option<Picture>>>,
    gone: Arc<AtomicBool>,
    seen: Arc<AtomicUsize>,
    on: Arc<AtomicBool>,
}

impl Outside {
    /// Holds a code before it, drawn by a foreign encoder.
    fn hold(&self, text: &[u8]) {
        let code = qrcodegen::QrCode::encode_binary(text, qrcodegen::QrCodeEcc::Medium).unwrap();
        let (size, scale) = (code.size(), 8);
        let dark = |x: i32, y: i32| code.get_module(x.div_euclid(scale) - 4, y.div_euclid(scale) - 4);
        let side = (size + 8) * scale;
        let rgb = (0..side * side).flat_map(|at| [if dark(at % side, at / side) { 30 } else { 220 }; 3]);
        let side = u32::try_from(side).unwrap();
        *self.frame.lock().unwrap() = Picture::new(side, side, rgb.collect());
    }

    fn start(&self, inbox: &Inbox) -> CameraThread {
        let link = Link::new(&"file:///dev/absent".parse().unwrap());
        CameraThread::start(Box::new(self.clone()), link, inbox.clone(), true)
    }
}

impl Camera for Outside {
    fn identify(&mut self) -> Result<String, CameraFault> {
        if self.gone.load(Ordering::SeqCst) { Err(LinkFault::NotFound.into()) } else { Ok(String::new()) }
    }

    fn preview(&mut self, _: Duration) -> Result<Option<Picture>, CameraFault> {
        self.identify()?;
        self.on.store(true, Ordering::SeqCst);
        self.seen.fetch_add(1, Ordering::SeqCst);
        Ok(self.frame.lock().unwrap().clone())
    }

    fn capture(&mut self) -> Result<Picture, CameraFault> {
        Err(LinkFault::Silent.into())
    }

    fn stop(&mut self) {
        self.on.store(false, Ordering::SeqCst);
    }
}

/// News, but for those of the camera as such.
fn take(inbox: &Inbox) -> Option<Event> {
    std::iter::from_fn(|| inbox.take()).find(|event| !matches!(event, Event::Camera(_)))
}

fn next(inbox: &Inbox) -> Event {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(event) = take(inbox) {
            return event;
        }
        assert!(Instant::now() < end, "no news");
        thread::sleep(Duration::from_millis(5));
    }
}

fn says(event: &Event) -> Option<&str> {
    match event {
        Event::Scanned(Some(ScannedText(text))) => Some(text),
        _ => None,
    }
}

#[test]
fn a_code_that_is_held_before_it_is_told_once_and_only_while_one_is_wanted() {
    let (outside, inbox) = (Outside::default(), Inbox::new(|| {}));
    outside.hold(NUMBER.as_bytes());
    let thread = outside.start(&inbox);
    assert!(matches!(next(&inbox), Event::Codes(Some(CodeReader::Camera))));
    assert_eq!(outside.seen.load(Ordering::SeqCst), 0, "nobody wants a code");
    thread.seek(true);
    assert_eq!(says(&next(&inbox)), Some(NUMBER));
    let seen = outside.seen.load(Ordering::SeqCst);
    until("no longer looked for", || outside.seen.load(Ordering::SeqCst) > seen + 2);
    assert!(take(&inbox).is_none(), "told again while it is held there");
    assert!(inbox.take_preview().is_none(), "nobody watches");
    outside.hold(b"123456782");
    assert_eq!(says(&next(&inbox)), Some("123456782"));
    outside.hold(b"7\x1d7");
    assert!(matches!(next(&inbox), Event::Scanned(None)), "checked as a scanner is");
    thread.seek(false);
    until("still on", || !outside.on.load(Ordering::SeqCst));
    outside.hold(NUMBER.as_bytes());
    thread::sleep(SEEKING * 3);
    assert!(take(&inbox).is_none());
}

#[test]
fn it_looks_for_codes_at_a_bounded_pace() {
    let (outside, inbox) = (Outside::default(), Inbox::new(|| {}));
    outside.hold(NUMBER.as_bytes());
    let thread = outside.start(&inbox);
    let begun = Instant::now();
    thread.seek(true);
    until("no pictures", || outside.seen.load(Ordering::SeqCst) >= 6);
    assert!(begun.elapsed() >= SEEKING * 5, "more than five a second");
}

#[test]
fn a_camera_that_goes_and_comes_back_is_told_and_a_code_is_read_then() {
    let (outside, inbox) = (Outside::default(), Inbox::new(|| {}));
    outside.gone.store(true, Ordering::SeqCst);
    let thread = outside.start(&inbox);
    thread.seek(true);
    thread::sleep(MISSED);
    assert!(take(&inbox).is_none(), "nobody was told that there is one");
    outside.gone.store(false, Ordering::SeqCst);
    assert!(matches!(next(&inbox), Event::Codes(Some(CodeReader::Camera))));
    outside.gone.store(true, Ordering::SeqCst);
    assert!(matches!(next(&inbox), Event::Codes(None)));
    outside.hold(NUMBER.as_bytes());
    outside.gone.store(false, Ordering::SeqCst);
    // Told before it is known that it works again, or after: both are looked for.
    let news = [next(&inbox), next(&inbox)];
    assert!(news.iter().any(|event| says(event) == Some(NUMBER)), "{news:?}");
    assert!(news.iter().any(|event| matches!(event, Event::Codes(Some(CodeReader::Camera)))), "{news:?}");
}
