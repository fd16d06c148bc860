//! What can be filed: the catalogue that this program ships with, and over it what offices have published since.

use std::collections::{BTreeMap, BTreeSet};

use protocol::{App, Bundle, ServiceItem, Text};

use crate::{
    catalogue::{
        Catalogue, Fault,
        bundle::{LifeEventBundle, MergedForm},
        bundle_faults,
    },
    store::{
        StoreError, Transaction,
        bundle_versions::{self, Published as PublishedBundle},
        drafts::{Draft, Subject},
        published::{self, Published},
    },
    submission::Fileable,
};

/// What is offered today, and every version that ever was.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) catalogue: Catalogue,
    pub(crate) fileable: Fileable,
    /// 停办: items that an office has taken back, each in the version that stands. They are offered nowhere.
    pub(crate) withdrawn: Vec<ServiceItem>,
    /// Every bundle in the version that stands, offered or not.
    pub(crate) standing: Vec<Standing>,
    /// Every version of every bundle: who has begun under one goes on under it, also where it was withdrawn since.
    bundles: BTreeMap<String, BTreeMap<u32, LifeEventBundle>>,
    /// How many versions and withdrawals there are. They are only ever added, so another number is another offer.
    pub(crate) edition: i64,
}

/// What a resident asks for by its name.
#[derive(Clone, Copy)]
pub(crate) enum Named<'a> {
    Item(&'a str),
    Bundle(&'a str),
}

/// A bundle in the version that stands.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) bundle: LifeEventBundle,
    /// An office has taken it back.
    pub(crate) withdrawn: bool,
    /// What does not fit the items as they are today: then it is not offered.
    pub(crate) faults: Vec<Fault>,
}

impl Standing {
    /// Whether residents can begin it.
    pub(crate) fn is_offered(&self) -> bool {
        !self.withdrawn && self.faults.is_empty()
    }
}

impl Offer {
    /// Reads it. An item that an office has made, edited or taken back is the office's from then on: its newest version
    /// stands, whatever this program ships. What no program brings stands behind the others, by its name, on every node alike.
    pub(crate) fn read(view: &Transaction<'_>, shipped: &Catalogue) -> Result<Self, StoreError> {
        let published = published::all(view)?;
        let bundles = bundle_versions::all(view)?;
        let taken_back = published.iter().filter(|known| known.withdrawn).count()
            + bundles.iter().filter(|known| known.withdrawn).count();
        let edition = i64::try_from(published.len() + bundles.len() + taken_back).unwrap_or(i64::MAX);
        let mut catalogue = shipped.clone();
        let mut theirs = newest_by_office(&published);
        let gone = theirs.values().filter(|newest| newest.withdrawn).map(|newest| newest.item.id.clone());
        let gone: BTreeSet<String> = gone.collect();
        for item in &mut catalogue.items {
            if let Some(newest) = theirs.remove(item.id.as_str()) {
                item.clone_from(&newest.item);
            }
        }
        catalogue.items.extend(theirs.into_values().map(|newest| newest.item.clone()));
        let (withdrawn, offered): (Vec<_>, Vec<_>) =
            catalogue.items.into_iter().partition(|item| gone.contains(&item.id));
        catalogue.items = offered;
        let mut fileable = Fileable::default();
        fileable.consents.extend(published::consents(view)?.iter().map(|notice| notice.version));
        for Published { item, .. } in published {
            fileable.items.entry(item.id.clone()).or_default().insert(item.version, item);
        }
        let standing = standing((&catalogue, &withdrawn), &bundles);
        let offered = standing.iter().filter(|one| one.is_offered()).map(|one| one.bundle.clone());
        catalogue.bundles = offered.collect();
        let mut versions: BTreeMap<String, BTreeMap<u32, LifeEventBundle>> = BTreeMap::new();
        for PublishedBundle { bundle, .. } in bundles {
            versions.entry(bundle.id.clone()).or_default().insert(bundle.version, bundle);
        }
        Ok(Self { catalogue, fileable, withdrawn, standing, bundles: versions, edition })
    }

    /// A bundle as it is offered today.
    pub(crate) fn bundle(&self, id: &str) -> Option<MergedForm> {
        let bundle = self.catalogue.bundles.iter().find(|bundle| bundle.id == id)?;
        MergedForm::of(bundle, |item| self.item(item).cloned())
    }

