//! What whoever runs a platform does with it.

use std::{
    path::Path,
    process::{Command, Output},
};

use rustix::process::Signal;

use crate::{
    bundles::job_loss,
    database,
    fixture::{TestPlatform, pension},
    process::{Load, Program, ask, configure},
};

fn order(directory: &Path, name: &str, more: &[&str]) -> Output {
    let config = configure(directory, "");
    let mut command = Command::new(env!("CARGO_BIN_EXE_platform"));
    command.arg(name).arg("--config").arg(config).args(more).output().unwrap()
}

fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_copy_that_was_made_under_load_holds_every_case_acknowledged_before_it() {
    let (directory, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let copy = elsewhere.path().join("copy");
    let to = copy.to_str().unwrap();
    let load = Load::default();
    let program = Program::start(directory.path(), "error");
    let mut before = 0;
    load.around(program.address, 20, || {
        before = load.count();
        done(&order(directory.path(), "backup", &["--to", to]));
    });
    assert!(refused(&order(directory.path(), "backup", &["--to", to])).contains("it is not written over"));
    assert!(refused(&order(directory.path(), "restore", &["--from", to])).contains("expected nothing there"));
    program.signal(Signal::TERM);
    assert!(program.ended_well());

    done(&order(elsewhere.path(), "restore", &["--from", to]));
    let told = done(&order(elsewhere.path(), "check", &[]));
    assert!(told.contains("cases") && !told.contains("FAULT"), "{told}");
    let restored = Program::start(elsewhere.path(), "error");
    for case in &load.acknowledged.lock().unwrap()[..before] {
        let head = format!("GET /api/v1/cases/{} HTTP/1.1", case.case_no);
        assert_eq!(ask(restored.address, &head, "").unwrap().0, 200, "{}", case.case_no);
    }
}

#[test]
fn what_is_no_copy_is_not_restored_from() {
    let (directory, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(Program::start(directory.path(), "error"));
    let copy = directory.path().join("copy");
    done(&order(directory.path(), "backup", &["--to", copy.to_str().unwrap()]));
    let whole = std::fs::read(&copy).unwrap();
    for damaged in [&whole[..whole.len() / 2], b"something else".as_slice(), &[]] {
        std::fs::write(&copy, damaged).unwrap();
        let told = refused(&order(elsewhere.path(), "restore", &["--from", copy.to_str().unwrap()]));
        assert!(told.contains("sound backup") || told.contains("pg_restore did not do it"), "{told}");
    }
    assert!(refused(&order(elsewhere.path(), "restore", &["--from", "/nowhere"])).contains("is not there"));
    std::fs::write(&copy, &whole).unwrap();
    done(&order(elsewhere.path(), "restore", &["--from", copy.to_str().unwrap()]));
}

#[test]
fn a_check_finds_what_is_not_of_one_piece() {
    let directory = tempfile::tempdir().unwrap();
    let load = Load::default();
    let program = Program::start(directory.path(), "error");
    load.around(program.address, 1, || {});
    drop(program);
    assert!(!done(&order(directory.path(), "check", &[])).contains("FAULT"));
    database::tamper(directory.path(), "DELETE FROM case_step");
    let told = refused(&order(directory.path(), "check", &[]));
    assert!(told.contains("cases without a step") && told.contains("not sound"), "{told}");
}

#[tokio::test]
async fn a_check_finds_cases_that_nobody_was_answered_about_filed_alone_or_in_a_bundle() {
    let platform = TestPlatform::new().await;
    platform.file(&pension()).await;
    let filed = platform.post("/api/v1/bundle-cases", uuid::Uuid::new_v4(), &job_loss()).await;
    assert!(filed.status.is_success(), "{}", filed.body);
    let directory = platform.directory.path();
    assert!(!done(&order(directory, "check", &[])).contains("FAULT"));
    for (operation, cases) in [("file-bundle", 3), ("file-case", 4)] {
        database::tamper(directory, &format!("DELETE FROM answer WHERE operation = '{operation}'"));
        let told = refused(&order(directory, "check", &[]));
        assert!(told.contains(&format!("FAULT: {cases} cases that nobody was answered about")), "{told}");
    }
}
