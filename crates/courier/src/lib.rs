//! What an answer of the platform means for a call that waits: the rules between the outbox and the client, which do
//! not know each other. No thread, no clock, no socket; the kiosk and the proofs use the same.
//!
//! - Only an answer about this very call ends it. Whatever else came back, it is sent again under the same key.
//! - Only the platform's own refusal parks it.
//! - The audit log goes to the platform piece by piece, each signed by the device ([`audit_report`]).
//! - A call whose time is over is given up only when the platform's clock agrees ([`expire`]).

mod audit;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use outbox::{Due, Store, StoreError};
use platform_client::{CallError, Delivered};
use protocol::Problem;

pub use audit::audit_report;

/// What counts as a network that is away, to be tried at once when it is back.
pub const NETWORK_REASONS: &[&str] = &["unreachable", "timed-out"];

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The platform has it; a case or a bundle comes with what it stands at.
    Delivered(Delivered),
    /// The platform refused it for good.
    Parked(Problem),
    /// It waits for another try.
    Later {
        /// Why, as one word of a fixed list.
        reason: &'static str,
    },
}

impl Settled {
    /// Whether the platform was out of reach.
    #[must_use]
    pub fn network_is_away(&self) -> bool {
        matches!(self, Self::Later { reason } if NETWORK_REASONS.contains(reason))
    }
}

/// What a clock may differ from the time that has passed, before it counts as set: time servers correct it a little all
/// the time.
const SLACK: SignedDuration = SignedDuration::from_mins(1);

/// Notices that the clock was set, by the time that has passed meanwhile. What happens while the machine is off it cannot
/// tell from the passing of time.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClockWatch {
    seen: Option<(Timestamp, Duration)>,
}

impl ClockWatch {
    /// By how much the clock was set since the last look, if it was: for [`Store::follow_clock`]. `passed` never jumps.
    pub fn jump(&mut self, now: Timestamp, passed: Duration) -> Option<SignedDuration> {
        let (before, then) = self.seen.replace((now, passed))?;
        let lived = SignedDuration::try_from(passed.saturating_sub(then)).unwrap_or(SignedDuration::MAX);
        let jump = now.duration_since(before).saturating_sub(lived);
        (jump.abs() > SLACK).then_some(jump)
    }
}

/// Writes down what became of `due`. When this fails nothing is written, and the call will be sent again.
pub fn settle(
    store: &mut Store,
    due: &Due,
    outcome: Result<Delivered, CallError>,
    now: Timestamp,
) -> Result<Settled, StoreError> {
    match outcome {
        Ok(delivered) => {
            store.settle_delivered(due.id, now)?;
            Ok(Settled::Delivered(delivered))
        }
        Err(CallError::Refused(problem)) => {
            store.settle_refused(due.id, &problem.kind, problem.status, now)?;
            Ok(Settled::Parked(problem))
        }
        Err(error) => {
            let reason = error.word();
            store.settle_retry(due.id, retry_after(&error), reason, now)?;
            Ok(Settled::Later { reason })
        }
    }
}

/// Whether something would be given up by the kiosk's own clock, so that the platform has to be asked for its time.
pub fn is_overdue(store: &Store, now: Timestamp) -> Result<bool, StoreError> {
    Ok(store.next_expiry()?.is_some_and(|at| at <= now))
}

/// Gives up what is too old by both clocks, and tells how much it was.
pub fn expire(store: &mut Store, kiosk: Timestamp, platform: Timestamp) -> Result<u64, StoreError> {
    store.expire(kiosk.min(platform))
}

fn retry_after(error: &CallError) -> Option<Duration> {
    match error {
        CallError::Overloaded { retry_after } => *retry_after,
        _ => None,
    }
}
