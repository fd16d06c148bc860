//! `cargo xtask fleet`: builds the platform and the proof, without a screen, and hands over to the proof.

use std::process::Command;

use crate::{Failure, cargo};

/// Runs it. `cargo xtask test` runs a short one as a test.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let workspace = cargo::Metadata::ours()?;
    cargo::run(&workspace.workspace_root, &["build", "-p", "proofs", "-p", "platform"])?;
    let fleet = workspace.bin_dir().join("fleet");
    let status = Command::new(&fleet).args(arguments).status();
    let status = status.map_err(|error| format!("{}: {error}", fleet.display()))?;
    if status.success() { Ok(()) } else { Err("fleet failed".to_owned()) }
}
