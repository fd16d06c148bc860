//! 办事目录 as a file that documents name by its hash: what an office has published goes to kiosks as everything else does
//! that residents see, by signatures. The file is made of what is offered when a document is drafted; it is never changed, for
//! a kiosk that was away may still ask for it.

use jiff::Timestamp;
use protocol::{BundleApp, SignedCatalogue};
use serde_json::{Map, Value};

use super::configuring;
use crate::{
    app::App,
    error::Refusal,
    materials::sha256,
    offer::Offer,
    people::session::Session,
    staff::access::{Ask, require},
    store::{StoreError, Transaction},
};

/// What is offered now, as it would be signed.
pub(crate) struct CatalogueFile {
    sha256: String,
    content: Vec<u8>,
}

impl CatalogueFile {
    pub(crate) fn of(offer: &Offer) -> Result<Self, serde_json::Error> {
        let catalogue = offer.catalogue.clone();
        let (apps, bundle_apps) = BundleApp::apart(&catalogue.apps);
        let content = serde_json::to_vec(&SignedCatalogue {
            community: catalogue.community,
            phones: catalogue.phones,
            consent: catalogue.consent,
            apps,
            items: catalogue.items,
            bundles: offer.bundles(),
            bundle_apps,
        })?;
        Ok(Self { sha256: sha256(&content), content })
    }

    /// As a document names it.
    pub(crate) fn named(&self) -> Value {
        serde_json::json!({ "sha256": self.sha256, "length": self.content.len() })
    }

    /// Keeps it; the same catalogue is there once.
    pub(super) fn keep(&self, transaction: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO catalogue_file (sha256, content, bytes, made_at) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (sha256) DO NOTHING";
        let bytes = i64::try_from(self.content.len()).unwrap_or(i64::MAX);
        let values =
            [(&self.sha256).into(), self.content.as_slice().into(), bytes.into(), now.to_string().into()];
        transaction.execute(sql, &values).map(drop)
    }
}

/// Keeps what is offered now, to be named by a document.
pub(crate) async fn keep(app: &App, session: &Session) -> Result<Value, Refusal> {
    require(session, Ask::Configure)?;
    app.renew_offer().await?;
    let (file, now) = (CatalogueFile::of(&app.offer())?, app.clock.now());
    let named = file.named();
    app.store.write(move |transaction| file.keep(transaction, now)).await?;
    Ok(named)
}

/// How many kiosks show a catalogue that is not the one that is offered now: what an office has published since waits for
/// signatures.
pub(crate) async fn behind(app: &App) -> Result<usize, Refusal> {
    app.renew_offer().await?;
    let now = CatalogueFile::of(&app.offer())?.sha256;
    Ok(app.store.read(move |view| behind_of(view, &now)).await?)
}

fn behind_of(view: &Transaction<'_>, now: &str) -> Result<usize, StoreError> {
    let set = configuring::in_force(view)?;
    let old = |settings: &&Map<String, Value>| {
        settings::catalogue(settings).is_some_and(|named| named.sha256 != now)
    };
    Ok(set.iter().filter(old).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::DatabaseUrl, store::Store};

    #[tokio::test]
    async fn who_shows_another_catalogue_is_found_with_one_question_however_many_there_are() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(DatabaseUrl::Sqlite(folder.path().join("platform.db"))).await.unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let set = |sha256: &str| {
            let named = serde_json::json!({ "service": { "catalogue": { "sha256": sha256.repeat(64), "length": 1 } } });
            named.as_object().unwrap().clone()
        };
        let (old, new) = (set("a"), set("b"));
        let fill = move |transaction: &Transaction<'_>| {
            let kiosk = "INSERT INTO kiosk (name, invited_at, revoked_at) VALUES (?1, ?2, ?3)";
            for number in 0..1_000 {
                let (name, at) = (format!("LZ-{number:04}"), now.to_string());
                let revoked = (number == 0).then(|| at.clone());
                transaction.execute(kiosk, &[(&name).into(), at.into(), revoked.into()])?;
                configuring::draft(transaction, &name, 1, &new, now)?;
                configuring::draft(transaction, &name, 2, &old, now)?;
                // The last one has the new one still; of another nothing is published.
                let published = if number == 999 { 1 } else { 2 };
                if number != 1 {
                    configuring::publish(transaction, [(name.as_str(), published)], now)?;
                }
            }
            Ok(())
        };
        store.write(fill).await.unwrap();
        let count = |view: &Transaction<'_>| Ok((behind_of(view, &"b".repeat(64))?, view.asked()));
        assert_eq!(store.read(count).await.unwrap(), (997, 1));
    }
}
