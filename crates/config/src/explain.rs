//! Turns an error of the TOML reader into place, key, found and expected.

use std::{ops::Range, path::Path};

use toml::de::{DeTable, DeValue, Error};

use crate::ConfigError;

pub(crate) fn syntax(text: &str, file: &Path, error: &Error) -> ConfigError {
    let at = error.span().map_or(text.len(), |span| span.start);
    let (line, column) = place(text, at);
    let (found, expected) = halves(error.message());
    let expected = expected.unwrap_or("well-formed TOML").to_owned();
    ConfigError::Syntax { file: file.to_owned(), line, column, found: found.to_owned(), expected }
}

pub(crate) fn key(text: &str, file: &Path, table: &DeTable<'_>, error: &Error) -> ConfigError {
    let span = error.span().unwrap_or(0..0);
    // An error about the file as a whole has no extent, and so no key.
    let mut path = if span.is_empty() { None } else { locate(table, &span) }.unwrap_or_default();
    let (found, expected) = explain(error.message(), &mut path);
    let (line, _) = place(text, span.start);
    ConfigError::Key { file: file.to_owned(), line, key: path.join("."), found, expected }
}

/// Serde reports in sentences of its own; these are the ones that it has.
fn explain(message: &str, path: &mut Vec<String>) -> (String, String) {
    if let Some(name) = message.strip_prefix("missing field ") {
        path.push(name.trim_matches('`').to_owned());
        return ("nothing".to_owned(), "this key".to_owned());
    }
    let (found, expected) = halves(message);
    let expected = expected.unwrap_or("another value");
    if found.starts_with("unknown field ") {
        return ("a key that is not known".to_owned(), expected.to_owned());
    }
    let found = ["invalid type: ", "invalid value: ", "invalid length: ", "unknown variant "]
        .iter()
        .find_map(|prefix| found.strip_prefix(prefix))
        .unwrap_or(found);
    (found.to_owned(), expected.to_owned())
}

fn halves(message: &str) -> (&str, Option<&str>) {
    message.rsplit_once(", expected ").map_or((message, None), |(found, expected)| (found, Some(expected)))
}

/// The key at `span`, looked for from the innermost table out, because the span of a table is only its header.
fn locate(table: &DeTable<'_>, span: &Range<usize>) -> Option<Vec<String>> {
    table.iter().find_map(|(key, value)| {
        let inside = match value.get_ref() {
            DeValue::Table(inner) => locate(inner, span),
            DeValue::Array(list) => list.iter().find_map(|one| match one.get_ref() {
                DeValue::Table(inner) => locate(inner, span),
                _ => None,
            }),
            _ => None,
        };
        let here = covers(&key.span(), span) || covers(&value.span(), span);
        let mut path = inside.or_else(|| here.then(Vec::new))?;
        path.insert(0, key.get_ref().to_string());
        Some(path)
    })
}

fn covers(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Line and column of a byte, both counted from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
