//! The residents' pages, as a browser without scripts sees them.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use platform::web::{Gateways, Settings};
use protocol::{CaseKind, CaseStatus, Channel, Field, FieldKind, ServiceItem};
use tower::ServiceExt;

use crate::{
    database,
    fixture::{TestPlatform, pension},
};

const NUMBER: &str = "519999195201010013";
const OTHER_NUMBER: &str = "519999199003074022";

/// A browser: cookies, where it is, and what it shows.
pub(crate) struct Browser<'p> {
    platform: &'p TestPlatform,
    cookies: BTreeMap<String, String>,
    pub(crate) path: String,
    pub(crate) page: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
}

impl<'p> Browser<'p> {
    pub(crate) fn new(platform: &'p TestPlatform) -> Self {
        Self {
            platform,
            cookies: BTreeMap::new(),
            path: String::new(),
            page: String::new(),
            bytes: Vec::new(),
            status: StatusCode::OK,
            headers: HeaderMap::new(),
        }
    }

    pub(crate) async fn request(&mut self, method: Method, path: &str, body: String) {
        self.send(method, path, "application/x-www-form-urlencoded", body.into()).await;
    }

    async fn send(&mut self, method: Method, path: &str, media: &str, body: Body) {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, media)
            .body(body)
            .unwrap();
        let (parts, body) = self.platform.router().oneshot(request).await.unwrap().into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        self.path = path.to_owned();
        self.bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        self.page = String::from_utf8_lossy(&self.bytes).into_owned();
        (self.status, self.headers) = (parts.status, parts.headers);
    }

    /// Sends a form with files, each under its field's name.
    pub(crate) async fn upload(&mut self, path: &str, fields: &[(&str, &str)], files: &[&[u8]]) {
        const EDGE: &str = "----an-edge-of-a-test";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part =
                format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        for file in files {
            let head = "Content-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg";
            body.extend(format!("--{EDGE}\r\n{head}\r\n\r\n").into_bytes());
            body.extend_from_slice(file);
            body.extend_from_slice(b"\r\n");
        }
        body.extend(format!("--{EDGE}--\r\n").into_bytes());
        let media = format!("multipart/form-data; boundary={EDGE}");
        self.send(Method::POST, path, &media, body.into()).await;
        self.follow().await;
    }

    /// Sends, and goes where it is sent.
    async fn go(&mut self, method: Method, path: &str, body: String) {
        self.request(method, path, body).await;
        self.follow().await;
    }

    async fn follow(&mut self) {
        for _ in 0..5 {
            let Some(location) = self.headers.get(header::LOCATION) else { return self.look() };
            let location = location.to_str().unwrap().to_owned();
            self.request(Method::GET, &location, String::new()).await;
        }
        panic!("sent around in circles: {}", self.path);
    }

    /// What must hold of every page.
    fn look(&self) {
        let policy = self.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        if self.headers[header::CONTENT_TYPE] == "application/pdf" {
            return;
        }
        for forbidden in ["<script", " style=", "onclick"] {
            assert!(!self.page.contains(forbidden), "{}: {forbidden}", self.path);
        }
        assert!(
            self.page.contains("lang=\"zh-CN\"") && self.page.matches("<h1").count() == 1,
            "{}",
            self.path
        );
        for id in self.page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert_eq!(self.page.matches(&format!(" id=\"{id}\"")).count(), 1, "{}: {id} twice", self.path);
        }
    }

    pub(crate) async fn get(&mut self, path: &str) {
        self.go(Method::GET, path, String::new()).await;
    }

    pub(crate) fn token(&self) -> String {
        self.hidden("token")
    }

    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let field = format!("name=\"{name}\" value=\"");
        let rest = self.page.split_once(&field).unwrap_or_else(|| panic!("{}: {}", self.path, self.page)).1;
        rest.split('"').next().unwrap().to_owned()
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) {
        let body = self.form(fields);
        self.go(Method::POST, path, body).await;
    }

    fn form(&self, fields: &[(&str, &str)]) -> String {
        let token = self.token();
        let all = fields.iter().copied().chain([("token", token.as_str())]);
        all.map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
    }

    async fn send_code(&mut self, phone: &str) -> String {
        self.get("/sign-in").await;
        self.post("/sign-in", &[("phone", phone)]).await;
        let shown = self.page.split_once("验证码是 ").unwrap_or_else(|| panic!("{}", self.page)).1;
        shown.chars().take(6).collect()
    }

    pub(crate) async fn sign_in_as(&mut self, name: &str, number: &str, phone: &str) {
        let code = self.send_code(phone).await;
        self.post("/sign-in/code", &[("code", &code), ("next", "/")]).await;
        self.post("/sign-in/name", &[("name", name), ("id_number", number), ("next", "/my")]).await;
        assert_eq!(self.path, "/my", "{}", self.page);
    }

    pub(crate) async fn sign_in(&mut self) {
        self.sign_in_as("欧阳示例", NUMBER, "13900000001").await;
    }

    /// The names of the questions on a page.
    fn questions(&self) -> BTreeSet<String> {
        let names = self.page.split("name=\"f.").skip(1).map(|rest| rest.split('"').next().unwrap());
        names.map(|name| name.split('.').next().unwrap().to_owned()).collect()
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

pub(crate) async fn platform() -> TestPlatform {
    with(Some(Gateways::development())).await
}

async fn with(gateways: Option<Gateways>) -> TestPlatform {
    pages(TestPlatform::new().await, gateways)
}

/// The same platform with pages that residents can sign in to by these.
pub(crate) fn pages(mut platform: TestPlatform, gateways: Option<Gateways>) -> TestPlatform {
    let settings = Settings { public_url: "http://community.example".to_owned(), gateways };
    platform.platform = platform.platform.with_web(settings);
    platform
}

async fn items(platform: &TestPlatform) -> Vec<ServiceItem> {
    serde_json::from_str(&platform.get("/api/v1/items").await.body).unwrap()
}

/// What a resident types into a question.
fn typed(field: &Field, way: usize) -> Vec<(String, String)> {
    let name = format!("f.{}", field.id);
    let one = |value: &str| vec![(name.clone(), value.to_owned())];
    match &field.kind {
        FieldKind::Text { .. } => one("示例"),
        FieldKind::Address { .. } => one("示例市示例区示例路1号"),
        FieldKind::Choice { choices } => one(&choices[way.min(choices.len() - 1)].value),
        FieldKind::Date { .. } => [("y", "2026"), ("m", "11"), ("d", "24")]
            .map(|(part, value)| (format!("{name}.{part}"), value.to_owned()))
            .into(),
        FieldKind::Phone => one("139 0000 0001"),
        FieldKind::Number { max, .. } => one(&max.to_string()),
        FieldKind::Money { min_fen, .. } => {
            one(&format!("{}.{:02}", (min_fen + 150) / 100, (min_fen + 150) % 100))
        }
        FieldKind::IdNumber => one("5199 9920 1509 1100 35"),
        FieldKind::BankCard => one("0000 0000 0000 0018"),
        FieldKind::PersonList { .. } => Vec::new(),
    }
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Fills in the form that the browser is at, up to the page that shows all.
pub(crate) async fn fill_in(browser: &mut Browser<'_>, (id, form): (&str, &[Field]), way: usize) {
    for _ in 0..60 {
        let here = browser.path.clone();
        if here.ends_with("/check") {
            return;
        }
        assert_eq!(browser.status, StatusCode::OK, "{}: {}", id, browser.page);
        let asked = browser.questions();
        if asked.is_empty() {
            people(browser, (id, form), way).await;
            continue;
        }
        let fields = form.iter().filter(|field| asked.contains(&field.id));
        let answers: Vec<_> = fields.flat_map(|field| typed(field, way)).collect();
        browser.post(&here, &borrowed(&answers)).await;
        assert_ne!(browser.path, here, "{}: {}", id, browser.page);
    }
    panic!("{id}: the form has no end");
}

/// Adds people to a list until it may be left.
async fn people(browser: &mut Browser<'_>, (id, form): (&str, &[Field]), way: usize) {
    let list = browser.path.clone();
    let lists = form.iter().filter_map(|field| match &field.kind {
        FieldKind::PersonList { fields, min, .. } => Some((field, fields, *min)),
        _ => None,
    });
    let (_, fields, min) =
        lists.into_iter().find(|(field, ..)| browser.page.contains(&field.label.simplified)).unwrap();
    for _ in 0..min.max(1) {
        let person = format!("{list}/person/new");
        browser.get(&person).await;
        while browser.path == person {
            let asked = browser.questions();
            let shown = browser.hidden("shown");
            let mut answers: Vec<_> = fields
                .iter()
                .filter(|field| asked.contains(&field.id))
                .flat_map(|field| typed(field, way))
                .collect();
            answers.push(("shown".to_owned(), shown));
            browser.post(&person, &borrowed(&answers)).await;
            assert_eq!(browser.status, StatusCode::OK, "{}: {}", id, browser.page);
        }
        assert_eq!(browser.path, list);
    }
    browser.post(&list, &[]).await;
    assert_ne!(browser.path, list, "{}", browser.page);
}

/// Opens a form for an item and agrees.
async fn begin(browser: &mut Browser<'_>, item: &str) {
    agree(browser, &format!("/apply/{item}")).await;
}

/// The same for the page of consent at `path`.
pub(crate) async fn agree(browser: &mut Browser<'_>, path: &str) {
    browser.get(path).await;
    let (key, notice) = (browser.hidden("key"), browser.hidden("notice"));
    browser.post(path, &[("key", &key), ("notice", &notice)]).await;
}

#[tokio::test]
async fn every_item_is_filled_in_on_pages_and_becomes_a_case() {
    let platform = platform().await;
    let mut browser = Browser::new(&platform);
    browser.sign_in().await;
    let items = items(&platform).await;
    assert_eq!(items.len(), 37);
    for (place, item) in items.iter().enumerate() {
        begin(&mut browser, &item.id).await;
        fill_in(&mut browser, (&item.id, &item.fields), place % 3).await;
        let check = browser.path.clone();
        browser.post(&check, &[]).await;
        let case_no =
            browser.path.strip_prefix("/my/").unwrap_or_else(|| panic!("{}: {}", item.id, browser.page));
        let case_no = case_no.trim_end_matches("?new=1").to_owned();
        assert!(browser.page.contains("提交成功"));
        let case: protocol::Case =
            serde_json::from_str(&platform.get(&format!("/api/v1/cases/{case_no}")).await.body).unwrap();
        assert_eq!((case.channel, case.item.id.as_str()), (Channel::Pc, item.id.as_str()));
        let expected = match (item.auto_accept, item.kind) {
            (false, _) => CaseStatus::Received,
            (true, CaseKind::Promised) => CaseStatus::Accepted,
            (true, CaseKind::Instant) => CaseStatus::Completed,
        };
        assert_eq!(case.status, expected, "{}", item.id);
    }
    browser.get("/my").await;
    assert_eq!(browser.page.matches("href=\"/my/").count(), 37);
    assert!(!browser.page.contains("没填完的"), "a draft goes when it is filed");
}

#[tokio::test]
async fn a_button_that_is_pressed_three_times_files_one_case() {
    let platform = platform().await;
    let mut browser = Browser::new(&platform);
    browser.sign_in().await;
    let items = items(&platform).await;
    begin(&mut browser, "pension-eligibility").await;
    let item = items.iter().find(|item| item.id == "pension-eligibility").unwrap();
    fill_in(&mut browser, (&item.id, &item.fields), 0).await;
    let (check, form) = (browser.path.clone(), browser.form(&[]));
    let press = async || {
        let mut again = Browser::new(&platform);
        again.cookies = browser.cookies.clone();
        again.go(Method::POST, &check, form.clone()).await;
        again.path.trim_end_matches("?new=1").to_owned()
    };
    let (one, two) = tokio::join!(press(), press());
    let three = press().await;
    assert!(one.starts_with("/my/"), "{one}");
    assert_eq!((&one, &one), (&two, &three));
    browser.get("/my").await;
    assert_eq!(browser.page.matches("href=\"/my/").count(), 1);
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_question_and_nothing_typed_is_lost() {
    let platform = platform().await;
    let mut browser = Browser::new(&platform);
    browser.sign_in().await;
    begin(&mut browser, "minimum-living-allowance").await;
    let first = browser.path.clone();
    browser.post(&first, &[("f.cause_note", "示例说明")]).await;
    assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.page.contains("<title>请改正："));
    assert!(browser.page.contains("id=\"f.cause-wrong\"") && browser.page.contains("请选一个"));
    assert!(browser.page.contains("href=\"#f.cause\"") && browser.page.contains(" id=\"f.cause\""));
    assert!(browser.page.contains("value=\"示例说明\""));
    browser.post(&first, &[("f.cause", "illness"), ("f.cause_note", "示例说明")]).await;
    assert_ne!(browser.path, first);
    // A list needs somebody on it.
    let list = browser.path.clone();
    browser.post(&list, &[]).await;
    assert!(browser.page.contains("请至少添加 1 个人"), "{}", browser.page);
    // Whoever jumps to the end is led to what is missing.
    browser.get(&format!("{}/check", first.strip_suffix("/1").unwrap())).await;
    assert_eq!(browser.path, list);
    browser.get("/my").await;
    assert!(browser.page.contains("没填完的") && browser.page.contains("接着填"));
}

#[tokio::test]
async fn a_form_that_was_shown_to_somebody_else_is_not_believed() {
    let platform = platform().await;
    let (mut browser, mut stranger) = (Browser::new(&platform), Browser::new(&platform));
    browser.sign_in().await;
    stranger.get("/").await;
    for body in [String::new(), "token=".to_owned(), format!("token={}", stranger.token())] {
        browser.request(Method::POST, "/sign-out", body).await;
        assert_eq!(browser.status, StatusCode::FORBIDDEN);
    }
    browser.get("/my").await;
    assert_eq!(browser.path, "/my", "still signed in");
    browser.post("/sign-out", &[]).await;
    browser.get("/my").await;
    assert!(browser.path.starts_with("/sign-in"), "{}", browser.path);
}

#[tokio::test]
async fn a_code_is_good_once_for_five_minutes_and_five_tries() {
    let platform = platform().await;
    let mut browser = Browser::new(&platform);
    let code = browser.send_code("13900000001").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for left in ["还可以试 4 次", "还可以试 3 次", "还可以试 2 次", "还可以试 1 次", "已经失效", "已经失效"]
    {
        browser.post("/sign-in/code", &[("code", wrong)]).await;
        assert!(browser.page.contains(left), "{left}: {}", browser.page);
    }
    browser.post("/sign-in/code", &[("code", &code)]).await;
    assert!(browser.page.contains("已经失效"), "the right one comes too late");
    // Not at once another.
    browser.get("/sign-in").await;
    browser.post("/sign-in", &[("phone", "13900000001")]).await;
    assert!(browser.page.contains("请过一分钟再试"));
    platform.set_clock("2026-11-24T02:01:01Z");
    let code = browser.send_code("13900000001").await;
    platform.set_clock("2026-11-24T02:06:02Z");
    browser.post("/sign-in/code", &[("code", &code)]).await;
    assert!(browser.page.contains("已经失效"), "after five minutes");
    let code = browser.send_code("13900000001").await;
    browser.post("/sign-in/code", &[("code", &code)]).await;
    assert!(browser.path.starts_with("/sign-in/name"), "{}", browser.path);
    let named = [("name", "欧阳示例"), ("id_number", NUMBER)];
    let mut stranger = Browser::new(&platform);
    stranger.get("/sign-in").await;
    stranger.post("/sign-in/name", &named).await;
    assert!(
        stranger.path.starts_with("/sign-in?"),
        "without a phone nobody is asked about: {}",
        stranger.path
    );
    browser.post("/sign-in/name", &[("name", "示例"), ("id_number", "810000199001010019")]).await;
    assert!(browser.page.contains("对不上"), "a number that somebody may have: {}", browser.page);
    browser.post("/sign-in/name", &named).await;
    browser.get("/my").await;
    assert_eq!(browser.path, "/my");
    platform.set_clock("2026-11-24T02:36:03Z");
    browser.get("/my").await;
    assert!(browser.path.starts_with("/sign-in"), "half an hour without a page");
}

#[tokio::test]
async fn residents_see_own_cases_from_every_screen_and_no_others() {
    let platform = platform().await;
    let at_kiosk = platform.file(&pension()).await;
    let (mut own, mut other) = (Browser::new(&platform), Browser::new(&platform));
    own.sign_in().await;
    other.sign_in_as("示例", OTHER_NUMBER, "13900000002").await;
    let path = format!("/my/{}", at_kiosk.case_no);
    own.get(&path).await;
    assert!(own.page.contains(&at_kiosk.pickup_code.grouped()), "{}", own.page);
    assert!(!own.page.contains("欧阳示例") && own.page.contains("欧***"), "masked on the screen");
    for path in [path.clone(), format!("{path}/documents/{}-SJ01", at_kiosk.case_no)] {
        other.get(&path).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "{path}");
    }
    other.get("/my").await;
    other.post(&format!("{path}/rating"), &[("level", "5")]).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    own.post(&format!("{path}/rating"), &[("level", "1")]).await;
    assert!(own.page.contains("您的评价：非常满意"));
    own.post(&format!("{path}/rating"), &[("level", "5")]).await;
    assert!(own.page.contains("您的评价：非常满意"), "once");
}

#[tokio::test]
async fn progress_is_told_to_whoever_holds_the_receipt_and_knows_the_last_four() {
    let platform = platform().await;
    let case = platform.file(&pension()).await;
    let mut browser = Browser::new(&platform);
    let grouped = case
        .case_no
        .chars()
        .collect::<Vec<_>>()
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect::<Vec<String>>();
    for number in ["123 456 782", &case.case_no, &grouped.join(" ")] {
        browser.get("/progress").await;
        browser.post("/progress", &[("number", number), ("last", "0013")]).await;
        assert!(browser.page.contains("已办结") && browser.page.contains("欧***"), "{}", browser.page);
        assert!(!browser.page.contains(NUMBER) && !browser.page.contains("欧阳示例"));
    }
    browser.get("/progress").await;
    browser.post("/progress", &[("number", "123456782"), ("last", "0014")]).await;
    assert!(browser.page.contains("没有查到"));
    browser.post("/progress", &[("number", "123456789"), ("last", "14")]).await;
    assert!(browser.page.contains("还有 2 处要改"));
    for last in 0..8 {
        browser.post("/progress", &[("number", "123456782"), ("last", &format!("000{last}"))]).await;
    }
    assert!(browser.page.contains("查得太多了"), "four digits are not found by trying");
}

#[tokio::test]
async fn a_document_is_issued_once_and_proved_genuine_without_naming_anybody() {
    let platform = platform().await;
    let case = platform.file(&pension()).await;
    let mut browser = Browser::new(&platform);
    browser.sign_in().await;
    for kind in ["SJ01", "SL01", "BJ01"] {
        let path = format!("/my/{0}/documents/{0}-{kind}", case.case_no);
        browser.get(&path).await;
        assert_eq!(browser.status, StatusCode::OK);
        assert!(
            browser.bytes.starts_with(b"%PDF-") && browser.bytes.len() < 200_000,
            "{}",
            browser.bytes.len()
        );
        browser.get(&path).await;
    }
    let codes = database::texts(platform.directory.path(), "SELECT code FROM document_code");
    assert_eq!(codes.len(), 3, "fetched twice, issued once");
    let mut anybody = Browser::new(&platform);
    for code in &codes {
        anybody.get("/verify").await;
        anybody.post("/verify", &[("code", &code.to_lowercase())]).await;
        assert!(anybody.page.contains("是本平台发出的文书"), "{}", anybody.page);
        for personal in ["欧", NUMBER, "0013", "123 456 782"] {
            assert!(!anybody.page.contains(personal), "{personal}");
        }
    }
    anybody.get("/verify/0000000000000000").await;
    assert!(anybody.page.contains("没有这份文书"));
    anybody.get("/verify/x").await;
    assert_eq!(anybody.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.get(&format!("/my/{0}/documents/{0}-SL02", case.case_no)).await;
    assert_eq!(browser.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_a_gateway_nobody_signs_in_and_all_else_works() {
    let platform = with(None).await;
    let mut browser = Browser::new(&platform);
    for path in [
        "/",
        "/areas/civil-affairs",
        "/items/pension-eligibility",
        "/search?q=%E4%BD%8E%E4%BF%9D",
        "/progress",
        "/verify",
    ] {
        browser.get(path).await;
        assert_eq!(browser.status, StatusCode::OK, "{path}");
    }
    browser.get("/items/pension-eligibility").await;
    assert!(!browser.page.contains("开始办理"));
    browser.get("/sign-in").await;
    assert!(browser.page.contains("还没有开通"));
    for path in ["/areas/x", "/items/x", "/nowhere", "/drafts/x/1"] {
        browser.request(Method::GET, path, String::new()).await;
        let led = browser.headers.contains_key(header::LOCATION);
        assert!(
            led || browser.status == StatusCode::NOT_FOUND && browser.page.contains("没有找到"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn large_type_is_remembered_and_leads_back() {
    let platform = platform().await;
    let mut browser = Browser::new(&platform);
    browser.get("/items/pension-eligibility").await;
    browser.post("/display", &[("back", "/items/pension-eligibility"), ("size", "large")]).await;
    assert_eq!(browser.path, "/items/pension-eligibility");
    assert!(browser.page.contains("class=\"large\"") && browser.page.contains("标准字号"));
    browser.post("/display", &[("back", "https://example.org/"), ("size", "normal")]).await;
    assert_eq!(browser.path, "/");
}

#[tokio::test]
async fn over_tls_the_cookie_is_for_tls_alone() {
    let mut platform = TestPlatform::new().await;
    let settings = Settings { public_url: "https://community.example".to_owned(), gateways: None };
    platform.platform = platform.platform.with_web(settings);
    let answer = platform.get("/").await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-visit=") && cookie.contains("; Path=/; ") && cookie.ends_with("; Secure")
    );
}
