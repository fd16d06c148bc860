//! What the platform may set on a kiosk, as one JSON Schema that both sides check.
//!
//! [`SCHEMA`] is the only definition: the platform serves it and refuses what does not fit before anybody signs it, and
//! a kiosk checks again, for a document may be older or newer than its program. Both call [`check`], and hear of every
//! mistake at once.

use std::fmt;

use serde_json::Value;

/// JSON Schema, draft 2020-12.
pub const SCHEMA: &str = include_str!("../schema.json");

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// As kiosk.toml would spell it: `session.idle`. Empty for the document itself.
    pub key: String,
    /// What is wrong.
    pub reason: String,
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
        Refused(vec![Problem { key: String::new(), reason: format!("the schema does not hold: {error}") }])
    };
    let schema: Value = serde_json::from_str(SCHEMA).map_err(|error| itself(&error))?;
    let schema = jsonschema::draft202012::new(&schema).map_err(|error| itself(&error))?;
    let mut problems: Vec<_> = schema
        .iter_errors(settings)
        .map(|error| {
            let path = error.instance_path().to_string();
            let key = path.trim_start_matches('/').replace('/', ".");
            Problem { key, reason: error.to_string() }
        })
        .collect();
    problems.extend(fractions(settings));
    if problems.is_empty() { Ok(()) } else { Err(Refused(problems)) }
}

/// JSON Schema takes 60.0 for an integer, the types of a kiosk do not.
fn fractions(settings: &Value) -> impl Iterator<Item = Problem> {
    let tables = settings.as_object().into_iter().flatten();
    let keys = tables.flat_map(|(table, of)| of.as_object().into_iter().flatten().map(move |of| (table, of)));
    let written = keys.filter(|(_, (_, value))| value.is_f64());
    written.map(|(table, (key, value))| Problem {
        key: format!("{table}.{key}"),
        reason: format!("{value} is not written as a whole number"),
    })
}
