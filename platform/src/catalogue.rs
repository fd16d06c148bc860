//! 事项 and tiles as data: reading them, and refusing what is incomplete or contradicts itself.

pub(crate) mod bundle;
pub(crate) mod codes;
mod shipped;
mod strangers;
mod validate;

use std::path::Path;

use kiosk_config::ConfigError;
use protocol::{App, Community, ConsentNotice, Phones, ServiceItem};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use bundle::LifeEventBundle;
pub(crate) use validate::bundle::faults as bundle_faults;

/// What a community offers today. Only a valid one can be made.
#[derive(Clone, Debug)]
pub struct Catalogue {
    pub(crate) community: Community,
    pub(crate) phones: Phones,
    pub(crate) consent: ConsentNotice,
    pub(crate) web_consent: ConsentNotice,
    pub(crate) apps: Vec<App>,
    pub(crate) items: Vec<ServiceItem>,
    /// 一件事.
    pub(crate) bundles: Vec<LifeEventBundle>,
}

/// Why a catalogue is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] ConfigError),
    /// It can be read, and says what cannot be.
    #[error("the catalogue is refused:{}", list(.0))]
    Faults(Vec<Fault>),
}

/// One thing that is wrong with a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The item, or `registry`.
    pub item: String,
    /// Where in it, e.g. `fields.phone.label`.
    pub field: String,
    /// What is wrong.
    pub problem: String,
}

fn list(faults: &[Fault]) -> String {
    let line = |Fault { item, field, problem }: &Fault| format!("\n  {item}: `{field}`: {problem}");
    faults.iter().map(line).collect::<Vec<_>>().concat()
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Registry {
    community: Community,
    phones: Phones,
    consent: ConsentNotice,
    web_consent: ConsentNotice,
    apps: Vec<App>,
}

impl Catalogue {
    /// 知情同意 of the kiosk, and of the pages.
    pub(crate) fn consents(&self) -> [&ConsentNotice; 2] {
        [&self.consent, &self.web_consent]
    }

    /// What is wrong with `item` in the place of the one that has its name, or beside the others. Bundles follow their
    /// items: one that does not fit a new version is not offered until it does. What is wrong with others already keeps
    /// nobody from writing this one.
    pub(crate) fn faults_with(&self, item: &ServiceItem) -> Vec<Fault> {
        let mut changed = Self { bundles: Vec::new(), ..self.clone() };
        let before = validate::faults(&changed);
        match changed.items.iter_mut().find(|known| known.id == item.id) {
            Some(place) => place.clone_from(item),
            None => changed.items.push(item.clone()),
        }
        let mut faults = validate::faults(&changed);
        faults.retain(|fault| fault.item == item.id || !before.contains(fault));
        faults
    }

    /// The 示例 catalogue that this program ships with.
    pub fn embedded() -> Result<Self, CatalogueError> {
        Self::parse(shipped::REGISTRY, shipped::ITEMS)?.with_bundles(shipped::BUNDLES)
    }

    /// The same with these bundles of its items, each with the name of its file.
    pub fn with_bundles(mut self, bundles: &[(&str, &str)]) -> Result<Self, CatalogueError> {
        let mut faults = Vec::new();
        for (file, text) in bundles {
            let bundle: LifeEventBundle = read((file, text))?;
            faults.extend(strangers::faults(file, text, &format!("bundles/{}", bundle.id), &bundle)?);
            self.bundles.push(bundle);
        }
        faults.extend(validate::faults(&self));
        faults.extend(validate::bundle::tile_faults(&self.apps, &self.bundles));
        if faults.is_empty() { Ok(self) } else { Err(CatalogueError::Faults(faults)) }
    }

    /// Reads a registry and its items, each with the name of its file.
    pub fn parse(registry: (&str, &str), items: &[(&str, &str)]) -> Result<Self, CatalogueError> {
        let (file, text) = registry;
        let registry: Registry = read(registry)?;
        let texts = items;
        let items = texts.iter().map(|file| read(*file)).collect::<Result<Vec<ServiceItem>, _>>()?;
        let mut faults = strangers::faults(file, text, "registry", &registry)?;
        for ((file, text), item) in texts.iter().zip(&items) {
            faults.extend(strangers::faults(file, text, &item.id, item)?);
        }
        let Registry { community, phones, consent, web_consent, apps } = registry;
        let catalogue = Self { community, phones, consent, web_consent, apps, items, bundles: Vec::new() };
        faults.extend(validate::faults(&catalogue));
        if faults.is_empty() { Ok(catalogue) } else { Err(CatalogueError::Faults(faults)) }
    }
}

/// Reads one item or bundle as it stands in a file. What cannot be read is told with its line.
pub(crate) fn read_one<T: DeserializeOwned + Serialize>(id: &str, text: &str) -> Result<T, Vec<Fault>> {
    let unreadable = |error: ConfigError| {
        let (field, problem) = match error {
            ConfigError::Key { line, key, found, expected, .. } => {
                (key, format!("第 {line} 行：found {found}, expected {expected}"))
            }
            ConfigError::Syntax { line, column, found, expected, .. } => {
                ("TOML".to_owned(), format!("第 {line} 行第 {column} 列：found {found}, expected {expected}"))
            }
            ConfigError::Unreadable { found, .. } => ("TOML".to_owned(), found),
        };
        vec![Fault { item: id.to_owned(), field, problem }]
    };
    let one: T = read((id, text)).map_err(unreadable)?;
    let strangers = strangers::faults(id, text, id, &one).map_err(unreadable)?;
    if strangers.is_empty() { Ok(one) } else { Err(strangers) }
}

fn read<T: DeserializeOwned>((file, text): (&str, &str)) -> Result<T, ConfigError> {
    kiosk_config::parse(text, Path::new(file))
}

#[cfg(test)]
mod tests;
