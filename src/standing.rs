//! What the screen's thread knows and others want to: whether anybody is there.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Written by the thread that owns the flow, after every step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing(Arc<AtomicBool>);

impl Standing {
    pub(crate) fn tell(&self, at_rest: bool) {
        self.0.store(at_rest, Ordering::Release);
    }

    /// Whether nobody is in front of the kiosk; not before the first step.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
