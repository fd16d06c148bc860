//! HTTPS client of the central platform.
//!
//! Every call has one absolute deadline and a bounded answer, and ends in a typed result: what may be tried again, and
//! what is refused for good. No error holds anything of a request or of an answer but the platform's own problem, and
//! only a problem document of ours is a refusal: no proxy or captive portal can make a kiosk give up a case.
//!
//! How the outbox and the client work together:
//!
//! ```no_run
//! use jiff::Timestamp;
//! use platform_client::{CallError, Client};
//!
//! async fn carry(client: &Client, store: &mut outbox::Store) -> Result<(), outbox::StoreError> {
//!     while let Some(due) = store.next_due(Timestamp::now())? {
//!         let outcome = client.send(&due).await;
//!         let now = Timestamp::now();
//!         match outcome {
//!             Ok(_) => store.settle_delivered(due.id, now)?,
//!             Err(CallError::Refused(problem)) => {
//!                 store.settle_refused(due.id, &problem.kind, problem.status, now)?;
//!             }
//!             Err(CallError::Overloaded { retry_after }) => {
//!                 store.settle_retry(due.id, retry_after, "overloaded", now)?;
//!             }
//!             Err(_) => {
//!                 store.settle_retry(due.id, None, "unreachable", now)?;
//!             }
//!         }
//!     }
//!     Ok(())
//! }
//! ```

mod body;
mod drafts;
mod enrol;
mod error;
mod fleet;
mod sealer;
mod tls;

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use enrolment::{DeviceKey, Membership};
use jiff::Timestamp;
use protocol::{
    AppRegistry, BundleCase, Case, CaseList, CaseQuery, Delivery, DeliveryKind, MaterialReceipt, PageInCase,
    PickupCode, Rating,
};
use reqwest::{Response, StatusCode, Url, header};
use serde::de::DeserializeOwned;
use telemetry::{Side, Span, TRACEPARENT};
use tokio::sync::watch;

pub use enrol::{EnrolError, enrol};
pub use error::{BadUrl, CallError};
pub use fleet::{Hints, Sign, TrustFile};
pub use sealer::HpkeSealer;
pub use tls::Now;

/// How long a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the whole answer is here.
    pub total: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), total: Duration::from_secs(8) }
    }
}

/// Bytes that even the slowest line takes in a millisecond: 256 kbit a second.
const SLOWEST_LINE: u64 = 32;

/// A page that may not have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched<T> {
    /// The one that is known is still right.
    NotModified,
    /// A newer one.
    New {
        /// The page.
        value: T,
        /// Its `ETag`, to ask with next time.
        etag: Option<String>,
    },
}

/// What the platform has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// A case, as it stands now.
    Case(Box<Case>),
    /// A bundle, with each of its cases as it stands now.
    Bundle(Box<BundleCase>),
    /// A rating.
    Rating,
    /// The platform has the page of a material; of a bundle, what became of it in each case that needs the paper.
    Material(Vec<PageInCase>),
}

/// The platform, as a terminal calls it.
#[derive(Clone)]
pub struct Client {
    http: Arc<RwLock<reqwest::Client>>,
    base: Url,
    terminal_id: String,
    deadlines: Deadlines,
    /// Whether this platform can be believed when it says that the kiosk is revoked: it has proved who it is.
    proved: bool,
    revoked: watch::Sender<bool>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .field("proved", &self.proved)
            .finish_non_exhaustive()
    }
}

/// The URL of a platform that can be called.
pub fn base_url(text: &str) -> Result<Url, BadUrl> {
    let url = Url::parse(text).map_err(|_| BadUrl::NotAUrl)?;
    let callable = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
    callable.then_some(url).ok_or(BadUrl::NotHttp)
}

impl Client {
    /// A client of the platform at `base_url`. Opens no connection yet.
    pub fn new(base_url: &str, terminal_id: &str, deadlines: Deadlines) -> Result<Self, BadUrl> {
        // The second kiosk of a process finds it installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self::with(base_url, terminal_id, http(None, deadlines)?, deadlines)
    }

    /// A client of the platform that a machine is enrolled at: TLS to its root and no other, as the kiosk that it is.
    pub fn member(
        membership: &Membership,
        key: &DeviceKey,
        deadlines: Deadlines,
        now: &Now,
    ) -> Result<Self, BadUrl> {
        let config = tls::member(membership, key, now).map_err(|_| BadUrl::NoTls)?;
        let client =
            Self::with(&membership.url, membership.name(), http(Some(config), deadlines)?, deadlines)?;
        Ok(Self { proved: true, ..client })
    }

