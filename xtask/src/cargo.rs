//! Calls of cargo, and what it knows about the workspace.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::Deserialize;

use crate::Failure;

/// The machines that a kiosk may be: what only other systems pull in is not built and not judged.
const TARGETS: [&str; 3] =
    ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "loongarch64-unknown-linux-gnu"];

/// What `cargo metadata` says.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_members: Vec<String>,
    pub(crate) workspace_root: PathBuf,
    pub(crate) target_directory: PathBuf,
    #[serde(default)]
    pub(crate) resolve: Option<Resolve>,
}

/// A package, ours or another's.
#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    pub(crate) manifest_path: PathBuf,
}

/// Who really uses whom.
#[derive(Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

/// One package in that.
#[derive(Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) deps: Vec<Dependency>,
}

/// One arrow in that.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) pkg: String,
    pub(crate) dep_kinds: Vec<DependencyKind>,
}

/// `None` is a normal dependency; the others are `dev` and `build`.
#[derive(Deserialize)]
pub(crate) struct DependencyKind {
    pub(crate) kind: Option<String>,
}

impl Metadata {
    /// Everything, dependencies of dependencies too.
    pub(crate) fn whole() -> Result<Self, Failure> {
        let filters = TARGETS.iter().flat_map(|target| ["--filter-platform", target]);
        Self::ask(command().args(["metadata", "--format-version", "1"]).args(filters))
    }

    /// Our own packages.
    pub(crate) fn ours() -> Result<Self, Failure> {
        Self::ask(command().args(["metadata", "--format-version", "1", "--no-deps"]))
    }

    fn ask(command: &mut Command) -> Result<Self, Failure> {
        let answer = command.stderr(Stdio::inherit()).output().map_err(|e| format!("cargo: {e}"))?;
        if !answer.status.success() {
            return Err("cargo metadata failed".to_owned());
        }
        serde_json::from_slice(&answer.stdout).map_err(|e| format!("cargo metadata is not understood: {e}"))
    }

    /// The members of the workspace.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// The packages that the code of each package itself may name: normal and build dependencies, no tests'.
    pub(crate) fn uses(&self) -> BTreeMap<&str, Vec<&str>> {
        let nodes = self.resolve.iter().flat_map(|resolve| &resolve.nodes);
        nodes.map(|node| (node.id.as_str(), node.used().collect())).collect()
    }

    /// Where `cargo build` puts programs.
    pub(crate) fn bin_dir(&self) -> PathBuf {
        self.target_directory.join("debug")
    }
}

impl Node {
    fn used(&self) -> impl Iterator<Item = &str> {
        let counts = |dependency: &&Dependency| {
            dependency.dep_kinds.iter().any(|kind| kind.kind.as_deref() != Some("dev"))
        };
        self.deps.iter().filter(counts).map(|dependency| dependency.pkg.as_str())
    }
}

/// The cargo that runs this, without the variables that it set for xtask alone.
pub(crate) fn command() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs cargo in `root` and waits for it.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<(), Failure> {
    println!("$ cargo {}", arguments.join(" "));
    let status = command().current_dir(root).args(arguments).status().map_err(|e| format!("cargo: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} failed", arguments.join(" "))) }
}
