//! A platform in this process, with a clock of its own, and cases of invented people.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use jiff::Timestamp;
use platform::{Clock, Platform, catalogue::Catalogue};
use protocol::{Case, CaseList, Problem};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

use crate::database::database;

/// 10:00 on Tuesday, 24 November 2026, in China.
pub(crate) const NOW: &str = "2026-11-24T02:00:00Z";
pub(crate) const TERMINAL: &str = "LZ-0001";
pub(crate) const PENSION_CODE: &str = "11519999MB00000028451201400600004";

/// A platform under test. The directory of its database goes when it goes.
pub(crate) struct TestPlatform {
    pub(crate) directory: Arc<TempDir>,
    pub(crate) now: Arc<Mutex<Timestamp>>,
    pub(crate) platform: Platform,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn case(&self) -> Case {
        assert_eq!(self.status, StatusCode::CREATED, "{}", self.body);
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn cases(&self) -> Vec<Case> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        serde_json::from_str::<CaseList>(&self.body).unwrap().cases
    }

    /// The problem document, and that it is a whole one.
    pub(crate) fn problem(&self, status: u16, name: &str) -> Problem {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.headers["content-type"], Problem::MEDIA_TYPE);
        let problem: Problem = serde_json::from_str(&self.body).unwrap();
        assert_eq!((problem.name(), problem.status), (name, status), "{}", self.body);
        assert!(!problem.title.is_ascii(), "in Chinese: {}", problem.title);
        problem
    }
}

impl TestPlatform {
    pub(crate) async fn new() -> Self {
        Self::with(Catalogue::embedded().unwrap()).await
    }

    pub(crate) async fn with(catalogue: Catalogue) -> Self {
        let directory = Arc::new(tempfile::tempdir().unwrap());
        let now = Arc::new(Mutex::new(NOW.parse().unwrap()));
        let platform = open(&directory, &now, catalogue).await;
        Self { directory, now, platform }
    }

    /// The same database under a newly started platform.
    pub(crate) async fn restarted(self, catalogue: Catalogue) -> Self {
        let Self { directory, now, platform } = self;
        drop(platform);
        let platform = open(&directory, &now, catalogue).await;
        Self { directory, now, platform }
    }

    /// Two that start at once on one database.
    #[allow(dead_code, reason = "SQLite has one node")]
    pub(crate) async fn two_nodes() -> (Self, Self) {
        let directory = Arc::new(tempfile::tempdir().unwrap());
        let now = Arc::new(Mutex::new(NOW.parse().unwrap()));
        let node = async || {
            let platform = open(&directory, &now, Catalogue::embedded().unwrap()).await;
            Self { directory: directory.clone(), now: now.clone(), platform }
        };
        tokio::join!(node(), node())
    }

    /// The same one, for somebody else to hold.
    pub(crate) fn again(&self) -> Self {
        Self { directory: self.directory.clone(), now: self.now.clone(), platform: self.platform.clone() }
    }

    pub(crate) fn router(&self) -> Router {
        self.platform.router()
    }

    pub(crate) fn set_clock(&self, now: &str) {
        *self.now.lock().unwrap() = now.parse().unwrap();
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        self.send_bytes(method, path, headers, body.as_bytes().to_vec()).await
    }

    /// The same with what is no text.
    pub(crate) async fn send_bytes(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = self.router().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], "").await
    }

    pub(crate) async fn post(&self, path: &str, key: Uuid, body: &Value) -> Answer {
        let key = key.to_string();
        let headers = [("idempotency-key", key.as_str()), ("content-type", "application/json")];
        self.send(Method::POST, path, &headers, &body.to_string()).await
    }

    /// Files `submission` under a new key.
    pub(crate) async fn file(&self, submission: &Value) -> Case {
        self.post("/api/v1/cases", Uuid::new_v4(), submission).await.case()
    }
}

async fn open(directory: &TempDir, now: &Arc<Mutex<Timestamp>>, catalogue: Catalogue) -> Platform {
    let clock = now.clone();
    let clock = Clock::new(move || *clock.lock().unwrap());
    Platform::open(database(directory.path()), catalogue, clock).await.unwrap()
}

/// 养老待遇资格认证 of an invented pensioner.
pub(crate) fn pension() -> Value {
    submission("pension-eligibility", &json!({ "residence": "local" }))
}

/// 居保参保登记.
pub(crate) fn enrolment() -> Value {
    let answers = json!({
        "contribution_level": "200", "special_group": "none", "payment_method": "phone", "phone": "13900000001"
    });
    submission("resident-pension-enrolment", &answers)
}

pub(crate) fn submission(item: &str, fields: &Value) -> Value {
    json!({
        "item": item,
        "item_version": if item == "every-kind" { 1 } else { 2 },
        "pickup_code": "123456782",
        "channel": "kiosk",
        "terminal_id": TERMINAL,
        "received_at": NOW,
        "applicant": {
            "name": "欧阳示例",
            "id_kind": "resident_id_card",
            "id_number": "519999195201010013",
            "sex": "male",
            "birth": "1952-01-01",
            "nation": "01",
            "address": "示例市示例区示例路1号"
        },
        "fields": fields,
        "consent": { "notice_version": 1, "given_at": NOW }
    })
}
