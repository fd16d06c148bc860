//! The service manager, where there is one (systemd): it is told when the screen stands and that it still answers, and
//! starts the program anew when it does not.

use std::time::Duration;

use kiosk_ui::slint;
use sd_notify::NotifyState;

/// Whether somebody starts the program anew whenever it ends.
pub(crate) fn is_there() -> bool {
    std::env::var_os("NOTIFY_SOCKET").is_some()
}

/// Tells that the screen stands, and from then on that it answers: from its own thread, for that is what may hang.
/// Both end with the timer.
pub(crate) fn report() -> slint::Timer {
    let timer = slint::Timer::default();
    if !is_there() {
        return timer;
    }
    // A first turn of the event loop draws the screen.
    slint::Timer::single_shot(Duration::ZERO, || tell(&NotifyState::Ready));
    if let Some(most) = sd_notify::watchdog_enabled() {
        timer.start(slint::TimerMode::Repeated, most / 3, || tell(&NotifyState::Watchdog));
    }
    timer
}

fn tell(state: &NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(std::slice::from_ref(state)) {
        tracing::warn!(%error, "the service manager was not told");
    }
}
