//! Packages of npm, in a folder of their own under the target directory.

use std::{path::Path, process::Command};

use crate::Failure;

/// Installs `packages`, each with its version, into `folder`.
pub(crate) fn install(folder: &Path, packages: &[&str]) -> Result<(), Failure> {
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args(["install", "--no-audit", "--no-fund", "--no-save", "--prefix", "."]);
    run(npm.args(packages))
}

/// Runs a program, which must succeed.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| format!("{name}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed")) }
}
