//! `platform.toml`: what a mistake in it is told, by the program itself.

use std::process::Command;

/// What the program says to a configuration, and that it ends with a failure.
fn told(text: Option<&str>) -> String {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("platform.toml");
    if let Some(text) = text {
        std::fs::write(&file, text).unwrap();
    }
    let output = Command::new(env!("CARGO_BIN_EXE_platform")).arg("--config").arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    error.replace(&format!("platform: {}", file.display()), "FILE").trim_end().to_owned()
}

#[test]
fn every_mistake_is_named_with_file_key_found_and_expected() {
    let listen = "listen = \"127.0.0.1:0\"\n";
    let with_url = |url: &str| format!("{listen}[database]\nurl = {url}\n");
    let sqlite = "a URL like \"sqlite:///var/lib/platform/platform.db\" with an absolute path, or one like \"postgres://platform@localhost/platform\"";
    let postgres = "a URL like \"postgres://platform@localhost/platform\"; the connection is not encrypted, so that a database on another machine needs a network that is, and \"?sslmode=disable\" to say so";
    let address = "an address with a port like \"127.0.0.1:8080\"";
    for (text, message) in [
        (String::new(), "FILE:1: `listen`: found nothing, expected this key".to_owned()),
        (listen.to_owned(), "FILE:1: `database`: found nothing, expected this key".to_owned()),
        (format!("{listen}[database]\n"), "FILE:2: `database.url`: found nothing, expected this key".to_owned()),
        (
            format!("lisen = 1\n{}", with_url("\"sqlite:///x\"")),
            "FILE:1: `lisen`: found a key that is not known, expected one of `listen`, `database`, `tls`, `web`, `limits`, `metrics`, `telemetry`, `exchange`".to_owned(),
        ),
        (
            format!("{}pool = 4\n", with_url("\"sqlite:///x\"")),
            "FILE:4: `database.pool`: found a key that is not known, expected `url`".to_owned(),
        ),
        (with_url("12"), format!("FILE:3: `database.url`: found integer `12`, expected {sqlite}")),
        (
            with_url("\"sqlite://x.db\""),
            format!("FILE:3: `database.url`: found string \"sqlite://x.db\", expected {sqlite}"),
        ),
        (with_url("\"sqlite:///\""), format!("FILE:3: `database.url`: found string \"sqlite:///\", expected {sqlite}")),
        (
            with_url("\"postgres://u:SECRET@db/x\""),
            format!("FILE:3: `database.url`: found a postgres URL of another machine without \"sslmode=disable\", expected {postgres}"),
        ),
        (
            with_url("\"postgres://u:SECRET@127.0.0.1/x?sslmode=require\""),
            format!("FILE:3: `database.url`: found a postgres URL that wants TLS, which this program does not speak to its database, expected {postgres}"),
        ),
        (
            with_url("\"postgresql://u:SECRET@127.0.0.1\""),
            format!("FILE:3: `database.url`: found a postgres URL without a host or a database, expected {postgres}"),
        ),
        (
            with_url("\"postgres://u:SECRET@127.0.0.1:port/x\""),
            format!("FILE:3: `database.url`: found a postgres URL that cannot be read, expected {postgres}"),
        ),
        (
            "listen = \"localhost\"\n[database]\nurl = \"sqlite:///x\"".to_owned(),
            format!("FILE:1: `listen`: found string \"localhost\", expected {address}"),
        ),
        (
            "listen = 8080\n[database]\nurl = \"sqlite:///x\"".to_owned(),
            format!("FILE:1: `listen`: found integer `8080`, expected {address}"),
        ),
        (
            format!("{listen}database = \"sqlite:///x\""),
            "FILE:2: `database`: found string \"sqlite:///x\", expected a table with `url`".to_owned(),
        ),
        (
            format!("{listen}[database]\nurl = \"sqlite:///x\"\n[web]\npublic_url = \"https://x/y\""),
            "FILE:5: `web.public_url`: found string \"https://x/y\", expected a URL without a path like \"https://community.example\"".to_owned(),
        ),
        (
            format!("{listen}[database]\nurl = \"sqlite:///x\"\n[metrics]\nlisten = \"0.0.0.0:9100\""),
            "FILE:5: `metrics.listen`: found string \"0.0.0.0:9100\", expected an address that only this machine reaches, like \"127.0.0.1:9100\"".to_owned(),
        ),
        (
            with_url("\"sqlite:///nowhere/platform.db\""),
            "FILE: `database.url`: found no directory /nowhere, expected one: the database file is created, its directory is not".to_owned(),
        ),
    ] {
        assert_eq!(told(Some(&text)), message, "{text}");
    }
    assert_eq!(told(None), "FILE: found no such file, expected a readable TOML file");
    assert!(told(Some("listen = \"127")).starts_with("FILE:1:"));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("platform.db");
    let text = format!("listen = \"{address}\"\n[database]\nurl = \"sqlite://{}\"\n", database.display());
    let message = told(Some(&text));
    let line = message.lines().last().unwrap();
    assert!(
        line.starts_with(&format!("FILE: `listen`: found {address}, which cannot be listened on")),
        "{message}"
    );
}

#[test]
fn the_due_date_of_a_promise_can_be_asked_for() {
    let ask = |from: &str, n: &str| {
        let arguments = ["due-date", "--from", from, "--working-days", n];
        let output = Command::new(env!("CARGO_BIN_EXE_platform")).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(ask("2025-12-31", "2"), "2026-01-05\n");
    assert_eq!(ask("2026-12-21", "15"), "2027-01-12 provisional\n");
}
