//! 导出: asked for with a purpose, released by somebody else, fetched once and soon, and never more than is masked.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    database::{number, texts},
    fixture::{Answer, NOW, TestPlatform, enrolment, pension},
    office::{HERE, Office, Person, accept, relief},
};

const PATH: &str = "/api/v1/staff/exports";
const PURPOSE: &str = "核对十一月办件台账";

fn wanted(list: &str, org: &str) -> Value {
    json!({ "list": list, "org": org, "from": "2026-11-24", "to": "2026-11-24", "purpose": PURPOSE })
}

impl TestPlatform {
    async fn ask(&self, person: &Person, wanted: &Value) -> String {
        let asked = self.as_person(person, Method::POST, PATH, wanted).await;
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
        serde_json::from_str::<Value>(&asked.body).unwrap()["number"].as_str().unwrap().to_owned()
    }

    async fn step(&self, person: &Person, number: &str, step: &str) -> Answer {
        let body = if step == "refuse" { json!({ "reason": "用途不清" }) } else { json!({}) };
        self.as_person(person, Method::POST, &format!("{PATH}/{number}/{step}"), &body).await
    }

    /// Asked for by one, released by the other, and fetched.
    async fn exported(&self, one: &Person, other: &Person, wanted: &Value) -> String {
        let number = self.ask(one, wanted).await;
        assert_eq!(self.step(other, &number, "release").await.status, StatusCode::OK);
        let fetched = self.step(one, &number, "fetch").await;
        assert_eq!(fetched.status, StatusCode::OK, "{}", fetched.body);
        fetched.body
    }
}

async fn two(office: &Office) -> (Person, Person) {
    (office.person("supervisor", "demo-district").await, office.person("supervisor", "demo-district").await)
}

/// The cells of a file, without its watermarks.
fn cells(csv: &str) -> Vec<Vec<&str>> {
    let csv = csv.strip_prefix('\u{feff}').expect("the mark of UTF-8");
    let rows = csv.split_terminator("\r\n");
    let cells = rows.map(|row| row.trim_matches('"').split("\",\"").collect::<Vec<_>>());
    cells.filter(|row| !row[0].contains("导出编号 ")).collect()
}

async fn cases(platform: &TestPlatform, clerk: &Person) {
    for _ in 0..3 {
        platform.file(&pension()).await;
    }
    let relief_no = platform.file(&relief(HERE, "LZ-0002")).await.case_no;
    platform.act(clerk, &relief_no, &accept()).await;
    let rated = platform.file(&enrolment()).await;
    let rating = json!({ "case_key": rated.case_key, "level": 5, "rated_at": NOW, "channel": "kiosk" });
    platform.post("/api/v1/ratings", Uuid::new_v4(), &rating).await;
}

