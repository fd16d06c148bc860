//! The program itself: started, asked, stopped, and killed under load.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use protocol::Case;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    database,
    fixture::{TERMINAL, pension},
    materials::{hash, page, photograph},
    office::{HERE, relief},
};

/// A running program. It goes when this goes.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Where it tells its numbers, if it does.
    #[allow(dead_code, reason = "asked by one of the two binaries")]
    pub(crate) numbers: Option<SocketAddr>,
}

/// Writes `platform.toml` for the database of `directory`.
pub(crate) fn configure(directory: &Path, more: &str) -> PathBuf {
    let config = directory.join("platform.toml");
    let url = database::url(directory);
    let text = format!("listen = \"127.0.0.1:0\"\n[database]\nurl = \"{url}\"\n{more}");
    std::fs::write(&config, text).unwrap();
    config
}

impl Program {
    /// Starts on the database of `directory` and waits for the line that tells the address.
    pub(crate) fn start(directory: &Path, log: &str) -> Self {
        Self::start_with(directory, log, "[limits]\nper_second = 100000\nburst = 100000\n")
    }

    /// The same with more in the configuration. The line that tells the address is the last one of the start.
    pub(crate) fn start_with(directory: &Path, log: &str, more: &str) -> Self {
        let config = configure(directory, more);
        let errors = std::fs::File::options().create(true).append(true).open(directory.join("log")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_platform"))
            .arg("--config")
            .arg(&config)
            .env("RUST_LOG", log)
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap();
        let lines: Vec<String> = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap)
            .take(if more.contains("[metrics]") { 2 } else { 1 })
            .collect();
        let told = |prefix: &str| lines.iter().find_map(|line| line.strip_prefix(prefix));
        let address = told("listening on http://").unwrap_or_else(|| panic!("{lines:?}")).parse().unwrap();
        let numbers = told("numbers at http://").map(|url| url.trim_end_matches("/metrics").parse().unwrap());
        Self { child, address, numbers }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits for its end, and tells whether it was a success.
    pub(crate) fn ended_well(mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("still running");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request on a connection of its own; `None` where the connection breaks before the whole answer is there.
pub(crate) fn ask(address: SocketAddr, head: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let length = body.len();
    write!(stream, "{head}\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    (length.parse() == Ok(body.len())).then(|| (status, body.to_owned()))
}

/// A case that is filed now, by the clock that the program goes by.
pub(crate) fn today() -> Value {
    let mut submission = pension();
    submission["received_at"] = json!(Timestamp::now());
    submission["consent"]["given_at"] = json!(Timestamp::now());
    submission
}

fn post(address: SocketAddr, key: Uuid, submission: &Value) -> Option<(u16, String)> {
    let head =
        format!("POST /api/v1/cases HTTP/1.1\r\nidempotency-key: {key}\r\ncontent-type: application/json");
    ask(address, &head, &submission.to_string())
}

#[test]
fn a_program_that_is_told_to_stop_answers_what_it_has_begun() {
    let directory = tempfile::tempdir().unwrap();
    for signal in [Signal::TERM, Signal::INT] {
        let program = Program::start(directory.path(), "info");
        assert_eq!(ask(program.address, "GET /healthz HTTP/1.1", "").unwrap().0, 200);
        let submission = today().to_string();
        let mut begun = TcpStream::connect(program.address).unwrap();
        let (key, length) = (Uuid::new_v4(), submission.len());
        write!(begun, "POST /api/v1/cases HTTP/1.1\r\nhost: x\r\nidempotency-key: {key}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n").unwrap();
        thread::sleep(Duration::from_millis(100));
        program.signal(signal);
        thread::sleep(Duration::from_millis(100));
        begun.write_all(submission.as_bytes()).unwrap();
        let mut answer = [0; 12];
        begun.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 201");
        assert!(program.ended_well());
    }
}

#[test]
fn a_request_that_never_ends_is_answered_after_ten_seconds() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), "info");
    let mut slow = TcpStream::connect(program.address).unwrap();
    let key = Uuid::new_v4();
    write!(slow, "POST /api/v1/cases HTTP/1.1\r\nhost: x\r\nidempotency-key: {key}\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{{").unwrap();
    let begun = Instant::now();
    let mut answer = [0; 12];
    slow.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 503");
    assert!((9..15).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

/// What hands have sent, and what of it was acknowledged.
#[derive(Default)]
pub(crate) struct Load {
    sent: Mutex<Vec<(Uuid, Value)>>,
    pub(crate) acknowledged: Mutex<Vec<Case>>,
}

impl Load {
    /// Files cases from several hands until `stop`.
    pub(crate) fn run(&self, address: SocketAddr, stop: &AtomicBool) {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let (key, case) = (Uuid::new_v4(), today());
                        self.sent.lock().unwrap().push((key, case.clone()));
                        if let Some((201, body)) = post(address, key, &case) {
                            self.acknowledged.lock().unwrap().push(serde_json::from_str(&body).unwrap());
                        }
                    }
                });
            }
        });
    }

    pub(crate) fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// Runs until `more` cases are acknowledged, and lets `act` happen in the middle of it.
    pub(crate) fn around(&self, address: SocketAddr, more: usize, act: impl FnOnce()) {
        let stop = AtomicBool::new(false);
        let before = self.count();
        thread::scope(|scope| {
            scope.spawn(|| self.run(address, &stop));
            while self.count() < before + more {
                thread::sleep(Duration::from_millis(1));
            }
            act();
            thread::sleep(Duration::from_millis(20));
            stop.store(true, Ordering::Relaxed);
        });
    }

    /// Whether a program that was started again has every acknowledged case as it was, and, after everything has
    /// been sent once more under its key, every case once.
    fn nothing_lost_nothing_doubled(&self, program: &Program, directory: &Path) {
        let acknowledged = self.acknowledged.lock().unwrap();
        for case in acknowledged.iter() {
            let head = format!("GET /api/v1/cases/{} HTTP/1.1", case.case_no);
            let (status, body) = ask(program.address, &head, "").unwrap();
            assert_eq!(status, 200, "{}", case.case_no);
            assert_eq!(&serde_json::from_str::<Case>(&body).unwrap(), case);
        }
        let sent = self.sent.lock().unwrap();
        for (key, case) in sent.iter() {
            let (status, body) = post(program.address, *key, case).unwrap();
            assert_eq!(status, 201, "{body}");
        }
        let stored = database::texts(directory, "SELECT case_key FROM cases");
        assert_eq!(stored.len(), sent.len(), "a case for each key");
    }
}

