//! One question to the platform, and the document that comes of it.

use std::{
    collections::BTreeSet,
    io::{self, Read},
    time::Duration,
};

use config_trust::{Document, Source, TrustError, Trusted};
use jiff::Timestamp;
use platform_client::{CallError, Client, Fetched, TrustFile};
use protocol::TrustBundle;
use settings::Content;
use tokio::{runtime::Handle, time::Instant};

/// How long all files of a set may take together: who drips does not hold the kiosk.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// The name of the first root, which comes over the line that the enrolment made.
const FIRST_ROOT: &str = "1.root.json";

/// What came of a question.
pub(crate) enum Outcome {
    /// Nothing newer.
    Unchanged,
    /// A document that can be trusted, and those of the files it names that were not here.
    Document(Box<Document>, Vec<(Content, Vec<u8>)>),
    /// Nobody answered.
    Unreachable,
    /// Nothing that can be used; what is in force stays.
    Failed(String),
}

/// An answer, and what is trusted from now on.
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    pub(crate) trusted: Option<Trusted>,
    /// Whether the signatures were looked at.
    pub(crate) looked: bool,
}

/// What is asked.
pub(crate) struct Question {
    pub(crate) client: Client,
    pub(crate) unless: Option<String>,
    /// Whether the signatures are to be looked at though nothing is new: silence must not last for ever.
    pub(crate) look: bool,
    pub(crate) trusted: Option<Trusted>,
    pub(crate) now: Timestamp,
    /// How long all files of a set may take together.
    pub(crate) patience: Duration,
    pub(crate) place: Place,
}

/// What is on the kiosk's disk.
#[derive(Default)]
pub(crate) struct Place {
    /// The newest version.
    pub(crate) have: u64,
    /// Files, by their hashes.
    pub(crate) here: BTreeSet<String>,
    /// The files that its documents name.
    pub(crate) wanted: Vec<Content>,
}

impl Place {
    fn missing(&self, named: Vec<Content>) -> impl Iterator<Item = Content> {
        named.into_iter().filter(|content| !self.here.contains(&content.sha256))
    }
}

impl Question {
    pub(crate) async fn ask(self) -> Answer {
        let tag = self.unless.as_ref().map(|hash| format!("\"{hash}\""));
        let desired = self.client.desired(tag.as_deref()).await;
        let unchanged = matches!(desired, Ok(None | Some(Fetched::NotModified)));
        match desired {
            Err(error) => {
                tracing::debug!(%error, "no configuration");
                Answer::without(Outcome::Unreachable, self.trusted)
            }
            // Without a document for this kiosk nothing has to be signed for it either.
            Ok(None) => Answer::without(Outcome::Unchanged, self.trusted),
            Ok(_) if unchanged && !self.look => Answer::without(Outcome::Unchanged, self.trusted),
            Ok(_) => self.look().await,
        }
    }

    async fn look(self) -> Answer {
        let root = self.trusted.as_ref().map_or(0, |kept| kept.root_version().unwrap_or(0));
        let targets = self.trusted.as_ref().and_then(Trusted::targets_version).unwrap_or(0);
        let bundle = match self.client.trust_bundle(root, targets).await {
            Ok(bundle) => bundle,
            // One by one the files would not come either.
            Err(CallError::Unreachable | CallError::TimedOut | CallError::Overloaded { .. }) => {
                return Answer::without(Outcome::Unreachable, self.trusted);
            }
            // A platform that has no bundle, or one too large, has the files.
            Err(error) => {
                tracing::debug!(%error, "no bundle");
                TrustBundle::default()
            }
        };
        let (trusted, now, name) = (self.trusted, self.now, self.client.terminal_id().to_owned());
        let (client, handle, until) =
            (self.client.clone(), Handle::current(), Instant::now() + self.patience);
        let looked = tokio::task::spawn_blocking(move || {
            let mut files = Files { client, handle, until, bundle };
            let mut trusted = match trusted.map_or_else(|| begin(&mut files), Ok) {
                Ok(trusted) => trusted,
                Err(why) => return Answer::without(Outcome::Failed(why), None),
            };
            let document = config_trust::update(&mut trusted, &mut files, &name, now);
            Answer { outcome: outcome(document), trusted: Some(trusted), looked: true }
        });
        let answer = looked.await;
        let answer = answer.unwrap_or_else(|error| Answer::without(Outcome::Failed(error.to_string()), None));
        let outcome = match answer.outcome {
            Outcome::Document(document, _) => with_content(&self.client, document, &self.place).await,
            other => other,
        };
        Answer { outcome, ..answer }
    }
}

