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
