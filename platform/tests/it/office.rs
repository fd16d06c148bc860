//! Offices with people in them: accounts made by administrators over the API, signed in with password and code.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use platform::people::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    enrolling::Called,
    fixture::{Answer, TestPlatform, submission},
};

pub(crate) const PASSWORD: &str = "a long password of a test";

/// Somebody who has signed in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) login: String,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
    pub(crate) secret: String,
}

/// A platform with its three administrators.
pub(crate) struct Office {
    pub(crate) platform: TestPlatform,
    pub(crate) system: Person,
    pub(crate) security: Person,
    pub(crate) auditor: Person,
}

/// What an authenticator app shows for `secret` at that second.
pub(crate) fn code(secret: &str, at: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(at).unwrap()).to_string()
}

pub(crate) fn secret_of(uri: &str) -> String {
    uri.split_once("secret=").unwrap().1.split('&').next().unwrap().to_owned()
}

impl TestPlatform {
    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    /// Signs in, and changes the first password.
    pub(crate) async fn enter(&self, login: &str, password: &str, secret: &str) -> Person {
        let person = self.sign_in(login, password, secret).await;
        let change = json!({ "old": password, "new": PASSWORD });
        let changed = self.as_person(&person, Method::POST, "/api/v1/staff/password", &change).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
        person
    }

    pub(crate) async fn sign_in(&self, login: &str, password: &str, secret: &str) -> Person {
        let answer = self.try_sign_in(login, password, &code(secret, self.now().as_second())).await;
        assert_eq!(answer.status, StatusCode::OK, "{login}: {}", answer.body);
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        for part in ["__Host-staff=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        Person {
            login: login.to_owned(),
            cookie: cookie.split(';').next().unwrap().to_owned(),
            csrf: told["csrf_token"].as_str().unwrap().to_owned(),
            secret: secret.to_owned(),
        }
    }

    pub(crate) async fn try_sign_in(&self, login: &str, password: &str, code: &str) -> Answer {
        let body = json!({ "login": login, "password": password, "code": code }).to_string();
        let headers = [("content-type", "application/json")];
        self.send(Method::POST, "/api/v1/staff/session", &headers, &body).await
    }

