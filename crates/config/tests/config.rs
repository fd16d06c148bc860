//! What a wrong configuration file is told.
#![allow(clippy::unwrap_used, clippy::unwrap_in_result, reason = "test")]

use std::path::Path;

use kiosk_config::{ConfigError, load, parse};
use proptest::prelude::*;
use serde::{Deserialize, Deserializer, de};

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    listen: Port,
    database: Database,
    #[serde(default)]
    devices: Vec<Device>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Database {
    url: String,
    pool: Option<u8>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Device {
    kind: Kind,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Reader,
    Printer,
}

#[derive(Debug, PartialEq)]
struct Port(u16);

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let wrong = || de::Error::invalid_value(de::Unexpected::Str(&text), &"a port like \":80\"");
        text.strip_prefix(':').and_then(|port| port.parse().ok()).map(Self).ok_or_else(wrong)
    }
}

fn told(text: &str) -> String {
    parse::<Config>(text, Path::new("p.toml")).unwrap_err().to_string()
}

#[test]
fn a_good_file_is_read() {
    let text = "listen = \":80\"\n[database]\nurl = \"x\"\n[[devices]]\nkind = \"reader\"\n";
    let read: Config = parse(text, Path::new("p.toml")).unwrap();
    assert_eq!(read.listen, Port(80));
    assert_eq!(read.devices, [Device { kind: Kind::Reader }]);
}

#[test]
fn every_mistake_is_named_with_file_line_key_found_and_expected() {
    for (text, message) in [
        (
            "listen = \":80\"\nlisten2 = 1\n[database]\nurl = \"x\"",
            "p.toml:2: `listen2`: found a key that is not known, expected one of `listen`, `database`, `devices`",
        ),
        (
            "listen = \":80\"\n[database]\nurl = \"x\"\nulr = \"y\"",
            "p.toml:4: `database.ulr`: found a key that is not known, expected `url` or `pool`",
        ),
        (
            "listen = \":80\"\n[database]\nurl = 12",
            "p.toml:3: `database.url`: found integer `12`, expected a string",
        ),
        ("listen = 80\n[database]\nurl = \"x\"", "p.toml:1: `listen`: found integer `80`, expected a string"),
        (
            "listen = \"80\"\n[database]\nurl = \"x\"",
            "p.toml:1: `listen`: found string \"80\", expected a port like \":80\"",
        ),
        (
            "listen = \":80\"\n[database]\nurl = \"x\"\npool = 300",
            "p.toml:4: `database.pool`: found integer `300`, expected u8",
        ),
        ("listen = \":80\"\n[database]\n", "p.toml:2: `database.url`: found nothing, expected this key"),
        ("listen = \":80\"\n", "p.toml:1: `database`: found nothing, expected this key"),
        ("", "p.toml:1: `listen`: found nothing, expected this key"),
        (
            "listen = \":80\"\ndatabase = 3",
            "p.toml:2: `database`: found integer `3`, expected struct Database",
        ),
        (
            "listen = \":80\"\ndatabase.url = \"x\"\n[[devices]]\nkind = \"reader\"\n[[devices]]\nkind = \"pritner\"",
            "p.toml:6: `devices.kind`: found `pritner`, expected `reader` or `printer`",
        ),
    ] {
        assert_eq!(told(text), message, "{text}");
    }
}

#[test]
fn what_is_no_toml_is_told_with_line_and_column() {
    for (text, start) in [
        ("listen", "p.toml:1:7: found "),
        ("listen = \":80\"\n[database\nurl = 1", "p.toml:2:10: found "),
        ("示例 = 1", "p.toml:1:1: found "),
        ("listen = \":80\"\nlisten = \":81\"", "p.toml:2:1: found duplicate key"),
    ] {
        let message = told(text);
        assert!(message.starts_with(start) && message.contains(", expected "), "{message}");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_reason() {
    let missing = load::<Config>(Path::new("/nowhere/p.toml")).unwrap_err();
    assert_eq!(missing.to_string(), "/nowhere/p.toml: found no such file, expected a readable TOML file");
    let directory = load::<Config>(Path::new("/")).unwrap_err();
    assert_eq!(directory.to_string(), "/: found a directory, expected a readable TOML file");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(listen|database|url|[\\[\\]=\"\n.1示 ]){0,20}") {
        let read = parse::<Config>(&text, Path::new("p.toml"));
        let unreadable = matches!(read, Err(ConfigError::Unreadable { .. }));
        prop_assert!(!unreadable);
    }
}
