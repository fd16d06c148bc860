//! The thread that owns the camera: on only while somebody looks, or holds a code before it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use camera::{
    Page, Warning,
    code::code,
    picture::{Grey, scaled, sharpness, shrunk},
};
use driver_api::{Camera, CameraFault, LinkFault};
use flow::{
    Event,
    event::CodeReader,
    page::{PageFile, PageWarning, Shot},
};
use protocol::material::PAGE_BYTES;
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
/// As wide or high a page is shown: its print is to be read.
const PAGE_SHOWN: u32 = 1400;
/// Between two looks whether the camera is there, while nobody wants a picture of it.
const WATCH: Duration = Duration::from_secs(6);

/// Shows what the camera sees, photographs it, looks for codes in it, and stops.
pub(super) struct CameraThread {
    orders: mpsc::Sender<Order>,
    round: Round,
}

/// Of the how-manieth wish an order is: what is seen for one resident never reaches the next.
#[derive(Clone, Default)]
struct Round(Arc<AtomicU64>);

impl Round {
    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

enum Order {
    Watch {
        on: bool,
        round: u64,
    },
    Photograph {
        round: u64,
    },
    /// Look for codes, or no more.
    Seek(bool),
    /// Something was plugged in or out.
    Look,
}

impl CameraThread {
    /// `reads_codes`: it is the only one here that does.
    pub(super) fn start(camera: Box<dyn Camera>, link: Link, inbox: Inbox, reads_codes: bool) -> Self {
        let ((orders, taken), round) = (mpsc::channel(), Round::default());
        let owner = Owner {
            camera,
            link,
            inbox,
            orders: taken,
            round: round.clone(),
            watches: None,
            seeks: false,
            reads_codes,
            works: false,
            held: Held::default(),
            next: Instant::now(),
        };
        std::thread::spawn(move || owner.run());
        Self { orders, round }
    }

    pub(super) fn watch(&self, on: bool) {
        let _ = self.orders.send(Order::Watch { on, round: self.round.next() });
    }

    pub(super) fn photograph(&self) {
        let _ = self.orders.send(Order::Photograph { round: self.round.next() });
    }

    /// Looks for codes, or no more.
    pub(super) fn seek(&self, on: bool) {
        let _ = self.orders.send(Order::Seek(on));
    }

    /// Has the camera looked at now, because of a plug.
    pub(super) fn looker(&self) -> impl Fn() + Send + use<> {
        let orders = self.orders.clone();
        move || drop(orders.send(Order::Look))
    }
}

struct Owner {
    camera: Box<dyn Camera>,
    link: Link,
    inbox: Inbox,
    orders: mpsc::Receiver<Order>,
    round: Round,
    /// For which wish it is shown.
    watches: Option<u64>,
    seeks: bool,
    reads_codes: bool,
    works: bool,
    held: Held,
    /// When it looks again.
    next: Instant,
}

impl Owner {
    fn run(mut self) {
        self.identify();
        while self.obeys() {
            let (begun, spent) = (Instant::now(), spent());
            let seen = self.look();
            self.next = begun + if seen.is_ok() { self.pace(spent) } else { MISSED };
            self.report(seen.err());
        }
    }

    fn is_on(&self) -> bool {
        self.watches.is_some() || self.seeks
    }

