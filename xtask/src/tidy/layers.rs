//! Who may know whom. Dev-dependencies are free: a test may know more than what it tests.

use std::collections::{BTreeMap, BTreeSet};

use super::Findings;
use crate::cargo::Metadata;

/// The place of one crate of ours.
struct Layer {
    name: &'static str,
    may_use: May,
    /// Crates of others that must not even come along with something else.
    must_not_know: &'static [&'static str],
}

/// Which of our own crates a crate may use.
enum May {
    Only(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

const fn layer(
    name: &'static str,
    may_use: &'static [&'static str],
    must_not_know: &'static [&'static str],
) -> Layer {
    Layer { name, may_use: May::Only(may_use), must_not_know }
}

const IO: &[&str] = &["slint", "tokio", "rusqlite", "reqwest"];

/// ARCHITECTURE.md says the same in words.
const LAYERS: &[Layer] = &[
    layer("kiosk-protocol", &[], IO),
    layer("kiosk-flow", &["kiosk-protocol"], &["slint", "tokio", "rusqlite", "reqwest", "rand"]),
    layer("kiosk-config", &[], IO),
    layer("kiosk-ime", &[], IO),
    layer("kiosk-voice", &["kiosk-protocol"], IO),
    layer("kiosk-seal", &["kiosk-protocol"], IO),
    layer("config-apply", &[], IO),
    layer("kiosk-enrolment", &["config-apply"], IO),
    layer("config-trust", &[], IO),
    layer("kiosk-settings", &[], IO),
    layer("kiosk-health", &[], IO),
    layer("kiosk-wipe", &[], IO),
    layer("kiosk-scrub", &[], IO),
    layer("kiosk-telemetry", &[], &["slint", "rusqlite"]),
    layer("convergence", &[], IO),
    layer("kiosk-audit", &[], &["slint", "tokio", "reqwest"]),
    layer("kiosk-outbox", &["kiosk-audit", "kiosk-protocol"], &["slint", "tokio", "reqwest"]),
    layer("kiosk-courier", &["kiosk-outbox", "kiosk-protocol", "platform-client"], &["slint"]),
    layer(
        "kiosk-steward",
        &[
            "config-apply",
            "config-trust",
            "convergence",
            "kiosk-enrolment",
            "kiosk-protocol",
            "kiosk-settings",
            "platform-client",
        ],
        &["slint", "rusqlite"],
    ),
    layer("kiosk-receipt", &["driver-api", "kiosk-protocol"], IO),
    layer(
        "platform-client",
        &["kiosk-enrolment", "kiosk-protocol", "kiosk-seal", "kiosk-telemetry"],
        &["slint", "rusqlite"],
    ),
    layer("driver-api", &[], IO),
    layer("recorder", &["driver-api"], IO),
    layer("hotplug", &[], IO),
    layer("camera", &["driver-api"], IO),
    layer("code-scanner", &["driver-api", "recorder"], IO),
    layer("id-card-reader", &["driver-api", "recorder"], IO),
    layer("receipt-printer", &["driver-api", "recorder"], IO),
    layer("speaker", &["driver-api"], IO),
    layer("driver-sim", &[], IO),
    layer(
        "device-speed",
        &[
            "camera",
            "driver-api",
            "driver-sim",
            "id-card-reader",
            "kiosk-protocol",
            "kiosk-receipt",
            "receipt-printer",
        ],
        IO,
    ),
    layer(
        "hil",
        &[
            "camera",
            "code-scanner",
            "driver-api",
            "driver-sim",
            "hotplug",
            "id-card-reader",
            "receipt-printer",
        ],
        IO,
    ),
    layer("kiosk-ui", &[], &["rusqlite", "reqwest"]),
    layer(
        "platform",
        &[
            "config-trust",
            "kiosk-audit",
            "kiosk-config",
            "kiosk-enrolment",
            "kiosk-health",
            "kiosk-protocol",
            "kiosk-scrub",
            "kiosk-seal",
            "kiosk-settings",
            "kiosk-telemetry",
            "kiosk-voice",
        ],
        &["slint"],
    ),
    Layer {
        name: "kiosk",
        may_use: May::AllBut(&["platform", "driver-sim", "testkit", "dock", "bench", "proofs", "xtask"]),
        must_not_know: &[],
    },
    Layer {
        name: "testkit",
        may_use: May::AllBut(&["dock", "bench", "proofs", "xtask"]),
        must_not_know: &[],
    },
    layer("dock", &["kiosk-ui", "testkit"], &[]),
    layer("bench", &[], IO),
    layer(
        "proofs",
        &[
            "config-apply",
            "kiosk-courier",
            "kiosk-enrolment",
            "kiosk-flow",
            "kiosk-outbox",
            "kiosk-protocol",
            "kiosk-seal",
            "kiosk-steward",
            "platform",
            "platform-client",
        ],
        &["slint"],
    ),
    layer("xtask", &[], IO),
];