    /// Whether a bundle is offered today.
    pub(crate) fn offers_bundle(&self, id: &str) -> bool {
        self.catalogue.bundles.iter().any(|bundle| bundle.id == id)
    }

    /// All bundles as they are offered today.
    pub(crate) fn bundles(&self) -> Vec<Bundle> {
        let forms = self.catalogue.bundles.iter().filter_map(|bundle| self.bundle(&bundle.id));
        forms.map(|form| form.offered()).collect()
    }

    /// The same in the version of a draft or a submission, with its items in theirs; `None` where one of them was never
    /// published or does not fit.
    pub(crate) fn bundle_of(
        &self,
        (id, version): (&str, u32),
        items: &BTreeMap<String, u32>,
    ) -> Option<MergedForm> {
        let bundle = self.bundles.get(id)?.get(&version)?;
        let item = |item: &str| self.version(item, *items.get(item)?).cloned();
        let form = MergedForm::of(bundle, item)?;
        (items.len() == form.items.len() && bundle_faults(bundle, &form.items).is_empty()).then_some(form)
    }

    /// The bundle whose numbers begin so, in whatever version.
    pub(crate) fn bundle_with_code(&self, code: &str) -> Option<&LifeEventBundle> {
        self.bundles.values().flat_map(BTreeMap::values).find(|bundle| bundle.code == code)
    }

    /// Whether there ever was a bundle of that name.
    pub(crate) fn knows_bundle(&self, id: &str) -> bool {
        self.bundles.contains_key(id)
    }

    /// Whether that version of a bundle and these of items were ever published.
    pub(crate) fn knows(&self, (id, version): (&str, u32), items: &BTreeMap<String, u32>) -> bool {
        self.bundles.get(id).is_some_and(|versions| versions.contains_key(&version))
            && items.iter().all(|(item, version)| self.version(item, *version).is_some())
    }

    /// Whether what a draft is of was ever published, in the version of the draft.
    pub(crate) fn knows_draft(&self, draft: &Draft) -> bool {
        match &draft.subject {
            Subject::Item { id, version } => self.version(id, *version).is_some(),
            Subject::Bundle { id, version, items } => self.knows((id, *version), items),
        }
    }

    /// A bundle in the version that stands, offered or not.
    pub(crate) fn standing(&self, id: &str) -> Option<&Standing> {
        self.standing.iter().find(|one| one.bundle.id == id)
    }

    /// Every tile that a home screen can be given. One stays while what it opens is withdrawn or does not fit: a kiosk leaves
    /// it out meanwhile.
    pub(crate) fn placeable(&self) -> Vec<App> {
        let bundles = self.standing.iter().map(|standing| &standing.bundle);
        let own = bundles.map(|bundle| App::of_bundle(&bundle.id, &bundle.name, &bundle.summary));
        self.catalogue.apps.iter().cloned().chain(own).collect()
    }

    /// The item as it is offered today.
    pub(crate) fn item(&self, id: &str) -> Option<&ServiceItem> {
        self.catalogue.items.iter().find(|item| item.id == id)
    }

    /// Every item in the version that stands, offered or not.
    pub(crate) fn standing_items(&self) -> impl Iterator<Item = &ServiceItem> {
        self.catalogue.items.iter().chain(&self.withdrawn)
    }

    /// An item in the version that stands, offered or not.
    pub(crate) fn standing_item(&self, id: &str) -> Option<&ServiceItem> {
        self.standing_items().find(|item| item.id == id)
    }

    /// Whether an office has taken that item back.
    pub(crate) fn has_withdrawn(&self, item: &str) -> bool {
        self.withdrawn.iter().any(|known| known.id == item)
    }

    /// The bundles that are offered and do that item.
    pub(crate) fn bundles_with<'o>(&'o self, item: &'o str) -> impl Iterator<Item = &'o LifeEventBundle> {
        let does = move |bundle: &&LifeEventBundle| bundle.items.iter().any(|member| member.item == item);
        self.catalogue.bundles.iter().filter(does)
    }

    /// The items that a bundle can be of, and those that it is of.
    pub(crate) fn items_for(&self, bundle: &LifeEventBundle) -> Vec<&ServiceItem> {
        let has = |item: &&ServiceItem| bundle.items.iter().any(|member| member.item == item.id);
        self.catalogue.items.iter().chain(self.withdrawn.iter().filter(has)).collect()
    }

