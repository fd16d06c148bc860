//! `cargo xtask bench`: builds the programs as they are shipped, then hands over to the `bench` program.

use std::{path::Path, process::Command};

use crate::{Failure, cargo, foreign, setup};

/// The programs alone: the whole workspace would bring the tests' features into the kiosk.
const SHIPPED: [&str; 8] = ["build", "--release", "-p", "kiosk", "-p", "platform", "-p", "driver-sim"];
const OURS: [&str; 8] = ["build", "--release", "-p", "bench", "-p", "proofs", "-p", "device-speed"];

/// Runs the whole of it, for a quarter of an hour.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    setup::run_for_bench()?;
    let workspace = cargo::Metadata::ours()?;
    cargo::run(&workspace.workspace_root, &SHIPPED)?;
    cargo::run(&workspace.workspace_root, &OURS)?;
    foreign::install(&workspace)?;
    hand_over(&workspace.target_directory.join("release"), arguments)
}

/// Runs seconds of it with the programs of a test build; what is not installed is not compared, and told.
pub(crate) fn run_short(programs: &Path) -> Result<(), Failure> {
    let out = programs.join("bench-short.json").display().to_string();
    hand_over(programs, &["--short".to_owned(), "--out".to_owned(), out])
}

fn hand_over(programs: &Path, arguments: &[String]) -> Result<(), Failure> {
    let mut bench = Command::new(programs.join("bench"));
    // Beside the programs of either build.
    let hosts = programs.with_file_name("foreign");
    let status = bench.args(arguments).env("KIOSK_BIN_DIR", programs).env("FOREIGN_HOSTS", hosts).status();
    let status = status.map_err(|error| format!("bench: {error}"))?;
    if status.success() { Ok(()) } else { Err("bench failed, or a goal was missed".to_owned()) }
}
