//! Many kiosks at once, each from an address of its own: nobody is turned away and nobody waits long.
//!
//! In the usual run there are few of them for a moment. `LOAD_KIOSKS=1000 LOAD_SECONDS=120 LOAD_ROUND=60` makes it the
//! real thing: `cargo test --release -p platform --test it load::many -- --nocapture` prints the rates and percentiles.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use uuid::Uuid;

use crate::process::{Program, today};

/// How long one round of a kiosk takes, in seconds: it looks for news, files a case and asks for its progress.
const ROUND: u64 = 5;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A connection that is kept, as a kiosk keeps its own.
struct Line {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Line {
    async fn open(server: SocketAddr, kiosk: u32) -> std::io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        let own = Ipv4Addr::from_bits(Ipv4Addr::new(127, 1, 0, 0).to_bits() + kiosk);
        socket.bind(SocketAddr::from((own, 0)))?;
        Ok(Self { stream: socket.connect(server).await?, read: Vec::new() })
    }

    /// Sends a request and reads the whole answer: its status, and its `ETag`.
    async fn ask(&mut self, head: &str, body: &str) -> std::io::Result<(u16, Option<String>)> {
        let request = format!("{head}\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        self.stream.write_all(request.as_bytes()).await?;
        self.read.clear();
        let mut told = None;
        loop {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            told = told.or_else(|| head_of(&self.read));
            if let Some((_, status, etag)) = told.take_if(|(end, ..)| self.read.len() >= *end) {
                return Ok((status, etag));
            }
        }
    }
}

/// Where an answer ends, its status and its `ETag`, once its head is there.
fn head_of(read: &[u8]) -> Option<(usize, u16, Option<String>)> {
    let (end, head) = message(read)?;
    Some((end, head.split(' ').nth(1)?.parse().ok()?, header(head, "etag: ")))
}

/// Where a request or an answer ends, and its head.
fn message(read: &[u8]) -> Option<(usize, &str)> {
    let end = read.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&read[..end]).ok()?;
    let length = header(head, "content-length: ").map_or(0, |length| length.parse().unwrap());
    Some((end + 4 + length, head))
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned)
}

/// What was counted.
#[derive(Default)]
struct Tally {
    filed: Vec<Duration>,
    asked: Vec<Duration>,
    errors: Vec<String>,
}

/// A kiosk at work, one round after another. A connection that breaks is one error: the rest of that round would only
/// meet it again, and the next round has a connection of its own.
async fn kiosk(server: SocketAddr, kiosk: u32, round_length: Duration, until: Instant) -> Tally {
    let mut tally = Tally::default();
    let begin = round_length.mul_f64(f64::from(kiosk % 997) / 997.0);
    tokio::time::sleep(begin).await;
    let (mut line, mut etag) = (None, String::new());
    while Instant::now() < until {
        let begun = Instant::now();
        if let Err(broken) = round(&mut line, (server, kiosk), &mut etag, &mut tally).await {
            tally.errors.push(broken.to_string());
            line = None;
        }
        tokio::time::sleep(round_length.saturating_sub(begun.elapsed())).await;
    }
    tally
}

/// Looks for a new registry, files a case, and asks for its progress.
async fn round(
    line: &mut Option<Line>,
    (server, kiosk): (SocketAddr, u32),
    etag: &mut String,
    tally: &mut Tally,
) -> std::io::Result<()> {
    let line = match line {
        Some(line) => line,
        None => line.insert(Line::open(server, kiosk).await?),
    };
    let look = format!("GET /api/v1/registry HTTP/1.1\r\nif-none-match: {etag}");
    if let Some(new) = timed(line, (&look, "", &[200, 304]), tally, false).await? {
        *etag = new;
    }
    let key = Uuid::new_v4();
    let file =
        format!("POST /api/v1/cases HTTP/1.1\r\nidempotency-key: {key}\r\ncontent-type: application/json");
    timed(line, (&file, &today().to_string(), &[201]), tally, true).await?;
    let progress = "GET /api/v1/cases?pickup_code=123456782&limit=1 HTTP/1.1";
    timed(line, (progress, "", &[200]), tally, false).await.map(drop)
}

