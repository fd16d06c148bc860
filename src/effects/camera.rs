//! The thread that owns the camera: on only while somebody looks, or holds a code before it.

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

use camera::{
    code::code,
    picture::{Grey, scaled, sharpness},
};
use driver_api::{Camera, CameraFault, LinkFault};
use flow::{Event, event::CodeReader};
use rustix::time::{ClockId, clock_gettime};

use super::{held::Held, link::Link};
use crate::inbox::{Inbox, Preview};

/// How often a picture is shown at most: eyes and a lens need no more, and a processor has other things to do.
const PACE: Duration = Duration::from_millis(100);
/// How often a code is looked for at most …
const SEEKING: Duration = Duration::from_millis(200);
/// … and between two looks at least so many times what one of them took of the processor: a quarter of it is all it gets.
const REST: u32 = 4;
/// How long a camera that has just been switched on is given for its first picture, and any other for its next.
const WAIT: Duration = Duration::from_millis(500);
/// Between two looks for a camera that has gone, while a code is looked for.
const MISSED: Duration = Duration::from_secs(1);
/// As wide a picture is shown.
const SHOWN: u32 = 640;

enum Order {
    Watch(bool),
    Seek(bool),
}

/// Shows what the camera sees, or looks for codes in it, and stops.
pub(super) struct CameraThread {
    orders: mpsc::Sender<Order>,
}

impl CameraThread {
    /// `reads_codes`: it is the only one here that does.
    pub(super) fn start(camera: Box<dyn Camera>, link: Link, inbox: Inbox, reads_codes: bool) -> Self {
        let (orders, taken) = mpsc::channel();
        let owner = Owner {
            camera,
            link,
            inbox,
            orders: taken,
            watches: false,
            seeks: false,
            reads_codes,
            works: false,
            held: Held::default(),
            next: Instant::now(),
        };
        std::thread::spawn(move || owner.run());
        Self { orders }
    }

    pub(super) fn watch(&self, on: bool) {
        let _ = self.orders.send(Order::Watch(on));
    }

    /// Looks for codes, or no more.
    pub(super) fn seek(&self, on: bool) {
        let _ = self.orders.send(Order::Seek(on));
    }
}

struct Owner {
    camera: Box<dyn Camera>,
    link: Link,
    inbox: Inbox,
    orders: mpsc::Receiver<Order>,
    watches: bool,
    seeks: bool,
    reads_codes: bool,
    /// Whether it is known that it does.
    works: bool,
    held: Held,
    /// When it looks again.
    next: Instant,
}

impl Owner {
    fn run(mut self) {
        if self.reads_codes {
            let there = self.camera.identify();
            self.report(there.err());
        }
        while self.obeys() {
            let (begun, spent) = (Instant::now(), spent());
            let seen = self.look();
            self.next = begun + if seen.is_ok() { self.pace(spent) } else { MISSED };
            self.report(seen.err());
        }
    }