    /// What is wrong with an item in the place of the one that has its name, or beside all others.
    pub(crate) fn item_faults(&self, item: &ServiceItem) -> Vec<Fault> {
        let items = self.standing_items().cloned().collect();
        Catalogue { items, ..self.catalogue.clone() }.faults_with(item)
    }

    /// What keeps a bundle from being offered over the items as they are today.
    pub(crate) fn bundle_faults(&self, bundle: &LifeEventBundle) -> Vec<Fault> {
        faults_over((&self.catalogue, &self.withdrawn), bundle)
    }

    /// Whether it is offered today; the form of a bundle is not made for that.
    pub(crate) fn offers(&self, named: Named<'_>) -> bool {
        match named {
            Named::Item(id) => self.item(id).is_some(),
            Named::Bundle(id) => self.offers_bundle(id),
        }
    }

    /// What a bundle or an item is called that stands and is not offered, and the number of those who know why.
    pub(crate) fn not_offered(&self, named: Named<'_>) -> Option<(&Text, &str)> {
        match named {
            Named::Item(id) => {
                let item = self.withdrawn.iter().find(|item| item.id == id)?;
                Some((&item.name, &item.consult_phone))
            }
            Named::Bundle(id) => {
                let bundle = &self.standing(id).filter(|standing| !standing.is_offered())?.bundle;
                let first = self.standing_item(&bundle.items.first()?.item)?;
                Some((&bundle.name, &first.consult_phone))
            }
        }
    }

    /// The item in the version of a case or a draft.
    pub(crate) fn version(&self, id: &str, version: u32) -> Option<&ServiceItem> {
        self.fileable.items.get(id)?.get(&version)
    }
}

/// Every bundle in the version that stands over the items of `catalogue`: the newest that an office has published or
/// withdrawn, and where none has touched it, the program's. One that a newer version of an item does not fit is told of.
fn standing(
    (catalogue, withdrawn): (&Catalogue, &[ServiceItem]),
    published: &[PublishedBundle],
) -> Vec<Standing> {
    let mut ids: Vec<&str> = catalogue.bundles.iter().map(|bundle| bundle.id.as_str()).collect();
    ids.extend(published.iter().filter(|one| one.by_office).map(|one| one.bundle.id.as_str()));
    let mut seen = BTreeSet::new();
    ids.retain(|id| seen.insert(*id));
    let stands = |id: &str| {
        let theirs = published.iter().filter(|one| one.by_office && one.bundle.id == id);
        let newest = theirs.max_by_key(|one| one.bundle.version);
        let shipped = || catalogue.bundles.iter().find(|bundle| bundle.id == id);
        let bundle = newest.map(|one| &one.bundle).or_else(shipped)?.clone();
        let faults = faults_over((catalogue, withdrawn), &bundle);
        for Fault { field, problem, .. } in &faults {
            tracing::warn!(bundle = bundle.id, field, problem, "bundle.does-not-fit");
        }
        Some(Standing { bundle, withdrawn: newest.is_some_and(|one| one.withdrawn), faults })
    };
    ids.into_iter().filter_map(stands).collect()
}

/// What is wrong with a bundle over the items that are offered. One that was taken back is told by what it is called.
fn faults_over((catalogue, withdrawn): (&Catalogue, &[ServiceItem]), bundle: &LifeEventBundle) -> Vec<Fault> {
    let mut faults = bundle_faults(bundle, &catalogue.items);
    for fault in &mut faults {
        let missing = fault.field.strip_prefix("items.");
        if let Some(item) = withdrawn.iter().find(|item| missing == Some(item.id.as_str())) {
            fault.problem = format!("“{}”已停办，先恢复办理，或不一起办", item.name.simplified);
        }
    }
    faults
}

/// The newest version of each item that an office has published or taken back, by its name.
fn newest_by_office(published: &[Published]) -> BTreeMap<&str, &Published> {
    let mut newest: BTreeMap<&str, &Published> = BTreeMap::new();
    for one in published.iter().filter(|known| known.by_office) {
        let known = newest.entry(&one.item.id).or_insert(one);
        if known.item.version < one.item.version {
            *known = one;
        }
    }
    newest
}
