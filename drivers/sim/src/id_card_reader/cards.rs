//! The cards that lie in the drawer beside the reader: `cards/id-cards.toml`, invented all of them.

use std::collections::BTreeMap;

use serde::Deserialize;

const DRAWER: &str = include_str!("../../cards/id-cards.toml");

/// Bytes of text on a chip.
const TEXT: usize = 256;
/// Bytes of photo on a chip.
const PHOTO: usize = 1024;
/// Bytes of a new address.
const NEW_ADDRESS: usize = 70;

/// What a photo begins with; an invented face is nothing but this.
const PHOTO_HEAD: [u8; 16] =
    [0x57, 0x4C, 0x66, 0x00, 0x7E, 0x00, 0x32, 0x00, 0x00, 0xFF, 0x85, 0x1F, 0x51, 0x51, 0x51, 0x3E];

/// A card and how it behaves on the plate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Card {
    /// Its name in commands.
    pub id: String,
    /// What it is, for whoever chooses one.
    pub title: String,
    layout: Option<Layout>,
    /// The status word that selecting it gives, where that fails.
    #[serde(default)]
    pub(super) select_status: Option<u8>,
    /// The status word that reading it gives, where that fails.
    #[serde(default)]
    pub(super) read_status: Option<u8>,
    new_address: Option<String>,
    #[serde(default)]
    text: BTreeMap<String, String>,
}

/// How the 256 bytes of text are divided.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Layout {
    Citizen,
    ResidentJ,
    #[serde(rename = "foreigner-2017")]
    Foreigner2017,
    #[serde(rename = "foreigner-2023")]
    Foreigner2023,
}

impl Layout {
    /// Fields in order with their widths in bytes; a field without a name stays blank.
    fn fields(self) -> &'static [(&'static str, usize)] {
        match self {
            Self::Citizen => &[
                ("name", 30),
                ("sex", 2),
                ("nation", 4),
                ("birth", 16),
                ("address", 70),
                ("number", 36),
                ("authority", 30),
                ("valid-from", 16),
                ("valid-until", 16),
                ("", 36),
            ],
            Self::ResidentJ => &[
                ("name", 30),
                ("sex", 2),
                ("", 4),
                ("birth", 16),
                ("address", 70),
                ("number", 36),
                ("authority", 30),
                ("valid-from", 16),
                ("valid-until", 16),
                ("travel-permit", 18),
                ("issue-count", 4),
                ("", 6),
                ("mark", 2),
                ("", 6),
            ],
            Self::Foreigner2017 => &[
                ("english-name", 120),
                ("sex", 2),
                ("number", 30),
                ("country", 6),
                ("name", 30),
                ("valid-from", 16),
                ("valid-until", 16),
                ("birth", 16),
                ("version", 4),
                ("office", 8),
                ("mark", 2),
                ("", 6),
            ],
            Self::Foreigner2023 => &[
                ("name", 30),
                ("sex", 2),
                ("renewals", 4),
                ("birth", 16),
                ("english-name", 70),
                ("number", 36),
                ("", 30),
                ("valid-from", 16),
                ("valid-until", 16),
                ("english-name-rest", 22),
                ("country", 6),
                ("mark", 2),
                ("former-number", 6),
            ],
        }
    }
}

impl Card {
    /// All cards of the drawer, in its order.
    pub fn drawer() -> Result<Vec<Self>, toml::de::Error> {
        #[derive(Deserialize)]
        struct Drawer {
            card: Vec<Card>,
        }
        toml::from_str::<Drawer>(DRAWER).map(|drawer| drawer.card)
    }

    /// What a read answers: the two lengths, the text, the photo.
    pub(super) fn content(&self) -> Vec<u8> {
        let mut data = vec![0x01, 0x00, 0x04, 0x00];
        data.extend(self.chip_text());
        data.extend(PHOTO_HEAD);
        data.resize(4 + TEXT + PHOTO, 0);
        data
    }

    /// What a read with fingerprints answers: none are on the card.
    pub(super) fn content_with_fingerprints(&self) -> Vec<u8> {
        let mut data = self.content();
        data.splice(4..4, [0, 0]);
        data
    }

    /// The appended address, where there is one.
    pub(super) fn new_address(&self) -> Option<Vec<u8>> {
        self.new_address.as_deref().map(|text| padded(text, NEW_ADDRESS))
    }

    fn chip_text(&self) -> Vec<u8> {
        let fields = self.layout.map(Layout::fields).unwrap_or_default();
        let value = |name: &str| self.text.get(name).map(String::as_str).unwrap_or_default();
        let mut text: Vec<u8> = fields.iter().flat_map(|(name, width)| padded(value(name), *width)).collect();
        text.resize(TEXT, 0);
        text
    }
}

/// UTF-16, low byte first, filled up with spaces.
fn padded(text: &str, bytes: usize) -> Vec<u8> {
    text.encode_utf16()
        .chain(std::iter::repeat(u16::from(b' ')))
        .flat_map(u16::to_le_bytes)
        .take(bytes)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_of_the_drawer_fits_its_chip() {
        let drawer = Card::drawer().unwrap();
        assert!(drawer.len() >= 13);
        for card in drawer {
            let fields = card.layout.map(Layout::fields).unwrap_or_default();
            for (name, value) in &card.text {
                let (_, width) = fields.iter().find(|(known, _)| known == name).expect("a known field");
                assert!(value.encode_utf16().count() * 2 <= *width, "{}: {name} is too long", card.id);
            }
            assert_eq!(card.content().len(), 1284, "{}", card.id);
        }
    }

    #[test]
    fn every_layout_fills_the_chip() {
        for layout in [Layout::Citizen, Layout::ResidentJ, Layout::Foreigner2017, Layout::Foreigner2023] {
            let widths: usize = layout.fields().iter().map(|(_, width)| width).sum();
            assert_eq!(widths, TEXT, "{layout:?}");
        }
    }

    #[test]
    fn every_name_is_in_the_drawer_once() {
        let mut ids: Vec<String> = Card::drawer().unwrap().into_iter().map(|card| card.id).collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
