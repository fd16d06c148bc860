//! What the screen's thread knows and others want to: whether anybody is there, and whether new settings are in force.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Written by the thread that owns the flow, after every step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing(Arc<Facts>);

#[derive(Debug, Default)]
struct Facts {
    at_rest: AtomicBool,
    configured: AtomicBool,
}

impl Standing {
    pub(crate) fn tell(&self, at_rest: bool, configured: bool) {
        self.0.at_rest.store(at_rest, Ordering::Release);
        self.0.configured.store(configured, Ordering::Release);
    }

    /// Whether nobody is in front of the kiosk.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.0.at_rest.load(Ordering::Acquire)
    }

    /// Whether the settings that came last are in force.
    pub(crate) fn is_configured(&self) -> bool {
        self.0.configured.load(Ordering::Acquire)
    }
}