#[test]
fn a_sealing_key_is_rotated_while_the_program_serves() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), "info");
    let key_id = || {
        let (status, body) = ask(program.address, "GET /api/v1/registry HTTP/1.1", "").unwrap();
        assert_eq!(status, 200);
        let registry: Value = serde_json::from_str(&body).unwrap();
        registry["sealing_key"]["key_id"].as_str().unwrap().to_owned()
    };
    let before = key_id();
    let mut rotate = Command::new(env!("CARGO_BIN_EXE_platform"));
    rotate.arg("rotate-sealing-key").arg("--config").arg(directory.path().join("platform.toml"));
    let told = String::from_utf8(rotate.output().unwrap().stdout).unwrap();
    let after = key_id();
    assert_ne!(before, after);
    assert!(told.starts_with(&format!("new key {after}; older ones open until ")), "{told}");
}

#[test]
fn killed_at_any_moment_it_loses_no_case_that_it_has_acknowledged_and_doubles_none() {
    let directory = tempfile::tempdir().unwrap();
    let load = Load::default();
    for round in 0..5 {
        let program = Program::start(directory.path(), "error");
        load.around(program.address, 10, || {
            thread::sleep(Duration::from_millis(7 * round));
            program.signal(Signal::KILL);
        });
    }
    assert!(load.count() >= 50);
    load.nothing_lost_nothing_doubled(&Program::start(directory.path(), "error"), directory.path());
}

fn post_page(address: SocketAddr, key: Uuid, page: &Value) -> Option<(u16, String)> {
    let head = format!(
        "POST /api/v1/materials HTTP/1.1\r\nidempotency-key: {key}\r\nterminal-id: {TERMINAL}\r\ncontent-type: application/json"
    );
    ask(address, &head, &page.to_string())
}

