//! What a model of printer can do, as data: `assets/printers/*.toml`.

use serde::Deserialize;

use crate::OpenError;

/// The profiles that the program carries, by name.
const PROFILES: [(&str, &str); 2] = [
    ("escpos-58", include_str!("../../../assets/printers/escpos-58.toml")),
    ("escpos-80", include_str!("../../../assets/printers/escpos-80.toml")),
];

/// A model of printer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name in the configuration.
    pub name: String,
    /// Dots in a line.
    pub dots: u32,
    /// The most rows in one image command.
    pub image_rows: u16,
    /// How a receipt is cut.
    pub cut: Cut,
    /// What is fed before the cut: dots, or lines where there is no cutter.
    pub feed: u8,
    /// How it tells how it is.
    pub status: StatusSet,
    /// Whether it reports changes by itself.
    pub asb: bool,
    /// How it proves that a receipt came out, the strongest proof first.
    pub confirmation: Vec<Proof>,
    /// The slowest it prints.
    pub mm_per_second: u32,
}

/// How a receipt is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// But for a point in the middle: the receipt does not fall to the floor.
    Partial,
    /// Through.
    Full,
    /// By hand.
    None,
}

/// How a printer tells how it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusSet {
    /// DLE EOT 1 to 4.
    DleEot,
    /// Not at all.
    None,
}

/// How a printer proves that a receipt came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// GS ( H function 48: it returns the number of the job once the job has been printed.
    ProcessId,
    /// GS r: answered in order, after what was sent before it.
    GsR,
    /// Nothing but a clean status before and after, with the time between that printing takes.
    Status,
    /// By nothing: whether its receipts came out stays unknown.
    #[serde(skip)]
    Nothing,
}

impl Profile {
    /// The profile of that name.
    pub fn named(name: &str) -> Result<Self, OpenError> {
        let unknown = || OpenError::UnknownProfile(name.to_owned());
        let (_, text) = PROFILES.iter().find(|(known, _)| *known == name).ok_or_else(unknown)?;
        // A file that does not parse cannot get here: a test reads them all.
        toml::from_str(text).map_err(|_| unknown())
    }

    /// Bytes in the largest image command, its head included.
    #[must_use]
    pub fn image_bytes(&self) -> usize {
        8 + self.dots.div_ceil(8) as usize * usize::from(self.image_rows)
    }
}

/// The names of all profiles.
#[must_use]
pub fn names() -> String {
    PROFILES.map(|(name, _)| name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_well_formed_and_called_by_its_name() {
        for (name, text) in PROFILES {
            let profile: Profile = toml::from_str(text).unwrap();
            assert_eq!(profile.name, name);
            assert!(
                profile.dots.is_multiple_of(8) && profile.image_rows <= 256 && profile.mm_per_second > 0,
                "{name}"
            );
            assert_eq!(Profile::named(name).unwrap(), profile);
        }
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        let text = PROFILES[0].1.replace("image_rows", "image_row");
        assert!(toml::from_str::<Profile>(&text).is_err());
    }
}
