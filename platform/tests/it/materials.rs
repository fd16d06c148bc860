//! 电子件: pages that a machine sends after its case.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use base64::prelude::{BASE64_STANDARD, Engine};
use protocol::{MaterialReceipt, material::PAGE_BYTES};
use seal::Context;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt;
use uuid::Uuid;

use crate::{
    bundles::job_loss,
    database,
    enrolling::Called,
    fixture::{Answer, NOW, TERMINAL, TestPlatform, pension},
    office::{HERE, Office, Person, relief},
};

const PATH: &str = "/api/v1/materials";
/// 说明困难的材料 of 临时救助.
pub(crate) const PAPER: u16 = 4;
/// What a camera wrote beside the picture.
pub(crate) const PLACE: &[u8] = b"GPS 30.0000N 105.0000E";

/// A photograph in which every byte of `seed` makes another one.
pub(crate) fn photograph(seed: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(24, 32, |x, y| image::Rgb([seed, (x * 9) as u8, (y * 7) as u8]));
    let mut file = Vec::new();
    image::codecs::jpeg::JpegEncoder::new(&mut file).encode_image(&picture).unwrap();
    file
}

/// The same as a phone makes it: with a comment that says where.
pub(crate) fn with_place(file: &[u8]) -> Vec<u8> {
    let length = u16::try_from(PLACE.len() + 2).unwrap().to_be_bytes();
    [&file[..2], &[0xFF, 0xFE], &length, PLACE, &file[2..]].concat()
}