    fn with(
        base_url: &str,
        terminal_id: &str,
        http: reqwest::Client,
        deadlines: Deadlines,
    ) -> Result<Self, BadUrl> {
        let (base, http) = (self::base_url(base_url)?, Arc::new(RwLock::new(http)));
        let (terminal_id, revoked) = (terminal_id.to_owned(), watch::Sender::new(false));
        Ok(Self { http, base, terminal_id, deadlines, proved: false, revoked })
    }

    /// Whether the platform knows who calls: this is the client of an enrolled kiosk.
    #[must_use]
    pub fn is_member(&self) -> bool {
        self.proved
    }

    /// From now on with another certificate. Connections that stand are used no more.
    pub fn renewed(&self, membership: &Membership, key: &DeviceKey, now: &Now) -> Result<(), BadUrl> {
        let config = tls::member(membership, key, now).map_err(|_| BadUrl::NoTls)?;
        let http = http(Some(config), self.deadlines)?;
        *self.http.write().unwrap_or_else(PoisonError::into_inner) = http;
        Ok(())
    }

    /// Returns once the platform has said, to any call, that this kiosk is revoked.
    pub async fn revoked(&self) {
        // Its sender is in `self`, so it does not end before.
        let _ = self.revoked.subscribe().wait_for(|revoked| *revoked).await;
    }

    fn hear_of_revocation(&self) {
        self.revoked.send_replace(true);
    }