#[test]
fn killed_at_any_moment_it_keeps_every_page_that_it_has_acknowledged_whole_and_once() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), "error");
    let mut filed = relief(HERE, TERMINAL);
    filed["received_at"] = json!(Timestamp::now());
    filed["consent"]["given_at"] = json!(Timestamp::now());
    let case_key = Uuid::new_v4();
    assert_eq!(post(program.address, case_key, &filed).unwrap().0, 201);
    drop(program);

    let (sent, acknowledged) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    for round in 0..4 {
        let program = Program::start(directory.path(), "error");
        let (stop, before) = (AtomicBool::new(false), acknowledged.lock().unwrap().len());
        thread::scope(|scope| {
            for hand in 0..3 {
                let (sent, acknowledged, stop, address) = (&sent, &acknowledged, &stop, program.address);
                scope.spawn(move || {
                    for seed in (hand..=255u8).step_by(3).cycle() {
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                        let (key, file) = (Uuid::new_v4(), photograph(seed));
                        sent.lock().unwrap().push((key, file.clone()));
                        match post_page(address, key, &page(case_key, (1, 1), &file)) {
                            Some((201, _)) => acknowledged.lock().unwrap().push((key, hash(&file))),
                            // A case takes many pages, and not as many as a program that is away refuses.
                            _ => thread::sleep(Duration::from_millis(5)),
                        }
                    }
                });
            }
            while acknowledged.lock().unwrap().len() < before + 8 {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_millis(7 * round));
            program.signal(Signal::KILL);
            thread::sleep(Duration::from_millis(20));
            stop.store(true, Ordering::Relaxed);
        });
    }
    let program = Program::start(directory.path(), "error");
    let whole = "SELECT material_page.page_key || ' ' || sha256 FROM material_page
                 JOIN material_file ON material_file.page_key = material_page.page_key";
    let kept = database::texts(directory.path(), whole);
    for (key, sha256) in acknowledged.lock().unwrap().iter() {
        assert!(kept.contains(&format!("{key} {sha256}")), "{key}");
    }
    for (key, file) in sent.lock().unwrap().iter() {
        assert_eq!(post_page(program.address, *key, &page(case_key, (1, 1), file)).unwrap().0, 201);
    }
    let sent = i64::try_from(sent.lock().unwrap().len()).unwrap();
    for table in ["material_page", "material_file"] {
        assert_eq!(
            database::number(directory.path(), &format!("SELECT count(*) FROM {table}")),
            sent,
            "{table}"
        );
    }
}

#[test]
fn told_to_stop_under_load_it_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let load = Load::default();
    let program = Program::start(directory.path(), "error");
    load.around(program.address, 20, || program.signal(Signal::TERM));
    assert!(program.ended_well());
    load.nothing_lost_nothing_doubled(&Program::start(directory.path(), "error"), directory.path());
}

#[test]
fn a_kiosk_that_brings_what_has_waited_is_slowed_down_and_not_turned_away() {
    let directory = tempfile::tempdir().unwrap();
    let few = "[limits]\nper_second = 1\nburst = 4\n";
    let program = Program::start_with(directory.path(), "error", few);
    let (mut brought, mut told_to_wait) = (0, 0);
    while brought < 8 {
        match post(program.address, Uuid::new_v4(), &today()).unwrap().0 {
            201 => brought += 1,
            429 => {
                told_to_wait += 1;
                thread::sleep(Duration::from_secs(1));
            }
            other => panic!("{other}"),
        }
    }
    assert!((1..=30).contains(&told_to_wait), "{told_to_wait}");
}

#[test]
fn numbers_are_told_where_only_this_machine_asks() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start_with(directory.path(), "error", "[metrics]\nlisten = \"127.0.0.1:0\"\n");
    assert_eq!(post(program.address, Uuid::new_v4(), &today()).unwrap().0, 201);
    assert_eq!(ask(program.address, "GET /readyz HTTP/1.1", "").unwrap().0, 200);
    let (status, text) = ask(program.numbers.unwrap(), "GET /metrics HTTP/1.1", "").unwrap();
    assert_eq!(status, 200);
    for line in [
        "platform_cases 1",
        "platform_store_up 1.0",
        "platform_http_requests_total{method=\"POST\",route=\"/api/v1/cases\",status=\"201\"} 1",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert_eq!(ask(program.address, "GET /metrics HTTP/1.1", "").unwrap().0, 404, "not to everybody");
}
