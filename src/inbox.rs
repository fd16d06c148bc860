//! The way back: news from other threads, in order, to the thread that owns the screen.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use flow::Event;

/// Where effects put their news.
#[derive(Clone)]
pub struct Inbox {
    shared: Arc<Shared>,
}

struct Shared {
    events: Mutex<VecDeque<Event>>,
    ending: AtomicBool,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Inbox {
    /// An inbox that calls `wake` whenever something was put in.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (events, ending) = (Mutex::default(), AtomicBool::new(false));
        Self { shared: Arc::new(Shared { events, ending, wake: Box::new(wake) }) }
    }

    /// Puts an event in.
    pub fn post(&self, event: Event) {
        self.events().push_back(event);
        (self.shared.wake)();
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

    fn events(&self) -> std::sync::MutexGuard<'_, VecDeque<Event>> {
        self.shared.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
