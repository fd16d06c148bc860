//! `cargo xtask demo`: builds, then hands over to the testkit's `journey`.

use std::process::Command;

use crate::{Failure, cargo, setup};

/// Where a scripted journey leaves its papers unless told.
const OUT: &str = "demo-out";

/// Runs the demo.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    check(arguments)?;
    let arguments = completed(arguments);
    setup::run()?;
    let workspace = cargo::Metadata::ours()?;
    cargo::run(&workspace.workspace_root, &["build", "--workspace", "--all-targets"])?;
    let program = workspace.bin_dir().join("journey");
    let status = Command::new(&program)
        .args(&arguments)
        .env("KIOSK_BIN_DIR", workspace.bin_dir())
        .status()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    if status.success() { Ok(()) } else { Err(format!("journey {} failed", arguments.join(" "))) }
}

/// Refuses a wrong argument before minutes of building.
fn check(arguments: &[String]) -> Result<(), Failure> {
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--headless" | "--landscape" => {}
            "--out" | "--reader" | "--printer" | "--platform" => {
                let value = rest.next().filter(|value| !value.starts_with("--"));
                value.ok_or_else(|| format!("demo: {argument} needs a value"))?;
            }
            other => return Err(format!("demo: {other:?} is no argument of mine; see cargo xtask help")),
        }
    }
    Ok(())
}

/// The journey runs by itself, with a place for what comes out. A window to play in is not built yet.
fn completed(arguments: &[String]) -> Vec<String> {
    let mut all = arguments.to_vec();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if !has("--headless") {
        all.push("--headless".to_owned());
    }
    if !has("--out") {
        all.extend(["--out".to_owned(), OUT.to_owned()]);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_mistyped_argument_is_refused_before_the_build() {
        assert_eq!(check(&words("--headless --out d --reader serial:///dev/ttyS0 --landscape")), Ok(()));
        assert!(check(&words("--headles")).unwrap_err().contains("--headles"));
        assert!(check(&words("--out")).unwrap_err().contains("needs a value"));
        assert!(check(&words("--out --headless")).unwrap_err().contains("needs a value"));
    }

    #[test]
    fn it_is_headless_and_leaves_its_papers_somewhere() {
        assert_eq!(completed(&words("--landscape")), words("--landscape --headless --out demo-out"));
        assert_eq!(completed(&words("--headless --out x")), words("--headless --out x"));
    }
}
