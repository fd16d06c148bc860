//! What a kiosk shows: community, tiles, items and the notice of consent, as the platform serves it.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{Area, ServiceItem, Text};

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
    /// To whom a kiosk seals what must wait for the network.
    pub sealing_key: SealingKey,
}

impl AppRegistry {
    /// The published item `id`.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<&ItemEntry> {
        self.items.iter().find(|entry| entry.item.id == id)
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
}

impl SignedCatalogue {
    /// What of `registry` would have to be signed.
    #[must_use]
    pub fn of(registry: &AppRegistry) -> Self {
        let AppRegistry { community, phones, consent, apps, items, .. } = registry.clone();
        Self { community, phones, consent, apps, items: items.into_iter().map(|entry| entry.item).collect() }
    }

    /// This, with what changes by itself: the sealing key, and of items that the platform has in the same version the day on
    /// which a case would be due.
    #[must_use]
    pub fn over(&self, registry: &AppRegistry) -> AppRegistry {
        let due = |item: &ServiceItem| {
            let known = registry.item(&item.id).filter(|entry| entry.item.version == item.version);
            known.map_or(DuePreview::OF_NO_DAY, |entry| entry.due)
        };
        let Self { community, phones, consent, apps, items } = self.clone();
        let items = items.into_iter().map(|item| ItemEntry { due: due(&item), item }).collect();
        AppRegistry { community, phones, consent, apps, items, sealing_key: registry.sealing_key.clone() }
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
    /// 查进度.
    Progress,
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
