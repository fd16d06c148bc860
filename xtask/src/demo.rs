//! `cargo xtask demo`: builds, then hands over to the dock (in windows) or to the testkit's `journey` (without).

use std::process::Command;

use crate::{Failure, cargo, setup};

/// Where a scripted journey leaves its papers unless told.
const OUT: &str = "demo-out";

/// Runs the demo.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    check(arguments)?;
    let (name, arguments) = programme(arguments, display_exists());
    setup::run()?;
    let workspace = cargo::Metadata::ours()?;
    cargo::run(&workspace.workspace_root, &["build", "--workspace", "--all-targets"])?;
    let program = workspace.bin_dir().join(name);
    let status = Command::new(&program)
        .args(&arguments)
        .env("KIOSK_BIN_DIR", workspace.bin_dir())
        .status()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    if status.success() { Ok(()) } else { Err(format!("{name} {} failed", arguments.join(" "))) }
}

fn display_exists() -> bool {
    let told = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    told("DISPLAY") || told("WAYLAND_DISPLAY")
}

/// Refuses a wrong argument before minutes of building.
fn check(arguments: &[String]) -> Result<(), Failure> {
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--headless" | "--landscape" => {}
            "--out" | "--reader" | "--printer" | "--scanner" | "--platform" => {
                let value = rest.next().filter(|value| !value.starts_with("--"));
                value.ok_or_else(|| format!("demo: {argument} needs a value"))?;
            }
            other => return Err(format!("demo: {other:?} is no argument of mine; see cargo xtask help")),
        }
    }
    Ok(())
}

/// Who plays, with what: a person in windows where there is a display, otherwise the scripted journey, which needs a
/// place for what comes out. Who names a place wants the journey.
fn programme(arguments: &[String], display: bool) -> (&'static str, Vec<String>) {
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let mut all = arguments.to_vec();
    if display && !has("--headless") && !has("--out") {
        return ("dock", all);
    }
    if !has("--headless") {
        all.push("--headless".to_owned());
    }
    if !has("--out") {
        all.extend(["--out".to_owned(), OUT.to_owned()]);
    }
    ("journey", all)
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
    fn without_a_display_it_plays_by_itself_and_leaves_its_papers_somewhere() {
        let journey = |line: &str, display| programme(&words(line), display);
        let completed = ("journey", words("--landscape --headless --out demo-out"));
        assert_eq!(journey("--landscape", false), completed);
        assert_eq!(journey("--headless --out x", false), ("journey", words("--headless --out x")));
        assert_eq!(journey("--headless --out x", true), ("journey", words("--headless --out x")));
        assert_eq!(journey("--out x", true), ("journey", words("--out x --headless")));
    }

    #[test]
    fn on_a_display_a_person_plays() {
        assert_eq!(programme(&words("--landscape"), true), ("dock", words("--landscape")));
    }
}
