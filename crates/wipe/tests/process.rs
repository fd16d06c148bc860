//! A process that keeps its memory to itself, looked at from outside. The test starts itself once more, as that process.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    fs,
    os::unix::process::ExitStatusExt as _,
    process::{Command, Stdio},
};

const ROLE: &str = "WIPE_TEST_ROLE";
const SECRET: &str = "519999-示例";
const ABORTED: i32 = 6;

/// Runs `test` of this file again, as the process that is looked at.
fn play(test: &str, role: &str) -> std::process::Output {
    let itself = std::env::current_exe().unwrap();
    let mut command = Command::new("prlimit");
    command.arg("--core=unlimited").arg(itself).args([test, "--exact", "--nocapture"]);
    command.env(ROLE, role).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap()
}

#[test]
fn a_panic_ends_the_process_and_does_not_say_what_it_held() {
    if std::env::var_os(ROLE).is_some() {
        tracing_subscriber::fmt().with_writer(std::io::stderr).init();
        kiosk_wipe::keep_inside().unwrap();
        // In a thread of its own: a panic there would otherwise end nothing but the thread.
        let _ = std::thread::spawn(|| panic!("{SECRET}")).join();
        return;
    }
    let ended = play("a_panic_ends_the_process_and_does_not_say_what_it_held", "panics");
    let told = String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned();
    assert_eq!(ended.status.signal(), Some(ABORTED), "{told}");
    assert!(!ended.status.core_dumped() && !told.contains(SECRET), "{told}");
    assert!(told.contains("process.rs:"), "where it happened is told: {told}");
}

#[test]
fn the_memory_is_kept_from_disks_and_from_others() {
    if std::env::var_os(ROLE).is_some() {
        kiosk_wipe::keep_inside().unwrap();
        let limits = fs::read_to_string("/proc/self/limits").unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        println!("limit {core}");
        let dumpable = rustix::process::dumpable_behavior().unwrap();
        println!("dumpable {dumpable:?}");
        return;
    }
    let told = play("the_memory_is_kept_from_disks_and_from_others", "tells").stdout;
    let told = String::from_utf8_lossy(&told);
    let core = told.lines().find_map(|line| line.split("Max core file size").nth(1)).unwrap();
    assert_eq!(core.split_whitespace().take(2).collect::<Vec<_>>(), ["0", "0"], "soft and hard");
    assert!(told.contains("dumpable NotDumpable"), "{told}");
}
