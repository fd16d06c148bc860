//! 文书: every kind that the life of a case brings about is a PDF that can be proved genuine.
//!
//! `PAPERS=DIR` keeps one file of each, to be looked at.

use std::collections::BTreeMap;

use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::{
    casework::Relief,
    database,
    fixture::{TestPlatform, enrolment},
    office::{HERE, Office, Person, accept, pass, relief, visit},
    web::Browser,
};

/// What a browser of staff gets: the bytes, and what they are.
async fn fetch(
    platform: &TestPlatform,
    person: &Person,
    path: &str,
    form: Option<&str>,
) -> (StatusCode, String, Vec<u8>) {
    let request = Request::builder()
        .method(if form.is_some() { Method::POST } else { Method::GET })
        .uri(path)
        .header(header::COOKIE, &person.cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = form.map_or_else(String::new, |form| format!("csrf={}&{form}", person.csrf));
    let response = {
        use tower::ServiceExt as _;
        platform.router().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap()
    };
    let (parts, body) = response.into_parts();
    let media =
        parts.headers.get(header::CONTENT_TYPE).map_or("", |media| media.to_str().unwrap()).to_owned();
    (parts.status, media, to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

/// The documents of a case as staff see them: number by kind, the last of each.
async fn numbers(platform: &TestPlatform, person: &Person, case_no: &str) -> BTreeMap<String, String> {
    let case = platform.seen(person, case_no).await.unwrap();
    let documents = case["documents"].as_array().unwrap().iter();
    let text = |document: &Value, name: &str| document[name].as_str().unwrap().to_owned();
    documents.map(|document| (text(document, "kind"), text(document, "number"))).collect()
}

/// Everybody who writes or reads papers of these tests. Made before days go by: sessions end.
struct Desks {
    relief: Relief,
    /// Where it is handed in.
    window: Person,
    reviewer: Person,
    head: Person,
    watcher: Person,
}

impl Desks {
    async fn of(office: &Office) -> Self {
        Self {
            relief: Relief::staff(office).await,
            window: office.person("clerk", "demo-second-community").await,
            reviewer: office.person("reviewer", "demo-insurance-centre").await,
            head: office.person("approver", "demo-insurance-centre").await,
            watcher: office.person("supervisor", "demo-district").await,
        }
    }
}

/// A relief case from the counter to the archive, handed in elsewhere, with everything on the way that can be.
async fn whole_life(platform: &TestPlatform, desks: &Desks) -> String {
    let (staff, window) = (&desks.relief, &desks.window);
    let case_no = platform.file(&relief(HERE, "LZ-0002")).await.case_no;
    let gaps = json!({ "act": "require_correction", "within_days": 10, "gaps": [
        { "material": "诊断书", "opinion": "没有盖章，也看不清日期，请到开具的医院补盖公章后重新提交原件和复印件" },
        { "material": "户口簿", "opinion": "缺本人登记页" },
    ] });
    platform.act(&staff.clerk, &case_no, &gaps).await;
    platform
        .act(&staff.clerk, &case_no, &json!({ "act": "correct", "note": "诊断书已盖章；户口簿全本" }))
        .await;
    platform.act(&staff.clerk, &case_no, &accept()).await;
    platform.act(&staff.worker, &case_no, &pass()).await;
    let propose =
        json!({ "act": "propose_suspension", "kind": "on_site", "reason": "需要到居住地核实共同生活的人口" });
    platform.act(&staff.clerk, &case_no, &propose).await;
    platform.act(&staff.head, &case_no, &json!({ "act": "suspend" })).await;
    platform.act(&staff.clerk, &case_no, &json!({ "act": "resume", "note": "已核实" })).await;
    let extend = json!({ "act": "extend", "days": 5, "reason": "情况复杂，需要进一步核对收入" });
    platform.act(&staff.head, &case_no, &extend).await;
    platform.act(&staff.clerk, &case_no, &pass()).await;
    platform.act(&staff.clerk, &case_no, &visit("2026-11-24")).await;
    platform.act(&staff.reviewer, &case_no, &pass()).await;
    platform.act(&staff.worker, &case_no, &json!({ "act": "publish", "amount": "一次性 1000 元以下" })).await;
    platform.later("2026-12-02");
    let again = async |person| platform.sign_in_again(person).await;
    platform.act(&again(&staff.worker).await, &case_no, &pass()).await;
    platform.act(&again(&staff.district).await, &case_no, &pass()).await;
    let grant = json!({ "act": "grant", "opinion": "符合临时救助条件，准予一次性救助" });
    platform.act(&again(&staff.head).await, &case_no, &grant).await;
    platform
        .act(
            &again(&staff.clerk).await,
            &case_no,
            &json!({ "act": "complete", "result_no": "示例〔2026〕1号" }),
        )
        .await;
    let window = again(window).await;
    let deliver = json!({ "act": "deliver", "method": "counter", "receiver": "本人", "signed": true });
    platform.act(&window, &case_no, &deliver).await;
    platform.act(&window, &case_no, &json!({ "act": "archive" })).await;
    case_no
}

/// 居保参保, denied for a reason that takes more than a sheet.
async fn denied(platform: &TestPlatform, desks: &Desks) -> String {
    let reviewer = platform.sign_in_again(&desks.reviewer).await;
    let head = platform.sign_in_again(&desks.head).await;
    let mut filed = enrolment();
    filed["received_at"] = json!("2026-12-02T02:00:00Z");
    let case_no = platform.file(&filed).await.case_no;
    platform.act(&reviewer, &case_no, &pass()).await;
    let reason = "经核对，您已在别处参加基本养老保险，同一时间段不能重复参保。".repeat(40);
    let deny = json!({ "act": "deny", "reason": reason, "remedy": "复议机关和管辖法院请拨打咨询电话询问。" });
    platform.act(&head, &case_no, &deny).await;
    case_no
}

fn keep(kind: &str, bytes: &[u8]) {
    if let Ok(directory) = std::env::var("PAPERS") {
        std::fs::write(format!("{directory}/{kind}.pdf"), bytes).unwrap();
    }
}

#[tokio::test]
async fn every_kind_of_document_is_a_pdf_that_can_be_proved_genuine() {
    let office = Office::with_pages().await;
    let (platform, desks) = (&office.platform, Desks::of(&office).await);
    let granted = whole_life(platform, &desks).await;
    // A code opens once.
    platform.set_clock("2026-12-02T02:05:00Z");
    let refused = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let clerk = platform.sign_in_again(&desks.relief.clerk).await;
    let refuse = json!({ "act": "refuse", "reason": "您的户籍不在本区", "remedy": "请向户籍地申请。" });
    platform.act(&clerk, &refused, &refuse).await;
    let denied = denied(platform, &desks).await;
    let watcher = platform.sign_in_again(&desks.watcher).await;

    let mut seen = BTreeMap::new();
    for case_no in [&granted, &refused, &denied] {
        for (kind, number) in numbers(platform, &watcher, case_no).await {
            let path = format!("/console/cases/{case_no}/documents/{number}");
            let (status, media, bytes) = fetch(platform, &watcher, &path, None).await;
            assert_eq!((status, media.as_str()), (StatusCode::OK, "application/pdf"), "{kind} {number}");
            assert!(bytes.starts_with(b"%PDF-") && bytes.len() < 300_000, "{kind}: {}", bytes.len());
            assert_eq!(number.rsplit_once('-').unwrap().0, case_no, "one scheme of numbers");
            keep(&kind, &bytes);
            seen.insert(kind, number);
        }
    }
    assert_eq!(seen.len(), 13, "every kind: {seen:?}");

    let directory = platform.directory.path();
    let codes = database::texts(directory, "SELECT code FROM document_code ORDER BY number");
    let issued = database::number(directory, "SELECT count(*) FROM document_code");
    let mut anybody = Browser::new(platform);
    for code in &codes {
        anybody.get(&format!("/verify/{code}")).await;
        assert!(anybody.page.contains("是本平台发出的文书"), "{}", anybody.page);
        for personal in ["欧", NUMBER, "123 456 782", "重复参保", "户籍不在", "诊断书"] {
            assert!(!anybody.page.contains(personal), "{personal}: {}", anybody.page);
        }
    }
    assert_eq!(database::number(directory, "SELECT count(*) FROM document_code"), issued, "given once");
    let notice = database::texts(directory, "SELECT code FROM document_code WHERE number LIKE '%-GS%'");
    anybody.get(&format!("/verify/{}", notice[0])).await;
    let grouped: String =
        granted.chars().take(4).chain(" ".chars()).chain(granted.chars().skip(4).take(4)).collect();
    assert!(
        !anybody.page.contains(&granted) && !anybody.page.contains(&grouped),
        "what hangs out names no case"
    );
}

const NUMBER: &str = "519999195201010013";

#[tokio::test]
async fn the_applicant_finds_what_was_written_to_them_and_not_what_the_office_keeps() {
    let office = Office::with_pages().await;
    let (platform, desks) = (&office.platform, Desks::of(&office).await);
    let case_no = whole_life(platform, &desks).await;
    let all = database::texts(platform.directory.path(), "SELECT number FROM case_document ORDER BY number");
    let mut own = Browser::new(platform);
    own.sign_in().await;
    let (mut found, mut kept) = (0, 0);
    for number in all {
        own.get(&format!("/my/{case_no}")).await;
        let path = format!("/my/{case_no}/documents/{number}");
        let linked = own.page.contains(&format!("href=\"{path}\""));
        own.get(&path).await;
        assert_eq!(own.status == StatusCode::OK, linked, "{number}");
        if linked {
            assert!(own.bytes.starts_with(b"%PDF-"), "{number}");
            keep(&format!("own-{}", number.rsplit_once('-').unwrap().1), &own.bytes);
            found += 1;
        } else {
            assert_eq!(own.status, StatusCode::NOT_FOUND);
            kept += 1;
        }
    }
    // Two receipts, for the filing and for what was brought; 公示, 材料转递单 and 归档清单 are the office's.
    assert_eq!((found, kept), (9, 3));
}

#[tokio::test]
async fn a_paper_for_the_applicants_hands_is_printed_with_a_purpose_and_written_down() {
    let office = Office::with_pages().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let far = office.person("clerk", "demo-far-subdistrict").await;
    let case_no = platform.file(&relief(HERE, "LZ-0001")).await.case_no;
    let path = format!("/console/cases/{case_no}/documents/{case_no}-SJ01");
    let masked = fetch(platform, &clerk, &path, None).await;
    assert_eq!(masked.0, StatusCode::OK);
    assert_eq!(fetch(platform, &clerk, &path, Some("purpose=x")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let forged = Person { csrf: "forged".to_owned(), ..clerk.clone() };
    let purpose = Some("purpose=%E4%BA%A4%E7%BB%99%E7%94%B3%E8%AF%B7%E4%BA%BA");
    assert_eq!(fetch(platform, &forged, &path, purpose).await.0, StatusCode::FORBIDDEN);
    for (person, form) in [(&far, None), (&far, purpose)] {
        assert_eq!(fetch(platform, person, &path, form).await.0, StatusCode::NOT_FOUND, "another area");
    }
    let wrong = format!("/console/cases/{case_no}/documents/{case_no}-SL01");
    assert_eq!(fetch(platform, &clerk, &wrong, None).await.0, StatusCode::NOT_FOUND);
    let whole = fetch(platform, &clerk, &path, purpose).await;
    assert_eq!((whole.0, whole.1.as_str()), (StatusCode::OK, "application/pdf"));
    assert_ne!(whole.2, masked.2, "the name stands on it");
    let audit = platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let prints: Vec<&Value> =
        audit["rows"].as_array().unwrap().iter().filter(|row| row["action"] == "print-document").collect();
    assert_eq!(prints.len(), 1, "neither a masked look nor a refusal is one");
    assert_eq!(
        (&prints[0]["subject"], &prints[0]["purpose"]),
        (&json!(format!("{case_no}-SJ01")), &json!("交给申请人"))
    );
}
