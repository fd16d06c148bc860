//! Brings a new configuration into force, and the last good one back.
//!
//! ```text
//!            stage            activate                observe
//!  document ───────▶ staged ───────────▶ on trial ─────────────▶ confirmed
//!   (valid)          (on disk)  between      │      healthy for
//!                               sessions     │      the window
//!                                            ▼ unhealthy, crash loop, unreadable
//!                                         reverted to what was confirmed before
//! ```
//!
//! - Every step is on the disk before it is taken, in small files replaced by write, fsync, rename and fsync of the
//!   folder. A power cut at any of them leaves the step taken or not taken.
//! - Documents are kept under their hash, twice. A document that cannot be read any more is not run; when what is on
//!   trial *and* what was confirmed cannot be read, the program's built-in safe configuration runs ([`Running::Safe`]).
//! - Nothing older than what was confirmed is ever staged, and what was reverted is not tried again.
//! - What was wrong before the trial is kept with it: a reader that was broken already sends nothing back, and one that is
//!   not found any more does, also after a power cut.
//! - The health window is the time since this start, so a clock that is wrong or set does not matter.
//!
//! Whom a document comes from is not asked here: that is the matter of `config-trust`.

mod applier;
mod disk;
#[cfg(feature = "medium")]
pub mod medium;
mod state;
mod store;

pub use applier::{Applier, GRACE, Health, Running, SafeReason, Session};
pub use disk::{Disk, Folder};
pub use state::{MAX_STARTS, MAX_TRIAL_STARTS, Phase, Refusal, Reported, Reverted, Slot};
pub use store::replace;

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The document is not one for this kiosk now.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The disk is full or broken. Whether the step was taken shows at the next start.
    #[error("the disk: {0}")]
    Disk(#[from] std::io::Error),
}
