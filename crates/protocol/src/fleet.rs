//! What a kiosk and its platform say about the kiosk itself. Nothing here is about a person.

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