    fn http(&self) -> reqwest::Client {
        self.http.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// 终端编号.
    #[must_use]
    pub fn terminal_id(&self) -> &str {
        &self.terminal_id
    }

    /// The platform's time: what is too old by the kiosk's clock alone is not given up.
    pub async fn time(&self) -> Result<Timestamp, CallError> {
        #[derive(serde::Deserialize)]
        struct ServerTime {
            now: Timestamp,
        }
        let request = self.http().get(self.url("/api/v1/time"));
        let told: ServerTime = self.within_deadline(async { json(request.send().await?).await }).await?;
        Ok(told.now)
    }

    /// What the kiosk shows; `etag` names the one that is known.
    pub async fn registry(&self, etag: Option<&str>) -> Result<Fetched<AppRegistry>, CallError> {
        let mut request = self.http().get(self.url("/api/v1/registry"));
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        self.within_deadline(async {
            let response = request.send().await?;
            if response.status() == StatusCode::NOT_MODIFIED && etag.is_some() {
                return Ok(Fetched::NotModified);
            }
            let etag = text_header(&response, header::ETAG);
            Ok(Fetched::New { value: json(response).await?, etag })
        })
        .await
    }

    /// Sends a call that waited in the outbox.
    pub async fn send(&self, delivery: &Delivery) -> Result<Delivered, CallError> {
        let terminal_id = delivery.terminal_id.as_deref().unwrap_or(&self.terminal_id);
        let span = Span::begin(span_name(delivery.kind), Side::Client);
        let mut request = self
            .http()
            .post(self.url(delivery.kind.path()))
            .header("Idempotency-Key", delivery.idempotency_key.to_string())
            .header("Terminal-Id", terminal_id)
            .header(header::CONTENT_TYPE, &delivery.media_type)
            .body(delivery.body.clone());
        if let Some(told) = span.traceparent() {
            request = request.header(TRACEPARENT, told);
        }
        // A page of a material takes a slow line longer than any other call, and is not out of reach for that.
        let on_the_way = Duration::from_millis(delivery.body.len() as u64 / SLOWEST_LINE);
        self.within(self.deadlines.total + on_the_way, async {
            let response = request.send().await?;
            let (delivered, case_key) = match delivery.kind {
                DeliveryKind::Case => {
                    let case: Box<Case> = json(response).await?;
                    let case_key = case.case_key;
                    (Delivered::Case(case), case_key)
                }
                DeliveryKind::Bundle => {
                    let bundle: Box<BundleCase> = json(response).await?;
                    let bundle_key = bundle.bundle_key;
                    (Delivered::Bundle(bundle), bundle_key)
                }
                DeliveryKind::Rating => (Delivered::Rating, json::<Rating>(response).await?.case_key),
                DeliveryKind::Material => {
                    let receipt: MaterialReceipt = json(response).await?;
                    (Delivered::Material(receipt.cases), receipt.case_key)
                }
            };
            // What is delivered is deleted here: only an answer about this very case proves that it is there.
            let same = case_key == delivery.case_key;
            same.then_some(delivered).ok_or(CallError::BadAnswer("about another case"))
        })
        .await
        .inspect_err(|error| span.failed(error.word()))
    }

    /// The case with this 办件编号.
    pub async fn case_by_no(&self, case_no: &str) -> Result<Case, CallError> {
        self.by_number("/api/v1/cases", case_no).await
    }

    /// The bundle with this 一件事编号; a number that none has is an answer like any other.
    pub async fn bundle_by_no(&self, bundle_no: &str) -> Result<Option<BundleCase>, CallError> {
        match self.by_number("/api/v1/bundle-cases", bundle_no).await {
            Ok(bundle) => Ok(Some(bundle)),
            Err(CallError::Refused(problem)) if problem.status == 404 => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn by_number<T: DeserializeOwned>(&self, path: &str, number: &str) -> Result<T, CallError> {
        let mut url = self.url(path);
        // A scanned code may be anything; it stays one segment of the path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(number);
        }
        let request = self.http().get(url);
        self.within_deadline(async { json(request.send().await?).await }).await
    }

    /// The same as a list: a number that no case has is an answer like any other.
    pub async fn cases_by_number(&self, case_no: &str) -> Result<CaseList, CallError> {
        match self.case_by_no(case_no).await {
            Ok(case) => Ok(CaseList { cases: vec![case] }),
            Err(CallError::Refused(problem)) if problem.status == 404 => Ok(CaseList { cases: vec![] }),
            Err(error) => Err(error),
        }
    }

    /// The cases with this 取件码.
    pub async fn cases_by_pickup_code(&self, code: &PickupCode) -> Result<CaseList, CallError> {
        let mut url = self.url("/api/v1/cases");
        url.query_pairs_mut().append_pair("pickup_code", code.as_str());
        let request = self.http().get(url);
        self.within_deadline(async { json(request.send().await?).await }).await
    }

    /// The cases of one person. The identity travels in the body, never in the URL.
    pub async fn cases_by_identity(&self, query: &CaseQuery) -> Result<CaseList, CallError> {
        let body = serde_json::to_vec(query).map_err(|_| CallError::BadAnswer("the query is no JSON"))?;
        let request = self
            .http()
            .post(self.url("/api/v1/cases/search"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        self.within_deadline(async { json(request.send().await?).await }).await
    }

    /// `path` below the base, which may have a path of its own.
    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/').filter(|segment| !segment.is_empty()));
        }
        url
    }

    async fn within_deadline<T>(
        &self,
        call: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        self.within(self.deadlines.total, call).await
    }

    async fn within<T>(
        &self,
        deadline: Duration,
        call: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        let answer = tokio::time::timeout(deadline, call).await.unwrap_or(Err(CallError::TimedOut));
        match answer {
            Err(CallError::Revoked) if self.proved => {
                self.hear_of_revocation();
                Err(CallError::Revoked)
            }
            // Anybody could have said so.
            Err(CallError::Revoked) => Err(CallError::ServerError(403)),
            answer => answer,
        }
    }
}

fn span_name(kind: DeliveryKind) -> &'static str {
    match kind {
        DeliveryKind::Case => "platform.send-case",
        DeliveryKind::Bundle => "platform.send-bundle",
        DeliveryKind::Rating => "platform.send-rating",
        DeliveryKind::Material => "platform.send-material",
    }
}

fn http(tls: Option<rustls::ClientConfig>, deadlines: Deadlines) -> Result<reqwest::Client, BadUrl> {
    let builder = reqwest::Client::builder()
        .connect_timeout(deadlines.connect)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy();
    let builder = match tls {
        Some(tls) => builder.tls_backend_preconfigured(tls).https_only(true),
        None => builder,
    };
    builder.build().map_err(|_| BadUrl::NoTls)
}

async fn json<T: DeserializeOwned>(response: Response) -> Result<T, CallError> {
    let bytes = body::accepted(response).await?;
    serde_json::from_slice(&bytes).map_err(|_| CallError::BadAnswer("not the JSON that was expected"))
}

fn text_header(response: &Response, name: header::HeaderName) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}
