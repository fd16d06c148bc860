//! The console as a browser without a script sees it.

use axum::http::{Method, StatusCode, header};
use serde_json::json;

use crate::{
    fixture::{Answer, TestPlatform},
    office::{HERE, Office, PASSWORD, Person, code, relief},
};

impl TestPlatform {
    pub(crate) async fn page(&self, person: Option<&Person>, path: &str) -> Answer {
        let cookie = person.map_or("", |person| person.cookie.as_str());
        self.send(Method::GET, path, &[("cookie", cookie)], "").await
    }

    /// Sends a form as a browser does.
    pub(crate) async fn form(&self, person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = ("csrf", person.csrf.as_str());
        let body: Vec<String> =
            fields.iter().chain([&csrf]).map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let headers =
            [("cookie", person.cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, &headers, &body.join("&")).await
    }

    async fn act_by_form(&self, person: &Person, case_no: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.page(Some(person), &format!("/console/cases/{case_no}")).await;
        let version = page
            .body
            .split("name=\"version\" value=\"")
            .nth(1)
            .map_or("0", |rest| rest.split('"').next().unwrap());
        let mut all = vec![("version", version)];
        all.extend(fields);
        self.form(person, &format!("/console/cases/{case_no}/acts"), &all).await
    }
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn location(answer: &Answer) -> &str {
    assert!(answer.status.is_redirection(), "{} {}", answer.status, answer.body);
    answer.headers[header::LOCATION].to_str().unwrap()
}

#[tokio::test]
async fn nobody_sees_a_page_without_signing_in_and_every_page_lets_nothing_run() {
    let office = Office::new().await;
    let platform = &office.platform;
    let pages = [
        "/console",
        "/console/tasks",
        "/console/supervision",
        "/console/call-backs",
        "/console/statistics",
        "/console/exports",
        "/console/items",
        "/console/calendar",
        "/console/accounts",
        "/console/exchange",
        "/console/audit",
        "/console/fleet",
        "/console/fleet/x",
        "/console/enrolment",
        "/console/configuration",
        "/console/rollout",
        "/console/rollout/to-sign",
        "/console/cases/x",
        "/console/password",
    ];
    for path in pages {
        assert_eq!(location(&platform.page(None, path).await), "/console/sign-in", "{path}");
    }
    for path in ["/console/sign-in", "/board", "/console/tasks"] {
        let answer = platform.page(None, path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!answer.body.contains("<script") && !answer.body.contains(" style="), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn signing_in_by_form_sets_the_cookie_and_asks_for_a_new_password() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (password, secret) = office.create("somebody").await;
    let nobody =
        Person { login: String::new(), cookie: String::new(), csrf: String::new(), secret: String::new() };
    let code = code(&secret, platform.now().as_second());
    let wrong = platform
        .form(&nobody, "/console/sign-in", &[("login", "somebody"), ("password", "x"), ("code", &code)])
        .await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.body.contains("动态口令不对"), "{}", wrong.body);
    let entered = platform
        .form(
            &nobody,
            "/console/sign-in",
            &[("login", " Somebody "), ("password", &password), ("code", &code)],
        )
        .await;
    assert_eq!(location(&entered), "/console/password");
    assert!(entered.headers["set-cookie"].to_str().unwrap().contains("HttpOnly"));
    let cookie = entered.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let mut person = Person { cookie, ..nobody };
    assert_eq!(location(&platform.page(Some(&person), "/console/tasks").await), "/console/password");
    let page = platform.page(Some(&person), "/console/password").await;
    let csrf = page.body.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    person.csrf = csrf.to_owned();
    let uneven = [("old", password.as_str()), ("new", PASSWORD), ("again", "another password")];
    assert_eq!(
        platform.form(&person, "/console/password", &uneven).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let even = [("old", password.as_str()), ("new", PASSWORD), ("again", PASSWORD)];
    assert_eq!(location(&platform.form(&person, "/console/password", &even).await), "/console");
}

#[tokio::test]
async fn a_form_without_the_token_of_the_session_does_nothing() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case_no = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let forged = Person { csrf: "forged".to_owned(), ..clerk.clone() };
    let accept = [("act", "accept"), ("materials_complete", "on")];
    assert_eq!(platform.act_by_form(&forged, &case_no, &accept).await.status, StatusCode::FORBIDDEN);
    assert_eq!(platform.seen(&clerk, &case_no).await.unwrap()["task"]["state"], "received");
}

#[tokio::test]
async fn relief_is_handled_on_the_pages_alone_and_nothing_personal_is_on_the_board() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (clerk, worker) = (
        office.person("clerk", "demo-subdistrict").await,
        office.person("community_worker", "demo-community").await,
    );
    let reviewer = office.person("reviewer", "demo-subdistrict").await;
    let case_no = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let list = platform.page(Some(&clerk), "/console/tasks").await;
    assert!(list.body.contains(&case_no) && list.body.contains("绿灯 正常"), "{}", list.body);

    let here = format!("/console/cases/{case_no}");
    let page = platform.page(Some(&clerk), &here).await;
    assert_eq!(page.status, StatusCode::OK);
    for personal in ["欧阳示例", "519999195201010013", "13900000001", "0000000000000018", "示例路8号"]
    {
        assert!(!page.body.contains(personal), "{personal}");
    }
    let revealed = platform.form(&clerk, &format!("{here}/reveal"), &[("purpose", "核对申请材料")]).await;
    assert!(revealed.body.contains("519999195201010013") && revealed.body.contains("watermark"));
    assert!(revealed.body.contains(&clerk.login), "whose screen it is");

    let steps: [(&Person, &[(&str, &str)]); 6] = [
        (&clerk, &[("act", "accept"), ("materials_complete", "on")]),
        (&worker, &[("act", "pass"), ("opinion", "属实")]),
        (&clerk, &[("act", "pass"), ("opinion", "核对无异常")]),
        (
            &clerk,
            &[
                ("act", "pass"),
                ("opinion", "属实"),
                ("visit_on", "2026-11-24"),
                ("visitors", "甲、乙"),
                ("findings", "情况属实"),
                ("signed", "on"),
            ],
        ),
        (&reviewer, &[("act", "pass"), ("opinion", "同意")]),
        (&worker, &[("act", "publish"), ("amount", "一次性 1000 元以下")]),
    ];
    for (person, fields) in steps {
        let answer = platform.act_by_form(person, &case_no, fields).await;
        assert!(location(&answer).starts_with("/console"), "{fields:?}");
    }
    let early = platform.act_by_form(&worker, &case_no, &[("act", "pass"), ("opinion", "无异议")]).await;
    assert!(early.body.contains("公示还没有期满"), "{}", early.body);
    for board in [platform.page(None, "/board").await, platform.get("/api/v1/notices").await] {
        assert!(board.body.contains("欧***") && board.body.contains("临时救助"), "{}", board.body);
        for personal in ["欧阳", "519999", "1390000", "00000000", "示例路", &case_no] {
            assert!(!board.body.contains(personal), "{personal} in {}", board.body);
        }
    }
}

#[tokio::test]
async fn every_role_gets_its_pages_and_no_other() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-community").await;
    let supervisor = office.person("supervisor", "demo-district").await;
    let operator = office.person("fleet_operator", "demo-district").await;
    let pages = [
        "tasks",
        "supervision",
        "call-backs",
        "statistics",
        "exports",
        "items",
        "calendar",
        "accounts",
        "exchange",
        "audit",
        "fleet",
        "enrolment",
        "rollout",
        "configuration",
    ];
    let (no, yes) = (false, true);
    let table: [(&Person, [bool; 14], &str); 6] = [
        (&clerk, [yes, no, yes, no, no, no, yes, no, no, no, no, no, no, no], "/console/tasks"),
        (&supervisor, [no, yes, yes, yes, yes, no, yes, no, no, no, no, no, no, no], "/console/supervision"),
        (&office.system, [no, no, no, no, no, no, yes, yes, yes, no, yes, yes, yes, no], "/console/accounts"),
        (&office.security, [no, no, no, no, no, no, yes, yes, no, no, no, no, no, no], "/console/accounts"),
        (&office.auditor, [no, no, no, no, no, no, yes, no, no, yes, no, no, no, no], "/console/audit"),
        (&operator, [no, no, no, no, no, no, yes, no, no, no, yes, yes, yes, yes], "/console/fleet"),
    ];
    for (person, may, home) in table {
        assert_eq!(location(&platform.page(Some(person), "/console").await), home);
        for (page, may) in pages.iter().zip(may) {
            let answer = platform.page(Some(person), &format!("/console/{page}")).await;
            let expected = if may { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status, expected, "{} {page}", person.login);
        }
    }
}

#[tokio::test]
async fn an_account_is_made_granted_and_stopped_on_the_pages() {
    let office = Office::new().await;
    let platform = &office.platform;
    let made = platform
        .form(&office.system, "/console/accounts", &[("login", "new-clerk"), ("name", "示例新人")])
        .await;
    assert_eq!(made.status, StatusCode::OK);
    assert!(made.body.contains("只显示这一次") && made.body.contains("<svg"), "{}", made.body);
    let grant = [("change", "grant"), ("role", "clerk"), ("org", "demo-community")];
    let denied = platform.form(&office.system, "/console/accounts/new-clerk", &grant).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "the system administrator gives no rights");
    let granted = platform.form(&office.security, "/console/accounts/new-clerk", &grant).await;
    assert!(granted.body.contains("窗口受理人员 · 示例社区"), "{}", granted.body);
    let later = platform.page(Some(&office.system), "/console/accounts").await;
    assert!(!later.body.contains("只显示这一次"));
    let stopped =
        platform.form(&office.system, "/console/accounts/new-clerk", &[("change", "disable")]).await;
    assert!(stopped.body.contains("已停用"));
    let told = platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let actions: Vec<_> =
        told["rows"].as_array().unwrap().iter().take(3).map(|row| row["action"].clone()).collect();
    assert_eq!(actions, [json!("disable-account"), json!("grant-role"), json!("create-account")]);
}
