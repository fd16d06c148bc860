//! What the platform may set on a kiosk, as one JSON Schema that both sides check.
//!
//! [`SCHEMA`] is the only definition: the platform serves it and refuses what does not fit before anybody signs it, and
//! a kiosk checks again, for a document may be older or newer than its program. Both call [`check`], and hear of every
//! mistake at once.

use std::{collections::BTreeSet, fmt};

use serde::Deserialize;
use serde_json::{Map, Value};

mod reason;

pub use reason::Reason;

/// JSON Schema, draft 2020-12.
pub const SCHEMA: &str = include_str!("../schema.json");

/// The longest file that a document may name.
pub const CONTENT_BYTES: u64 = 2 << 20;

/// A file that a document names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Content {
    /// What it is, in hexadecimal digits: who signed the document has signed it.
    pub sha256: String,
    /// In bytes.
    pub length: u64,
}

/// 待机海报.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Poster {
    /// The picture, a JPEG.
    #[serde(flatten)]
    pub content: Content,
    /// What it says, in a line.
    pub title: String,
}

/// The posters that settings name, of those that [`check`] has taken.
#[must_use]
pub fn posters(settings: &Map<String, Value>) -> Vec<Poster> {
    let named = settings.get("idle").and_then(|idle| idle.get("posters")).cloned();
    named.and_then(|named| serde_json::from_value(named).ok()).unwrap_or_default()
}

/// The file with the signed catalogue that settings name.
#[must_use]
pub fn catalogue(settings: &Map<String, Value>) -> Option<Content> {
    let named = settings.get("service")?.get("catalogue")?.clone();
    serde_json::from_value(named).ok()
}

/// A recording in the place of one that came with the program.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Recording {
    /// Ogg Vorbis.
    #[serde(flatten)]
    pub content: Content,
    /// Which sentence: `card.place`.
    pub prompt: String,
    /// In which language it says it: `zh-CN` or `en`.
    pub language: String,
}

/// The recordings that settings name.
#[must_use]
pub fn recordings(settings: &Map<String, Value>) -> Vec<Recording> {
    let named = settings.get("voice").and_then(|voice| voice.get("prompts")).cloned();
    named.and_then(|named| serde_json::from_value(named).ok()).unwrap_or_default()
}

/// The tiles of the home screen that settings name, in their order.
#[must_use]
pub fn tiles(settings: &Map<String, Value>) -> Vec<String> {
    let named = settings.get("home").and_then(|home| home.get("tiles")).cloned();
    named.and_then(|named| serde_json::from_value(named).ok()).unwrap_or_default()
}

/// Every file that settings name, once.
#[must_use]
pub fn content(settings: &Map<String, Value>) -> Vec<Content> {
    let posters = posters(settings).into_iter().map(|poster| poster.content);
    let recordings = recordings(settings).into_iter().map(|recording| recording.content);
    let mut named: Vec<Content> = posters.chain(catalogue(settings)).chain(recordings).collect();
    named.sort_by(|a, b| a.sha256.cmp(&b.sha256));
    named.dedup();
    named
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// As kiosk.toml would spell it: `session.idle`. Empty for the document itself.
    pub key: String,
    /// What is wrong.
    pub reason: Reason,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => write!(f, "{}", self.reason),
            key => write!(f, "{key}: {}", self.reason),
        }
    }
}

/// Every mistake of a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Refused(pub Vec<Problem>);

/// Whether a kiosk can run with these settings.
pub fn check(settings: &Value) -> Result<(), Refused> {
    let itself = |error: &dyn fmt::Display| {
        let reason = Reason::new(format!("the schema does not hold: {error}"), "配置的规格本身有误");
        Refused(vec![Problem { key: String::new(), reason }])
    };
    let schema: Value = serde_json::from_str(SCHEMA).map_err(|error| itself(&error))?;
    let schema = jsonschema::draft202012::options().should_validate_formats(true).build(&schema);
    let schema = schema.map_err(|error| itself(&error))?;
    let mut problems: Vec<_> = schema
        .iter_errors(settings)
        .map(|error| {
            let path = error.instance_path().to_string();
            let key = path.trim_start_matches('/').replace('/', ".");
            Problem { key, reason: reason::of(&error) }
        })
        .collect();
    fractions(settings, "", &mut problems);
    backwards(settings, &mut problems);
    twice(settings, &mut problems);
    if problems.is_empty() { Ok(()) } else { Err(Refused(problems)) }
}

/// A notice that ends before it begins.
fn backwards(settings: &Value, problems: &mut Vec<Problem>) {
    let notices = settings.pointer("/home/notices").and_then(Value::as_array);
    for (place, notice) in notices.into_iter().flatten().enumerate() {
        let day = |key: &str| notice.get(key).and_then(Value::as_str).unwrap_or_default();
        // Days are written so that their text is in their order.
        if day("until") < day("from") {
            let reason = Reason::new(
                format!("{} is before {}", day("until"), day("from")),
                format!("{} 早于开始的 {}", day("until"), day("from")),
            );
            problems.push(Problem { key: format!("home.notices.{place}.until"), reason });
        }
    }
}

/// A sentence with two recordings in one language.
fn twice(settings: &Value, problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    let named = settings.pointer("/voice/prompts").and_then(Value::as_array);
    for (place, named) in named.into_iter().flatten().enumerate() {
        let [prompt, language] = ["prompt", "language"].map(|key| named.get(key).and_then(Value::as_str));
        let (Some(prompt), Some(language)) = (prompt, language) else { continue };
        if !seen.insert((prompt, language)) {
            let reason = Reason::new(
                format!("{prompt} has another recording in {language} already"),
                format!("{prompt} 的 {language} 录音写了两次"),
            );
            problems.push(Problem { key: format!("voice.prompts.{place}"), reason });
        }
    }
}

/// JSON Schema takes 60.0 for an integer, the types of a kiosk do not.
fn fractions(value: &Value, key: &str, problems: &mut Vec<Problem>) {
    let under = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| fractions(value, &under(name), problems)),
        Value::Array(list) => {
            let places = list.iter().enumerate();
            places.for_each(|(place, value)| fractions(value, &under(&place.to_string()), problems));
        }
        _ if value.is_f64() => {
            let reason = Reason::new(
                format!("{value} is not written as a whole number"),
                format!("{value} 应写成整数"),
            );
            problems.push(Problem { key: key.to_owned(), reason });
        }
        _ => {}
    }
}
