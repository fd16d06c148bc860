//! What goes over the wire when all is well.

use platform_client::{CallError, Client, Deadlines, Delivered, Fetched, HpkeSealer};
use protocol::{
    AppRegistry, Applicant, BundleCase, BundleRef, CaseList, CaseQuery, Community, Consent, ConsentNotice,
    DeliveryKind, DraftKept, DraftList, DraftQuery, DraftSubmission, IdKind, Phones, PickupCode, Problem,
    Sex, Subject, Text, draft_code,
};
use uuid::Uuid;

use crate::support::{Fake, SHORT, TERMINAL, at, case, delivery, rating, say, say_json};

fn registry() -> AppRegistry {
    let words = || Text::zh("示例");
    let notice = ConsentNotice {
        version: 1,
        purpose: words(),
        data: words(),
        retention: words(),
        access: words(),
        refusal: words(),
    };
    AppRegistry {
        community: Community { id: "demo".to_owned(), name: words(), subdistrict: words() },
        phones: Phones { consult: "12333".to_owned(), complain: "12345".to_owned() },
        consent: notice,
        apps: Vec::new(),
        items: Vec::new(),
        bundles: Vec::new(),
        bundle_apps: Vec::new(),
        sealing_key: seal::generate().1,
    }
}

#[tokio::test]
async fn the_registry_is_fetched_once_and_then_asked_about() {
    let (served, copy) = (registry(), registry());
    let body = serde_json::to_vec(&served).unwrap();
    let fake = Fake::new(move |request| match request.header("if-none-match") {
        Some("\"7\"") => say(304, "ETag: \"7\"\r\n", b""),
        _ => say(200, "ETag: \"7\"\r\n", &body),
    })
    .await;
    let client = fake.client();
    let Fetched::New { value, etag } = client.registry(None).await.unwrap() else { panic!("nothing new") };
    assert_eq!((&value, etag.as_deref()), (&served, Some("\"7\"")));
    assert_ne!(value, copy, "another key");
    assert_eq!(client.registry(Some("\"7\"")).await, Ok(Fetched::NotModified));
    assert_eq!(fake.requests()[1].line(), "GET /api/v1/registry HTTP/1.1");
}

#[tokio::test]
async fn a_case_goes_out_as_it_was_recorded() {
    let filed = case(Uuid::from_u128(1));
    let fake = Fake::always(say_json(201, &filed)).await;
    let found = fake.client().send(&delivery(DeliveryKind::Case, b"\x00sealed\xff")).await;
    assert_eq!(found, Ok(Delivered::Case(Box::new(filed))));
    let [request] = fake.requests().try_into().unwrap();
    assert_eq!(request.line(), "POST /api/v1/cases HTTP/1.1");
    assert_eq!(request.header("idempotency-key"), Some("00000000-0000-0000-0000-000000000002"));
    assert_eq!(request.header("terminal-id"), Some("kiosk-of-then"), "the one that it is sealed for");
    assert_eq!(request.header("content-type"), Some("application/x-sealed"));
    assert_eq!(request.body, b"\x00sealed\xff");
}

fn bundle(bundle_key: Uuid) -> BundleCase {
    BundleCase {
        bundle_no: "YJS006202611240001".to_owned(),
        bundle_key,
        bundle: BundleRef {
            id: "card-lost".to_owned(), version: 1, name: Text::zh("社保卡丢失一件事")
        },
        pickup_code: PickupCode::from_random(1),
        received_at: at(0),
        demo: true,
        cases: vec![case(Uuid::from_u128(11)), case(Uuid::from_u128(12))],
    }
}

#[tokio::test]
async fn a_bundle_is_one_call_and_an_answer_about_another_is_none() {
    let filed = bundle(Uuid::from_u128(1));
    let fake = Fake::always(say_json(201, &filed)).await;
    let found = fake.client().send(&delivery(DeliveryKind::Bundle, b"sealed")).await;
    assert_eq!(found, Ok(Delivered::Bundle(Box::new(filed))));
    let [request] = fake.requests().try_into().unwrap();
    assert_eq!(request.line(), "POST /api/v1/bundle-cases HTTP/1.1");
    let other = Fake::always(say_json(201, &bundle(Uuid::from_u128(3)))).await;
    let found = other.client().send(&delivery(DeliveryKind::Bundle, b"sealed")).await;
    assert_eq!(found, Err(CallError::BadAnswer("about another case")));
    let one = Fake::always(say_json(201, &case(Uuid::from_u128(1)))).await;
    let found = one.client().send(&delivery(DeliveryKind::Bundle, b"sealed")).await;
    assert!(matches!(found, Err(CallError::BadAnswer(_))), "a case is no bundle: {found:?}");
}

#[tokio::test]
async fn a_bundle_is_found_by_its_number() {
    let known = bundle(Uuid::from_u128(1));
    let fake = Fake::always(say_json(200, &known)).await;
    assert_eq!(fake.client().bundle_by_no("YJS006202611240001").await, Ok(Some(known)));
    assert_eq!(fake.requests()[0].line(), "GET /api/v1/bundle-cases/YJS006202611240001 HTTP/1.1");
    let none = Problem::new("bundle-case-not-found", 404, "没有查到这个一件事");
    let body = serde_json::to_vec(&none).unwrap();
    let fake = Fake::always(say(404, "Content-Type: application/problem+json\r\n", &body)).await;
    assert_eq!(fake.client().bundle_by_no("YJS006202611249999").await, Ok(None));
}