impl May {
    fn allows(&self, name: &str) -> bool {
        match self {
            Self::Only(names) => names.contains(&name),
            Self::AllBut(names) => !names.contains(&name),
        }
    }
}

/// Checks every arrow that starts at one of ours.
pub(crate) fn check(metadata: &Metadata) -> Findings {
    let graph = Graph::of(metadata);
    let mut findings = Findings::default();
    for member in metadata.members() {
        findings.looked_at += 1;
        match LAYERS.iter().find(|layer| layer.name == member.name) {
            Some(layer) => findings.problems.extend(graph.breaches(layer, &member.id)),
            None => findings.problems.push(format!("{}: has no row in the table of layers", member.name)),
        }
    }
    findings
}

struct Graph<'a> {
    uses: BTreeMap<&'a str, Vec<&'a str>>,
    names: BTreeMap<&'a str, &'a str>,
    ours: BTreeSet<&'a str>,
}

impl<'a> Graph<'a> {
    fn of(metadata: &'a Metadata) -> Self {
        Self {
            uses: metadata.uses(),
            names: metadata.packages.iter().map(|p| (p.id.as_str(), p.name.as_str())).collect(),
            ours: metadata.members().map(|p| p.id.as_str()).collect(),
        }
    }

    fn breaches(&self, layer: &Layer, id: &str) -> Vec<String> {
        let Some(direct) = self.uses.get(id) else {
            return vec![format!("{}: cargo does not tell whom it uses", layer.name)];
        };
        let ours = direct.iter().filter(|used| self.ours.contains(*used)).filter_map(|id| self.names.get(id));
        let wrong = ours
            .filter(|used| !layer.may_use.allows(used))
            .map(|used| format!("{} must not use {used}", layer.name));
        let reached = self.reach(id);
        let known = layer
            .must_not_know
            .iter()
            .filter(|name| reached.contains(*name))
            .map(|name| format!("{} must not know {name}, not even through another crate", layer.name));
        wrong.chain(known).collect()
    }

    /// The names of everything that comes along with a package.
    fn reach(&self, from: &'a str) -> BTreeSet<&'a str> {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(id) = open.pop() {
            for used in self.uses.get(id).into_iter().flatten() {
                if seen.insert(*used) {
                    open.push(used);
                }
            }
        }
        seen.iter().filter_map(|id| self.names.get(id)).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace in which `kiosk-flow` has one dependency of a kind, which in turn uses tokio.
    fn flow_using(name: &str, kind: &str) -> Metadata {
        serde_json::from_str(&format!(
            r#"{{"packages": [
                {{"id": "f", "name": "kiosk-flow", "version": "1", "license": "MIT", "manifest_path": ""}},
                {{"id": "x", "name": "{name}", "version": "1", "license": "MIT", "manifest_path": ""}},
                {{"id": "t", "name": "tokio", "version": "1", "license": "MIT", "manifest_path": ""}}],
              "workspace_members": ["f", "{member}"], "workspace_root": "/", "target_directory": "/",
              "resolve": {{"nodes": [
                {{"id": "f", "deps": [{{"pkg": "x", "dep_kinds": [{{"kind": {kind}}}]}}]}},
                {{"id": "x", "deps": {deps}}},
                {{"id": "t", "deps": []}}]}}}}"#,
            member = if name == "middle" { "f" } else { "x" },
            deps = if name == "middle" { r#"[{"pkg": "t", "dep_kinds": [{"kind": null}]}]"# } else { "[]" },
        ))
        .unwrap()
    }

    #[test]
    fn what_is_allowed_is_no_problem() {
        assert_eq!(check(&flow_using("kiosk-protocol", "null")).problems, [""; 0]);
    }

    #[test]
    fn a_wrong_arrow_is_found() {
        let found = check(&flow_using("kiosk-outbox", "null")).problems;
        assert_eq!(found, ["kiosk-flow must not use kiosk-outbox"]);
    }

    #[test]
    fn a_test_may_know_more() {
        assert_eq!(check(&flow_using("kiosk-outbox", "\"dev\"")).problems, [""; 0]);
    }

    #[test]
    fn a_forbidden_crate_is_found_behind_another() {
        let found = check(&flow_using("middle", "null")).problems;
        assert_eq!(found, ["kiosk-flow must not know tokio, not even through another crate"]);
    }

    #[test]
    fn a_crate_without_a_row_is_found() {
        let found = check(&flow_using("newcomer", "\"dev\"")).problems;
        assert_eq!(found, ["newcomer: has no row in the table of layers"]);
    }
}
