//! The way back: news from other threads, in order, to the thread that owns the screen.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use driver_api::Picture;
use flow::Event;

/// What a camera sees now, small enough for the screen.
pub struct Preview {
    /// The picture.
    pub picture: Picture,
    /// How sharp the whole of it is: for whoever turns the lens.
    pub sharpness: f64,
}

/// Where effects put their news.
#[derive(Clone)]
pub struct Inbox {
    shared: Arc<Shared>,
}

struct Shared {
    events: Mutex<VecDeque<Event>>,
    /// The newest alone: a screen that is slower than the camera leaves pictures out.
    preview: Mutex<Option<Preview>>,
    ending: AtomicBool,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Inbox {
    /// An inbox that calls `wake` whenever something was put in.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (events, preview, ending) = (Mutex::default(), Mutex::default(), AtomicBool::new(false));
        Self { shared: Arc::new(Shared { events, preview, ending, wake: Box::new(wake) }) }
    }

    /// Puts an event in.
    pub fn post(&self, event: Event) {
        self.events().push_back(event);
        (self.shared.wake)();
    }

    /// Puts a picture in the place of the last one.
    pub fn show(&self, preview: Preview) {
        let waited = self.preview().replace(preview).is_some();
        if !waited {
            (self.shared.wake)();
        }
    }

    /// Takes the newest picture out.
    #[must_use]
    pub fn take_preview(&self) -> Option<Preview> {
        self.preview().take()
    }

    /// The program is to end, to be started anew.
    pub fn end(&self) {
        self.shared.ending.store(true, Ordering::Release);
        (self.shared.wake)();
    }

    /// Whether it is to end.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.shared.ending.load(Ordering::Acquire)
    }

    /// Takes the oldest event out.
    #[must_use]
    pub fn take(&self) -> Option<Event> {
        self.events().pop_front()
    }

    fn preview(&self) -> std::sync::MutexGuard<'_, Option<Preview>> {
        self.shared.preview.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn events(&self) -> std::sync::MutexGuard<'_, VecDeque<Event>> {
        self.shared.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
