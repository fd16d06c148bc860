//! `cargo xtask foreign`: hosts that are not ours print on our emulated printer.

use std::{path::PathBuf, process::Command};

use crate::{Failure, cargo, npm, setup};

/// Each with its version: what is judged by them must not change by itself.
const PYTHON: [&str; 1] = ["python-escpos==3.1"];
const NODE: [&str; 1] = ["receiptio@2.1.2"];
/// The tests that they are needed for.
const TESTS: [&str; 9] = [
    "test",
    "--package",
    "receipt-printer",
    "--test",
    "printer",
    "foreign",
    "--",
    "--ignored",
    "--nocapture",
];

/// Installs them under the target directory and runs the tests.
pub(crate) fn run() -> Result<(), Failure> {
    let workspace = cargo::Metadata::ours()?;
    let hosts = install(&workspace)?;
    println!("$ cargo {}", TESTS.join(" "));
    let mut tests = cargo::command();
    tests.current_dir(&workspace.workspace_root).args(TESTS).env("FOREIGN_HOSTS", hosts);
    npm::run(&mut tests)
}

/// Installs them where they are not, and tells where they are.
pub(crate) fn install(workspace: &cargo::Metadata) -> Result<PathBuf, Failure> {
    setup::run_for_foreign()?;
    let folder = workspace.target_directory.join("foreign");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let wanted = [PYTHON.as_slice(), &NODE].concat().join(" ");
    let mark = folder.join("installed");
    if std::fs::read_to_string(&mark).is_ok_and(|known| known == wanted) {
        return Ok(folder);
    }
    let venv = folder.join("venv");
    npm::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    npm::run(Command::new(venv.join("bin/pip")).args(["install", "--quiet"]).args(PYTHON))?;
    npm::install(&folder, &NODE)?;
    // Last, so that an installation that broke off is done anew.
    std::fs::write(&mark, wanted).map_err(|error| format!("{}: {error}", mark.display()))?;
    Ok(folder)
}
