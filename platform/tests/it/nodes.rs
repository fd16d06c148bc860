//! Two nodes behind one database: residents must not be able to tell.

use std::collections::{BTreeSet, HashSet};

use axum::http::StatusCode;
use platform::web::Gateways;
use protocol::{AppRegistry, Bundle};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    bundle_editing,
    database::{hold, tamper},
    drafts::begun,
    every_item::found_at_a_kiosk,
    fixture::{TestPlatform, pension},
    items::{NEXT, SHIPPED, new_words, people, publish, under},
    making,
    office::Office,
    web::{self, Browser},
    withdrawing,
};

const PATH: &str = "/api/v1/cases";
const RENAMED: &str = "社保卡丢失有事一起办";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_start_at_once_agree_on_the_schema_and_the_sealing_key() {
    let (one, two) = TestPlatform::two_nodes().await;
    let (first, second) = (one.get("/api/v1/registry").await, two.get("/api/v1/registry").await);
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.body, second.body, "a case that is sealed for one opens at the other");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cases_that_are_filed_at_both_get_one_row_of_numbers_without_gap_or_double() {
    let nodes = TestPlatform::two_nodes().await;
    let nodes = std::sync::Arc::new(nodes);
    let filed: Vec<_> = (0..40)
        .map(|turn| {
            let nodes = nodes.clone();
            tokio::spawn(async move {
                let node = if turn % 2 == 0 { &nodes.0 } else { &nodes.1 };
                node.file(&pension()).await.case_no
            })
        })
        .collect();
    let mut serials = BTreeSet::new();
    for case in filed {
        serials.insert(case.await.unwrap().split_off(41));
    }
    let expected: BTreeSet<_> = (1..=40).map(|serial| format!("{serial:04}")).collect();
    assert_eq!(serials, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_at_both_at_once_makes_one_case() {
    let nodes = std::sync::Arc::new(TestPlatform::two_nodes().await);
    for _ in 0..5 {
        let key = Uuid::new_v4();
        let posts: Vec<_> = (0..8)
            .map(|turn| {
                let nodes = nodes.clone();
                tokio::spawn(async move {
                    let node = if turn % 2 == 0 { &nodes.0 } else { &nodes.1 };
                    node.post(PATH, key, &pension()).await
                })
            })
            .collect();
        let mut bodies = HashSet::new();
        for post in posts {
            let answer = post.await.unwrap();
            match answer.status {
                StatusCode::CREATED => drop(bodies.insert(answer.body)),
                _ => drop(answer.problem(409, "still-running")),
            }
        }
        assert_eq!(bodies.len(), 1, "one answer for all that got one");
    }
    assert_eq!(nodes.1.get("/api/v1/cases?pickup_code=123456782").await.cases().len(), 5);
}

#[tokio::test]
async fn a_request_that_runs_at_one_is_told_to_wait_at_the_other_and_then_gets_its_answer() {
    let (one, two) = TestPlatform::two_nodes().await;
    let hold = hold(one.directory.path());
    let (key, submission) = (Uuid::new_v4(), pension());
    let second = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let answer = two.post(PATH, key, &submission).await;
        drop(hold);
        answer
    };
    let (first, second) = tokio::join!(one.post(PATH, key, &submission), second);
    second.problem(409, "still-running");
    assert_eq!(two.post(PATH, key, &submission).await.case(), first.case());
}

#[tokio::test]
async fn a_key_that_was_used_at_one_is_refused_for_another_case_at_the_other() {
    let (one, two) = TestPlatform::two_nodes().await;
    let key = Uuid::new_v4();
    one.post(PATH, key, &pension()).await.case();
    let mut other = pension();
    other["fields"]["residence"] = serde_json::json!("abroad");
    two.post(PATH, key, &other).await.problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn a_node_whose_connections_were_cut_makes_new_ones() {
    let platform = TestPlatform::new().await;
    platform.file(&pension()).await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for _ in 0..3 {
        tamper(platform.directory.path(), cut);
        platform.file(&pension()).await;
    }
    assert_eq!(platform.get("/api/v1/cases?pickup_code=123456782").await.cases().len(), 4);
}

#[tokio::test]
async fn a_text_that_postgresql_cannot_hold_finds_nothing() {
    let platform = TestPlatform::new().await;
    platform.get("/api/v1/cases/%00").await.problem(404, "case-not-found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_one_node_publishes_the_other_offers_and_takes_at_once() {
    let (one, two) = TestPlatform::two_nodes().await;
    let before = two.offered().await;
    let office = Office::on(one).await;
    let (_, author, other) = people(&office).await;
    publish(&office.platform, &author, &other, new_words).await;
    // A kiosk may have the new version from one node and file with the other.
    two.file(&under(NEXT)).await;
    two.file(&under(SHIPPED)).await;
    let after = two.offered().await;
    assert_eq!((before.1.version, after.1.version), (SHIPPED, NEXT));
    assert_eq!(office.platform.offered().await, after);
}

#[tokio::test]
async fn a_new_item_that_is_published_at_one_is_found_and_filed_at_the_other() {
    let (one, two) = TestPlatform::two_nodes().await;
    let two = web::pages(two, Some(Gateways::development()));
    let office = Office::on(one).await;
    let (author, publisher) = making::people(&office).await;
    let path = format!("/items/{}", making::ITEM);
    assert_eq!(two.get(&path).await.status, StatusCode::NOT_FOUND);
    making::publish_item(&office.platform, &author, &publisher).await;
    let here = office.platform.get("/api/v1/registry").await.body;
    // Nobody has asked the other for the registry since.
    let case = serde_json::to_value(found_at_a_kiosk(&serde_json::from_str(&here).unwrap(), making::ITEM));
    let case = two.file(&case.unwrap()).await;
    assert_eq!(office.platform.get(&format!("/api/v1/cases/{}", case.case_no)).await.status, StatusCode::OK);
    assert_eq!(two.get("/api/v1/registry").await.body, here);
}

#[tokio::test]
async fn a_guide_of_a_new_item_is_at_the_other_before_anything_else() {
    let (one, two) = TestPlatform::two_nodes().await;
    let two = web::pages(two, Some(Gateways::development()));
    let office = Office::on(one).await;
    let (author, publisher) = making::people(&office).await;
    making::publish_item(&office.platform, &author, &publisher).await;
    assert!(two.get(&format!("/items/{}", making::ITEM)).await.body.contains("社保卡换照片"));
    let mut browser = Browser::new(&two);
    browser.sign_in().await;
    web::agree(&mut browser, &format!("/apply/{}", making::ITEM)).await;
    assert!(browser.path.starts_with("/drafts/"), "{}", browser.path);
}

#[tokio::test]
async fn a_bundle_that_is_published_at_one_is_what_the_other_hands_out() {
    let (one, two) = TestPlatform::two_nodes().await;
    let office = Office::on(one).await;
    let person = async || office.person("approver", bundle_editing::LEADS).await;
    let (author, other) = (person().await, person().await);
    assert_eq!(bundle_editing::offered(&two).await.unwrap().version, 1);
    bundle_editing::publish(&office.platform, &author, &other, bundle_editing::new_words).await;
    // Every kiosk asks for it, and so for what is offered.
    assert_eq!(two.get("/api/v1/registry").await.status, StatusCode::OK);
    assert_eq!(bundle_editing::offered(&two).await.unwrap().version, 2);
}

#[tokio::test]
async fn an_item_that_is_taken_back_at_one_is_not_offered_at_the_other_either() {
    let (one, two) = TestPlatform::two_nodes().await;
    let office = Office::on(one).await;
    let (_, approver, _) = people(&office).await;
    assert_eq!(two.offered().await.1.version, SHIPPED);
    let taken_back = withdrawing::withdraw(&office.platform, &approver, "temporary-relief", SHIPPED).await;
    assert_eq!(taken_back.status, StatusCode::OK, "{}", taken_back.body);
    // Every kiosk asks for it, and so for what is offered.
    let registry: AppRegistry = serde_json::from_str(&two.get("/api/v1/registry").await.body).unwrap();
    assert!(registry.item("temporary-relief").is_none());
    two.get("/api/v1/items/temporary-relief").await.problem(404, "item-not-found");
    assert_eq!(two.file(&under(SHIPPED)).await.item.version, SHIPPED, "what waited at a kiosk is taken");
}

#[tokio::test]
async fn a_form_of_an_item_that_was_left_at_one_is_in_the_list_at_the_other() {
    let (one, two) = TestPlatform::two_nodes().await;
    let two = web::pages(two, Some(Gateways::development()));
    let office = Office::on(one).await;
    let (_, author, other) = people(&office).await;
    publish(&office.platform, &author, &other, new_words).await;
    let of = [("item", json!("temporary-relief")), ("item_version", json!(NEXT))];
    let key = leave(&office.platform, of).await;
    // The other has not heard yet that there is such a version.
    let mut browser = Browser::new(&two);
    browser.sign_in().await;
    browser.get("/my").await;
    assert!(browser.page.contains(&format!("href=\"/drafts/{key}/check\"")), "{}", browser.page);
}

/// A form that a machine has kept at that node, without an answer.
async fn leave(node: &TestPlatform, of: impl IntoIterator<Item = (&str, Value)>) -> Uuid {
    let mut draft = begun();
    draft.as_object_mut().unwrap().retain(|name, _| !["item", "item_version"].contains(&name.as_str()));
    draft["fields"] = json!({});
    of.into_iter().for_each(|(name, value)| draft[name] = value);
    let key = Uuid::new_v4();
    let kept = node.keep(key, &draft).await;
    assert!(kept.status.is_success(), "{}", kept.body);
    key
}

/// The same of a bundle that has just been published there, under another name.
async fn leave_a_new_bundle(office: &Office) -> (Uuid, Bundle) {
    let person = async || office.person("approver", bundle_editing::LEADS).await;
    let (author, other) = (person().await, person().await);
    let renamed = |bundle: &mut Value| {
        bundle_editing::new_words(bundle);
        bundle["name"]["zh-CN"] = json!(RENAMED);
    };
    bundle_editing::publish(&office.platform, &author, &other, renamed).await;
    let bundle = bundle_editing::offered(&office.platform).await.unwrap();
    let versions: Map<String, Value> =
        bundle.items.iter().map(|part| (part.item.id.clone(), part.item.version.into())).collect();
    let of = [
        ("bundle", bundle.id.clone().into()),
        ("bundle_version", bundle.version.into()),
        ("item_versions", versions.into()),
    ];
    (leave(&office.platform, of).await, bundle)
}

#[tokio::test]
async fn a_form_of_a_bundle_that_was_left_at_one_is_in_the_list_at_the_other_as_it_is_called_now() {
    let (one, two) = TestPlatform::two_nodes().await;
    let two = web::pages(two, Some(Gateways::development()));
    let office = Office::on(one).await;
    leave_a_new_bundle(&office).await;
    let mut browser = Browser::new(&two);
    browser.sign_in().await;
    browser.get("/my").await;
    assert!(browser.page.contains(RENAMED), "{}", browser.page);
}

#[tokio::test]
async fn a_form_of_a_bundle_that_was_left_at_one_is_gone_on_with_at_the_other_in_its_own_version() {
    let (one, two) = TestPlatform::two_nodes().await;
    let two = web::pages(two, Some(Gateways::development()));
    // The list of what was left would let it hear of the new version.
    let mut browser = Browser::new(&two);
    browser.sign_in().await;
    let office = Office::on(one).await;
    let (key, bundle) = leave_a_new_bundle(&office).await;
    browser.get(&format!("/drafts/{key}/1")).await;
    assert_eq!(bundle_editing::finish(&two, &mut browser, &bundle).await.bundle.version, 2);
}
