//! `cargo xtask crash`: builds the proof alone, without a screen, and hands over to it.

use std::process::Command;

use crate::{Failure, cargo};

/// Runs it. `cargo xtask test` runs a short one as a test.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let workspace = cargo::Metadata::ours()?;
    cargo::run(&workspace.workspace_root, &["build", "-p", "proofs"])?;
    let crash = workspace.bin_dir().join("crash");
    let status = Command::new(&crash).args(arguments).status();
    let status = status.map_err(|error| format!("{}: {error}", crash.display()))?;
    if status.success() { Ok(()) } else { Err("crash failed".to_owned()) }
}