    /// Takes orders until it is time to look; whether there is anybody left to look for.
    fn obeys(&mut self) -> bool {
        loop {
            let order = if self.watches || self.seeks {
                self.orders.recv_timeout(self.next.saturating_duration_since(Instant::now()))
            } else {
                wipe::wipe_stack();
                self.orders.recv().map_err(mpsc::RecvTimeoutError::from)
            };
            match order {
                Ok(order) => self.obey(&order),
                Err(mpsc::RecvTimeoutError::Timeout) => return true,
                Err(mpsc::RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    fn obey(&mut self, order: &Order) {
        match *order {
            Order::Watch(on) => self.watches = on,
            Order::Seek(on) => self.seeks = on,
        }
        if !self.watches && !self.seeks {
            self.camera.stop();
        }
        self.next = Instant::now();
    }

    fn pace(&self, before: Duration) -> Duration {
        let least = if self.watches { PACE } else { SEEKING };
        if self.seeks { least.max(spent().saturating_sub(before) * REST) } else { least }
    }

    fn look(&mut self) -> Result<(), CameraFault> {
        let Some(picture) = self.camera.preview(WAIT)? else { return Ok(()) };
        let grey = Grey::of(&picture);
        if self.watches {
            self.inbox.show(Preview { picture: scaled(&picture, SHOWN), sharpness: sharpness(&grey) });
        }
        if self.seeks {
            let scan = code(&grey);
            // What came meanwhile may say that nobody wants to know.
            while let Ok(order) = self.orders.try_recv() {
                self.obey(&order);
            }
            if self.seeks
                && let Some(says) = self.held.news(&scan, Instant::now())
            {
                self.inbox.post(Event::Scanned(says));
            }
        }
        Ok(())
    }

    /// Tells changes only.
    fn report(&mut self, fault: Option<CameraFault>) {
        self.link.set(fault.map(|fault| match fault {
            CameraFault::Link(fault) => fault,
            // What stands in the configuration is no camera: the one who set it is to look there.
            CameraFault::NoFormat => LinkFault::NotFound,
        }));
        if let Some(fault) = fault {
            self.camera.stop();
            if std::mem::take(&mut self.watches) {
                tracing::warn!(%fault, "camera unusable");
                self.inbox.post(Event::CameraFailed);
            }
        }
        let reads = self.reads_codes && fault.is_none();
        if reads != self.works {
            self.works = reads;
            match fault {
                Some(fault) => tracing::warn!(%fault, "no codes from the camera"),
                None => tracing::info!("camera reads codes"),
            }
            self.inbox.post(Event::Codes(reads.then_some(CodeReader::Camera)));
        }
    }
}

/// What this thread has had of a processor.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    };

    use driver_api::Picture;
    use flow::event::ScannedText;

    use super::*;

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

    fn until(what: &str, is: impl Fn() -> bool) {
        let end = Instant::now() + Duration::from_secs(30);
        while !is() {
            assert!(Instant::now() < end, "{what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn it_is_on_while_somebody_looks_and_at_a_bounded_pace() {
        let (seen, stopped) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let camera = Counted { seen: seen.clone(), stopped: stopped.clone(), fails_at: usize::MAX };
        let inbox = Inbox::new(|| {});
        let link = Link::new(&"file:///dev/absent".parse().unwrap());
        let thread = CameraThread::start(Box::new(camera), link, inbox.clone(), false);
        std::thread::sleep(PACE);
        assert_eq!(seen.load(Ordering::SeqCst), 0, "nobody looks");
        let begun = Instant::now();
        thread.watch(true);
        until("no pictures", || seen.load(Ordering::SeqCst) >= 5);
        assert!(begun.elapsed() >= PACE * 4, "faster than its pace");
        let shown = inbox.take_preview().unwrap();
        assert_eq!((shown.picture.width(), shown.picture.height()), (SHOWN, 360));
        assert!(inbox.take_preview().is_none(), "only the newest one waits");
        thread.watch(false);
        until("still on", || stopped.load(Ordering::SeqCst) == 1);
        let after = seen.load(Ordering::SeqCst);
        std::thread::sleep(PACE * 3);
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
        until("still on", || stopped.load(Ordering::SeqCst) == 1);
        assert!(matches!(inbox.take(), Some(Event::CameraFailed)));
        assert!(inbox.take().is_none());
        assert_eq!(link.trouble(), Some(flow::maintenance::LinkTrouble::Unplugged));
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

    fn next(inbox: &Inbox) -> Event {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(event) = inbox.take() {
                return event;
            }
            assert!(Instant::now() < end, "no news");
            std::thread::sleep(Duration::from_millis(5));
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
        assert!(inbox.take().is_none(), "told again while it is held there");
        assert!(inbox.take_preview().is_none(), "nobody watches");
        outside.hold(b"123456782");
        assert_eq!(says(&next(&inbox)), Some("123456782"));
        outside.hold(b"7\x1d7");
        assert!(matches!(next(&inbox), Event::Scanned(None)), "checked as a scanner is");
        thread.seek(false);
        until("still on", || !outside.on.load(Ordering::SeqCst));
        outside.hold(NUMBER.as_bytes());
        std::thread::sleep(SEEKING * 3);
        assert!(inbox.take().is_none());
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
        std::thread::sleep(MISSED);
        assert!(inbox.take().is_none(), "nobody was told that there is one");
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
}
