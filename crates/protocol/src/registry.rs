//! What a kiosk shows: community, tiles, items and the notice of consent, as the platform serves it.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{Area, Bundle, ItemRef, ServiceItem, Text};

/// Everything that a kiosk needs to serve residents, with or without a network afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppRegistry {
    /// Where the kiosk stands.
    pub community: Community,
    /// The two numbers that every screen and slip shows.
    pub phones: Phones,
    /// 知情同意: what a resident agrees to before the card is read.
    pub consent: ConsentNotice,
    /// The tiles of the home screen, in order.
    pub apps: Vec<App>,
    /// The items that the tiles open.
    pub items: Vec<ItemEntry>,
    /// 一件事 that are offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundles: Vec<Bundle>,
    /// Tiles that open something of 一件事: apart from the others, so that a kiosk that knows none of it reads the registry as
    /// before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundle_apps: Vec<BundleApp>,
    /// To whom a kiosk seals what must wait for the network.
    pub sealing_key: SealingKey,
}

impl AppRegistry {
    /// The published item `id`.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&ItemEntry> {
        self.items.iter().find(|entry| entry.item.id == id)
    }

    /// All tiles, in order.
    #[must_use]
    pub fn tiles(&self) -> Vec<&App> {
        let mut tiles: Vec<&App> = self.apps.iter().collect();
        for BundleApp { app, before } in &self.bundle_apps {
            let place = tiles.iter().position(|tile| before.as_deref() == Some(&tile.id));
            tiles.insert(place.unwrap_or(tiles.len()), app);
        }
        tiles
    }

    /// The bundle `id`, with its items in its order; none where one of them is not here as it is part of the bundle.
    #[must_use]
    pub fn bundle(&self, id: &str) -> Option<(&Bundle, Vec<&ItemEntry>)> {
        let bundle = self.bundles.iter().find(|bundle| bundle.id == id)?;
        let entry = |part: &ItemRef| self.item(&part.id).filter(|entry| entry.item.version == part.version);
        let items = bundle.items.iter().map(|part| entry(&part.item)).collect::<Option<_>>()?;
        Some((bundle, items))
    }

    /// The published items under a heading, in the order of the registry.
    pub fn area(&self, area: Area) -> impl Iterator<Item = &ItemEntry> {
        self.items.iter().filter(move |entry| entry.item.area == Some(area))
    }
}

/// What of the registry people decide on: all that residents are shown, and nothing that changes by itself. It is a file that
/// a kiosk's configuration names by its hash, so that it is shown because it was signed and not because the platform says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedCatalogue {
    /// Where the kiosk stands.
    pub community: Community,
    /// The two numbers that every screen and slip shows.
    pub phones: Phones,
    /// 知情同意.
    pub consent: ConsentNotice,
    /// The tiles of the home screen, in order.
    pub apps: Vec<App>,
    /// The items that the tiles open.
    pub items: Vec<ServiceItem>,
    /// 一件事.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundles: Vec<Bundle>,
    /// Their tiles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundle_apps: Vec<BundleApp>,
}

impl SignedCatalogue {
    /// What of `registry` would have to be signed.
    #[must_use]
    pub fn of(registry: &AppRegistry) -> Self {
        let AppRegistry { community, phones, consent, apps, items, bundles, bundle_apps, .. } =
            registry.clone();
        let items = items.into_iter().map(|entry| entry.item).collect();
        Self { community, phones, consent, apps, items, bundles, bundle_apps }
    }

    /// This, with what changes by itself: the sealing key, and of items that the platform has in the same version the day on
    /// which a case would be due.
    #[must_use]
    pub fn over(&self, registry: &AppRegistry) -> AppRegistry {
        let due = |item: &ServiceItem| {
            let known = registry.item(&item.id).filter(|entry| entry.item.version == item.version);
            known.map_or(DuePreview::OF_NO_DAY, |entry| entry.due)
        };
        let Self { community, phones, consent, apps, items, bundles, bundle_apps } = self.clone();
        let items = items.into_iter().map(|item| ItemEntry { due: due(&item), item }).collect();
        let sealing_key = registry.sealing_key.clone();
        AppRegistry { community, phones, consent, apps, items, bundles, bundle_apps, sealing_key }
    }
}

/// 社区.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Community {
    /// Our own stable name.
    pub id: String,
    /// 社区名称.
    pub name: Text,
    /// 街道 or 镇.
    pub subdistrict: Text,
}

/// 咨询电话 and 监督投诉电话.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Phones {
    /// 咨询电话.
    pub consult: String,
    /// 监督投诉电话.
    pub complain: String,
}

/// 个人信息处理告知: who reads what, for what and for how long (PIPL article 17).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentNotice {
    /// Rises with every change of the words; a case records what its applicant agreed to.
    pub version: u32,
    /// 处理者 and 目的.
    pub purpose: Text,
    /// 信息种类.
    pub data: Text,
    /// 保存期限.
    pub retention: Text,
    /// 谁能看到.
    pub access: Text,
    /// 拒绝的权利: what happens when a resident says no.
    pub refusal: Text,
}

/// One tile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct App {
    /// Our own stable name.
    pub id: String,
    /// What the tile says.
    pub title: Text,
    /// A short second line.
    pub subtitle: Text,
    /// The name of an icon in the kiosk's family; an unknown name shows a plain one.
    pub icon: String,
    /// What a touch opens.
    pub opens: Opens,
}

