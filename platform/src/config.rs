//! `platform.toml`: where to listen and where to keep the data.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use crate::fleet::Tls;
use postgres::config::{Host, SslMode};
use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
};

/// The whole file. Neither key has a default: a platform that keeps its data in a place nobody chose is worse than
/// none.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct Config {
    /// Address and port; port 0 takes a free one.
    #[serde(deserialize_with = "listen")]
    pub listen: SocketAddr,
    /// The database.
    pub database: Database,
    /// `[tls]`: where kiosks call.
    #[serde(default)]
    pub tls: Option<Tls>,
}

/// `[database]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with `url`")]
pub struct Database {
    /// `sqlite:///absolute/path.db` or `postgres://user@host/database`.
    pub url: DatabaseUrl,
}

/// Where the data are.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// A file of an embedded database.
    Sqlite(PathBuf),
    /// A database of a server. The debug form leaves the password out.
    Postgres(Box<postgres::Config>),
}

const SQLITE: &str = "a URL like \"sqlite:///var/lib/platform/platform.db\" with an absolute path, or one like \
     \"postgres://platform@localhost/platform\"";

const POSTGRES: &str = "a URL like \"postgres://platform@localhost/platform\"; the connection is not encrypted, so \
     that a database on another machine needs a network that is, and \"?sslmode=disable\" to say so";

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
                    return server(url)
                        .map_err(|found| E::invalid_value(Unexpected::Other(found), &POSTGRES));
                }
                let path = url.strip_prefix("sqlite://").filter(|path| is_file_path(path));
                path.map(|path| DatabaseUrl::Sqlite(path.into()))
                    .ok_or_else(|| E::invalid_value(Unexpected::Str(url), &SQLITE))
            }
        }
        from.deserialize_str(Url)
    }
}

/// Reads a URL of a server, or tells what is wrong with it. The URL can hold a password, so it is not repeated.
fn server(url: &str) -> Result<DatabaseUrl, &'static str> {
    let server: postgres::Config = url.parse().map_err(|_| "a postgres URL that cannot be read")?;
    if server.get_dbname().is_none_or(str::is_empty) || server.get_hosts().is_empty() {
        return Err("a postgres URL without a host or a database");
    }
    if server.get_ssl_mode() == SslMode::Require {
        return Err("a postgres URL that wants TLS, which this program does not speak to its database");
    }
    let elsewhere = server.get_hosts().iter().any(|host| !is_here(host));
    if elsewhere && server.get_ssl_mode() != SslMode::Disable {
        return Err("a postgres URL of another machine without \"sslmode=disable\"");
    }
    Ok(DatabaseUrl::Postgres(Box::new(server)))
}

/// Whether what is said to `host` stays on this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
    }
}

fn is_file_path(path: &str) -> bool {
    path.starts_with('/') && !path.ends_with('/') && !path.contains(['?', '#', '\0'])
}

pub(crate) fn listen<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
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
