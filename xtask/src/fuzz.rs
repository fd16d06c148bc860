//! `cargo xtask fuzz`: every fuzz target for so many seconds.

use std::path::Path;

use crate::{Failure, cargo};

/// How long a target runs where nothing else is asked for.
const SECONDS: &str = "60";

/// Installs `cargo-fuzz` where it is missing, and runs all targets, one after the other.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let seconds = match arguments {
        [] => SECONDS,
        [option, seconds] if option == "--seconds" && seconds.parse::<u32>().is_ok_and(|n| n > 0) => seconds,
        other => {
            return Err(format!("fuzz: {:?} is no argument of mine; see cargo xtask help", other.join(" ")));
        }
    };
    let root = cargo::Metadata::ours()?.workspace_root;
    let targets = targets(&root)?;
    if cargo::run(&root, &["fuzz", "--version"]).is_err() {
        cargo::run(&root, &["install", "cargo-fuzz", "--locked"])?;
    }
    let time = format!("-max_total_time={seconds}");
    for target in &targets {
        println!("\n=== {target}");
        // No sanitizer: our code has no `unsafe`, and without one the stable toolchain will do. What a run finds goes
        // to a folder of its own; only the committed inputs are read from the corpus.
        let (found, kept) = (format!("fuzz/target/found/{target}"), format!("fuzz/corpus/{target}"));
        std::fs::create_dir_all(root.join(&found)).map_err(|error| format!("{found}: {error}"))?;
        cargo::run(&root, &["fuzz", "run", "--sanitizer", "none", target, &found, &kept, "--", &time])?;
    }
    println!("\nfuzz: {} targets, {seconds} s each, nothing found", targets.len());
    Ok(())
}

/// The targets, by the files they are in.
fn targets(root: &Path) -> Result<Vec<String>, Failure> {
    let folder = root.join("fuzz/targets");
    let files = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = files.flatten().filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()));
    let mut names: Vec<String> = names.collect();
    names.sort();
    if names.is_empty() { Err(format!("{}: no targets", folder.display())) } else { Ok(names) }
}
