//! The thread that owns the camera: on only while somebody looks.

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
    picture::{Grey, scaled, sharpness, shrunk},
};
use driver_api::{Camera, CameraFault, LinkFault};
use flow::{
    Event,
    page::{PageFile, PageWarning, Shot},
};
use protocol::material::PAGE_BYTES;

use super::link::Link;
use crate::inbox::{Inbox, Preview};

/// How often a picture is shown at most: eyes and a lens need no more, and a processor has other things to do.
const PACE: Duration = Duration::from_millis(100);
/// How long a camera that has just been switched on is given for its first picture, and any other for its next.
const WAIT: Duration = Duration::from_millis(500);
/// As wide a picture is shown.
const SHOWN: u32 = 640;
/// As wide or high a page is shown: its print is to be read.
const PAGE_SHOWN: u32 = 1400;
/// Between two looks whether the camera is there, while nobody wants a picture of it.
const WATCH: Duration = Duration::from_secs(6);

/// Shows what the camera sees, photographs it, and stops.
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
    /// Something was plugged in or out.
    Look,
}

impl CameraThread {
    pub(super) fn start(camera: Box<dyn Camera>, link: Link, inbox: Inbox) -> Self {
        let ((orders, taken), round) = (mpsc::channel(), Round::default());
        let owner = Owner { camera, link, inbox, round: round.clone(), works: false };
        std::thread::spawn(move || owner.run(&taken));
        Self { orders, round }
    }

    pub(super) fn watch(&self, on: bool) {
        let _ = self.orders.send(Order::Watch { on, round: self.round.next() });
    }

    pub(super) fn photograph(&self) {
        let _ = self.orders.send(Order::Photograph { round: self.round.next() });
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
    round: Round,
    works: bool,
}

impl Owner {
    fn run(mut self, orders: &mpsc::Receiver<Order>) {
        self.identify();
        loop {
            match orders.recv_timeout(WATCH) {
                Ok(Order::Watch { on: true, round }) => {
                    if self.show(round, orders).is_err() {
                        return;
                    }
                }
                Ok(Order::Watch { on: false, .. }) => {}
                Ok(Order::Photograph { round }) => self.photograph(round),
                Ok(Order::Look) | Err(RecvTimeoutError::Timeout) => self.identify(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            wipe::wipe_stack();
        }
    }

    /// Until it is told to stop, or has photographed, or cannot go on.
    fn show(&mut self, mut round: u64, orders: &mpsc::Receiver<Order>) -> Result<(), RecvTimeoutError> {
        loop {
            let begun = Instant::now();
            let fault = self.look(round).err();
            self.report(fault);
            if fault.is_some() {
                self.camera.stop();
                self.tell(round, Event::CameraFailed);
                return Ok(());
            }
            match orders.recv_timeout(PACE.saturating_sub(begun.elapsed())) {
                Ok(Order::Watch { on: true, round: again }) => round = again,
                Ok(Order::Look) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Order::Watch { on: false, .. }) => {
                    self.camera.stop();
                    return Ok(());
                }
                Ok(Order::Photograph { round }) => {
                    self.photograph(round);
                    return Ok(());
                }
                Err(gone) => return Err(gone),
            }
        }
    }

    fn look(&mut self, round: u64) -> Result<(), CameraFault> {
        if let Some(picture) = self.camera.preview(WAIT)? {
            let sharpness = sharpness(&Grey::of(&picture));
            if self.round.now() == round {
                self.inbox.show(Preview { picture: scaled(&picture, SHOWN), sharpness });
            }
        }
        Ok(())
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
        let warnings = page.warnings.iter().map(warning).collect();
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
        if self.works == fault.is_none() {
            return;
        }
        match fault {
            Some(fault) => tracing::warn!(%fault, "camera unusable"),
            None => tracing::info!("camera ready"),
        }
        self.works = fault.is_none();
        self.inbox.post(Event::Camera(self.works));
    }
}

fn warning(warning: &Warning) -> PageWarning {
    match warning {
        Warning::NoEdges => PageWarning::NoEdges,
        Warning::Blurred => PageWarning::Blurred,
        Warning::Glare => PageWarning::Glare,
        Warning::Dark => PageWarning::Dark,
        Warning::Bright => PageWarning::Bright,
    }
}

#[cfg(test)]
mod tests;
