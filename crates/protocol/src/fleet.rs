//! What a kiosk and its platform say about the kiosk itself. Nothing here is about a person.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which configuration document a kiosk shall have. The document itself comes with its signatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Desired {
    /// Counts up.
    pub version: u64,
    /// The hash of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// What a kiosk needs of the signed set, in one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrustBundle {
    /// Files by name, each as it was signed; nothing under the name of one that there is not.
    pub files: BTreeMap<String, Option<String>>,
}

/// How far the newest document has come on a kiosk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ConfigPhase {
    /// There never was one.
    None,
    /// Waits until nobody is in front of the kiosk.
    Staged,
    /// In force, on trial.
    Active,
    /// In force for good.
    Confirmed,
    /// Given up; the one before is in force.
    Reverted,
}

impl ConfigPhase {
    /// As it is spelled on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Staged => "staged",
            Self::Active => "active",
            Self::Confirmed => "confirmed",
            Self::Reverted => "reverted",
        }
    }
}

/// What a kiosk says about its configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reported {
    /// How far the newest document has come.
    pub phase: ConfigPhase,
    /// The newest document that was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<Desired>,
    /// The last one that was confirmed: what is gone back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Desired>,
    /// What is in force; nothing while the built-in safe configuration is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<Desired>,
    /// Why the newest was given up, or why what the platform offers is not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The version of the program.
    pub program: String,
    /// When it was so, by the kiosk's clock.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
}

/// What a revoked kiosk says last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Wiped {
    /// How many sealed calls are still on its disk. Residents have receipts for them: somebody has to fetch the machine.
    pub waiting: u32,
}

/// Something that is wrong with a kiosk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ailment {
    /// Its code in the catalogue of health: `P11`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z][0-9]{2}$"))]
    pub code: String,
    /// Since when, by the kiosk's clock.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub since: Timestamp,
}

/// How a kiosk is, said every minute and when anything changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Heartbeat {
    /// When it was so, by the kiosk's clock.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// The version of the program.
    pub program: String,
    /// Since when the program runs.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub started_at: Timestamp,
    /// What is wrong.
    pub ailments: Vec<Ailment>,
    /// The ID-card reader's SAM id, once it has told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// How much paper, where the printer can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperLeft>,
    /// Calls that wait for the platform.
    pub waiting: u64,
    /// Calls that were refused and wait for a decision.
    pub parked: u64,
    /// When the oldest of those that wait was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub oldest_waiting: Option<Timestamp>,
    /// Bytes left where the store is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_free: Option<u64>,
    /// Thousandths of a degree Celsius, of the hottest zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<i64>,
}

/// How much paper is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PaperLeft {
    /// Enough.
    Enough,
    /// A new roll should be at hand.
    NearEnd,
    /// None.
    Out,
}

/// What a signed [`Readiness`] is about: the `typ` of its header.
pub const READINESS: &str = "kiosk-readiness";

/// 就绪报告: what a kiosk says of itself under its key when a technician asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readiness {
    /// The version of the program.
    pub program: String,
    /// What is in force; nothing while the built-in safe configuration is, or the machine's own file alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Desired>,
    /// The technician's number.
    pub technician: u64,
    /// Every part that was ever tested, with its last test.
    pub parts: Vec<PartTested>,
    /// The codes of what is wrong.
    pub ailments: Vec<String>,
}

/// The last test of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartTested {
    /// Its name in the audit log.
    pub part: String,
    /// Whether it worked.
    pub passed: bool,
    /// When it was tested, by the kiosk's clock.
    pub at: Timestamp,
}

/// A piece of a kiosk's audit log, from where the platform's knowledge of it ends, signed by the kiosk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditReport {
    /// The hash that the first entry follows, in base64.
    pub previous: String,
    /// The entries, without a gap: at least one, and at most [`AUDIT_ENTRIES`].
    pub entries: Vec<AuditEntry>,
    /// The device's signature (Ed25519) under the last of them, in base64.
    pub signature: String,
}

/// How many entries a report may have.
pub const AUDIT_ENTRIES: u32 = 500;

/// An entry of the audit log. Its hash is reckoned from this and the one before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Its number; they rise by one.
    pub seq: u64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The name of its event.
    pub event: String,
    /// What it holds, as JSON; nothing personal.
    pub details: String,
}

/// How far a platform knows the audit log of a kiosk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditStanding {
    /// The last entry; 0 where none is known.
    pub seq: u64,
    /// Its hash in base64; empty where none is known.
    pub hash: String,
}
