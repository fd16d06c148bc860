//! A platform of a few bytes: it takes one request a connection, writes down what it got and plays the next answer.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::Timestamp;
use platform_client::{Client, Deadlines};
use protocol::{
    Case, CaseStatus, Channel, Delivery, DeliveryKind, ItemRef, PickupCode, Problem, Rating, RatingLevel,
    Text,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::sleep,
};
use uuid::Uuid;

pub(crate) const TERMINAL: &str = "kiosk-1";
/// Far below the default, so that no test waits; far above what an answer on this machine takes.
pub(crate) const SHORT: Deadlines =
    Deadlines { connect: Duration::from_millis(500), total: Duration::from_millis(500) };

/// What the platform does with a request.
#[derive(Clone)]
pub(crate) enum Play {
    /// Sends these bytes and closes.
    Say(Vec<u8>),
    /// Closes without a word.
    HangUp,
    /// Says nothing until the other side gives up.
    Silence,
    /// Sends a byte at a time, and never comes to an end.
    Drip,
    /// Promises this many bytes without a length and sends them.
    Flood(usize),
}

/// A request as it came in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut pairs = self.head.lines().filter_map(|line| line.split_once(": "));
        pairs.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// The platform.
pub(crate) struct Fake {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Fake {
    /// Answers each request by what `play` makes of it.
    pub(crate) async fn new(mut play: impl FnMut(&Request) -> Play + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut caller, _)) = listener.accept().await {
                let request = read(&mut caller).await;
                let played = play(&request);
                taken.lock().unwrap().push(request);
                tokio::spawn(perform(caller, played));
            }
        });
        Self { url, requests }
    }

    /// The same answer to everything.
    pub(crate) async fn always(play: Play) -> Self {
        Self::new(move |_| play.clone()).await
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&self.url, TERMINAL, SHORT).unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

async fn read(caller: &mut TcpStream) -> Request {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let request = Request { head, body: bytes[end + 4..].to_vec() };
            let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
            if request.body.len() >= length {
                return request;
            }
        }
        if caller.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return Request::default();
        }
    }
}

async fn perform(mut caller: TcpStream, play: Play) {
    // The other side may well be gone already: that is the point of some of these.
    match play {
        Play::Say(bytes) => drop(caller.write_all(&bytes).await),
        Play::HangUp => {}
        Play::Silence => sleep(SHORT.total * 4).await,
        Play::Drip => {
            let mut sent = caller.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n").await;
            while sent.is_ok() {
                sleep(SHORT.total / 20).await;
                sent = caller.write_all(b" ").await;
            }
        }
        Play::Flood(bytes) => {
            let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
            let _ = caller.write_all(&[head.as_slice(), &vec![b' '; bytes]].concat()).await;
        }
    }
}

/// An answer with a status, further header lines and a body.
pub(crate) fn say(status: u16, headers: &str, body: &[u8]) -> Play {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n");
    Play::Say([head.as_bytes(), body].concat())
}

pub(crate) fn say_json(status: u16, value: &impl serde::Serialize) -> Play {
    say(status, "Content-Type: application/json\r\n", &serde_json::to_vec(value).unwrap())
}

pub(crate) fn say_problem(problem: &Problem) -> Play {
    let headers = format!("Content-Type: {}\r\n", Problem::MEDIA_TYPE);
    say(problem.status, &headers, &serde_json::to_vec(problem).unwrap())
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_485_600 + seconds).unwrap()
}

pub(crate) fn case(case_key: Uuid) -> Case {
    Case {
        case_no: "示例202611240001".to_owned(),
        case_key,
        pickup_code: PickupCode::from_random(1),
        item: ItemRef {
            id: "pension-qualification".to_owned(),
            version: 1,
            name: Text::zh("养老待遇资格认证"),
            catalog_code: "000514001000".to_owned(),
        },
        status: CaseStatus::Received,
        status_text: CaseStatus::Received.resident_word().to_owned(),
        received_at: at(0),
        recorded_at: at(1),
        due_on: None,
        due_provisional: false,
        channel: Channel::Kiosk,
        terminal_id: Some(TERMINAL.to_owned()),
        applicant_name: "示*".to_owned(),
        organisation: "示例社区".to_owned(),
        result: None,
        steps: Vec::new(),
        rating: None,
        consult_phone: "12333".to_owned(),
        complain_phone: "12345".to_owned(),
        demo: true,
        told: protocol::Told::default(),
        part_of: None,
    }
}

pub(crate) fn rating(case_key: Uuid) -> Rating {
    Rating { case_key, level: RatingLevel::Satisfied, rated_at: at(2), channel: Channel::Kiosk }
}

pub(crate) fn delivery(kind: DeliveryKind, body: &[u8]) -> Delivery {
    Delivery {
        kind,
        case_key: Uuid::from_u128(1),
        idempotency_key: Uuid::from_u128(2),
        terminal_id: Some("kiosk-of-then".to_owned()),
        media_type: "application/x-sealed".to_owned(),
        body: body.to_vec(),
    }
}
