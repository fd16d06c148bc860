//! How a machine becomes a kiosk of a platform, and stays one.
//!
//! ```text
//!   operator            platform                    kiosk
//!      │  enrol --kiosk N   │                          │
//!      │───────────────────▶│ makes a code, ≤ 15 min   │
//!      │◀── Invitation ─────│                          │
//!      │─────────────── QR, or typed ─────────────────▶│ makes its DeviceKey
//!      │                    │◀── /cacerts ─────────────│ not trusted, nothing said yet
//!      │                    │──── root certificate ───▶│ its key must have the Pin
//!      │                    │◀── code, CSR ────────────│ over TLS that ends at that root
//!      │                    │──── Certificate ────────▶│ on the disk: Membership
//! ```
//!
//! - The [`DeviceKey`] never leaves the machine. The same key signs in TLS and under the audit log.
//! - The code leaves the machine only towards a platform whose root has the pin of the invitation.
//! - The messages are those of RFC 7030 (EST), in [`est`], so that a certificate authority off the shelf can stand
//!   behind the platform.
//! - Under that key a kiosk can say something of itself that anybody can check: a [`statement`].
//! - A certificate lives for 90 days at most and is renewed after two thirds of its life ([`renewal`]). One that
//!   expired while the kiosk was away may do one thing yet: be renewed, for [`renewal::GRACE`].
//!
//! # What a revoked kiosk does
//!
//! It hears of it from its own platform, over TLS that ends at its root, and [`Folder::wipe`]s: the key, the
//! certificate and what it trusts are gone, and so are its configuration and the cached catalogue. **What waits in the
//! outbox stays on the disk, sealed.** A resident has a receipt for each of those cases; only the platform can open
//! them, so whoever has the machine learns nothing from them, and a machine that is enrolled again delivers them. The
//! platform is told how many there are, so that somebody fetches them.
//!
//! Nothing here has a clock, a socket or a screen.

mod certificate;
mod code;
mod device_key;
pub mod est;
mod folder;
mod invitation;
mod name;
mod pin;
pub mod renewal;
pub mod statement;

pub use certificate::{BadCertificate, Certificate};
pub use code::{BadCode, Code};
pub use device_key::{DeviceKey, KeyError};
pub use folder::{Folder, FolderError, Membership, wipe};
pub use invitation::{BadInvitation, Invitation};
pub use name::{BadName, Name};
pub use pin::{BadPin, Pin};

/// Crockford's base 32: no letter that looks like a digit, and whoever types O or L means 0 or 1.
fn base32() -> Option<data_encoding::Encoding> {
    let mut specification = data_encoding::Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.translate.from.push_str("abcdefghjkmnpqrstvwxyzOoIiLl");
    specification.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ001111");
    specification.ignore.push_str(" -");
    specification.encoding().ok()
}

fn spell(bytes: &[u8]) -> String {
    let text = base32().map(|base32| base32.encode(bytes)).unwrap_or_default();
    let groups: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    groups.join("-")
}

fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
    base32()?.decode(text.trim().as_bytes()).ok()?.try_into().ok()
}