pub(crate) fn hash(file: &[u8]) -> String {
    Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Page `page` of `pages` of the paper of a case.
pub(crate) fn page(case_key: Uuid, (page, pages): (u16, u16), file: &[u8]) -> Value {
    json!({
        "case_key": case_key, "material": PAPER, "page": page, "pages": pages, "media_type": "image/jpeg",
        "content": BASE64_STANDARD.encode(file), "made_at": NOW, "channel": "kiosk", "terminal_id": TERMINAL,
    })
}

impl TestPlatform {
    pub(crate) async fn send_page(&self, key: Uuid, page: &Value) -> Answer {
        self.send_page_as(TERMINAL, key, page).await
    }

    async fn send_page_as(&self, terminal: &str, key: Uuid, page: &Value) -> Answer {
        let key = key.to_string();
        let headers = [
            ("idempotency-key", key.as_str()),
            ("terminal-id", terminal),
            ("content-type", "application/json"),
        ];
        self.send(Method::POST, PATH, &headers, &page.to_string()).await
    }

    /// A page that is taken.
    pub(crate) async fn add_page(&self, page: &Value) -> MaterialReceipt {
        receipt(&self.send_page(Uuid::new_v4(), page).await)
    }

    fn kept_pages(&self) -> i64 {
        database::number(self.directory.path(), "SELECT count(*) FROM material_page")
    }

    fn kept_files(&self) -> i64 {
        database::number(self.directory.path(), "SELECT count(*) FROM material_file")
    }
}

fn receipt(answer: &Answer) -> MaterialReceipt {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// The pages of the paper as staff are told of them.
async fn told(platform: &TestPlatform, person: &Person, case_no: &str) -> Vec<Value> {
    let case = platform.seen(person, case_no).await.unwrap();
    let material = &case["materials"][usize::from(PAPER) - 1];
    assert_eq!(material["number"], PAPER);
    material["pages"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_page_is_kept_once_however_often_it_is_sent() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    let missing = async || platform.seen(&clerk, &case.case_no).await.unwrap()["materials"].clone();
    let wanted = |materials: &Value| {
        let all = materials.as_array().unwrap().iter();
        all.filter(|one| one["picture_missing"] == true).map(|one| one["number"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(wanted(&missing().await), [json!(PAPER)], "there should be one, and there is none");

    let (key, file) = (Uuid::new_v4(), photograph(1));
    let sent = page(case.case_key, (1, 2), &file);
    let first = platform.send_page(key, &sent).await;
    let told_of = receipt(&first);
    assert_eq!((told_of.case_key, told_of.material, told_of.page), (case.case_key, PAPER, 1));
    assert_eq!((told_of.sha256, told_of.received_at), (hash(&file), NOW.parse().unwrap()));
    for _ in 0..2 {
        assert_eq!(platform.send_page(key, &sent).await.body, first.body);
    }
    let other = page(case.case_key, (2, 2), &file);
    platform.send_page(key, &other).await.problem(422, "idempotency-key-reused");
    assert_eq!((platform.kept_pages(), platform.kept_files()), (1, 1));

    let materials = missing().await;
    assert_eq!(wanted(&materials), [] as [Value; 0]);
    let pages = told(platform, &clerk, &case.case_no).await;
    assert_eq!(pages.len(), 1);
    assert_eq!(
        (&pages[0]["page"], &pages[0]["pages"], &pages[0]["channel"]),
        (&json!(1), &json!(2), &json!("kiosk"))
    );
    assert_eq!((&pages[0]["sha256"], &pages[0]["media_type"]), (&json!(hash(&file)), &json!("image/jpeg")));
}

#[tokio::test]
async fn pages_come_in_any_order_and_the_newest_of_a_place_is_shown() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    for (number, seed) in [(3, 3), (1, 1), (2, 2), (1, 9)] {
        platform.add_page(&page(case.case_key, (number, 3), &photograph(seed))).await;
    }
    let pages = told(platform, &clerk, &case.case_no).await;
    let told: Vec<_> =
        pages.iter().map(|page| (page["page"].as_u64().unwrap(), page["replaced"].clone())).collect();
    assert_eq!(told, [(1, json!(true)), (1, json!(false)), (2, json!(false)), (3, json!(false))]);
    assert_eq!(
        (&pages[0]["sha256"], &pages[1]["sha256"]),
        (&json!(hash(&photograph(1))), &json!(hash(&photograph(9))))
    );
    assert_eq!(platform.kept_files(), 4, "what was replaced stays");
}

#[tokio::test]
async fn a_machine_adds_to_its_own_cases_alone_and_finds_out_of_no_other() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    let own = page(case.case_key, (1, 1), &photograph(1));
    let refused = platform.send_page_as("LZ-0002", Uuid::new_v4(), &own).await.problem(422, "invalid-field");
    assert_eq!(refused.pointer.as_deref(), Some("/terminal_id"));
    let key = Uuid::new_v4().to_string();
    let headers = [("idempotency-key", key.as_str()), ("content-type", "application/json")];
    platform.send(Method::POST, PATH, &headers, &own.to_string()).await.problem(400, "terminal-id-missing");

    let mut foreign = own.clone();
    foreign["terminal_id"] = json!("LZ-0002");
    let foreign = platform.send_page_as("LZ-0002", Uuid::new_v4(), &foreign).await;
    let mut unknown = own.clone();
    unknown["case_key"] = json!(Uuid::new_v4());
    let unknown = platform.send_page(Uuid::new_v4(), &unknown).await;
    foreign.problem(404, "case-not-found");
    assert_eq!(foreign.body, unknown.body, "one is told from the other by nothing");
    assert!(foreign.headers.get("retry-after").is_none(), "for good");

    // Filed from home: no machine may say that it was there.
    let mut at_home = relief(HERE, TERMINAL);
    at_home.as_object_mut().unwrap().remove("terminal_id");
    at_home["channel"] = json!("phone");
    let at_home = platform.file(&at_home).await;
    let sent = page(at_home.case_key, (1, 1), &photograph(1));
    platform.send_page(Uuid::new_v4(), &sent).await.problem(404, "case-not-found");
    assert_eq!((platform.kept_pages(), platform.kept_files()), (0, 0));
}

/// 失业帮扶一件事 of this machine. Two of its items need one paper: under another number each.
async fn bundle_with_one_paper_of_two(platform: &TestPlatform, key: Uuid) {
    let mut body = job_loss();
    (body["channel"], body["terminal_id"]) = (json!("kiosk"), json!(TERMINAL));
    let filed = platform.post("/api/v1/bundle-cases", key, &body).await;
    assert_eq!(filed.status, StatusCode::CREATED, "{}", filed.body);
    let directory = platform.directory.path();
    let item = |id: &str| -> Value {
        let body = format!("SELECT body FROM item WHERE id = '{id}' ORDER BY version DESC");
        serde_json::from_str(&database::texts(directory, &body)[0]).unwrap()
    };
    let (hardship, mut benefit) = (item("employment-hardship"), item("unemployment-benefit"));
    benefit["materials"].as_array_mut().unwrap().push(hardship["materials"][4].clone());
    let body = benefit.to_string().replace('\'', "''");
    database::tamper(
        directory,
        &format!("UPDATE item SET body = '{body}' WHERE id = 'unemployment-benefit'"),
    );
}

/// The paper that shows the hardship, in the words of the item that asks for it.
fn page_of_bundle(key: Uuid, (number, of): (u16, u16), seed: u8) -> Value {
    let mut page = page(key, (number, of), &photograph(seed));
    (page["item"], page["material"]) = (json!("employment-hardship"), json!(5));
    page
}

#[tokio::test]
async fn a_page_of_a_bundle_belongs_to_each_case_of_it_that_needs_the_paper() {
    let platform = TestPlatform::new().await;
    let bundle = Uuid::new_v4();
    bundle_with_one_paper_of_two(&platform, bundle).await;
    let kept = || {
        let pages = "SELECT item_id || ' ' || material || ' ' || page FROM material_page
                     JOIN cases ON cases.case_key = material_page.case_key ORDER BY item_id, page";
        database::texts(platform.directory.path(), pages)
    };
    let (key, sent) = (Uuid::new_v4(), page_of_bundle(bundle, (1, 2), 1));
    let first = platform.send_page(key, &sent).await;
    let told = receipt(&first);
    assert_eq!((told.case_key, told.material, told.sha256), (bundle, 5, hash(&photograph(1))));
    assert_eq!(platform.send_page(key, &sent).await.body, first.body);
    assert_eq!(kept(), ["employment-hardship 5 1", "unemployment-benefit 4 1"], "once each");
    let case_no = |item: &str| {
        let number = format!("SELECT case_no FROM cases WHERE item_id = '{item}'");
        database::texts(platform.directory.path(), &number).remove(0)
    };
    let cases = |answer: &Answer| serde_json::from_str::<Value>(&answer.body).unwrap()["cases"].clone();
    let both =
        ["unemployment-benefit", "employment-hardship"].map(|item| json!({ "case_no": case_no(item) }));
    assert_eq!(cases(&first), json!(both), "every case that has it is named");
    assert_eq!(platform.kept_files(), 2, "each goes with the archive of its own case");

    // Another item that needs it names the same paper.
    let mut by_another = page_of_bundle(bundle, (2, 2), 2);
    (by_another["item"], by_another["material"]) = (json!("unemployment-benefit"), json!(4));
    platform.add_page(&by_another).await;
    assert_eq!(kept().len(), 4);

    // What is in the archive gets no more; the other case does.
    let archive = |item: &str| {
        let sql = format!("UPDATE cases SET status = 'archived' WHERE item_id = '{item}'");
        database::tamper(platform.directory.path(), &sql);
    };
    archive("unemployment-benefit");
    let late = (Uuid::new_v4(), page_of_bundle(bundle, (2, 2), 3));
    let partly = platform.send_page(late.0, &late.1).await;
    assert_eq!(kept().len(), 5);
    let [hardship, benefit] = ["employment-hardship", "unemployment-benefit"].map(case_no);
    let taken = json!([{ "case_no": benefit, "refused": "case-archived" }, { "case_no": hardship }]);
    assert_eq!(cases(&partly), taken, "and it is said which is which");
    assert_eq!(platform.send_page(late.0, &late.1).await.body, partly.body);
    archive("employment-hardship");
    let late = page_of_bundle(bundle, (2, 2), 4);
    platform.send_page(Uuid::new_v4(), &late).await.problem(409, "case-archived");
    assert_eq!(kept().len(), 5);
}

#[tokio::test]
async fn a_page_of_a_bundle_names_one_of_its_papers_and_comes_from_its_machine() {
    let platform = TestPlatform::new().await;
    let bundle = Uuid::new_v4();
    bundle_with_one_paper_of_two(&platform, bundle).await;
    for (field, value, status, name) in [
        ("material", json!(1), 422, "material-unknown"),
        ("material", json!(0), 422, "material-unknown"),
        ("material", json!(99), 422, "material-unknown"),
        ("item", json!("temporary-relief"), 422, "material-unknown"),
        ("item", Value::Null, 404, "case-not-found"),
        ("case_key", json!(Uuid::new_v4()), 404, "case-not-found"),
    ] {
        let mut bad = page_of_bundle(bundle, (1, 1), 1);
        bad[field] = value;
        platform.send_page(Uuid::new_v4(), &bad).await.problem(status, name);
    }
    let mut foreign = page_of_bundle(bundle, (1, 1), 1);
    foreign["terminal_id"] = json!("LZ-0002");
    let foreign = platform.send_page_as("LZ-0002", Uuid::new_v4(), &foreign).await;
    foreign.problem(404, "case-not-found");
    assert_eq!(platform.kept_pages(), 0);
}

#[tokio::test]
async fn a_page_without_a_place_is_refused() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    let good = page(case.case_key, (1, 1), &photograph(1));
    for (field, value, status, name, pointer) in [
        ("material", json!(0), 422, "material-unknown", "/material"),
        ("material", json!(1), 422, "material-unknown", "/material"),
        ("material", json!(99), 422, "material-unknown", "/material"),
        ("page", json!(0), 422, "invalid-field", "/page"),
        ("page", json!(2), 422, "invalid-field", "/page"),
        ("pages", json!(0), 422, "invalid-field", "/pages"),
        ("pages", json!(21), 422, "invalid-field", "/pages"),
        ("page", json!(-1), 422, "invalid-field", "/page"),
        ("case_key", json!("x"), 422, "invalid-field", "/case_key"),
        ("media_type", json!("image/gif"), 422, "invalid-field", "/media_type"),
        ("media_type", json!("text/html"), 422, "invalid-field", "/media_type"),
        ("media_type", json!("image/png"), 422, "invalid-field", "/content"),
        ("content", json!("***"), 422, "invalid-field", "/content"),
    ] {
        let mut bad = good.clone();
        bad[field] = value.clone();
        let problem = platform.send_page(Uuid::new_v4(), &bad).await.problem(status, name);
        assert_eq!(problem.pointer.as_deref(), Some(pointer), "{field} {value}");
    }
    // An item that nothing is brought to the counter for.
    let online = platform.file(&pension()).await;
    let mut bad = good;
    bad["case_key"] = json!(online.case_key);
    bad["material"] = json!(1);
    platform.send_page(Uuid::new_v4(), &bad).await.problem(422, "material-unknown");
    assert_eq!(platform.kept_files(), 0);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_whatever_it_is_called() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    let good = photograph(1);
    let mut huge = good.clone();
    let size = huge.windows(2).position(|two| two == [0xFF, 0xC0]).unwrap() + 5;
    huge[size..size + 4].fill(0xFF);
    let hostile: [&[u8]; 8] = [
        b"",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
        b"MZ\x90\0",
        b"GIF89a",
        &good[..good.len() - 2],
        &[0xFF; 2000],
        &huge,
    ];
    for file in hostile {
        for media_type in ["image/jpeg", "image/png", "application/pdf"] {
            let mut bad = page(case.case_key, (1, 1), file);
            bad["media_type"] = json!(media_type);
            let problem = platform.send_page(Uuid::new_v4(), &bad).await.problem(422, "invalid-field");
            assert_eq!(problem.pointer.as_deref(), Some("/content"), "{file:?}");
        }
    }
    assert_eq!((platform.kept_pages(), platform.kept_files()), (0, 0));
}

#[tokio::test]
async fn a_page_may_be_so_large_and_no_larger() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    let document = |size: usize| {
        let mut file = b"%PDF-1.7\n".to_vec();
        file.resize(size - 6, b'.');
        file.extend(b"%%EOF\n");
        let mut sent = page(case.case_key, (1, 1), &file);
        sent["media_type"] = json!("application/pdf");
        sent
    };
    let sent = platform.send_page(Uuid::new_v4(), &document(PAGE_BYTES + 1)).await;
    let problem = sent.problem(413, "payload-too-large");
    assert!(problem.detail.unwrap().contains("2 MiB"));
    platform.send_page(Uuid::new_v4(), &document(2 * PAGE_BYTES)).await.problem(413, "payload-too-large");
    platform.add_page(&document(PAGE_BYTES)).await;
    // The largest also sealed; and nothing else that this platform reads may be so large.
    let key = Uuid::new_v4();
    receipt(&post_sealed(&platform, key, key, &document(PAGE_BYTES)).await);
    let case = json!({ "content": "x".repeat(PAGE_BYTES) });
    platform.post("/api/v1/cases", Uuid::new_v4(), &case).await.problem(413, "payload-too-large");
}

async fn post_sealed(platform: &TestPlatform, key: Uuid, bound_to: Uuid, page: &Value) -> Answer {
    let registry = platform.get("/api/v1/registry").await;
    let public = serde_json::from_str::<protocol::AppRegistry>(&registry.body).unwrap().sealing_key;
    let context = Context { terminal_id: TERMINAL, case_key: bound_to };
    let expires_at = "2026-12-24T02:00:00Z".parse().unwrap();
    let sealed = seal::seal_until(&public, &context, expires_at, page.to_string().as_bytes()).unwrap();
    let key = key.to_string();
    let headers =
        [("idempotency-key", key.as_str()), ("terminal-id", TERMINAL), ("content-type", seal::MEDIA_TYPE)];
    platform.send(Method::POST, PATH, &headers, &serde_json::to_string(&sealed).unwrap()).await
}

#[tokio::test]
async fn a_sealed_page_is_taken_like_any_other_and_no_place_is_kept_of_either() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    let clean = photograph(1);
    let file = with_place(&clean);
    let sent = page(case.case_key, (1, 1), &file);
    let key = Uuid::new_v4();
    post_sealed(&platform, key, Uuid::new_v4(), &sent).await.problem(422, "sealed-unreadable");
    let sealed = post_sealed(&platform, key, key, &sent).await;
    assert_eq!(receipt(&sealed).sha256, hash(&file), "as it was sent");
    // What was sent in the open, and comes again sealed after an outage, is the same page.
    assert_eq!(platform.send_page(key, &sent).await.body, sealed.body);
    platform.add_page(&sent).await;
    let kept = "SELECT sha256 FROM material_page ORDER BY place";
    assert_eq!(database::texts(platform.directory.path(), kept), [hash(&clean), hash(&clean)]);
    let hex =
        if crate::ON == database::Kind::Sqlite { "hex(content)" } else { "upper(encode(content, 'hex'))" };
    let wanted: String = clean.iter().map(|byte| format!("{byte:02X}")).collect();
    let files = database::texts(platform.directory.path(), &format!("SELECT {hex} FROM material_file"));
    assert_eq!(files, [wanted.clone(), wanted]);
}

#[tokio::test]
async fn the_archive_names_every_page_with_its_hash_and_keeps_those_that_are_shown() {
    let office = Office::new().await;
    let platform = &office.platform;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let window = office.person("clerk", "demo-community").await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    for (number, seed) in [(1, 1), (2, 2), (1, 9)] {
        platform.add_page(&page(case.case_key, (number, 2), &photograph(seed))).await;
    }
    let refuse = json!({ "act": "refuse", "reason": "不归我们管", "remedy": "向示例区人民政府申请复议" });
    platform.act(&clerk, &case.case_no, &refuse).await;
    // What was photographed before it ended still arrives.
    platform.add_page(&page(case.case_key, (2, 2), &photograph(8))).await;
    platform.act(&window, &case.case_no, &json!({ "act": "archive" })).await;
    let late = page(case.case_key, (1, 2), &photograph(7));
    let refused = platform.send_page(Uuid::new_v4(), &late).await;
    refused.problem(409, "case-archived");
    assert!(refused.headers.get("retry-after").is_none(), "for good");

    let package = "SELECT body FROM case_document WHERE kind = 'archive_package'";
    let package: Value =
        serde_json::from_str(&database::texts(platform.directory.path(), package)[0]).unwrap();
    let parts = package["package"]["parts"].as_array().unwrap();
    let named: Vec<_> = parts
        .iter()
        .filter(|part| part["media_type"] == "image/jpeg")
        .map(|part| (part["part"].as_str().unwrap().to_owned(), part["sha256"].as_str().unwrap().to_owned()))
        .collect();
    let name = |page: u8, seed: u8, note: &str| {
        (format!("说明困难的材料（票据、诊断书等） 第 {page} 页{note}"), hash(&photograph(seed)))
    };
    let gone = "（已替换，不留文件）";
    assert_eq!(named, [name(1, 1, gone), name(1, 9, ""), name(2, 2, gone), name(2, 8, "")]);
    assert_eq!((platform.kept_pages(), platform.kept_files()), (4, 2));
    let kept = "SELECT sha256 FROM material_page JOIN material_file ON material_file.page_key = material_page.page_key ORDER BY place";
    assert_eq!(
        database::texts(platform.directory.path(), kept),
        [hash(&photograph(9)), hash(&photograph(8))]
    );
}

#[tokio::test]
async fn what_arrived_is_not_changed_and_a_case_has_no_end_of_pages() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    platform.add_page(&page(case.case_key, (1, 1), &photograph(1))).await;
    let here = platform.directory.path();
    for sql in [
        "UPDATE material_page SET sha256 = 'x'",
        "DELETE FROM material_page",
        "UPDATE material_file SET content = content",
    ] {
        let said = database::try_tamper(here, sql).unwrap_err();
        assert!(said.contains("a page that arrived is not changed"), "{sql}: {said}");
    }
    let full = format!(
        "INSERT INTO material_page VALUES ('{}', '{}', 1, 4, 2, 2, 'image/jpeg', {}, '', '{NOW}', '{NOW}', 'kiosk', NULL)",
        Uuid::new_v4(),
        case.case_key,
        128 << 20
    );
    database::tamper(here, &full);
    let one_more = page(case.case_key, (3, 3), &photograph(1));
    platform.send_page(Uuid::new_v4(), &one_more).await.problem(409, "too-many-pages");
}

