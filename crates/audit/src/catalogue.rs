//! Every event that there is. `docs/audit-events.md` is made from this list.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{Detail, Word};

macro_rules! events {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal { $($(#[doc = $about:literal])+ $field:ident: $kind:ty),* $(,)? })*) => {
        /// Something that happened.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event { $($(#[doc = $doc])+ $name { $($(#[doc = $about])+ $field: $kind),* }),* }

        impl Event {
            /// Its name in the log.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name { .. } => $word),* }
            }

            /// What it holds, as it is written.
            pub(crate) fn details(&self) -> Map<String, Value> {
                match self {
                    $(Self::$name { $($field),* } => [$((stringify!($field).to_owned(), $field.value())),*].into_iter().collect()),*
                }
            }
        }

        const CATALOGUE: &[(&str, &str, &[(&str, &str, &str)])] = &[$((
            $word,
            concat!($($doc),+),
            &[$((stringify!($field), <$kind as Detail>::KIND, concat!($($about),+))),*],
        )),*];
    };
}

events! {
    /// The store was made anew: the kiosk starts without a memory.
    StoreCreated = "store-created" {}
    /// The store could not be trusted; it was set aside and a new one begun.
    StoreSetAside = "store-set-aside" {}
    /// The clock was set while the kiosk ran.
    ClockSet = "clock-set" {
        /// Seconds that it went ahead; 0 where it was set back.
        ahead: u64,
        /// Seconds that it was set back; 0 where it went ahead.
        back: u64,
    }
    /// The platform refused a call for good, or its bytes were damaged; it waits for a decision.
    CallParked = "call-parked" {
        /// The case it is about.
        case_key: Uuid,
        /// The problem.
        reason: Word,
        /// The HTTP status; 0 where the platform was not asked.
        status: u64,
    }
    /// Somebody had a parked call tried again.
    CallReplayed = "call-replayed" {
        /// The case it is about.
        case_key: Uuid,
    }
    /// Somebody decided that a parked call will never be delivered; its body was erased.
    CallClosed = "call-closed" {
        /// The case it is about.
        case_key: Uuid,
        /// How many later calls about the case ended with it.
        followers: u64,
    }
    /// A call was not delivered in its time; its body was erased.
    CallExpired = "call-expired" {
        /// The case it is about.
        case_key: Uuid,
        /// How many later calls about the case ended with it.
        followers: u64,
    }
    /// Somebody showed card and PIN of a technician and was let in to the maintenance mode.
    TechnicianAdmitted = "technician-admitted" {
        /// The technician's number, as registered in the configuration.
        technician: u64,
    }
    /// Somebody asked to be let in to the maintenance mode and was not.
    TechnicianRefused = "technician-refused" {
        /// How many tries in a row were wrong.
        failures: u64,
    }
    /// A part of the machine was tested.
    PartTested = "part-tested" {
        /// Which: reader, printer, paper, touch, camera or scanner.
        part: Word,
        /// 1 where it works, 0 where it does not.
        passed: u64,
        /// Who tested it.
        technician: u64,
    }
    /// The touch screen was calibrated, or its calibration taken back.
    TouchCalibrated = "touch-calibrated" {
        /// 1 where touches are taken again as the panel says them, 0 where they are put right.
        taken_back: u64,
        /// Who touched the crosses.
        technician: u64,
    }
    /// The machine was taken out of service.
    ServiceStopped = "service-stopped" {
        /// Whose decision it was.
        technician: u64,
    }
    /// The machine was put back into service.
    ServiceResumed = "service-resumed" {
        /// Whose decision it was.
        technician: u64,
    }
    /// A report of how the machine is was signed.
    ReadinessSigned = "readiness-signed" {
        /// Who asked for it.
        technician: u64,
    }
    /// The machine became a kiosk of a platform, by an invitation that was held before its scanner or typed.
    MachineEnrolled = "machine-enrolled" {
        /// Who did that.
        technician: u64,
    }
    /// The log was written to a drive that somebody took along.
    LogExported = "log-exported" {
        /// Who asked for it.
        technician: u64,
    }
    /// The program was told to start anew.
    RestartOrdered = "restart-ordered" {
        /// Whose decision it was.
        technician: u64,
    }
}

/// The catalogue as a page for people.
#[must_use]
pub fn markdown() -> String {
    let mut page = String::from(
        "# Audit events\n\nMade from `crates/audit/src/catalogue.rs`; `UPDATE_DOCS=1 cargo test -p kiosk-audit` writes it anew.\n\
         Every entry has a number, a time, the name of its event, its details, and the hash of the entry before it.\n\
         Nothing personal can be among the details: a random key, a number, or a word of a fixed list.\n",
    );
    for (name, about, fields) in CATALOGUE {
        page.push_str(&format!("\n## `{name}`\n\n{}\n", about.trim()));
        if !fields.is_empty() {
            page.push_str("\n| detail | kind | meaning |\n|---|---|---|\n");
        }
        for (field, kind, about) in *fields {
            page.push_str(&format!("| `{field}` | {kind} | {} |\n", about.trim()));
        }
    }
    page
}