#[tokio::test]
async fn the_numbers_of_an_export_equal_a_direct_count() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (one, other) = two(&office).await;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    // The last second of the day before, the first of the day and the last one, by the clocks of China.
    for (at, _) in [("2026-11-23T15:59:59Z", 0), ("2026-11-23T16:00:00.5Z", 1), ("2026-11-24T01:59:59.9Z", 1)]
    {
        let mut filed = pension();
        filed["received_at"] = json!(at);
        platform.file(&filed).await;
    }
    cases(platform, &clerk).await;
    let day = "cases WHERE received_at >= '2026-11-23T16:00:00' AND received_at < '2026-11-24T16:00:00'";
    let count = |more: &str| number(platform.directory.path(), &format!("SELECT count(*) FROM {day} {more}"));
    assert_eq!((count(""), number(platform.directory.path(), "SELECT count(*) FROM cases")), (7, 8));

    let file = platform.exported(&one, &other, &wanted("cases", "demo-district")).await;
    let rows = cells(&file);
    assert_eq!(i64::try_from(rows.len() - 1).unwrap(), count(""));
    let state = |word: &str| i64::try_from(rows.iter().filter(|row| row[2] == word).count()).unwrap();
    assert_eq!(state("已受理") + state("审查中"), count("AND status IN ('accepted', 'in_review')"));
    assert_eq!(state("已办结"), count("AND status = 'completed'"));
    let mut numbers: Vec<&str> = rows.iter().skip(1).map(|row| row[0]).collect();
    let mut direct = texts(platform.directory.path(), &format!("SELECT case_no FROM {day}"));
    numbers.sort_unstable();
    direct.sort_unstable();
    assert_eq!(numbers, direct);

    let file = platform.exported(&one, &other, &wanted("items", "demo-district")).await;
    let rows = cells(&file);
    let sum = rows.last().unwrap();
    assert_eq!(sum[0], "合计");
    let rated = "AND EXISTS (SELECT 1 FROM rating WHERE rating.case_key = cases.case_key";
    for (place, more) in [
        (1, ""),
        (2, "AND outcome IS NOT NULL"),
        (3, "AND outcome IS NOT NULL AND red_since IS NULL"),
        (4, "AND red_since IS NOT NULL"),
        (5, "AND deemed"),
        (6, "AND received_org <> area_org"),
        (7, &format!("{rated})")),
        (8, &format!("{rated} AND level >= 4)")),
    ] {
        assert_eq!(sum[place], count(more).to_string(), "{}", rows[0][place]);
    }
    assert!(count("AND received_org <> area_org") == 1 && count(&format!("{rated})")) == 1, "no empty test");
    for row in rows.iter().skip(1).take(rows.len() - 2) {
        let id = texts(
            platform.directory.path(),
            &format!("SELECT DISTINCT id FROM item WHERE body LIKE '%\"zh-CN\":\"{}\"%'", row[0]),
        );
        let ids = id.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",");
        assert_eq!(row[1], count(&format!("AND item_id IN ({ids})")).to_string(), "{}", row[0]);
    }
    let file = platform.exported(&one, &other, &wanted("cases", "demo-far-subdistrict")).await;
    assert_eq!(cells(&file).len(), 1, "another area has none of them");
}

#[tokio::test]
async fn a_file_is_masked_marked_and_runs_nothing() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (one, other) = two(&office).await;
    let mut named = pension();
    named["applicant"]["name"] = json!("=示例");
    platform.file(&named).await;
    for _ in 0..84 {
        platform.file(&pension()).await;
    }
    let mut wanted = wanted("cases", "demo-district");
    wanted["purpose"] = json!("=HYPERLINK(\"x\") 核对");
    let number = platform.ask(&one, &wanted).await;
    assert_eq!(number, "DC20261124-0001");
    platform.step(&other, &number, "release").await;
    let fetched = platform.step(&one, &number, "fetch").await;
    assert_eq!(fetched.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(fetched.headers["cache-control"], "no-store");
    assert_eq!(fetched.headers["content-disposition"], "attachment; filename=\"DC20261124-0001.csv\"");
    let file = fetched.body;
    assert!(
        file.starts_with("\u{feff}\"办件明细｜示例区｜2026-11-24 至 2026-11-24｜导出编号 DC20261124-0001")
    );
    for personal in ["欧阳示例", "519999195201010013", "示例路1号", "1952-01-01"] {
        assert!(!file.contains(personal), "{personal}");
    }
    assert!(file.contains("\"欧***\",\"519999********0013\""));
    assert!(file.contains("\"'=**\""), "a name that would be a formula is words");
    for row in file.trim_start_matches('\u{feff}').split_terminator("\r\n") {
        for cell in row.split("\",\"") {
            assert!(!cell.trim_start_matches('"').trim_start().starts_with(['=', '+', '-', '@']), "{row}");
        }
    }
    let mark = |row: &&str| {
        row.contains("导出编号 DC20261124-0001")
            && row.contains(&format!("导出人 {}", one.login))
            && row.contains("2026-11-24 10:00")
            && row.contains("用途：=HYPERLINK(\"\"x\"\") 核对")
    };
    let rows: Vec<&str> = file.split_terminator("\r\n").collect();
    assert_eq!(rows.iter().filter(|row| mark(row)).count(), 4, "85 rows are three blocks, and the end");
    let longest = rows.split(|row| mark(row)).map(<[&str]>::len).max().unwrap();
    assert!(longest <= 41, "a block with its headings: {longest}");
    assert_eq!(rows.iter().filter(|row| row.ends_with("\"DC20261124-0001\"")).count(), 85);
}

