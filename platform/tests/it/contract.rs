//! Schemathesis against the running program: whatever the document allows or forbids is sent, and every answer is held
//! against the document.
//!
//! It comes from pip, into a folder below the target folder, at the first run. Where pip cannot install anything the
//! test says so and ends. `CONTRACT_EXAMPLES=500` makes it a long one.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::process::Program;

const VERSION: &str = "schemathesis==4.32.5";

/// What schemathesis takes for a fault and is none: an answer to a question is also right or wrong by what an item
/// asks, which no schema of the call says.
const NOT_SAID_BY_A_SCHEMA: &str = "positive_data_acceptance";

/// A certificate request (PKCS #10) cannot be made up from a schema; the tests of enrolment send real ones.
const NOT_MADE_UP: &str = "simple(re)?enroll";

fn run(program: &Path, arguments: &[&str]) -> Result<String, String> {
    let done = Command::new(program).args(arguments).output().map_err(|error| error.to_string())?;
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    if done.status.success() { Ok(said) } else { Err(said) }
}

/// The program, installed if it is not there yet.
fn schemathesis() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(VERSION);
    let program = folder.join("bin/schemathesis");
    if !program.exists() {
        run(Path::new("python3"), &["-m", "venv", folder.to_str().unwrap()])?;
        run(&folder.join("bin/pip"), &["install", "--quiet", "--disable-pip-version-check", VERSION])?;
    }
    Ok(program)
}

#[test]
fn every_answer_is_one_that_the_document_describes() {
    let program = match schemathesis() {
        Ok(program) => program,
        Err(why) => return println!("SKIPPED: schemathesis cannot be installed here: {why}"),
    };
    let directory = tempfile::tempdir().unwrap();
    let platform = Program::start(directory.path(), "error");
    let document = format!("http://{}/openapi.json", platform.address);
    let examples = std::env::var("CONTRACT_EXAMPLES").unwrap_or_else(|_| "2".to_owned());
    let arguments = [
        "run",
        &document,
        "--checks",
        "all",
        "--exclude-checks",
        NOT_SAID_BY_A_SCHEMA,
        "--exclude-path-regex",
        NOT_MADE_UP,
        "--max-examples",
        &examples,
        "--generation-deterministic",
        "--request-timeout",
        "20",
        "--no-color",
    ];
    match run(&program, &arguments) {
        Ok(said) => println!("{said}"),
        Err(said) => panic!("{said}"),
    }
}
