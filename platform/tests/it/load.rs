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
    let end = read.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&read[..end]).ok()?;
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    let length = header("content-length: ").map_or(0, |length| length.parse().unwrap());
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((end + 4 + length, status, header("etag: ")))
}

/// What was counted.
#[derive(Default)]
struct Tally {
    filed: Vec<Duration>,
    asked: Vec<Duration>,
    errors: Vec<String>,
}

/// A kiosk at work: looks for a new registry, files a case, and asks for its progress, once a round.
async fn kiosk(server: SocketAddr, kiosk: u32, round_length: Duration, until: Instant) -> Tally {
    let mut tally = Tally::default();
    let begin = round_length.mul_f64(f64::from(kiosk % 997) / 997.0);
    tokio::time::sleep(begin).await;
    let mut line = Line::open(server, kiosk).await.unwrap();
    let mut etag = String::new();
    while Instant::now() < until {
        let round = Instant::now();
        let look = format!("GET /api/v1/registry HTTP/1.1\r\nif-none-match: {etag}");
        if let Some(new) = timed(&mut line, (&look, "", &[200, 304]), &mut tally, false).await {
            etag = new;
        }
        let key = Uuid::new_v4();
        let file = format!(
            "POST /api/v1/cases HTTP/1.1\r\nidempotency-key: {key}\r\ncontent-type: application/json"
        );
        timed(&mut line, (&file, &today().to_string(), &[201]), &mut tally, true).await;
        let progress = "GET /api/v1/cases?pickup_code=123456782&limit=1 HTTP/1.1";
        timed(&mut line, (progress, "", &[200]), &mut tally, false).await;
        tokio::time::sleep(round_length.saturating_sub(round.elapsed())).await;
    }
    tally
}

async fn timed(
    line: &mut Line,
    (head, body, good): (&str, &str, &[u16]),
    tally: &mut Tally,
    filing: bool,
) -> Option<String> {
    let begun = Instant::now();
    match line.ask(head, body).await {
        Ok((status, etag)) if good.contains(&status) => {
            let times = if filing { &mut tally.filed } else { &mut tally.asked };
            times.push(begun.elapsed());
            etag
        }
        Ok((status, _)) => {
            tally.errors.push(format!("{status} for {}", head.lines().next().unwrap()));
            None
        }
        Err(error) => {
            tally.errors.push(error.to_string());
            None
        }
    }
}

fn percentile(times: &mut [Duration], of: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * of / 100).min(times.len() - 1)]
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