async fn timed(
    line: &mut Line,
    (head, body, good): (&str, &str, &[u16]),
    tally: &mut Tally,
    filing: bool,
) -> std::io::Result<Option<String>> {
    let begun = Instant::now();
    let (status, etag) = line.ask(head, body).await?;
    if !good.contains(&status) {
        tally.errors.push(format!("{status} for {}", head.lines().next().unwrap()));
        return Ok(None);
    }
    let times = if filing { &mut tally.filed } else { &mut tally.asked };
    times.push(begun.elapsed());
    Ok(etag)
}

/// `None` where nothing was answered: what went wrong is told then, and not that there is no last of nothing.
fn percentile(times: &mut [Duration], of: usize) -> Option<Duration> {
    times.sort_unstable();
    times.get((times.len() * of / 100).min(times.len().saturating_sub(1))).copied()
}

#[test]
fn a_percentile_of_nothing_is_none() {
    let [mut nothing, mut hundred] = [Vec::new(), (1..=100).rev().map(Duration::from_millis).collect()];
    assert_eq!(percentile(&mut nothing, 99), None);
    let told = [0, 50, 99, 100].map(|of| percentile(&mut hundred, of).unwrap().as_millis());
    assert_eq!(told, [1, 51, 100, 100]);
}

#[test]
fn many_kiosks_at_once_are_all_served() {
    let (kiosks, seconds) = (number("LOAD_KIOSKS", 40), number("LOAD_SECONDS", 3));
    let round = Duration::from_secs(number("LOAD_ROUND", ROUND));
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(directory.path(), "error");
    let server = program.address;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let begun = Instant::now();
    let mut all = runtime.block_on(async {
        let until = Instant::now() + Duration::from_secs(seconds) + round;
        let many: Vec<_> = (1..=u32::try_from(kiosks).unwrap())
            .map(|one| tokio::spawn(kiosk(server, one, round, until)))
            .collect();
        let mut all = Tally::default();
        for one in many {
            let one = one.await.unwrap();
            all.filed.extend(one.filed);
            all.asked.extend(one.asked);
            all.errors.extend(one.errors);
        }
        all
    });
    let took = begun.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = |times: &[Duration]| times.len() as f64 / took;
    println!("{kiosks} kiosks for {took:.0} s, {} errors", all.errors.len());
    println!(
        "  filings  {:6.1}/s  p50 {:?}  p99 {:?}",
        rate(&all.filed),
        percentile(&mut all.filed, 50),
        percentile(&mut all.filed, 99)
    );
    println!(
        "  queries  {:6.1}/s  p50 {:?}  p99 {:?}",
        rate(&all.asked),
        percentile(&mut all.asked, 50),
        percentile(&mut all.asked, 99)
    );
    assert!(all.errors.is_empty(), "{:?}", all.errors.first());
    assert!(all.filed.len() >= usize::try_from(kiosks).unwrap());
}

/// Answers as the platform does, but for the first connection, which it drops after `whole` answers.
async fn drops_its_first_caller(listener: tokio::net::TcpListener, whole: usize) {
    let mut answers_left = whole;
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut read = Vec::new();
        while stream.read_buf(&mut read).await.is_ok_and(|count| count > 0) {
            let Some((end, _)) = message(&read).filter(|(end, _)| read.len() >= *end) else { continue };
            if answers_left == 0 {
                answers_left = usize::MAX;
                break;
            }
            answers_left -= 1;
            let status = if read.starts_with(b"POST") { "201 Created" } else { "200 OK" };
            stream
                .write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes())
                .await
                .unwrap();
            read.drain(..end);
        }
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_one_error_and_the_kiosk_goes_on() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let platform = tokio::spawn(drops_its_first_caller(listener, 1));
    let tally = kiosk(server, 1, Duration::from_millis(50), Instant::now() + Duration::from_secs(1)).await;
    platform.abort();
    assert_eq!(tally.errors.len(), 1, "{:?}", tally.errors);
    assert!(!tally.filed.is_empty() && tally.asked.len() >= 2, "the next round has a connection of its own");
}