    pub(crate) async fn as_person(
        &self,
        person: &Person,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Answer {
        let key = Uuid::new_v4().to_string();
        let headers = [
            ("cookie", person.cookie.as_str()),
            ("x-csrf-token", person.csrf.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
        ];
        self.send(method, path, &headers, &body.to_string()).await
    }

    pub(crate) async fn read(&self, person: &Person, path: &str) -> Value {
        let answer = self.as_person(person, Method::GET, path, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{} {path}: {}", person.login, answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// The case as that person sees it now, if they see it.
    pub(crate) async fn seen(&self, person: &Person, case_no: &str) -> Option<Value> {
        let path = format!("/api/v1/staff/cases/{case_no}");
        let answer = self.as_person(person, Method::GET, &path, &Value::Null).await;
        (answer.status == StatusCode::OK).then(|| serde_json::from_str(&answer.body).unwrap())
    }

    /// Does something to a case as it stands.
    pub(crate) async fn try_act(&self, person: &Person, case_no: &str, todo: &Value) -> Answer {
        let version = self.seen(person, case_no).await.map_or(json!(1), |case| case["version"].clone());
        let body = json!({ "version": version, "todo": todo });
        self.as_person(person, Method::POST, &format!("/api/v1/staff/cases/{case_no}/acts"), &body).await
    }

    /// The same, and that it happens. Where the case lies afterwards.
    pub(crate) async fn act(&self, person: &Person, case_no: &str, todo: &Value) -> (String, String) {
        let answer = self.try_act(person, case_no, todo).await;
        assert_eq!(answer.status, StatusCode::OK, "{} {todo}: {}", person.login, answer.body);
        let done: Value = serde_json::from_str(&answer.body).unwrap();
        let text = |name: &str| done[name].as_str().unwrap().to_owned();
        (text("state"), text("step"))
    }

    /// The numbers of the cases on somebody's desks.
    pub(crate) async fn tasks(&self, person: &Person) -> Vec<String> {
        let told = self.read(person, "/api/v1/staff/tasks").await;
        told["cases"]
            .as_array()
            .unwrap()
            .iter()
            .map(|case| case["case_no"].as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) fn later(&self, day: &str) {
        self.set_clock(&format!("{day}T02:00:00Z"));
    }
}

impl Office {
    pub(crate) async fn new() -> Self {
        Self::on(TestPlatform::new().await).await
    }

    pub(crate) async fn on(platform: TestPlatform) -> Self {
        let system = Self::administrator(&platform, "system", Role::SystemAdministrator).await;
        let security = Self::administrator(&platform, "security", Role::SecurityAdministrator).await;
        let auditor = Self::administrator(&platform, "auditor", Role::Auditor).await;
        Self { platform, system, security, auditor }
    }

    /// The same on a platform that kiosks can call.
    pub(crate) async fn called(self) -> (Self, Called) {
        let called = Called::with(self.platform).await;
        (Self { platform: called.here.again(), ..self }, called)
    }

    async fn administrator(platform: &TestPlatform, login: &str, role: Role) -> Person {
        let made = platform.platform.create_administrator(login, "示例管理员", role).await.unwrap();
        assert_eq!(secret_of(&made.totp_uri), made.totp_secret);
        platform.enter(login, &made.password, &made.totp_secret).await
    }

    /// An account without a role, and its first password.
    pub(crate) async fn create(&self, login: &str) -> (String, String) {
        let body = json!({ "login": login, "name": format!("示例{login}") });
        let made = self.platform.as_person(&self.system, Method::POST, "/api/v1/staff/accounts", &body).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.body);
        let told: Value = serde_json::from_str(&made.body).unwrap();
        (told["password"].as_str().unwrap().to_owned(), secret_of(told["totp_uri"].as_str().unwrap()))
    }

    pub(crate) async fn grant(&self, login: &str, role: &str, org: &str) -> Answer {
        let path = format!("/api/v1/staff/accounts/{login}/grants");
        let grant = json!({ "role": role, "org": org });
        self.platform.as_person(&self.security, Method::POST, &path, &grant).await
    }

    /// Somebody with that role at that organisation, signed in.
    pub(crate) async fn person(&self, role: &str, org: &str) -> Person {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let login = format!("p{}-{}", NEXT.fetch_add(1, Ordering::Relaxed), role.replace('_', "-"));
        let login: String = login.chars().take(32).collect();
        let (password, secret) = self.create(&login).await;
        let granted = self.grant(&login, role, org).await;
        assert_eq!(granted.status, StatusCode::OK, "{}", granted.body);
        self.platform.enter(&login, &password, &secret).await
    }
}

/// An application for 最低生活保障 of somebody who lives at `home`, from the machine `terminal`.
pub(crate) fn relief(home: &str, terminal: &str) -> Value {
    let mut filed = submission(
        "temporary-relief",
        &json!({
            "kind": "expense", "cause": "示例原因", "amount": "100000", "account": "0000000000000018",
            "phone": "13900000001", "home": home,
            "family": [{ "name": "示例甲", "relation": "spouse", "id_number": "519999199003074022" }]
        }),
    );
    filed["terminal_id"] = json!(terminal);
    filed
}

pub(crate) const HERE: &str = "示例市示例区示例路8号";
pub(crate) const FAR: &str = "示例市示例区远郊路8号";

pub(crate) fn accept() -> Value {
    json!({ "act": "accept", "materials_complete": true })
}

pub(crate) fn pass() -> Value {
    json!({ "act": "pass", "opinion": "属实" })
}

pub(crate) fn visit(on: &str) -> Value {
    json!({ "act": "pass", "opinion": "属实",
        "visit": { "on": on, "visitors": ["甲", "乙"], "findings": "情况属实", "signed": true } })
}
