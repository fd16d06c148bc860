use std::io;
use std::time::Duration;

use crate::disk::Disk;
use crate::state::{MAX_STARTS, Refusal, Reported, Slot, State};
use crate::{ApplyError, store};

/// Whether a resident is in front of the kiosk. A configuration never changes under somebody's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// The home screen, and nobody.
    None,
    /// A visit.
    Running,
}

/// What the program thinks of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// All that worked before works.
    Good,
    /// What does not work, and may pass by itself: it counts as failing once it has lasted for [`GRACE`], and as long as
    /// it lasts nothing is confirmed.
    Doubtful(String),
    /// What does not work.
    Failing(String),
}

/// Why the built-in configuration runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SafeReason {
    /// None was ever confirmed: a new kiosk.
    Fresh,
    /// What was confirmed cannot be read any more.
    Unreadable,
    /// The program does not stay up with what was confirmed.
    CrashLoop,
}

/// What is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Running {
    /// A document, on trial or confirmed.
    Document {
        /// Which.
        slot: Slot,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// The program's built-in safe configuration.
    Safe(SafeReason),
}

/// How long something may be wrong that passes by itself: a machine that was just switched on finds its devices one by one.
pub const GRACE: Duration = Duration::from_secs(20);

type Check = dyn Fn(&[u8]) -> Result<(), String> + Send;

/// A kiosk's configurations.
pub struct Applier<D> {
    disk: D,
    check: Box<Check>,
    window: Duration,
    state: State,
    running: Running,
    /// When it came into force, after the start of the program.
    since: Duration,
    /// Since when something has been wrong that may pass.
    doubtful: Option<Duration>,
    /// Ill health that was seen while the trial could not be ended.
    failing: Option<String>,
}

impl<D: Disk> Applier<D> {
    /// Starts with what was in force, or with what was confirmed before if that cannot be.
    ///
    /// `check` says whether this program understands a document; `window` is how long it has to be healthy. Some
    /// configuration always comes into force; the second value is what is wrong with the disk.
    pub fn start(mut disk: D, check: Box<Check>, window: Duration) -> (Self, Option<io::Error>) {
        let found = store::load_state(&disk);
        let lost = found.is_none() && disk.list().is_ok_and(|names| !names.is_empty());
        let mut state = found.unwrap_or_default().started();
        let mut running = run(&disk, &check, &state);
        if matches!(running, Running::Safe(_))
            && let Some(back) = state.revert("it cannot be read")
        {
            state = back;
            running = run(&disk, &check, &state);
        }
        if lost && running == Running::Safe(SafeReason::Fresh) {
            running = Running::Safe(SafeReason::Unreadable);
        }
        // Also makes sure of the names, before anything is taken away.
        let saved = store::save_state(&mut disk, &state).and_then(|()| store::sweep(&mut disk, &state));
        if saved.is_err()
            && let Some(back) = state.revert("its starts cannot be counted")
        {
            state = back;
            running = run(&disk, &check, &state);
        }
        let since = Duration::ZERO;
        (Self { disk, check, window, state, running, since, doubtful: None, failing: None }, saved.err())
    }

    /// Where the configurations are, for whoever takes them all away.
    pub fn disk(&mut self) -> &mut D {
        &mut self.disk
    }

    /// How long what is in force has to be healthy.
    pub fn set_window(&mut self, window: Duration) {
        self.window = window;
    }

    /// What was wrong already when the trial began: none of it is the new configuration's doing.
    pub fn wrong_before(&self) -> &[String] {
        &self.state.wrong_before
    }

    /// Every document that may still come into force, or is.
    pub fn documents(&self) -> Vec<Vec<u8>> {
        self.state.slots().filter_map(|slot| store::load_document(&self.disk, slot)).collect()
    }

    /// What is in force.
    pub fn running(&self) -> &Running {
        &self.running
    }

    /// What the platform is told.
    pub fn reported(&self) -> Reported {
        self.state.reported()
    }

    /// Takes a document that can be trusted, in place of one that still waits. It comes into force later.
    pub fn stage(&mut self, version: u64, bytes: &[u8]) -> Result<(), ApplyError> {
        (self.check)(bytes).map_err(Refusal::Invalid)?;
        let slot = Slot { version, sha256: store::sha256(bytes) };
        if let Some(next) = self.state.stage(slot.clone())? {
            store::save_document(&mut self.disk, &slot, bytes)?;
            self.keep(next)?;
        }
        Ok(())
    }

    /// Puts in force what is staged, if nobody is there, `up` after the program started; `wrong` is what does not work as
    /// it is. True if something else is in force now.
    pub fn activate(
        &mut self,
        session: Session,
        up: Duration,
        wrong: impl FnOnce() -> Vec<String>,
    ) -> Result<bool, ApplyError> {
        if session == Session::Running {
            return Ok(false);
        }
        let Some(next) = self.state.activate(wrong) else { return Ok(false) };
        self.enter(next, up)?;
        Ok(true)
    }

    /// Tells how it goes, `up` after the program started. True if something else is in force now.
    pub fn observe(&mut self, session: Session, up: Duration, health: Health) -> Result<bool, ApplyError> {
        self.hear(up, health);
        let Some(why) = self.failing.clone() else {
            if self.doubtful.is_none()
                && up.saturating_sub(self.since) >= self.window
                && let Some(next) = self.state.healthy()
            {
                self.keep(next)?;
            }
            return Ok(false);
        };
        let Some(next) = self.state.revert(&why) else {
            // Nothing to go back to: better health later counts again.
            (self.doubtful, self.failing) = (None, None);
            return Ok(false);
        };
        if session == Session::Running {
            return Ok(false);
        }
        self.enter(next, up)?;
        Ok(true)
    }

    fn hear(&mut self, up: Duration, health: Health) {
        let failing = match health {
            Health::Good => {
                self.doubtful = None;
                None
            }
            Health::Doubtful(why) => {
                let since = *self.doubtful.get_or_insert(up);
                (up.saturating_sub(since) >= GRACE).then_some(why)
            }
            Health::Failing(why) => Some(why),
        };
        if let Some(why) = failing {
            self.failing.get_or_insert(why);
        }
    }

    fn enter(&mut self, next: State, up: Duration) -> Result<(), ApplyError> {
        self.keep(next)?;
        (self.since, self.doubtful, self.failing) = (up, None, None);
        self.running = run(&self.disk, &self.check, &self.state);
        if matches!(self.running, Running::Safe(_))
            && let Some(back) = self.state.revert("it cannot be read")
        {
            self.keep(back)?;
            self.running = run(&self.disk, &self.check, &self.state);
        }
        Ok(())
    }

    fn keep(&mut self, next: State) -> io::Result<()> {
        store::save_state(&mut self.disk, &next)?;
        self.state = next;
        // What is left over does no harm, and the next start takes it away.
        let _ = store::sweep(&mut self.disk, &self.state);
        Ok(())
    }
}

fn run(disk: &dyn Disk, check: &Check, state: &State) -> Running {
    if state.trial.is_none() && state.starts > MAX_STARTS {
        return Running::Safe(SafeReason::CrashLoop);
    }
    let Some(slot) = state.trial.as_ref().or(state.good.as_ref()) else {
        return Running::Safe(SafeReason::Fresh);
    };
    match store::load_document(disk, slot) {
        Some(bytes) if check(&bytes).is_ok() => Running::Document { slot: slot.clone(), bytes },
        _ => Running::Safe(SafeReason::Unreadable),
    }
}