#[tokio::test]
async fn four_eyes_one_fetch_and_every_step_is_written_down() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (one, other) = two(&office).await;
    let far = office.person("supervisor", "demo-far-subdistrict").await;
    platform.file(&pension()).await;
    let number = platform.ask(&one, &wanted("cases", "demo-subdistrict")).await;
    platform.step(&one, &number, "fetch").await.problem(409, "export-has-moved");
    platform.step(&one, &number, "release").await.problem(403, "four-eyes");
    platform.step(&one, &number, "refuse").await.problem(403, "four-eyes");
    platform.step(&far, &number, "release").await.problem(404, "export-not-found");
    platform.step(&other, &number, "fetch").await.problem(404, "export-not-found");
    let seen = platform.read(&other, PATH).await;
    assert_eq!(
        (&seen["exports"][0]["may_decide"], &seen["exports"][0]["may_fetch"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(platform.read(&far, PATH).await["exports"], json!([]), "not even that there is one");
    assert_eq!(platform.step(&other, &number, "release").await.status, StatusCode::OK);
    platform.step(&other, &number, "release").await.problem(409, "export-has-moved");
    platform.step(&other, &number, "refuse").await.problem(409, "export-has-moved");
    assert_eq!(platform.step(&one, &number, "fetch").await.status, StatusCode::OK);
    let again = platform.step(&one, &number, "fetch").await.problem(409, "export-has-moved");
    assert!(again.detail.unwrap().contains("只能下载一次"));
    let told = platform.read(&one, PATH).await;
    assert_eq!((&told["exports"][0]["state"], &told["exports"][0]["lines"]), (&json!("fetched"), &json!(1)));

    let audit = platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let rows = audit["rows"].as_array().unwrap().iter().rev();
    let steps: Vec<(String, String)> = rows
        .filter(|row| row["subject"] == json!(number))
        .map(|row| {
            assert_eq!(row["purpose"], PURPOSE);
            (row["action"].as_str().unwrap().to_owned(), row["login"].as_str().unwrap().to_owned())
        })
        .collect();
    let step = |action: &str, person: &Person| (action.to_owned(), person.login.clone());
    let expected = [
        step("ask-export", &one),
        step("fetch-export-refused", &one),
        step("release-export-refused", &one),
        step("release-export-refused", &one),
        step("release-export", &other),
        step("release-export-refused", &other),
        step("release-export-refused", &other),
        step("fetch-export", &one),
        step("fetch-export-refused", &one),
    ];
    assert_eq!(steps, expected);
}

#[tokio::test]
async fn what_is_refused_late_or_no_longer_ones_own_is_not_fetched() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (one, other) = two(&office).await;
    let refused = platform.ask(&one, &wanted("cases", "demo-district")).await;
    let no_reason = json!({ "reason": " " });
    let path = format!("{PATH}/{refused}/refuse");
    platform.as_person(&other, Method::POST, &path, &no_reason).await.problem(422, "act-refused");
    assert_eq!(platform.step(&other, &refused, "refuse").await.status, StatusCode::OK);
    platform.step(&other, &refused, "release").await.problem(409, "export-has-moved");
    platform.step(&one, &refused, "fetch").await.problem(409, "export-has-moved");
    assert_eq!(platform.read(&one, PATH).await["exports"][0]["reason"], "用途不清");

    let (late, undecided) = (
        platform.ask(&one, &wanted("cases", "demo-district")).await,
        platform.ask(&one, &wanted("items", "demo-district")).await,
    );
    platform.step(&other, &late, "release").await;
    platform.set_clock("2026-11-25T02:00:01Z");
    let one_again = platform.sign_in_again(&one).await;
    let told = platform.step(&one_again, &late, "fetch").await.problem(409, "export-has-moved");
    assert!(told.detail.unwrap().contains("已过期"));
    platform.set_clock("2026-12-01T02:00:01Z");
    let other = platform.sign_in_again(&other).await;
    platform.step(&other, &undecided, "release").await.problem(409, "export-has-moved");

    let one = platform.sign_in_again(&one).await;
    let taken = platform.ask(&one, &wanted("cases", "demo-district")).await;
    platform.step(&other, &taken, "release").await;
    let path = format!("/api/v1/staff/accounts/{}/revocations", one.login);
    let security = platform.sign_in_again(&office.security).await;
    let grant = json!({ "role": "supervisor", "org": "demo-district" });
    platform.as_person(&security, Method::POST, &path, &grant).await;
    assert_eq!(office.platform.step(&one, &taken, "fetch").await.status, StatusCode::FORBIDDEN);
    let back = json!({ "role": "supervisor", "org": "demo-far-subdistrict" });
    let path = format!("/api/v1/staff/accounts/{}/grants", one.login);
    platform.as_person(&security, Method::POST, &path, &back).await;
    platform.step(&one, &taken, "fetch").await.problem(403, "forbidden");
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_and_asking_twice_is_asking_once() {
    let office = Office::new().await;
    let platform = &office.platform;
    let near = office.person("supervisor", "demo-subdistrict").await;
    for (field, value, status, name) in [
        ("org", json!("demo-district"), 403, "forbidden"),
        ("org", json!("nowhere"), 403, "forbidden"),
        ("purpose", json!("看"), 422, "purpose-missing"),
        ("from", json!("2026-11-25"), 422, "export-refused"),
        ("to", json!("2026-11-25"), 422, "export-refused"),
        ("from", json!("2025-11-23"), 422, "export-refused"),
        ("list", json!("persons"), 422, "invalid-field"),
    ] {
        let mut wanted = wanted("cases", "demo-subdistrict");
        wanted[field] = value;
        platform.as_person(&near, Method::POST, PATH, &wanted).await.problem(status, name);
    }
    let key = Uuid::new_v4().to_string();
    let headers = [
        ("cookie", near.cookie.as_str()),
        ("x-csrf-token", near.csrf.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", key.as_str()),
    ];
    let body = wanted("cases", "demo-community").to_string();
    let first = platform.send(Method::POST, PATH, &headers, &body).await;
    let second = platform.send(Method::POST, PATH, &headers, &body).await;
    assert_eq!((first.status, &first.body), (StatusCode::OK, &second.body));
    assert_eq!(number(platform.directory.path(), "SELECT count(*) FROM export"), 1);
}

#[tokio::test]
async fn an_export_goes_its_way_on_the_pages_alone() {
    let office = Office::new().await;
    let platform = &office.platform;
    let (one, other) = two(&office).await;
    platform.file(&pension()).await;
    let here = "/console/exports";
    let asked = [
        ("list", "cases"),
        ("org", "demo-community"),
        ("from", "2026-11-01"),
        ("to", "2026-11-24"),
        ("purpose", PURPOSE),
    ];
    assert!(platform.form(&one, here, &asked).await.status.is_redirection());
    let own = platform.page(Some(&one), here).await.body;
    assert!(own.contains("待批准") && own.contains(PURPOSE) && !own.contains(">批准<"), "{own}");
    let seen = platform.page(Some(&other), here).await.body;
    assert!(seen.contains(">批准<") && !seen.contains("下载（仅一次）"), "{seen}");
    let number = "DC20261124-0001";
    assert!(platform.form(&other, &format!("{here}/{number}/release"), &[]).await.status.is_redirection());
    assert!(platform.page(Some(&one), here).await.body.contains("下载（仅一次）"));
    let file = platform.form(&one, &format!("{here}/{number}/fetch"), &[]).await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert!(cells(&file.body).len() == 2 && file.body.contains(&one.login));
    let again = platform.form(&one, &format!("{here}/{number}/fetch"), &[]).await;
    assert!(again.status == StatusCode::CONFLICT && again.body.contains("只能下载一次"), "{}", again.body);
    assert!(platform.page(Some(&one), here).await.body.contains("已下载"));
}