#[tokio::test]
async fn a_rating_goes_out_under_the_terminals_own_name() {
    let given = rating(Uuid::from_u128(1));
    let fake = Fake::always(say_json(201, &given)).await;
    let mut sent = delivery(DeliveryKind::Rating, b"{}");
    sent.terminal_id = None;
    assert_eq!(fake.client().send(&sent).await, Ok(Delivered::Rating));
    let [request] = fake.requests().try_into().unwrap();
    assert_eq!(request.line(), "POST /api/v1/ratings HTTP/1.1");
    assert_eq!(request.header("terminal-id"), Some(TERMINAL));
}

#[tokio::test]
async fn a_case_number_stays_one_segment_whatever_was_scanned() {
    let found = case(Uuid::from_u128(1));
    let fake = Fake::always(say_json(200, &found)).await;
    let client = fake.client();
    for scanned in ["519999-1", "a/../../healthz?x=1#y", "张 三"] {
        assert_eq!(client.case_by_no(scanned).await.as_ref(), Ok(&found));
    }
    let lines: Vec<String> = fake.requests().iter().map(|request| request.line().to_owned()).collect();
    let path = |segment: &str| format!("GET /api/v1/cases/{segment} HTTP/1.1");
    let segments = ["519999-1", "a%2F..%2F..%2Fhealthz%3Fx=1%23y", "%E5%BC%A0%20%E4%B8%89"];
    assert_eq!(lines, segments.map(path));
}

#[tokio::test]
async fn cases_are_found_by_code_and_by_identity() {
    let list = CaseList { cases: vec![case(Uuid::from_u128(1)), case(Uuid::from_u128(2))] };
    let fake = Fake::always(say_json(200, &list)).await;
    let client = fake.client();
    assert_eq!(client.cases_by_pickup_code(&PickupCode::from_random(0)).await.as_ref(), Ok(&list));
    let query = CaseQuery { id_number: "519999195201010013".to_owned() };
    assert_eq!(client.cases_by_identity(&query).await.as_ref(), Ok(&list));
    let [by_code, by_identity] = fake.requests().try_into().unwrap();
    assert_eq!(by_code.line(), "GET /api/v1/cases?pickup_code=000000000 HTTP/1.1");
    assert_eq!(by_identity.line(), "POST /api/v1/cases/search HTTP/1.1");
    assert!(!by_identity.head.contains("519999"), "an identity in the head ends up in a log");
    assert_eq!(by_identity.body, serde_json::to_vec(&query).unwrap());
}

#[tokio::test]
async fn a_draft_travels_sealed_and_is_found_by_an_identity_in_the_body() {
    let (secret, public) = seal::generate();
    let key = Uuid::from_u128(7);
    let kept = DraftKept { code: draft_code(key), until: "2026-12-24".parse().unwrap(), url: None };
    let draft = DraftSubmission::of(
        Subject::Item { item: "aid".to_owned(), version: 1 },
        TERMINAL.to_owned(),
        Applicant {
            name: "示例金丝雀".to_owned(),
            id_kind: IdKind::ResidentIdCard,
            id_number: "519999195201010013".to_owned(),
            sex: Sex::Male,
            birth: "1952-01-01".parse().unwrap(),
            nation: None,
            address: None,
        },
        [("cause".to_owned(), "示例金丝雀".into())].into(),
        Consent { notice_version: 1, given_at: at(0) },
    );
    let fake = Fake::always(say_json(200, &kept)).await;
    let told = fake.client().keep_draft(key, &draft, &HpkeSealer::new(public), at(0)).await;
    assert_eq!(told.as_ref(), Ok(&kept));
    let [put] = fake.requests().try_into().unwrap();
    assert_eq!(put.line(), format!("PUT /api/v1/drafts/{key} HTTP/1.1"));
    assert_eq!(put.header("terminal-id"), Some(TERMINAL));
    assert_eq!(put.header("content-type"), Some(seal::MEDIA_TYPE));
    let sealed: seal::Sealed = serde_json::from_slice(&put.body).unwrap();
    let opened = seal::open(&secret, &seal::Context { terminal_id: TERMINAL, case_key: key }, &sealed);
    assert_eq!(serde_json::from_slice::<DraftSubmission>(&opened.unwrap()).unwrap(), draft);

    let fake = Fake::always(say_json(200, &DraftList { drafts: vec![], bundles: vec![] })).await;
    let query = DraftQuery { id_number: "519999195201010013".to_owned() };
    assert_eq!(fake.client().drafts(&query).await, Ok(DraftList { drafts: vec![], bundles: vec![] }));
    let [asked] = fake.requests().try_into().unwrap();
    assert_eq!(asked.line(), "POST /api/v1/drafts/search HTTP/1.1");
    assert!(!asked.head.contains("519999"), "an identity in the head ends up in a log");
}

#[tokio::test]
async fn the_platform_lies_below_a_path_of_a_gateway() {
    let fake = Fake::always(say_json(200, &registry())).await;
    for base in ["/city/kiosk", "/city/kiosk/"] {
        let client = Client::new(&format!("{}{base}", fake.url), TERMINAL, SHORT).unwrap();
        assert!(client.registry(None).await.is_ok());
    }
    let asked = fake.requests();
    assert!(asked.iter().all(|request| request.line() == "GET /city/kiosk/api/v1/registry HTTP/1.1"));
    assert_eq!(asked.len(), 2);
}

#[test]
fn a_resident_waits_eight_seconds_at_most() {
    let Deadlines { connect, total } = Deadlines::default();
    assert_eq!((connect.as_secs(), total.as_secs()), (3, 8));
}
