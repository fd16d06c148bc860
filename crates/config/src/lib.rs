//! Reads a configuration file and says exactly what is wrong with it.
//!
//! A machine in a corridor is set up by someone who has this one message to go by. So every refusal names the file,
//! the line, the key, what was found and what was expected. Nothing is guessed and nothing is defaulted here: the type
//! that is read says which keys there are (`#[serde(deny_unknown_fields)]`) and which may be left out.
//!
//! A type with rules of its own reports them with [`serde::de::Error::invalid_value`], and they read like the rest.

mod explain;

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// Why a configuration file is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// There is nothing to read.
    #[error("{}: found {found}, expected a readable TOML file", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why it cannot be read.
        found: String,
    },
    /// It is no TOML.
    #[error("{}:{line}:{column}: found {found}, expected {expected}", file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The column in characters, counted from 1.
        column: usize,
        /// What stands there.
        found: String,
        /// What could stand there.
        expected: String,
    },
    /// A key is missing, unknown or of the wrong kind.
    #[error("{}:{line}: `{key}`: found {found}, expected {expected}", file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The key with the tables that it is in, e.g. `database.url`.
        key: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
}

/// Reads `file` as a `T`.
pub fn load<T: DeserializeOwned>(file: &Path) -> Result<T, ConfigError> {
    let unreadable =
        |found: &dyn ToString| ConfigError::Unreadable { file: file.to_owned(), found: found.to_string() };
    let bytes = std::fs::read(file).map_err(|error| unreadable(&describe(&error)))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable(&"bytes that are not UTF-8"))?;
    parse(&text, file)
}

/// Reads `text` as a `T`; `file` is the name it has in messages.
pub fn parse<T: DeserializeOwned>(text: &str, file: &Path) -> Result<T, ConfigError> {
    let table = toml::de::DeTable::parse(text).map_err(|error| explain::syntax(text, file, &error))?;
    toml::from_str(text).map_err(|error| explain::key(text, file, table.get_ref(), &error))
}

fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "a file that may not be read (permission denied)".to_owned(),
        std::io::ErrorKind::IsADirectory => "a directory".to_owned(),
        _ => error.to_string(),
    }
}
