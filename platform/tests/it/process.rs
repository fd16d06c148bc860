//! The program itself: started, asked, stopped, and killed under load.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
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

use crate::{database, fixture::pension};

/// A running program. It goes when this goes.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Program {
    /// Starts on the database of `directory` and waits for the line that tells the address.
    pub(crate) fn start(directory: &Path, log: &str) -> Self {
        let config = directory.join("platform.toml");
        let url = database::url(directory);
        let text = format!("listen = \"127.0.0.1:0\"\n[database]\nurl = \"{url}\"\n");
        std::fs::write(&config, text).unwrap();
        let errors = std::fs::File::options().create(true).append(true).open(directory.join("log")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_platform"))
            .arg("--config")
            .arg(&config)
            .env("RUST_LOG", log)
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect(&line).parse().unwrap();
        Self { child, address }
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

/// Files cases from several hands until `stop`, and keeps what was acknowledged.
fn load(address: SocketAddr, stop: &AtomicBool, acknowledged: &Mutex<Vec<Case>>) {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    if let Some((201, body)) = post(address, Uuid::new_v4(), &today()) {
                        acknowledged.lock().unwrap().push(serde_json::from_str(&body).unwrap());
                    }
                }
            });
        }
    });
}

#[test]
fn killed_at_any_moment_it_loses_no_case_that_it_has_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let acknowledged = Mutex::new(Vec::new());
    for round in 0..5 {
        let program = Program::start(directory.path(), "error");
        let stop = AtomicBool::new(false);
        let before = acknowledged.lock().unwrap().len();
        thread::scope(|scope| {
            scope.spawn(|| load(program.address, &stop, &acknowledged));
            while acknowledged.lock().unwrap().len() < before + 10 {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_millis(7 * round));
            program.signal(Signal::KILL);
            thread::sleep(Duration::from_millis(20));
            stop.store(true, Ordering::Relaxed);
        });
    }
    let program = Program::start(directory.path(), "error");
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() >= 50);
    for case in &acknowledged {
        let head = format!("GET /api/v1/cases/{} HTTP/1.1", case.case_no);
        let (status, body) = ask(program.address, &head, "").unwrap();
        assert_eq!(status, 200, "{}", case.case_no);
        assert_eq!(&serde_json::from_str::<Case>(&body).unwrap(), case);
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
