//! What travels from a channel to the platform, perhaps long after it was said: the call itself, and how it is sealed.
//!
//! Both live here because the store that keeps a call and the client that sends it must not know each other.

use std::{collections::BTreeMap, fmt, time::Duration};

use jiff::Timestamp;
use uuid::Uuid;

/// For how long a platform must know an `Idempotency-Key`, at the least, after it has seen it. Nothing may wait for so long
/// and then be sent: it could be filed a second time.
pub const IDEMPOTENCY_KEY_LIFE: Duration = Duration::from_hours(90 * 24);

/// A call that changes something at the platform. It is sent under an `Idempotency-Key`, always with the same bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What it asks for.
    pub kind: DeliveryKind,
    /// The case that it is about, or the bundle; calls about one case arrive in the order in which they were made.
    pub case_key: Uuid,
    /// The `Idempotency-Key`; the one of a new case or bundle is its `case_key`.
    pub idempotency_key: Uuid,
    /// The `Terminal-Id` to which a sealed body is bound; without one, the sender's own is as good.
    pub terminal_id: Option<String>,
    /// The `Content-Type` of the body.
    pub media_type: String,
    /// The body, sealed where it is personal.
    pub body: Vec<u8>,
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, case_key, body, .. } = self;
        write!(f, "Delivery({kind:?} of {case_key}, {} bytes)", body.len())
    }
}

/// What a [`Delivery`] asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryKind {
    /// A new case ([`crate::CaseSubmission`]).
    Case,
    /// Several at once ([`crate::BundleSubmission`]).
    Bundle,
    /// 满意度 ([`crate::Rating`]).
    Rating,
    /// 电子件 ([`crate::MaterialPage`]).
    Material,
}

impl DeliveryKind {
    /// Whether it brings something new, for which somebody stands and waits; what follows a case is none.
    #[must_use]
    pub fn is_filing(self) -> bool {
        match self {
            Self::Case | Self::Bundle => true,
            Self::Rating | Self::Material => false,
        }
    }

    /// Where it is posted.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Case => "/api/v1/cases",
            Self::Bundle => "/api/v1/bundle-cases",
            Self::Rating => "/api/v1/ratings",
            Self::Material => "/api/v1/materials",
        }
    }
}

/// What is filed, in the versions that the applicant saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An item, which becomes a case.
    Item {
        /// [`crate::ServiceItem::id`].
        item: String,
        /// Its version.
        version: u32,
    },
    /// 一件事, which becomes a case of each of its items that the answers call for.
    Bundle {
        /// [`crate::Bundle::id`].
        bundle: String,
        /// Its version.
        version: u32,
        /// Those of its items.
        item_versions: BTreeMap<String, u32>,
    },
}

impl Subject {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Item { item: id, .. } | Self::Bundle { bundle: id, .. } => id,
        }
    }
}

/// What only the platform can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBody {
    /// How it is sealed.
    pub media_type: String,
    /// The sealed message.
    pub bytes: Vec<u8>,
}

/// What a sealed message is bound to: moved to anything else, it does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Belongs<'a> {
    /// The `Idempotency-Key` under which it is sent, which is all that the platform knows of it before it is open: the case,
    /// and of a page of a material the page's own key.
    pub case_key: Uuid,
    /// The machine that took it.
    pub terminal_id: &'a str,
    /// When the machine forgets it, sent or not.
    pub expires_at: Timestamp,
}

/// Seals what must wait: nothing personal touches a disk unsealed.
pub trait Sealer {
    /// Seals `plaintext`, bound to what it belongs to.
    fn seal(&self, belongs: &Belongs<'_>, plaintext: &[u8]) -> Result<SealedBody, SealFault>;
}

/// Why nothing could be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealFault {
    /// The platform's key is of a kind that this machine does not know, or no key at all.
    UnusableKey,
    /// The sealing itself failed.
    Failed,
}

impl fmt::Display for SealFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnusableKey => "the platform's sealing key is of no use to this machine",
            Self::Failed => "sealing failed",
        })
    }
}

impl std::error::Error for SealFault {}
