//! The way back: news from other threads, in order, to the thread that owns the screen.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use flow::Event;

/// Where effects put their news.
#[derive(Clone)]
pub struct Inbox {
    shared: Arc<Shared>,
}

struct Shared {
    events: Mutex<VecDeque<Event>>,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Inbox {
    /// An inbox that calls `wake` whenever something was put in.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { shared: Arc::new(Shared { events: Mutex::default(), wake: Box::new(wake) }) }
    }

    /// Puts an event in.
    pub fn post(&self, event: Event) {
        self.events().push_back(event);
        (self.shared.wake)();
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
