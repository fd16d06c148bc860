//! The thread that owns the camera: on only while somebody looks.

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

use camera::picture::{Grey, scaled, sharpness};
use driver_api::{Camera, CameraFault, LinkFault};
use flow::Event;

use super::link::Link;
use crate::inbox::{Inbox, Preview};

/// How often a picture is shown at most: eyes and a lens need no more, and a processor has other things to do.
const PACE: Duration = Duration::from_millis(100);
/// How long a camera that has just been switched on is given for its first picture, and any other for its next.
const WAIT: Duration = Duration::from_millis(500);
/// As wide a picture is shown.
const SHOWN: u32 = 640;

/// Shows what the camera sees, and stops.
pub(super) struct CameraThread {
    orders: mpsc::Sender<bool>,
}

impl CameraThread {
    pub(super) fn start(camera: Box<dyn Camera>, link: Link, inbox: Inbox) -> Self {
        let (orders, taken) = mpsc::channel();
        std::thread::spawn(move || Owner { camera, link, inbox }.run(&taken));
        Self { orders }
    }

    pub(super) fn watch(&self, on: bool) {
        let _ = self.orders.send(on);
    }
}

struct Owner {
    camera: Box<dyn Camera>,
    link: Link,
    inbox: Inbox,
}

impl Owner {
    fn run(mut self, orders: &mpsc::Receiver<bool>) {
        while let Ok(on) = orders.recv() {
            if on && self.show(orders).is_err() {
                return;
            }
            wipe::wipe_stack();
        }
    }

    /// Until it is told to stop, or cannot go on.
    fn show(&mut self, orders: &mpsc::Receiver<bool>) -> Result<(), mpsc::RecvTimeoutError> {
        loop {
            let begun = Instant::now();
            let seen = self.look();
            self.report(seen.as_ref().err().copied());
            let stop = match orders.recv_timeout(PACE.saturating_sub(begun.elapsed())) {
                Ok(on) => !on,
                Err(mpsc::RecvTimeoutError::Timeout) => seen.is_err(),
                Err(gone) => return Err(gone),
            };
            if stop {
                self.camera.stop();
                return Ok(());
            }
        }
    }

    fn look(&mut self) -> Result<(), CameraFault> {
        if let Some(picture) = self.camera.preview(WAIT)? {
            let sharpness = sharpness(&Grey::of(&picture));
            self.inbox.show(Preview { picture: scaled(&picture, SHOWN), sharpness });
        }
        Ok(())
    }

    fn report(&self, fault: Option<CameraFault>) {
        self.link.set(fault.map(|fault| match fault {
            CameraFault::Link(fault) => fault,
            // What stands in the configuration is no camera: the one who set it is to look there.
            CameraFault::NoFormat => LinkFault::NotFound,
        }));
        if let Some(fault) = fault {
            tracing::warn!(%fault, "camera unusable");
            self.inbox.post(Event::CameraFailed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use driver_api::Picture;

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
        let thread = CameraThread::start(Box::new(camera), link, inbox.clone());
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
        let thread = CameraThread::start(Box::new(camera), link.clone(), inbox.clone());
        thread.watch(true);
        until("still on", || stopped.load(Ordering::SeqCst) == 1);
        assert!(matches!(inbox.take(), Some(Event::CameraFailed)));
        assert!(inbox.take().is_none());
        assert_eq!(link.trouble(), Some(flow::maintenance::LinkTrouble::Unplugged));
    }
}
