//! `cargo xtask mutants`: changes the code of the outbox, the seal and the wipe in every small way that cargo-mutants
//! knows, and sees whether a test notices. Whoever survives is in `docs/mutants.toml` with a reason, or it fails.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde::Deserialize;

use crate::{Failure, cargo};

const VERSION: &str = "27.1.0";
/// What must not be wrong unnoticed.
const CRATES: [&str; 4] = ["kiosk-outbox", "kiosk-courier", "kiosk-seal", "kiosk-wipe"];
/// Of a hundred mutants so many must be caught.
const SCORE: usize = 80;
const SURVIVORS: &str = "docs/mutants.toml";

/// Runs all of it, for as long as it takes: a test run for every mutant.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let workspace = cargo::Metadata::ours()?;
    let root = workspace.workspace_root.as_path();
    install(root)?;
    let out = workspace.target_directory.join("mutants");
    let crates = match arguments {
        [] => CRATES.to_vec(),
        [flag, name] if flag == "--crate" => CRATES.into_iter().filter(|known| known == name).collect(),
        other => {
            return Err(format!(
                "mutants: {:?} is no argument of mine; see cargo xtask help",
                other.join(" ")
            ));
        }
    };
    let packages: Vec<&str> = crates.iter().flat_map(|name| ["--package", *name]).collect();
    let mut mutants = cargo::command();
    mutants.current_dir(root).args(["mutants", "--no-shuffle", "--output"]).arg(&out).args(packages);
    // Its exit status says that some survived; which of them may is decided here.
    mutants.status().map_err(|error| format!("cargo mutants: {error}"))?;
    let outcomes = read(&out.join("mutants.out/outcomes.json"))?;
    let known = fs::read_to_string(root.join(SURVIVORS)).map_err(|error| format!("{SURVIVORS}: {error}"))?;
    let known = toml::from_str(&known).map_err(|error| format!("{SURVIVORS}: {error}"))?;
    verdict(&outcomes, &known)
}

fn install(root: &Path) -> Result<(), Failure> {
    let found = Command::new("cargo-mutants").args(["mutants", "--version"]).output();
    if found.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).contains(VERSION)) {
        return Ok(());
    }
    cargo::run(root, &["install", "--locked", &format!("cargo-mutants@{VERSION}")])
}

/// What cargo-mutants tells of all mutants.
#[derive(Deserialize)]
struct Outcomes {
    outcomes: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    summary: String,
    scenario: Scenario,
}

/// The code as it is, or a mutant of it.
#[derive(Deserialize)]
enum Scenario {
    Baseline,
    Mutant(Mutant),
}

#[derive(Deserialize)]
struct Mutant {
    name: String,
}

/// Survivors by their names without a line number, and why each may live.
type Known = BTreeMap<String, String>;

fn read(path: &Path) -> Result<Outcomes, Failure> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Mutants that do not compile count for nobody.
fn verdict(Outcomes { outcomes }: &Outcomes, known: &Known) -> Result<(), Failure> {
    let (mut caught, mut survivors) = (0, Vec::new());
    for Outcome { summary, scenario } in outcomes {
        match (scenario, summary.as_str()) {
            (Scenario::Baseline, "Success") | (Scenario::Mutant(_), "Unviable") => {}
            (Scenario::Baseline, _) => return Err("the tests fail without any mutant".to_owned()),
            (Scenario::Mutant(_), "CaughtMutant" | "Timeout") => caught += 1,
            (Scenario::Mutant(mutant), _) => survivors.push(without_place(&mutant.name)),
        }
    }
    let all = caught + survivors.len();
    if all == 0 {
        return Err("no mutants".to_owned());
    }
    println!("mutants={all} caught={caught} survived={} score={} %", survivors.len(), caught * 100 / all);
    let strangers: Vec<String> = survivors.into_iter().filter(|name| !known.contains_key(name)).collect();
    if !strangers.is_empty() {
        return Err(format!("nobody notices, and {SURVIVORS} has no reason:\n  {}", strangers.join("\n  ")));
    }
    if caught * 100 < all * SCORE { Err(format!("fewer than {SCORE} % are caught")) } else { Ok(()) }
}

/// `crates/seal/src/key.rs:7:3: replace …` without line and column, which change with every edit above them.
fn without_place(name: &str) -> String {
    let mut parts = name.splitn(4, ':');
    match (parts.next(), parts.nth(2)) {
        (Some(file), Some(what)) => format!("{file}:{what}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(mutants: &[(&str, &str)]) -> Outcomes {
        let mutant = |(summary, name): &(&str, &str)| serde_json::json!({"summary": summary, "scenario": {"Mutant": {"name": name, "more": 1}}});
        let mut all: Vec<_> = mutants.iter().map(mutant).collect();
        all.push(serde_json::json!({"summary": "Success", "scenario": "Baseline"}));
        serde_json::from_value(serde_json::json!({"outcomes": all, "total_mutants": 9})).unwrap()
    }

    #[test]
    fn survivors_need_a_reason_and_most_must_be_caught() {
        let known = Known::from([("a.rs: replace x".to_owned(), "nobody can tell".to_owned())]);
        let survivor = ("MissedMutant", "a.rs:12:3: replace x");
        let caught = ("CaughtMutant", "b.rs:1:1: replace y");
        assert_eq!(
            verdict(&outcomes(&[survivor, caught, caught, caught, ("Timeout", "c.rs:1:1: z")]), &known),
            Ok(())
        );
        assert!(verdict(&outcomes(&[survivor, caught]), &known).is_err(), "a score of 50 %");
        assert!(verdict(&outcomes(&[caught, ("MissedMutant", "a.rs:1:1: other")]), &known).is_err());
        assert!(verdict(&outcomes(&[("Unviable", "a.rs:1:1: q")]), &known).is_err(), "nothing was tried");
    }
}
