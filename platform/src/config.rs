//! `platform.toml`: where to listen and where to keep the data.

use std::{fmt, net::SocketAddr, path::PathBuf};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
};

/// The whole file. Neither key has a default: a platform that keeps its data in a place nobody chose is worse than
/// none.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct Config {
    /// Address and port; port 0 takes a free one.
    #[serde(deserialize_with = "listen")]
    pub listen: SocketAddr,
    /// The database.
    pub database: Database,
}

/// `[database]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with `url`")]
pub struct Database {
    /// `sqlite:///absolute/path.db`.
    pub url: DatabaseUrl,
}

/// Where the data are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of an embedded database.
    Sqlite(PathBuf),
}

const SQLITE: &str = "a URL like \"sqlite:///var/lib/platform/platform.db\" with an absolute path";

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Url;
        impl Visitor<'_> for Url {
            type Value = DatabaseUrl;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(SQLITE)
            }
            fn visit_str<E: Error>(self, url: &str) -> Result<DatabaseUrl, E> {
                if url.starts_with("postgres://") || url.starts_with("postgresql://") {
                    // The URL can hold a password, so it is not repeated.
                    let found = Unexpected::Other("a postgres URL, which is not available yet");
                    return Err(E::invalid_value(found, &SQLITE));
                }
                let path = url.strip_prefix("sqlite://").filter(|path| is_file_path(path));
                path.map(|path| DatabaseUrl::Sqlite(path.into()))
                    .ok_or_else(|| E::invalid_value(Unexpected::Str(url), &SQLITE))
            }
        }
        from.deserialize_str(Url)
    }
}

fn is_file_path(path: &str) -> bool {
    path.starts_with('/') && !path.ends_with('/') && !path.contains(['?', '#', '\0'])
}

fn listen<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    const EXPECTED: &str = "an address with a port like \"127.0.0.1:8080\"";
    struct Address;
    impl Visitor<'_> for Address {
        type Value = SocketAddr;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(EXPECTED)
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<SocketAddr, E> {
            text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &EXPECTED))
        }
    }
    from.deserialize_str(Address)
}