    /// Takes orders until it is time to look; whether there is anybody left to look for.
    fn obeys(&mut self) -> bool {
        loop {
            let wait = if self.is_on() {
                self.next.saturating_duration_since(Instant::now())
            } else {
                wipe::wipe_stack();
                WATCH
            };
            match self.orders.recv_timeout(wait) {
                Ok(order) => self.obey(&order),
                Err(RecvTimeoutError::Timeout) if self.is_on() => return true,
                Err(RecvTimeoutError::Timeout) => self.identify(),
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    fn obey(&mut self, order: &Order) {
        match *order {
            Order::Watch { on, round } => self.turn(on.then_some(round), self.seeks),
            Order::Seek(on) => self.turn(self.watches, on),
            Order::Photograph { round } => {
                self.watches = None;
                self.photograph(round);
            }
            Order::Look if self.is_on() => {}
            Order::Look => self.identify(),
        }
    }

    fn turn(&mut self, watches: Option<u64>, seeks: bool) {
        let was_on = self.is_on();
        (self.watches, self.seeks, self.next) = (watches, seeks, Instant::now());
        if was_on && !self.is_on() {
            self.camera.stop();
        }
    }

    fn pace(&self, before: Duration) -> Duration {
        let least = if self.watches.is_some() { PACE } else { SEEKING };
        if self.seeks { least.max(spent().saturating_sub(before) * REST) } else { least }
    }

    fn look(&mut self) -> Result<(), CameraFault> {
        let Some(picture) = self.camera.preview(WAIT)? else { return Ok(()) };
        let grey = Grey::of(&picture);
        if self.watches == Some(self.round.now()) {
            self.inbox.show(Preview { picture: scaled(&picture, SHOWN), sharpness: sharpness(&grey) });
        }
        if self.seeks {
            self.seek(&grey);
        }
        Ok(())
    }

    fn seek(&mut self, grey: &Grey) {
        let scan = code(grey);
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

    fn photograph(&mut self, round: u64) {
        let taken = self.camera.capture();
        self.report(taken.as_ref().err().copied());
        let event =
            match taken.ok().map(|photograph| Page::of(&photograph)).and_then(|page| self.shot(round, &page))
            {
                Some(shot) => Event::Photographed(Box::new(shot)),
                None => Event::CameraFailed,
            };
        self.tell(round, event);
    }

    /// The page as it will be sent; and on the screen, to be looked at.
    fn shot(&self, round: u64, page: &Page) -> Option<Shot> {
        let mut file = page.file(PAGE_BYTES)?;
        if self.round.now() == round {
            self.inbox.show(Preview { picture: shrunk(&page.picture, PAGE_SHOWN), sharpness: 0.0 });
        }
        let warnings = page.warnings.iter().copied().map(warning).collect();
        tracing::info!(bytes = file.len(), ?warnings, "page photographed");
        Some(Shot { file: PageFile::new(std::mem::take(&mut *file)), warnings })
    }

    /// Where it is still awaited.
    fn tell(&self, round: u64, event: Event) {
        if self.round.now() == round {
            self.inbox.post(event);
        }
    }

    /// Whether it is there; it is not switched on for that.
    fn identify(&mut self) {
        let seen = self.camera.identify();
        self.report(seen.err());
    }

    /// Tells changes only.
    fn report(&mut self, fault: Option<CameraFault>) {
        self.link.set(fault.map(|fault| match fault {
            CameraFault::Link(fault) => fault,
            // What stands in the configuration is no camera: the one who set it is to look there.
            CameraFault::NoFormat => LinkFault::NotFound,
        }));
        if fault.is_some() && self.is_on() {
            self.camera.stop();
        }
        self.works(fault);
        if fault.is_some()
            && let Some(round) = self.watches.take()
        {
            self.tell(round, Event::CameraFailed);
        }
    }

    fn works(&mut self, fault: Option<CameraFault>) {
        if self.works == fault.is_none() {
            return;
        }
        match fault {
            Some(fault) => tracing::warn!(%fault, "camera unusable"),
            None => tracing::info!("camera ready"),
        }
        self.works = fault.is_none();
        self.inbox.post(Event::Camera(self.works));
        if self.reads_codes {
            self.inbox.post(Event::Codes(self.works.then_some(CodeReader::Camera)));
        }
    }
}

/// What this thread has had of a processor.
fn spent() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

fn warning(warning: Warning) -> PageWarning {
    match warning {
        Warning::NoEdges => PageWarning::NoEdges,
        Warning::Blurred => PageWarning::Blurred,
        Warning::Glare => PageWarning::Glare,
        Warning::Dark => PageWarning::Dark,
        Warning::Bright => PageWarning::Bright,
    }
}

#[cfg(test)]
mod codes;
#[cfg(test)]
mod tests;
