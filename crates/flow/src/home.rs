//! What the home screen offers, as it is set on the machine.

use jiff::civil::Date;
use protocol::{App, AppRegistry, Language, Opens, Text};

/// What is set of the home screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement {
    /// The tiles in their order, by [`App::id`] or [`protocol::Bundle::id`]; none where all are shown as the registry has them.
    pub tiles: Vec<String>,
    /// 通知, the first one first.
    pub notices: Vec<Notice>,
    /// The languages that are offered; never none.
    pub languages: Vec<Language>,
}

impl Default for Arrangement {
    fn default() -> Self {
        Self { tiles: Vec::new(), notices: Vec::new(), languages: Language::ALL.into() }
    }
}

impl Arrangement {
    /// The tiles that work, in the order that is set. Where that leaves none of them, all that work: a home screen without
    /// tiles would help nobody.
    #[must_use]
    pub fn of(&self, registry: &AppRegistry) -> Vec<App> {
        let mut working = registry.tiles();
        working.retain(|app| works(app, registry));
        let tile = |id: &String| working.iter().find(|app| app.id == *id).copied().cloned();
        let named = self.tiles.iter().filter_map(|id| tile(id).or_else(|| of_bundle(id, registry)));
        let arranged: Vec<App> = named.collect();
        if arranged.is_empty() { working.into_iter().cloned().collect() } else { arranged }
    }

    /// The notices of a day.
    pub(crate) fn notices_on(&self, day: Date) -> Vec<Notice> {
        self.notices.iter().filter(|notice| notice.is_valid_on(day)).cloned().collect()
    }
}

/// Whether there is anything behind a tile.
fn works(app: &App, registry: &AppRegistry) -> bool {
    match &app.opens {
        Opens::Item { item } => registry.item(item).is_some(),
        Opens::Area { area } => registry.area(*area).next().is_some(),
        Opens::Bundle { bundle } => registry.bundle(bundle).is_some(),
        Opens::Bundles => registry.bundles.iter().any(|bundle| registry.bundle(&bundle.id).is_some()),
        Opens::Progress => true,
    }
}

/// The tile of a bundle that is named where the registry has none for it.
fn of_bundle(id: &str, registry: &AppRegistry) -> Option<App> {
    let (bundle, _) = registry.bundle(id)?;
    Some(App::of_bundle(&bundle.id, &bundle.name, &bundle.summary))
}

/// 通知.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// A line.
    pub title: Text,
    /// All of it.
    pub text: Text,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

impl Notice {
    /// Whether it is for residents of that day.
    #[must_use]
    pub fn is_valid_on(&self, day: Date) -> bool {
        (self.from..=self.until).contains(&day)
    }
}
