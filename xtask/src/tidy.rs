//! The rules of the house that no compiler knows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::run::{output, top};

/// Which of our crates a crate may use; the tables of ARCHITECTURE.md. A crate that is not here is a fault.
const MAY_USE: &[(&str, &[&str])] = &[
    ("kiosk-protocol", &[]),
    ("kiosk-flow", &["kiosk-protocol"]),
    ("kiosk-config", &[]),
    ("kiosk-seal", &["kiosk-protocol"]),
    ("kiosk-outbox", &["kiosk-protocol"]),
    ("kiosk-receipt", &["kiosk-protocol", "driver-api"]),
    ("platform-client", &["kiosk-protocol", "kiosk-seal"]),
    ("driver-api", &[]),
    ("id-card-reader", &["driver-api"]),
    ("receipt-printer", &["driver-api"]),
    ("driver-sim", &[]),
    ("kiosk-ui", &[]),
    (
        "kiosk",
        &[
            "kiosk-protocol",
            "kiosk-flow",
            "kiosk-config",
            "kiosk-outbox",
            "kiosk-receipt",
            "kiosk-ui",
            "platform-client",
            "driver-api",
            "id-card-reader",
            "receipt-printer",
        ],
    ),
    ("platform", &["kiosk-protocol", "kiosk-seal", "kiosk-config"]),
    ("xtask", &[]),
];

/// What a crate must not know, however useful.
const MUST_NOT_USE: &[(&str, &[&str])] = &[
    ("kiosk-protocol", &["tokio", "slint", "rusqlite", "reqwest"]),
    ("kiosk-flow", &["tokio", "slint", "rusqlite", "reqwest", "rand"]),
    ("kiosk-outbox", &["tokio", "slint", "reqwest"]),
    ("platform-client", &["slint", "rusqlite"]),
    ("driver-api", &["slint", "tokio", "rusqlite", "reqwest"]),
    ("kiosk-ui", &["tokio", "rusqlite", "reqwest"]),
];

/// Over this many lines a file is a question to its author.
const LONGEST_FILE: usize = 600;

/// Checks them all.
pub(crate) fn tidy() -> Result<(), String> {
    let mut faults = Vec::new();
    let packages = packages()?;
    for package in &packages {
        knows(package, &mut faults);
        inherits(package, &mut faults);
    }
    sizes(&mut faults)?;
    println!("tidy: {} crates", packages.len());
    if packages.len() < 10 {
        faults.push(format!("only {} crates found", packages.len()));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

struct Package {
    name: String,
    manifest: String,
    uses: Vec<String>,
}

fn packages() -> Result<Vec<Package>, String> {
    let text = output("cargo", &["metadata", "--no-deps", "--format-version", "1"])?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let list =
        metadata.get("packages").and_then(Value::as_array).ok_or("cargo metadata lists no packages")?;
    Ok(list.iter().filter_map(package).collect())
}

fn package(value: &Value) -> Option<Package> {
    let text = |value: &Value, key: &str| Some(value.get(key)?.as_str()?.to_owned());
    // Tests may know everybody.
    let is_for_use = |dependency: &&Value| dependency.get("kind").is_none_or(Value::is_null);
    let dependencies = value.get("dependencies")?.as_array()?;
    Some(Package {
        name: text(value, "name")?,
        manifest: text(value, "manifest_path")?,
        uses: dependencies.iter().filter(is_for_use).filter_map(|used| text(used, "name")).collect(),
    })
}

fn knows(package: &Package, faults: &mut Vec<String>) {
    let ours: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let Some(allowed) = ours.get(package.name.as_str()) else {
        if package.name != "testkit" {
            faults.push(format!("{}: not in the table of who may know whom", package.name));
        }
        return;
    };
    let forbidden = MUST_NOT_USE.iter().filter(|(name, _)| *name == package.name).flat_map(|(_, list)| *list);
    let forbidden: Vec<&str> = forbidden.copied().collect();
    for used in package.uses.iter().map(String::as_str) {
        if (ours.contains_key(used) && !allowed.contains(&used)) || forbidden.contains(&used) {
            faults.push(format!("{} must not know {used}", package.name));
        }
    }
}

fn inherits(package: &Package, faults: &mut Vec<String>) {
    let manifest = std::fs::read_to_string(&package.manifest).unwrap_or_default();
    for line in ["license.workspace = true", "[lints]\nworkspace = true"] {
        if !manifest.contains(line) {
            faults.push(format!("{}: its manifest lacks {line:?}", package.name));
        }
    }
}

fn sizes(faults: &mut Vec<String>) -> Result<(), String> {
    let files = output("git", &["ls-files", "*.rs", "*.slint"])?;
    let mut seen = 0;
    for file in files.lines() {
        let lines = std::fs::read_to_string(top().join(file)).unwrap_or_default().lines().count();
        seen += 1;
        if lines > LONGEST_FILE {
            faults.push(format!("{file}: {lines} lines, more than {LONGEST_FILE}"));
        }
    }
    if seen < 50 { Err(format!("only {seen} source files found")) } else { Ok(()) }
}
