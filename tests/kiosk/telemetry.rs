//! Traces of a kiosk: a filing is one, and nothing of the resident is in it, nor left in the kiosk for it.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use testkit::{StageOptions, memory};

use crate::{
    canary::{needles, nothing_is_left},
    visit::{PATIENCE, Visit},
};

/// A collector that puts every message into a file of its own.
fn collector(folder: &Path) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let (address, folder) = (listener.local_addr()?, folder.to_owned());
    thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            let file = folder.join(number.to_string());
            thread::spawn(move || talk(stream, &file));
        }
    });
    Ok(address)
}

fn talk(mut stream: TcpStream, file: &PathBuf) -> std::io::Result<()> {
    let mut kept = fs::File::create(file)?;
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut chunk)?;
        let Some(new) = chunk.get(..read).filter(|new| !new.is_empty()) else { return Ok(()) };
        bytes.extend_from_slice(new);
        kept.write_all(new)?;
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).to_lowercase();
        let length =
            head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.trim().parse().ok());
        let whole = end + 4 + length.unwrap_or(0_usize);
        if bytes.len() >= whole {
            bytes.drain(..whole);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
        }
    }
}

fn has_got(folder: &Path, words: &str) -> anyhow::Result<bool> {
    for file in fs::read_dir(folder)? {
        let bytes = fs::read(file?.path())?;
        if bytes.windows(words.len()).any(|part| part == words.as_bytes()) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[test]
fn a_filing_is_a_trace_without_the_resident() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let session = format!("\n[telemetry]\notlp = \"http://{}\"\n", collector(folder.path())?);
    let mut visit = Visit::none_yet(&StageOptions { session, ..StageOptions::default() })?;
    let code = visit.whole()?;
    for name in ["case.file", "outbox.record", "platform.send-case", "receipt.print", "demo-0001"] {
        let until = Instant::now() + PATIENCE;
        while !has_got(folder.path(), name)? {
            anyhow::ensure!(Instant::now() < until, "no {name}");
            thread::sleep(Duration::from_millis(200));
        }
    }
    let found = memory::in_files(folder.path(), &needles())?;
    anyhow::ensure!(found.hits.is_empty(), "in what the collector got: {:#?}", found.hits);
    anyhow::ensure!(!has_got(folder.path(), &code)?, "the pick-up code is in it");
    visit.stage.tap("首页")?;
    visit.sees("请取走")?;
    visit.lifts_card()?;
    visit.stage.tap("首页")?;
    visit.sees("您要办什么事")?;
    nothing_is_left(&mut visit)
}
