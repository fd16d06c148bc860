//! What the kiosk must not forget: calls to the platform, its cache and its print jobs, in one `SQLite` file.
//!
//! Pure storage and the policy of trying again. It opens no socket, has no clock and starts no thread: the time is an
//! argument everywhere, so that days offline can be lived through in a test. The kiosk's effects loop over
//! [`Store::next_due`], send, and settle.
//!
//! What is promised:
//! - when [`Store::record_case`] has returned, the case is on the disk, and a power cut does not undo it;
//! - only sealed bytes touch the disk, the kiosk cannot open its own queue;
//! - a case and the pages of its materials are on the disk together, or not at all;
//! - calls about one case go out in the order in which they were made; no case waits behind another;
//! - without its case nothing goes out, so a parked case holds back what follows it; a parked page holds back nothing;
//! - a refused call is parked with its reason, until somebody has it tried again or closes it; what is closed, or has
//!   waited for too long, leaves a tombstone; nothing is deleted silently;
//! - whatever ends otherwise than by delivery is in the audit log, in the transaction in which it ends;
//! - a file that cannot be trusted is set aside and reported, never emptied; nothing is confirmed and nothing sent from a
//!   file of which not every page was looked at.

mod backoff;
mod cache;
mod decisions;
mod error;
mod limits;
mod machine;
mod print_jobs;
mod queue;
mod record;
mod store;

pub use backoff::{FIRST_WAIT, LONGEST_RETRY_AFTER, LONGEST_WAIT};
pub use cache::{CACHE_BYTES, Cached};
pub use decisions::{CASE_ENDED, EXPIRED, Tombstone};
pub use error::StoreError;
pub use limits::{Full, Limits, LimitsError};
pub use machine::LONGEST_LOCK;
pub use print_jobs::PrintOutcome;
pub use queue::{DAMAGED, Due, Parked, RowId};
pub use record::{Intake, Page, Recorded};
pub use store::{OpenReport, SetAside, Store, new_key};

pub use audit;
pub use protocol::{Belongs, Delivery, DeliveryKind, SealFault, SealedBody, Sealer};
