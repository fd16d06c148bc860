//! What can be filed: the catalogue that this program ships with, and over it what offices have published since.

use std::collections::BTreeMap;

use protocol::ServiceItem;

use crate::{
    catalogue::{
        Catalogue, Fault,
        bundle::{LifeEventBundle, MergedForm},
        bundle_faults,
    },
    store::{
        StoreError, Transaction,
        published::{self, Published},
    },
    submission::Fileable,
};

/// What is offered today, and every version that ever was.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) catalogue: Catalogue,
    pub(crate) fileable: Fileable,
    /// How many versions there are. They are only ever added, so another number is another offer.
    pub(crate) edition: i64,
}

impl Offer {
    /// Reads it. An item that an office has edited is the office's from then on: its newest version is offered, whatever
    /// this program ships.
    pub(crate) fn read(view: &Transaction<'_>, shipped: &Catalogue) -> Result<Self, StoreError> {
        let published = published::all(view)?;
        let edition = i64::try_from(published.len()).unwrap_or(i64::MAX);
        let mut catalogue = shipped.clone();
        for item in &mut catalogue.items {
            if let Some(newest) = newest_by_office(&published, &item.id) {
                item.clone_from(newest);
            }
        }
        let mut fileable = Fileable::default();
        fileable.consents.extend(published::consents(view)?.iter().map(|notice| notice.version));
        for Published { item, .. } in published {
            fileable.items.entry(item.id.clone()).or_default().insert(item.version, item);
        }
        // An office may have published a version that a bundle does not fit.
        let Catalogue { bundles, items, .. } = &mut catalogue;
        bundles.retain(|bundle| fits(bundle, items));
        Ok(Self { catalogue, fileable, edition })
    }

    /// A bundle as it is offered today.
    pub(crate) fn bundle(&self, id: &str) -> Option<MergedForm> {
        let bundle = self.catalogue.bundles.iter().find(|bundle| bundle.id == id)?;
        MergedForm::of(bundle, |item| self.item(item).cloned())
    }

    /// The same with its items in the versions of a draft or a submission; `None` too where one of them was never
    /// published or does not fit.
    pub(crate) fn bundle_of(&self, id: &str, versions: &BTreeMap<String, u32>) -> Option<MergedForm> {
        let bundle = self.catalogue.bundles.iter().find(|bundle| bundle.id == id)?;
        let version = |item: &str| self.version(item, *versions.get(item)?).cloned();
        let form = MergedForm::of(bundle, version)?;
        (versions.len() == form.items.len() && fits(bundle, &form.items)).then_some(form)
    }

    /// The item as it is offered today.
    pub(crate) fn item(&self, id: &str) -> Option<&ServiceItem> {
        self.catalogue.items.iter().find(|item| item.id == id)
    }

    /// The item in the version of a case or a draft.
    pub(crate) fn version(&self, id: &str, version: u32) -> Option<&ServiceItem> {
        self.fileable.items.get(id)?.get(&version)
    }
}

fn fits(bundle: &LifeEventBundle, items: &[ServiceItem]) -> bool {
    let faults = bundle_faults(bundle, items);
    for Fault { field, problem, .. } in &faults {
        tracing::warn!(bundle = bundle.id, field, problem, "bundle.does-not-fit");
    }
    faults.is_empty()
}

fn newest_by_office<'a>(published: &'a [Published], id: &str) -> Option<&'a ServiceItem> {
    let edited = published.iter().filter(|known| known.by_office && known.item.id == id);
    edited.map(|known| &known.item).max_by_key(|item| item.version)
}