/// The picture on a tile of a bundle's own.
const BUNDLE_ICON: &str = "list-checks";

impl App {
    /// The tile of a bundle that has none of its own: what it is called, and what it is for.
    #[must_use]
    pub fn of_bundle(id: &str, name: &Text, summary: &Text) -> Self {
        Self {
            id: id.to_owned(),
            title: name.clone(),
            subtitle: summary.clone(),
            icon: BUNDLE_ICON.to_owned(),
            opens: Opens::Bundle { bundle: id.to_owned() },
        }
    }
}

/// A tile that opens something of 一件事, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BundleApp {
    /// The tile.
    pub app: App,
    /// [`App::id`] of the tile behind it; it comes last where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

impl BundleApp {
    /// Tiles in their order, as the registry and what is signed tell them: those that every kiosk knows, and those of 一件事.
    #[must_use]
    pub fn apart(tiles: &[App]) -> (Vec<App>, Vec<Self>) {
        let (mut apps, mut bundle_apps) = (Vec::new(), Vec::new());
        for (place, app) in tiles.iter().enumerate() {
            if app.opens.is_of_bundles() {
                let before = tiles.iter().skip(place + 1).find(|next| !next.opens.is_of_bundles());
                let before = before.map(|next| next.id.clone());
                bundle_apps.push(Self { app: app.clone(), before });
            } else {
                apps.push(app.clone());
            }
        }
        (apps, bundle_apps)
    }
}

/// What a tile opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "screen", rename_all = "snake_case")]
pub enum Opens {
    /// The guide of an item, and from there the filing.
    Item {
        /// [`ServiceItem::id`].
        item: String,
    },
    /// The list of all items under one heading.
    Area {
        /// The heading.
        area: Area,
    },
    /// The guide of a bundle, and from there the filing.
    Bundle {
        /// [`Bundle::id`].
        bundle: String,
    },
    /// The list of all bundles.
    Bundles,
    /// 查进度.
    Progress,
}

impl Opens {
    /// Whether a kiosk has to know 一件事 for it.
    #[must_use]
    pub fn is_of_bundles(&self) -> bool {
        matches!(self, Self::Bundle { .. } | Self::Bundles)
    }
}

/// A published item with today's promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemEntry {
    /// The item.
    pub item: ServiceItem,
    /// When a case filed on the day of serving would be due.
    pub due: DuePreview,
}

/// 预计办结日期. A kiosk shows it only on the day it was reckoned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DuePreview {
    /// The day of filing.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub filed_on: Date,
    /// The day it would be due.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub due_on: Date,
    /// 预计: the calendar of that year is not published yet.
    pub provisional: bool,
}

impl DuePreview {
    /// Not reckoned: no kiosk ever shows it.
    pub const OF_NO_DAY: Self = Self { filed_on: Date::ZERO, due_on: Date::ZERO, provisional: true };
}

/// The platform's public key for HPKE (RFC 9180).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SealingKey {
    /// Which key; a sealed message names it.
    pub key_id: String,
    /// `DHKEM(X25519,HKDF-SHA256)+HKDF-SHA256+ChaCha20Poly1305`, and whatever may follow it.
    pub algorithm: String,
    /// The public key in base64.
    pub public_key: String,
    /// Until when the platform opens what is sealed to it, at the least; it may be longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub expires_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(id: &str, opens: Opens) -> App {
        let (id, title, subtitle, icon) = (id.to_owned(), Text::zh(id), Text::zh(""), String::new());
        App { id, title, subtitle, icon, opens }
    }

    #[test]
    fn tiles_that_only_newer_kiosks_know_travel_apart_and_stand_where_they_stood() {
        let tiles = [
            app("aid", Opens::Item { item: "aid".to_owned() }),
            app("one", Opens::Bundles),
            app("two", Opens::Bundle { bundle: "card-lost".to_owned() }),
            app("progress", Opens::Progress),
            app("last", Opens::Bundles),
        ];
        let (apps, bundle_apps) = BundleApp::apart(&tiles);
        let mut registry = serde_json::json!({
            "community": { "id": "c", "name": { "zh-CN": "c" }, "subdistrict": { "zh-CN": "s" } },
            "phones": { "consult": "1", "complain": "2" },
            "consent": { "version": 1, "purpose": { "zh-CN": "p" }, "data": { "zh-CN": "d" }, "retention": { "zh-CN": "r" },
                         "access": { "zh-CN": "a" }, "refusal": { "zh-CN": "n" } },
            "apps": apps, "items": [], "sealing_key": { "key_id": "k", "algorithm": "a", "public_key": "" },
        });
        let before: AppRegistry = serde_json::from_value(registry.clone()).unwrap();
        assert_eq!((before.tiles().len(), before.bundles.len()), (2, 0), "a platform that knows none");
        registry["bundle_apps"] = serde_json::to_value(&bundle_apps).unwrap();
        let registry: AppRegistry = serde_json::from_value(registry).unwrap();
        assert_eq!(registry.tiles(), tiles.iter().collect::<Vec<_>>());
        let known = serde_json::to_string(&registry.apps).unwrap();
        assert!(!known.contains("bundle"), "an older kiosk would read none of it: {known}");
    }
}
