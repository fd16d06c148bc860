//! HTTPS client of the central platform.
//!
//! Every call has one absolute deadline and a bounded answer, and ends in a typed result: what may be tried again, and
//! what is refused for good. No error holds anything of a request or of an answer but the platform's own problem.

mod body;
mod error;
mod sealer;

use std::time::Duration;

use protocol::{AppRegistry, Case, CaseList, CaseQuery, Delivery, DeliveryKind, PickupCode};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::de::DeserializeOwned;

pub use error::{BadUrl, CallError};
pub use sealer::HpkeSealer;

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
    /// A rating.
    Rating,
}

/// The platform, as a terminal calls it.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    terminal_id: String,
    deadlines: Deadlines,
}

impl Client {
    /// A client of the platform at `base_url`. Opens no connection yet.
    pub fn new(base_url: &str, terminal_id: &str, deadlines: Deadlines) -> Result<Self, BadUrl> {
        // The second kiosk of a process finds it installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = reqwest::Url::parse(base_url).map_err(|_| BadUrl::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(BadUrl::NotHttp);
        }
        let http = reqwest::Client::builder()
            .connect_timeout(deadlines.connect)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|_| BadUrl::NoTls)?;
        let base = base_url.trim_end_matches('/').to_owned();
        Ok(Self { http, base, terminal_id: terminal_id.to_owned(), deadlines })
    }

    /// 终端编号.
    #[must_use]
    pub fn terminal_id(&self) -> &str {
        &self.terminal_id
    }

    /// What the kiosk shows; `etag` names the one that is known.
    pub async fn registry(&self, etag: Option<&str>) -> Result<Fetched<AppRegistry>, CallError> {
        let mut request = self.request(Method::GET, "/api/v1/registry");
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        self.within_deadline(async {
            let response = request.send().await?;
            if response.status() == StatusCode::NOT_MODIFIED {
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
        let request = self
            .request(Method::POST, delivery.kind.path())
            .header("Idempotency-Key", delivery.idempotency_key.to_string())
            .header("Terminal-Id", terminal_id)
            .header(header::CONTENT_TYPE, &delivery.media_type)
            .body(delivery.body.clone());
        self.within_deadline(async {
            let response = request.send().await?;
            match delivery.kind {
                DeliveryKind::Case => Ok(Delivered::Case(json(response).await?)),
                DeliveryKind::Rating => body::accepted(response).await.map(|_| Delivered::Rating),
            }
        })
        .await
    }

    /// The case with this 办件编号.
    pub async fn case_by_no(&self, case_no: &str) -> Result<Case, CallError> {
        let request = self.request(Method::GET, &format!("/api/v1/cases/{case_no}"));
        self.within_deadline(async { json(request.send().await?).await }).await
    }

    /// The cases with this 取件码.
    pub async fn cases_by_pickup_code(&self, code: &PickupCode) -> Result<CaseList, CallError> {
        let request = self.request(Method::GET, &format!("/api/v1/cases?pickup_code={}", code.as_str()));
        self.within_deadline(async { json(request.send().await?).await }).await
    }

    /// The cases of one person. The identity travels in the body, never in the URL.
    pub async fn cases_by_identity(&self, query: &CaseQuery) -> Result<CaseList, CallError> {
        let body = serde_json::to_vec(query).map_err(|_| CallError::BadAnswer("the query is no JSON"))?;
        let request = self
            .request(Method::POST, "/api/v1/cases/search")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        self.within_deadline(async { json(request.send().await?).await }).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    async fn within_deadline<T>(
        &self,
        call: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        tokio::time::timeout(self.deadlines.total, call).await.unwrap_or(Err(CallError::TimedOut))
    }
}

async fn json<T: DeserializeOwned>(response: Response) -> Result<T, CallError> {
    let bytes = body::accepted(response).await?;
    serde_json::from_slice(&bytes).map_err(|_| CallError::BadAnswer("not the JSON that was expected"))
}

fn text_header(response: &Response, name: header::HeaderName) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}
