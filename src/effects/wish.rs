//! What the flow wants of a device whose thread waits for it.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Whether a card or a code is wanted, and for the how-manieth time: what is read for one resident never reaches the next.
#[derive(Default)]
pub(super) struct Wish {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    wanted: bool,
    round: u64,
    /// Something was plugged in or out: worth a look at once.
    plugged: bool,
}

impl Wish {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, wanted: bool) {
        let mut state = self.lock();
        (state.wanted, state.round) = (wanted, state.round + 1);
        self.changed.notify_all();
    }

    /// Has the device looked at now, because of a plug.
    pub(super) fn look(&self) {
        self.lock().plugged = true;
        self.changed.notify_all();
    }

    /// Whether it is wanted, and the round.
    pub(super) fn now(&self) -> (bool, u64) {
        let state = self.lock();
        (state.wanted, state.round)
    }

    /// Waits for `time`, or until the wish is another than in `round`, or for a plug.
    pub(super) fn wait(&self, round: u64, time: Duration) {
        let same = |state: &mut State| state.round == round && !state.plugged;
        let waited = self.changed.wait_timeout_while(self.lock(), time, same);
        waited.unwrap_or_else(PoisonError::into_inner).0.plugged = false;
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread, time::Instant};

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn a_plug_or_another_wish_ends_the_wait_also_when_it_came_before_it() {
        let wish = Arc::new(Wish::default());
        let begun = Instant::now();
        wish.look();
        wish.wait(0, LONG);
        wish.set(true);
        wish.wait(0, LONG);
        assert_eq!(wish.now(), (true, 1));
        let other = wish.clone();
        let waiting = thread::spawn(move || other.wait(1, LONG));
        wish.set(false);
        waiting.join().unwrap();
        assert!(begun.elapsed() < LONG);
        let begun = Instant::now();
        wish.wait(2, Duration::from_millis(20));
        assert!(begun.elapsed() >= Duration::from_millis(20), "the plug was told twice");
    }
}