#[tokio::test]
async fn where_kiosks_have_certificates_a_page_is_of_the_kiosk_that_its_certificate_names() {
    let called = Called::new().await;
    let case = called.here.file(&relief(HERE, TERMINAL)).await;
    let sent = page(case.case_key, (1, 1), &photograph(1));
    called.here.send_page(Uuid::new_v4(), &sent).await.problem(401, "client-certificate-missing");
    let delivery = |terminal: &str| protocol::Delivery {
        kind: protocol::DeliveryKind::Material,
        case_key: case.case_key,
        idempotency_key: Uuid::new_v4(),
        terminal_id: Some(terminal.to_owned()),
        media_type: "application/json".to_owned(),
        body: sent.to_string().into_bytes(),
    };
    let (stranger, strange_key) = called.kiosk("LZ-0002").await;
    called.client(&stranger, &strange_key).send(&delivery(TERMINAL)).await.unwrap_err();
    assert_eq!(called.here.kept_pages(), 0);
    let (membership, key) = called.kiosk(TERMINAL).await;
    let delivered = called.client(&membership, &key).send(&delivery(TERMINAL)).await.unwrap();
    assert!(matches!(delivered, platform_client::Delivered::Material(_)));
    assert_eq!(called.here.kept_pages(), 1);
}

/// Whoever has a slow line gets through with a page, and still not with everything.
#[tokio::test]
async fn a_page_may_take_longer_than_anything_else() {
    let platform = TestPlatform::new().await;
    let case = platform.file(&relief(HERE, TERMINAL)).await;
    let limited = platform.platform.clone().with_request_limit(Duration::from_millis(100));
    let slow = async |path: &str, body: Value| {
        let text = body.to_string();
        let body = futures_util::stream::once(async move {
            tokio::time::sleep(Duration::from_millis(400)).await;
            Ok::<_, std::io::Error>(text)
        });
        let request = Request::post(path)
            .header("idempotency-key", Uuid::new_v4().to_string())
            .header("terminal-id", TERMINAL)
            .header("content-type", "application/json")
            .body(Body::from_stream(body))
            .unwrap();
        limited.router().oneshot(request).await.unwrap().status()
    };
    assert_eq!(slow("/api/v1/cases", relief(HERE, TERMINAL)).await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(slow(PATH, page(case.case_key, (1, 1), &photograph(1))).await, StatusCode::CREATED);
}
