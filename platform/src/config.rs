//! `platform.toml`: where to listen and where to keep the data.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
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
    /// The residents' pages.
    #[serde(default)]
    pub web: Web,
    /// How often one address may ask.
    #[serde(default)]
    pub limits: Limits,
    /// Numbers for Prometheus; none are told unless there is such a table.
    #[serde(default)]
    pub metrics: Option<Metrics>,
    /// Traces for a collector; none are told unless there is such a table.
    #[serde(default)]
    pub telemetry: Option<Telemetry>,
    /// The approval platform above; nothing is exchanged unless there is such a table.
    #[serde(default)]
    pub exchange: Option<Exchange>,
}

/// `[limits]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table", default)]
pub struct Limits {
    /// Requests of one address, steadily.
    pub per_second: NonZeroU32,
    /// Requests of one address at once.
    pub burst: NonZeroU32,
    /// Proxies in front of the platform, which say in `X-Forwarded-For` whom they speak for.
    pub proxies: Vec<IpAddr>,
}

impl Default for Limits {
    /// A kiosk that brings what has waited sends one call after the other and gets some 100 a second through.
    fn default() -> Self {
        let number = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self { per_second: number(100), burst: number(1000), proxies: Vec::new() }
    }
}

/// `[metrics]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with `listen`")]
pub struct Metrics {
    /// An address of this machine alone; port 0 takes a free one.
    #[serde(deserialize_with = "listen_here")]
    pub listen: SocketAddr,
}

/// `[telemetry]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with `otlp`")]
pub struct Telemetry {
    /// An OpenTelemetry collector, over HTTP: `http://127.0.0.1:4318`.
    #[serde(deserialize_with = "collector_url")]
    pub otlp: String,
}

fn collector_url<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    const EXPECTED: &str = "a URL like \"http://127.0.0.1:4318\"";
    let url = String::deserialize(from)?;
    if telemetry::is_address(&url) {
        Ok(url)
    } else {
        Err(D::Error::invalid_value(Unexpected::Str(&url), &EXPECTED))
    }
}

/// `[exchange]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with `url`")]
pub struct Exchange {
    /// Where cases are posted to.
    #[serde(deserialize_with = "http_url")]
    pub url: String,
}

fn listen_here<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    const EXPECTED: &str = "an address that only this machine reaches, like \"127.0.0.1:9100\"";
    let address = listen(from)?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    Err(D::Error::invalid_value(Unexpected::Str(&address.to_string()), &EXPECTED))
}

fn http_url<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    const EXPECTED: &str = "a URL like \"https://approval.example/exchange/cases\"";
    let url = String::deserialize(from)?;
    let scheme = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    if scheme.is_some_and(|rest| !rest.is_empty()) {
        return Ok(url);
    }
    Err(D::Error::invalid_value(Unexpected::Str(&url), &EXPECTED))
}

/// `[web]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table")]
pub struct Web {
    /// Where residents reach the platform; `http://` and the address it listens at unless told.
    #[serde(default, deserialize_with = "public_url")]
    pub public_url: Option<String>,
    /// How residents sign in. Without it the pages show, find and check, and nobody can sign in.
    #[serde(default)]
    pub sign_in: Option<SignIn>,
}

/// Whom to ask who somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignIn {
    /// Nobody: codes are shown on the page, and only invented people get in.
    Development,
}

/// A URL that residents can open: with a scheme and a host, without a path.
fn public_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    const EXPECTED: &str = "a URL without a path like \"https://community.example\"";
    let url = String::deserialize(from)?;
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if host.is_some_and(|host| !host.is_empty() && host.bytes().all(plain)) {
        Ok(Some(url))
    } else {
        Err(D::Error::invalid_value(Unexpected::Str(&url), &EXPECTED))
    }
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
