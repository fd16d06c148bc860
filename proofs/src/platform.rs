//! The other side: a platform of a few lines that speaks HTTP, opens what is sealed to it, and counts what it was made to
//! do. It knows an `Idempotency-Key` for ever, as ours does.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use anyhow::Context as _;
use jiff::Timestamp;
use protocol::{
    Case, CaseStatus, CaseSubmission, Channel, ItemRef, MaterialPage, MaterialReceipt, Problem, Rating,
    SealingKey, Text,
};
use seal::{Context, Keyring, Sealed};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::script::Nature;

/// The field by which a case of the script is known again.
pub const NUMBER: &str = "number";

/// What happens to the next call on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Way {
    /// Nothing.
    #[default]
    Clear,
    /// The connection breaks before the platform has it.
    LostThere,
    /// The platform has done it; the connection breaks before a byte of the answer.
    LostBack,
    /// The platform has done it; half of the answer arrives.
    HalfBack,
    /// A proxy answers in its place.
    Portal,
    /// Too busy, to be asked again later.
    Busy,
    /// It breaks down before it has done anything.
    BreaksDown,
}

/// Everything that can happen on the way.
pub const WAYS: [Way; 7] =
    [Way::Clear, Way::LostThere, Way::LostBack, Way::HalfBack, Way::Portal, Way::Busy, Way::BreaksDown];

/// Something that was done for real.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// A case was filed: its number in the script.
    Filed(u32),
    /// A page of its material was kept: which.
    Paged(u16),
    /// A rating was taken down: its time.
    Rated(Timestamp),
}

/// What the platform knows, and what it is to do.
pub struct Ledger {
    /// What was done about each case, in order.
    pub effects: BTreeMap<Uuid, Vec<Effect>>,
    /// Calls that came again with other bytes, or that could not be read: there must be none.
    pub wrong: BTreeSet<String>,
    /// The next call.
    pub way: Way,
    /// Cases that it refuses for good, by number.
    pub refuses: BTreeSet<u32>,
    /// Cases that it breaks down over, by number.
    pub breaks_over: BTreeSet<u32>,
    /// A platform that does not know a key again: files everything anew.
    pub forgetful: bool,
    closed: bool,
    keys: BTreeMap<Uuid, (Vec<u8>, Vec<u8>)>,
    ring: Keyring,
}

/// The platform, on a port of its own, until it is dropped.
pub struct Platform {
    /// Where it is.
    pub url: String,
    ledger: Arc<Mutex<Ledger>>,
}

impl Platform {
    /// Starts it.
    pub fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let ledger = Arc::new(Mutex::new(Ledger::around(Keyring::new(seal::generate().0))));
        let theirs = Arc::clone(&ledger);
        thread::spawn(move || {
            for caller in listener.incoming().flatten().take_while(|_| !lock(&theirs).closed) {
                // Whoever hangs up on us knows why.
                let _ = answer(caller, &theirs);
            }
        });
        Ok(Self { url, ledger })
    }

    /// What it knows.
    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.ledger)
    }

    /// To whom new cases are sealed.
    #[must_use]
    pub fn sealing_key(&self) -> SealingKey {
        self.ledger().ring.public()
    }

    /// As if it had never been called.
    pub(crate) fn reset(&self, forgetful: bool) {
        let mut ledger = self.ledger();
        let ring = ledger.ring.clone();
        *ledger = Ledger { forgetful, ..Ledger::around(ring) };
    }

    /// What it will make of a case.
    pub(crate) fn expect(&self, number: u32, nature: Nature) {
        let mut ledger = self.ledger();
        match nature {
            Nature::Good => true,
            Nature::Refused => ledger.refuses.insert(number),
            Nature::Poisoned => ledger.breaks_over.insert(number),
        };
    }

    /// From now on it takes everything.
    pub(crate) fn mend(&self) {
        let mut ledger = self.ledger();
        ledger.refuses.clear();
        ledger.breaks_over.clear();
    }

    /// From now on it takes this case.
    pub(crate) fn mend_item_of(&self, case: Uuid, filed: &BTreeMap<u32, Uuid>) {
        let mut ledger = self.ledger();
        ledger.refuses.retain(|number| filed.get(number) != Some(&case));
    }

    /// A new key; what waits is still sealed to an older one.
    pub fn rotate_key(&self) {
        self.ledger().ring.rotate(seal::generate().0);
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.ledger().closed = true;
        // Wakes the thread that waits for callers.
        drop(TcpStream::connect(self.url.trim_start_matches("http://")));
    }
}

fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Request {
    path: String,
    key: Uuid,
    terminal_id: String,
    body: Vec<u8>,
}

fn answer(mut caller: TcpStream, ledger: &Mutex<Ledger>) -> anyhow::Result<()> {
    let Some(request) = read(&mut caller)? else { return Ok(()) };
    let mut ledger = lock(ledger);
    let way = std::mem::take(&mut ledger.way);
    let reply = match way {
        Way::LostThere => return Ok(()),
        Way::Portal => said(200, "text/html", "", b"<html>login</html>"),
        Way::Busy => said(503, "text/plain", "Retry-After: 30\r\n", b""),
        Way::BreaksDown => said(500, "text/plain", "", b""),
        Way::Clear | Way::LostBack | Way::HalfBack => ledger.take(&request),
    };
    drop(ledger);
    let sent = match way {
        Way::LostBack => 0,
        Way::HalfBack => reply.len() / 2,
        _ => reply.len(),
    };
    caller.write_all(reply.get(..sent).unwrap_or_default())?;
    Ok(())
}

