//! `cargo xtask crash` and `cargo xtask simulate`: builds the proofs alone, without a screen, and hands over to one.

use std::process::Command;

use crate::{Failure, cargo};

/// Runs one of them. `cargo xtask test` runs a short one of each as a test.
pub(crate) fn run(name: &str, arguments: &[String]) -> Result<(), Failure> {
    let workspace = cargo::Metadata::ours()?;
    cargo::run(&workspace.workspace_root, &["build", "-p", "proofs"])?;
    let proof = workspace.bin_dir().join(name);
    let status = Command::new(&proof).args(arguments).status();
    let status = status.map_err(|error| format!("{}: {error}", proof.display()))?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed")) }
}
