//! `[tls]` of `platform.toml`.

use std::{net::SocketAddr, path::PathBuf};

use axum::http::Uri;
use serde::{Deserialize, Deserializer, de::Error as _, de::Unexpected};

/// `[tls]`: where kiosks call. Without it nothing but `listen` is served, and there are no kiosks with certificates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with `listen`, `url` and `directory`")]
pub struct Tls {
    /// Address and port; port 0 takes a free one.
    #[serde(deserialize_with = "crate::config::listen")]
    pub listen: SocketAddr,
    /// How kiosks call it. Its host is in the platform's certificate.
    #[serde(deserialize_with = "url")]
    pub url: String,
    /// Where the authority keeps its key. Several platforms with one database share a copy of it.
    pub directory: PathBuf,
}

impl Tls {
    /// The host of `url`.
    #[must_use]
    pub fn host(&self) -> String {
        let uri: Option<Uri> = self.url.parse().ok();
        let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
        host.trim_matches(['[', ']']).to_owned()
    }
}

fn url<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    const EXPECTED: &str = "a URL like \"https://platform.example:8443/\"";
    let text = String::deserialize(from)?;
    let uri: Option<Uri> = text.parse().ok();
    let good = uri.is_some_and(|uri| {
        uri.scheme_str() == Some("https")
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.query().is_none()
    });
    // A pin and a code follow behind it, so it ends where a fragment may begin.
    if good && !text.contains('#') && text.ends_with('/') {
        Ok(text)
    } else {
        Err(D::Error::invalid_value(Unexpected::Str(&text), &EXPECTED))
    }
}
