//! Tells the platform what the audit log says, signed by the device. A machine that was never enrolled has no device key
//! and nobody who could check its signature: its log stays on its disk alone.

use std::{path::Path, sync::Arc, time::Duration};

use config_apply::Folder;
use enrolment::DeviceKey;
use outbox::{StoreError, audit};
use platform_client::{CallError, Client};
use protocol::AuditStanding;

use super::{readiness::identity, store::SharedStore};

/// Between two looks whether there is anything to tell.
const LOOK: Duration = Duration::from_hours(1);
/// Between two tries while the platform does not answer, or does not take it.
const AGAIN: Duration = Duration::from_mins(10);

#[derive(Debug, thiserror::Error)]
enum NotTold {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The key of an enrolled machine.
pub(super) fn device_key(store: &Path) -> Option<audit::DeviceKey> {
    let key = Folder::open(&identity(store)).map_err(Into::into).and_then(|folder| DeviceKey::load(&folder));
    let key = key.inspect_err(|error| tracing::error!(%error, "audit log not signed")).ok()??;
    audit::DeviceKey::from_pkcs8(key.pkcs8()).ok()
}

/// Runs as long as the kiosk.
pub(super) async fn report(store: SharedStore, client: Arc<Client>, key: audit::DeviceKey) {
    let key = Arc::new(key);
    loop {
        let told = tell(&store, &client, &key).await;
        if let Err(error) = &told {
            tracing::warn!(%error, "audit log not told");
        }
        tokio::time::sleep(if told.is_ok() { LOOK } else { AGAIN }).await;
    }
}

/// Everything that the platform does not know yet, piece by piece.
async fn tell(store: &SharedStore, client: &Client, key: &Arc<audit::DeviceKey>) -> Result<(), NotTold> {
    let mut standing = client.audit_standing().await?;
    loop {
        let (from, key) = (standing.clone(), key.clone());
        let report = store.run(move |store| courier::audit_report(store, &from, &key)).await?;
        let Some(report) = report else { return Ok(()) };
        let known: AuditStanding = client.tell_audit(&report).await?;
        if known == standing {
            return Ok(());
        }
        standing = known;
    }
}