impl Ledger {
    fn around(ring: Keyring) -> Self {
        Self {
            effects: BTreeMap::new(),
            wrong: BTreeSet::new(),
            way: Way::Clear,
            refuses: BTreeSet::new(),
            breaks_over: BTreeSet::new(),
            forgetful: false,
            closed: false,
            keys: BTreeMap::new(),
            ring,
        }
    }

    fn take(&mut self, request: &Request) -> Vec<u8> {
        if let Some((bytes, reply)) = self.keys.get(&request.key) {
            if *bytes != request.body {
                self.wrong.insert("a key came again with other bytes".to_owned());
            }
            if !self.forgetful {
                return reply.clone();
            }
        }
        let done = match request.path.as_str() {
            "/api/v1/cases" => self.file(request),
            "/api/v1/materials" => self.page(request),
            _ => self.rate(request),
        };
        done.unwrap_or_else(|error| {
            self.wrong.insert(format!("{}: {error:#}", request.path));
            said(500, "text/plain", "", b"")
        })
    }

    fn open<T: DeserializeOwned>(&self, request: &Request) -> anyhow::Result<T> {
        let sealed: Sealed = serde_json::from_slice(&request.body)?;
        let context = Context { terminal_id: &request.terminal_id, case_key: request.key };
        Ok(serde_json::from_slice(&self.ring.open(&context, &sealed)?)?)
    }

    fn page(&mut self, request: &Request) -> anyhow::Result<Vec<u8>> {
        let page: MaterialPage = self.open(request)?;
        let receipt = MaterialReceipt {
            case_key: page.case_key,
            material: page.material,
            page: page.page,
            sha256: String::new(),
            received_at: page.made_at,
            cases: Vec::new(),
        };
        let reply = said(201, "application/json", "", &serde_json::to_vec(&receipt)?);
        self.effects.entry(page.case_key).or_default().push(Effect::Paged(page.page));
        self.keys.insert(request.key, (request.body.clone(), reply.clone()));
        Ok(reply)
    }

    fn file(&mut self, request: &Request) -> anyhow::Result<Vec<u8>> {
        let submission: CaseSubmission = self.open(request)?;
        let number = submission.fields.get(NUMBER).context("no number")?.words().trim().parse()?;
        if self.breaks_over.contains(&number) {
            return Ok(said(500, "text/plain", "", b""));
        }
        if self.refuses.contains(&number) {
            let problem = Problem::new("item-version-gone", 422, "示例");
            return Ok(said(422, Problem::MEDIA_TYPE, "", &serde_json::to_vec(&problem)?));
        }
        let reply = said(201, "application/json", "", &serde_json::to_vec(&case(request.key, &submission))?);
        self.effects.entry(request.key).or_default().push(Effect::Filed(number));
        self.keys.insert(request.key, (request.body.clone(), reply.clone()));
        Ok(reply)
    }

    fn rate(&mut self, request: &Request) -> anyhow::Result<Vec<u8>> {
        let rating: Rating = serde_json::from_slice(&request.body)?;
        let reply = said(201, "application/json", "", &request.body);
        self.effects.entry(rating.case_key).or_default().push(Effect::Rated(rating.rated_at));
        self.keys.insert(request.key, (request.body.clone(), reply.clone()));
        Ok(reply)
    }
}

/// `None` where the caller left in the middle of it.
fn read(caller: &mut TcpStream) -> anyhow::Result<Option<Request>> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 8192]);
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned();
            let body = bytes.get(end + 4..).unwrap_or_default();
            let length: usize = header(&head, "content-length").unwrap_or("0").parse()?;
            if body.len() >= length {
                return Ok(Some(Request {
                    path: head.split(' ').nth(1).unwrap_or_default().to_owned(),
                    key: header(&head, "idempotency-key").context("no key")?.parse()?,
                    terminal_id: header(&head, "terminal-id").unwrap_or_default().to_owned(),
                    body: body.to_vec(),
                }));
            }
        }
        match caller.read(&mut piece)? {
            0 => return Ok(None),
            read => bytes.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = head.lines().filter_map(|line| line.split_once(": "));
    pairs.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn said(status: u16, media_type: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn case(case_key: Uuid, submission: &CaseSubmission) -> Case {
    let none = Text::zh("示例");
    Case {
        case_no: "示例0001".to_owned(),
        case_key,
        pickup_code: submission.pickup_code.clone(),
        item: ItemRef {
            id: submission.item.clone(),
            version: 1,
            name: none,
            catalog_code: "示例".to_owned(),
        },
        status: CaseStatus::Received,
        status_text: CaseStatus::Received.resident_word().to_owned(),
        received_at: submission.received_at,
        recorded_at: submission.received_at,
        due_on: None,
        due_provisional: false,
        channel: Channel::Kiosk,
        terminal_id: submission.terminal_id.clone(),
        applicant_name: "示*".to_owned(),
        organisation: "示例".to_owned(),
        result: None,
        steps: Vec::new(),
        rating: None,
        consult_phone: String::new(),
        complain_phone: String::new(),
        demo: true,
        told: protocol::Told::default(),
        part_of: None,
    }
}
