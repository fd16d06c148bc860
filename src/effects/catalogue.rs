//! 事项目录 as it was signed: what residents are shown comes from there alone, as soon as a document in force names one.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::{AppRegistry, SignedCatalogue};
use serde_json::{Map, Value};
use settings::Content;
use tokio::sync::Notify;

use super::content;

/// The catalogue in force. Whoever keeps the registry fresh and whoever puts settings in force share it.
#[derive(Clone, Default)]
pub(super) struct Signed(Arc<Inner>);

#[derive(Default)]
struct Inner {
    standing: Mutex<Standing>,
    changed: Notify,
}

#[derive(Clone, Default)]
enum Standing {
    /// No document names one: the platform is taken at its word.
    #[default]
    Unnamed,
    /// What was signed.
    Named(Arc<SignedCatalogue>),
    /// One is named, and its file is not what was signed: nothing is shown in its place, until the file is here again.
    Lost,
}

impl Signed {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.0.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what settings name; gives what is wrong with it.
    pub(super) fn take(&self, folder: &Path, settings: &Map<String, Value>) -> Option<String> {
        let (standing, wrong) = match settings::catalogue(settings) {
            None => (Standing::Unnamed, None),
            Some(named) => match read(folder, &named) {
                Ok(catalogue) => (Standing::Named(Arc::new(catalogue)), None),
                Err(why) => {
                    tracing::error!(name = named.sha256, why, "catalogue not shown");
                    (Standing::Lost, Some(format!("service.catalogue: {}: {why}", named.sha256)))
                }
            },
        };
        *self.standing() = standing;
        self.0.changed.notify_one();
        wrong
    }

    /// Waits until another one may be in force.
    pub(super) async fn changed(&self) {
        self.0.changed.notified().await;
    }

    /// What is shown where the platform says `registry`; nothing where that would be neither signed nor known.
    pub(super) fn over(&self, registry: &AppRegistry) -> Option<AppRegistry> {
        match &*self.standing() {
            Standing::Unnamed => Some(registry.clone()),
            Standing::Named(catalogue) => Some(catalogue.over(registry)),
            Standing::Lost => None,
        }
    }
}

fn read(folder: &Path, named: &Content) -> Result<SignedCatalogue, String> {
    let bytes = content::signed(folder, named)?;
    let catalogue: SignedCatalogue = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    if catalogue.apps.is_empty() { Err("it has no tiles".to_owned()) } else { Ok(catalogue) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    fn registry() -> AppRegistry {
        serde_json::from_str(include_str!("../../crates/flow/tests/it/registry.json")).unwrap()
    }

    /// The same with other words for the first item.
    fn signed() -> SignedCatalogue {
        let mut signed = SignedCatalogue::of(&registry());
        signed.items.first_mut().unwrap().fee = protocol::Text::zh("示例：不收费");
        signed
    }

    fn settings(bytes: &[u8]) -> Map<String, Value> {
        let named = json!({"sha256": config_trust::sha256(bytes), "length": bytes.len()});
        json!({"service": {"catalogue": named}}).as_object().unwrap().clone()
    }

    fn fee(shown: &AppRegistry) -> String {
        shown.items.first().unwrap().item.fee.simplified.clone()
    }

    #[test]
    fn what_is_signed_is_shown_and_nothing_else() {
        let (folder, here) = (tempfile::tempdir().unwrap(), Signed::default());
        assert_eq!(here.over(&registry()), Some(registry()), "nothing is signed yet");
        let bytes = serde_json::to_vec(&signed()).unwrap();
        let settings = settings(&bytes);
        let path = folder.path().join(config_trust::sha256(&bytes));
        fs::write(&path, &bytes).unwrap();
        assert_eq!(here.take(folder.path(), &settings), None);
        let mut platform = registry();
        platform.phones.consult = "13900000000".to_owned();
        platform.apps.clear();
        let bundles: Value =
            serde_json::from_str(include_str!("../../crates/flow/tests/it/bundles.json")).unwrap();
        platform.bundles = serde_json::from_value(bundles["bundles"].clone()).unwrap();
        let shown = here.over(&platform).unwrap();
        assert_eq!(fee(&shown), "示例：不收费");
        assert_eq!((&shown.apps, &shown.phones), (&registry().apps, &registry().phones));
        assert!(!platform.bundles.is_empty() && shown.bundles.is_empty(), "nobody has signed a bundle");
        // One byte is another: neither that file nor what the platform says.
        fs::write(&path, [&bytes[..], b" "].concat()).unwrap();
        let wrong = here.take(folder.path(), &settings).unwrap();
        assert!(
            wrong.contains("service.catalogue") && wrong.contains("not the file that was signed"),
            "{wrong}"
        );
        assert_eq!(here.over(&registry()), None);
        assert_eq!(here.take(folder.path(), &Map::new()), None);
        assert_eq!(here.over(&registry()), Some(registry()));
    }

    #[test]
    fn a_file_that_shows_nothing_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let empty = SignedCatalogue { apps: Vec::new(), ..signed() };
        for bytes in [b"{}".to_vec(), b"\xff\xd8".to_vec(), serde_json::to_vec(&empty).unwrap()] {
            fs::write(folder.path().join(config_trust::sha256(&bytes)), &bytes).unwrap();
            assert!(Signed::default().take(folder.path(), &settings(&bytes)).is_some());
        }
    }
}
