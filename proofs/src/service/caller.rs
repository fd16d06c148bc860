//! Requests on connections that are kept, sent by threads that do nothing else.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Barrier,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use protocol::Delivery;

/// As many as a small server has to answer at once.
const CONNECTIONS: usize = 4;
const PATIENCE: Duration = Duration::from_mins(1);
const PIECE: usize = 65536;

/// One connection.
pub(super) struct Caller {
    stream: TcpStream,
    read: Vec<u8>,
    /// Made once: to empty it for every answer would take longer than some answers do.
    piece: Box<[u8]>,
}

/// A request, as it goes over the line.
pub(super) type Request = Vec<u8>;

/// Asks for `path`.
pub(super) fn get(path: &str) -> Request {
    format!("GET {path} HTTP/1.1\r\nhost: platform\r\n\r\n").into_bytes()
}

/// What a kiosk sends for a case that waited.
pub(super) fn post(delivery: &Delivery) -> Request {
    let Delivery { kind, idempotency_key, terminal_id, media_type, body, .. } = delivery;
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: platform\r\nidempotency-key: {idempotency_key}\r\nterminal-id: {}\r\n\
         content-type: {media_type}\r\ncontent-length: {}\r\n\r\n",
        kind.path(),
        terminal_id.as_deref().unwrap_or_default(),
        body.len()
    );
    [head.as_bytes(), body].concat()
}

impl Caller {
    pub(super) fn connect(to: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(to)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, read: Vec::new(), piece: vec![0; PIECE].into() })
    }

    /// Sends a request and reads the whole answer, which must have that status: its body.
    pub(super) fn ask(&mut self, request: &[u8], status: u16) -> anyhow::Result<&[u8]> {
        self.stream.write_all(request)?;
        self.read.clear();
        loop {
            let count = self.stream.read(&mut self.piece)?;
            anyhow::ensure!(count > 0, "the connection broke off");
            self.read.extend_from_slice(self.piece.get(..count).unwrap_or_default());
            if let Some(begin) = whole(&self.read, status)? {
                return Ok(self.read.get(begin..).unwrap_or_default());
            }
        }
    }

    /// How long the answer took.
    pub(super) fn latency(&mut self, request: &[u8], status: u16) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        self.ask(request, status)?;
        Ok(begun.elapsed())
    }
}

/// The median, in microseconds.
pub(super) fn median(mut times: Vec<Duration>) -> anyhow::Result<f64> {
    times.sort_unstable();
    let middle = times.get(times.len() / 2).context("nothing was asked")?;
    Ok(middle.as_secs_f64() * 1e6)
}

/// Where the body of an answer begins, once all of it is here.
fn whole(read: &[u8], status: u16) -> anyhow::Result<Option<usize>> {
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(read.get(..end).unwrap_or_default())?;
    let came = head.split(' ').nth(1).unwrap_or_default();
    anyhow::ensure!(came == status.to_string(), "{head}: {}", String::from_utf8_lossy(read));
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.context("an answer without a length")?.parse()?;
    Ok((read.len() >= end + 4 + length).then_some(end + 4))
}

/// Sends all of them over some connections at once. Microseconds for each, from the first to the last.
pub(super) fn all(to: SocketAddr, requests: &[Request], status: u16) -> anyhow::Result<f64> {
    let share = requests.len().div_ceil(CONNECTIONS).max(1);
    let shares: Vec<_> = requests.chunks(share).collect();
    let ready = Barrier::new(shares.len() + 1);
    let took = std::thread::scope(|scope| -> anyhow::Result<Duration> {
        let begin = |share| {
            let ready = &ready;
            scope.spawn(move || send(to, share, status, ready))
        };
        let running: Vec<_> = shares.into_iter().map(begin).collect();
        ready.wait();
        let begun = Instant::now();
        for thread in running {
            thread.join().map_err(|_| anyhow::anyhow!("a caller broke down"))??;
        }
        Ok(begun.elapsed())
    })?;
    Ok(took.as_secs_f64() * 1e6 / f64::from(u32::try_from(requests.len())?))
}

fn send(to: SocketAddr, share: &[Request], status: u16, ready: &Barrier) -> anyhow::Result<()> {
    let connected = Caller::connect(to);
    // Whether or not there is a connection: the others wait.
    ready.wait();
    let mut caller = connected?;
    for request in share {
        caller.ask(request, status)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn an_answer_is_whole_with_its_last_byte_and_another_status_is_an_error() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        for end in 0..answer.len() {
            assert_eq!(whole(&answer[..end], 200).unwrap(), None);
        }
        assert_eq!(whole(answer, 200).unwrap(), Some(answer.len() - 2));
        assert!(whole(answer, 201).is_err());
        assert!(whole(b"HTTP/1.1 200 OK\r\n\r\n", 200).is_err());
    }
}
