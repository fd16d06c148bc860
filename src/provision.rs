//! `kiosk provision`: makes this machine a kiosk of a platform.

use std::sync::Arc;

use anyhow::Context as _;
use config_apply::Folder as Disk;
use enrolment::{
    BadInvitation, Folder, Invitation, Membership,
    renewal::{self, Standing},
};
use flow::maintenance::EnrolTrouble;
use platform_client::{Deadlines, EnrolError, Now};

use crate::{Config, clock, effects::identity};

/// One whose certificate is past renewal can only be enrolled again.
pub(crate) fn is_lapsed(membership: &Membership) -> bool {
    renewal::standing(&membership.certificate, clock::now()) == Standing::Lapsed
}

/// What a technician is told of an error of [`provision`].
pub(crate) fn trouble(error: &anyhow::Error) -> EnrolTrouble {
    if let Some(bad) = error.downcast_ref() {
        return match bad {
            BadInvitation::Form => EnrolTrouble::NotAnInvitation,
            BadInvitation::NotHttps => EnrolTrouble::Address,
            BadInvitation::Name(_) => EnrolTrouble::Name,
            BadInvitation::Pin(_) => EnrolTrouble::Pin,
            BadInvitation::Code(_) => EnrolTrouble::Code,
        };
    }
    if error.is::<Already>() {
        return EnrolTrouble::Already;
    }
    match error.downcast_ref() {
        Some(EnrolError::OtherPlatform { .. }) => EnrolTrouble::OtherPlatform,
        Some(EnrolError::Refused(_)) => EnrolTrouble::Refused,
        Some(EnrolError::Call(_) | EnrolError::Url(_)) => EnrolTrouble::Unreachable,
        Some(EnrolError::Key(_)) | None => EnrolTrouble::Failed,
    }
}

/// A kiosk does not become another one.
#[derive(Debug, thiserror::Error)]
#[error("this machine is {0} of {1} already")]
struct Already(String, String);

/// Takes up an invitation, as `platform enrol` shows it, and gives what is to be said about it. The key is made here and
/// stays here. A machine that has a platform keeps it until it is
/// revoked, or its certificate is past renewal.
pub fn provision(config: &Config, invitation: &str) -> anyhow::Result<String> {
    let invitation: Invitation = invitation.parse()?;
    let place = identity(&config.store.path);
    let mut folder = Folder::new(Disk::open(&place).with_context(|| place.display().to_string())?);
    match folder.load() {
        Ok(Some((membership, _))) if !is_lapsed(&membership) => {
            return Err(Already(membership.name().to_owned(), membership.url).into());
        }
        Ok(_) => {}
        // What cannot be used any more is what an invitation is for.
        Err(error) => tracing::warn!(%error, "enrolled anew"),
    }
    let key = folder.key_or_make()?;
    let now: Now = Arc::new(clock::now);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let enrolled = runtime.block_on(platform_client::enrol(&invitation, &key, Deadlines::default(), &now));
    let membership = enrolled?;
    folder.join(&membership, &key)?;
    let until = membership.certificate.not_after();
    Ok(format!("{} of {}, certificate until {until}", membership.name(), membership.url))
}
