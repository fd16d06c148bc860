//! A platform that answers with no end, or a byte at a time: the kiosk is neither filled up nor held.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use platform_client::Deadlines;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::*;

const GIGABYTE: u64 = 1 << 30;
const SHORT: Deadlines = Deadlines { connect: Duration::from_secs(1), total: Duration::from_secs(2) };

/// How a file of the signed set comes.
#[derive(Clone, Copy)]
enum Way {
    Gigabyte,
    Drip,
}

/// A platform that has a document, no bundle, and files that come in this way; and how much of them it has sent.
async fn platform(way: Way) -> (Client, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sent = Arc::new(AtomicU64::new(0));
    let counted = sent.clone();
    tokio::spawn(async move {
        while let Ok((kiosk, _)) = listener.accept().await {
            tokio::spawn(answer(kiosk, way, counted.clone()));
        }
    });
    (Client::new(&url, "LZ-0001", SHORT).unwrap(), sent)
}

async fn answer(mut kiosk: TcpStream, way: Way, sent: Arc<AtomicU64>) {
    let (mut request, mut chunk) = (Vec::new(), [0; 1024]);
    while !request.ends_with(b"\r\n\r\n") {
        let read = kiosk.read(&mut chunk).await.unwrap();
        request.extend_from_slice(&chunk[..read]);
    }
    let line = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
    if line.contains("/fleet/trust/") {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {GIGABYTE}\r\n\r\n{{");
        kiosk.write_all(head.as_bytes()).await.unwrap();
        let (piece, pause) = match way {
            Way::Gigabyte => (vec![b' '; 64 * 1024], Duration::ZERO),
            Way::Drip => (vec![b' '], Duration::from_millis(50)),
        };
        // Until the kiosk has had enough.
        while kiosk.write_all(&piece).await.is_ok() {
            sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
            tokio::time::sleep(pause).await;
        }
        return;
    }
    let (status, body) = if line.contains("/fleet/desired") {
        ("200 OK", format!("{{\"version\": 7, \"sha256\": \"{}\"}}", "a".repeat(64)))
    } else {
        ("404 Not Found", String::new())
    };
    let head = "content-type: application/json\r\nconnection: close";
    let whole = format!("HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    kiosk.write_all(whole.as_bytes()).await.unwrap();
}

fn question(client: Client, patience: Duration) -> Question {
    let now = "2026-11-25T04:00:00Z".parse().unwrap();
    Question { client, unless: None, look: true, trusted: None, now, patience, place: Place::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_a_gigabyte_is_not_read() {
    let (client, sent) = platform(Way::Gigabyte).await;
    let answer = question(client, PATIENCE).ask().await;
    assert!(matches!(answer.outcome, Outcome::Failed(_)) && answer.trusted.is_none());
    // What was on the way in the machine's buffers is all that there was.
    let sent = sent.load(Ordering::Relaxed);
    assert!((1..GIGABYTE / 16).contains(&sent), "{sent} bytes were taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_drip_is_given_up() {
    let (client, sent) = platform(Way::Drip).await;
    let begun = Instant::now();
    let answer = question(client, Duration::from_secs(1)).ask().await;
    assert!(matches!(answer.outcome, Outcome::Failed(_)) && answer.trusted.is_none());
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert!(sent.load(Ordering::Relaxed) > 5, "it dripped");
}
