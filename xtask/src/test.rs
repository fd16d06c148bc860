//! `cargo xtask test`: every check and every test, one after the other, with a table at the end.

mod stages;
mod tally;

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::Stdio,
};

use crate::{Failure, bench, browser, cargo, foreign, hil, setup, tidy};
use stages::Stages;
use tally::Tally;

/// One set of features everywhere, so that Slint is built once.
const BUILD: [&str; 3] = ["build", "--workspace", "--all-targets"];
const TEST: [&str; 3] = ["test", "--workspace", "--no-fail-fast"];
const LINT: [&str; 6] = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];

/// Runs all of it.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let lint = wants_lint(arguments, std::env::var_os("CI").is_some())?;
    let mut stages = Stages::default();
    if !stages.run("setup", setup::run) {
        return stages.verdict();
    }
    let workspace = cargo::Metadata::ours()?;
    let root = workspace.workspace_root.as_path();
    let mut tally = Tally::default();
    stages.run("tidy", tidy::run);
    stages.run("format", || cargo::run(root, &["fmt", "--all", "--check"]));
    if stages.run("build", || cargo::run(root, &BUILD)) {
        stages.run("test", || run_tests(root, &workspace.bin_dir(), &mut tally));
        stages.run("foreign", foreign::run);
        stages.run("browser", || browser::run_stage(&workspace));
        stages.run("hil", || hil::run_stage(&workspace));
        stages.run("bench", || bench::run_short(&workspace.bin_dir()));
        if lint {
            stages.run("clippy", || cargo::run(root, &LINT));
        }
    }
    stages.print();
    println!("{tally}");
    stages.verdict()
}

/// A cold clippy checks Slint's whole dependency tree again, for minutes: where CI is set, only when asked.
fn wants_lint(arguments: &[String], ci: bool) -> Result<bool, Failure> {
    match arguments {
        [] => Ok(!ci),
        [flag] if flag == "--clippy" => Ok(true),
        other => Err(format!("test: {:?} is no argument of mine; see cargo xtask help", other.join(" "))),
    }
}

fn run_tests(root: &Path, programs: &Path, tally: &mut Tally) -> Result<(), Failure> {
    println!("$ cargo {}", TEST.join(" "));
    let mut tests = cargo::command()
        .current_dir(root)
        .args(TEST)
        .env("KIOSK_BIN_DIR", programs)
        // The tests of whole kiosks wait far more than they work.
        .env("RUST_TEST_THREADS", "8")
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cargo: {error}"))?;
    let lines = tests.stdout.take().ok_or("cargo test has no output")?;
    // Not UTF-8 is no reason to lose the count: tests about bytes may print anything.
    for line in BufReader::new(lines).split(b'\n') {
        let line = line.map_err(|error| format!("cargo test: {error}"))?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        tally.read(&line);
    }
    let status = tests.wait().map_err(|error| format!("cargo test: {error}"))?;
    tally.verdict(status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ci_lints_only_when_asked() {
        assert_eq!(wants_lint(&[], false), Ok(true));
        assert_eq!(wants_lint(&[], true), Ok(false));
        assert_eq!(wants_lint(&["--clippy".to_owned()], true), Ok(true));
        assert!(wants_lint(&["--clipy".to_owned()], false).is_err());
    }
}