fn outcome(document: Result<Document, TrustError>) -> Outcome {
    match document {
        Ok(document) => Outcome::Document(Box::new(document), Vec::new()),
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

/// Fetches what a new document names and is not here, without which it is worth nothing; and what is here and has lost a
/// file gets it back, if it can be had.
async fn with_content(client: &Client, document: Box<Document>, place: &Place) -> Outcome {
    // What nobody understands is not worth fetching for; the one who stages it says why.
    let is_new = document.version > place.have && crate::understood(&document.bytes).is_ok();
    let named = if is_new { crate::content_of(&document.bytes) } else { Vec::new() };
    let mut files = Vec::new();
    for content in place.missing(named) {
        match fetched(client, &content).await {
            Ok(bytes) => files.push((content, bytes)),
            Err(why) => return Outcome::Failed(format!("content {}: {why}", content.sha256)),
        }
    }
    for content in place.missing(place.wanted.clone()) {
        match fetched(client, &content).await {
            Ok(bytes) => files.push((content, bytes)),
            Err(why) => tracing::warn!(sha256 = content.sha256, why, "a lost file does not come back"),
        }
    }
    Outcome::Document(document, files)
}

async fn fetched(client: &Client, content: &Content) -> Result<Vec<u8>, String> {
    let bytes = client.content(&content.sha256, content.length).await.map_err(|error| error.to_string())?;
    if is_it(content, &bytes) { Ok(bytes) } else { Err("it is another file".to_owned()) }
}

fn is_it(content: &Content, bytes: &[u8]) -> bool {
    bytes.len() as u64 == content.length && config_trust::sha256(bytes) == content.sha256
}

impl Answer {
    fn without(outcome: Outcome, trusted: Option<Trusted>) -> Self {
        Self { outcome, trusted, looked: false }
    }
}

fn begin(files: &mut Files) -> Result<Trusted, String> {
    let reader = files.open(FIRST_ROOT).map_err(|error| error.to_string())?;
    let reader = reader.ok_or("the platform has no root of trust yet")?;
    let mut root = Vec::new();
    reader.take(config_trust::MAX_ROOT).read_to_end(&mut root).map_err(|error| error.to_string())?;
    Trusted::begin(&root).map_err(|error| error.to_string())
}

/// The platform's files, for a thread that may block: out of the bundle, or else one by one.
struct Files {
    client: Client,
    handle: Handle,
    until: Instant,
    bundle: TrustBundle,
}

impl Source for Files {
    fn open(&mut self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        if let Some(file) = self.bundle.files.get(name) {
            return Ok(file.as_ref().map(|text| Box::new(text.as_bytes()) as Box<dyn Read>));
        }
        let opened = self.handle.block_on(self.client.trust_file(name));
        let body = opened.map_err(|error: CallError| io::Error::other(error.to_string()))?;
        let (handle, until) = (&self.handle, self.until);
        Ok(body.map(|body| {
            Box::new(Drip { body, handle, until, rest: Vec::new().into_iter() }) as Box<dyn Read>
        }))
    }
}

/// A body as it comes.
struct Drip<'a> {
    body: TrustFile,
    handle: &'a Handle,
    until: Instant,
    rest: std::vec::IntoIter<u8>,
}

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.as_slice().is_empty() {
            let chunk = self.handle.block_on(tokio::time::timeout_at(self.until, self.body.chunk()));
            let chunk = chunk.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
            match chunk.map_err(|error| io::Error::other(error.to_string()))? {
                Some(chunk) => self.rest = chunk.into_iter(),
                None => return Ok(0),
            }
        }
        let length = self.rest.as_slice().read(buffer)?;
        self.rest.by_ref().take(length).for_each(drop);
        Ok(length)
    }
}

#[cfg(test)]
mod tests;
