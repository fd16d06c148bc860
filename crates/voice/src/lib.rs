//! What the kiosk says: a fixed set of sentences, each with its recordings.
//!
//! A sentence has a key (`card.place`), a text in each spoken language and a recording of that text: `assets/voice`. The
//! recordings are part of the program, so that a machine with an empty disk speaks. [`Voice::with`] puts others in their
//! place: the district's dialect, or a person's voice. Nothing is ever made up at run time, so no name, number or item is ever
//! said through the open loudspeaker. Who stands near does hear what is to be done and what went wrong.

use std::{collections::BTreeMap, sync::LazyLock};

use protocol::{Language, Text};
pub use recording::{LONGEST, MOST_BYTES, Recording, Unfit};

mod recording;

/// The languages that are spoken. Who reads traditional characters hears what everybody hears.
pub const SPOKEN: [Language; 2] = [Language::Simplified, Language::English];

/// Language, key, Ogg Vorbis.
static BUILT_IN: &[(&str, &str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/recordings.rs"));

static PROMPTS: LazyLock<Result<BTreeMap<String, Text>, toml::de::Error>> =
    LazyLock::new(|| toml::from_str(include_str!("../../../assets/voice/prompts.toml")));

/// Every sentence by its key, in the order of the keys. Tests read them all.
pub fn prompts() -> impl Iterator<Item = (&'static str, &'static Text)> {
    PROMPTS.iter().flatten().map(|(key, text)| (key.as_str(), text))
}

/// Whether `key` names one.
#[must_use]
pub fn is_prompt(key: &str) -> bool {
    PROMPTS.as_ref().is_ok_and(|known| known.contains_key(key))
}

/// In which language `language` is spoken.
#[must_use]
pub fn spoken(language: Language) -> Language {
    if language == Language::English { language } else { Language::Simplified }
}

/// How settings, and the folders of the recordings, name the language in which `language` is spoken.
#[must_use]
pub fn tag(language: Language) -> &'static str {
    if spoken(language) == Language::English { "en" } else { "zh-CN" }
}

/// The spoken language that they name so.
#[must_use]
pub fn of_tag(tag: &str) -> Option<Language> {
    SPOKEN.into_iter().find(|language| self::tag(*language) == tag)
}

/// The recordings.
#[derive(Clone, Debug, Default)]
pub struct Voice {
    replaced: BTreeMap<(&'static str, String), Recording>,
}

impl Voice {
    /// Those that are part of the program.
    #[must_use]
    pub fn built_in() -> Self {
        Self::default()
    }

    /// The same with others in the place of some. What is not one of the sentences is left out: nobody would say it.
    #[must_use]
    pub fn with(mut self, others: impl IntoIterator<Item = (Language, String, Recording)>) -> Self {
        let others = others.into_iter().filter(|(_, key, _)| is_prompt(key));
        self.replaced.extend(others.map(|(language, key, other)| ((tag(language), key), other)));
        self
    }

    /// The recording of a sentence.
    #[must_use]
    pub fn recording(&self, language: Language, key: &str) -> Option<Recording> {
        let other = self.replaced.get(&(tag(language), key.to_owned())).cloned();
        other.or_else(|| Self::shipped(language, key))
    }

    fn shipped(language: Language, key: &str) -> Option<Recording> {
        let mut shipped = BUILT_IN.iter();
        let (_, _, ogg) = shipped.find(|(spoken, of, _)| *spoken == tag(language) && *of == key)?;
        Some(Recording::shipped(ogg))
    }
}
