//! 办事目录 by signatures: what an office publishes is on the web at once, and on a kiosk once it was signed.

use axum::http::StatusCode;
use protocol::SignedCatalogue;
use serde_json::{Value, json};

use crate::{
    bundle_editing,
    configuring::{Signed, kiosk},
    database,
    items::{new_words, people, publish},
    making,
    office::Office,
    withdrawing,
};

const ITEM: &str = "temporary-relief";
const NEW_WORDS: &str = "遇到大困难，先来说一声";

impl Signed {
    async fn catalogue(&self) -> Value {
        serde_json::from_str(self.operator("configure catalogue").await.unwrap().trim()).unwrap()
    }
}

fn summary(catalogue: &SignedCatalogue) -> &str {
    let item = catalogue.items.iter().find(|item| item.id == ITEM).unwrap();
    &item.summary.simplified
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_office_publishes_waits_for_signatures_and_says_so() {
    let (office, called) = Office::new().await.called().await;
    let (author, _, publisher) = people(&office).await;
    let operator = office.person("fleet_operator", "demo-district").await;
    let signed = Signed::of(called).await;
    let client = kiosk(&signed, "LZ-0001").await;
    let platform = &office.platform;
    let form = [("settings", "{}"), ("kiosk", "0:LZ-0001"), ("catalogue", "on")];
    let drafted = platform.form(&operator, "/console/configuration", &form).await;
    assert!(drafted.body.contains("LZ-0001 第 1 版"), "{}", drafted.body);
    let told = platform.read(&operator, "/api/v1/staff/kiosks/LZ-0001").await;
    let first = signed.catalogue().await;
    assert_eq!(
        told["settings"],
        json!({"service": {"catalogue": first}}),
        "the same catalogue has the same name"
    );
    let fetch = async |named: &Value| {
        let (name, length) = (named["sha256"].as_str().unwrap(), named["length"].as_u64().unwrap());
        let bytes = client.content(name, length).await.unwrap();
        assert_eq!(config_trust::sha256(&bytes), name);
        serde_json::from_slice::<SignedCatalogue>(&bytes).unwrap()
    };
    let old = fetch(&first).await;
    assert_eq!((old.apps.len(), old.items.len()), (7, 37));
    assert_eq!((old.bundle_apps.len(), old.bundles.len()), (1, 6), "and what is offered of 一件事");

    // As long as nothing is signed, nobody shows what is old.
    let here = format!("/console/items/{ITEM}");
    let waits = async || {
        platform.page(Some(&author), &here).await.body.contains("1 台终端显示的还是以前签名的办事目录")
    };
    publish(platform, &author, &publisher, new_words).await;
    assert!(!waits().await, "no kiosk has a signed one");
    signed.publish(&["a", "b"]).await.unwrap();
    assert!(waits().await);
    let list = platform.page(Some(&author), "/console/items").await;
    assert!(list.body.contains("要等新目录签名、发布"), "{}", list.body);

    // The next draft takes what is published now, and the old file stays for a kiosk that was away.
    let page = platform.page(Some(&operator), "/console/configuration?kiosk=LZ-0001").await;
    assert!(page.body.contains("name=\"catalogue\" checked"), "{}", page.body);
    let form = [("settings", "{}"), ("kiosk", "1:LZ-0001"), ("catalogue", "on")];
    let drafted = platform.form(&operator, "/console/configuration", &form).await;
    assert!(drafted.body.contains("LZ-0001 第 2 版"), "{}", drafted.body);
    assert!(waits().await, "drafted is not signed");
    signed.publish(&["a", "b"]).await.unwrap();
    assert!(!waits().await);
    let second = signed.catalogue().await;
    assert_ne!(first, second);
    assert_eq!(summary(&fetch(&second).await), NEW_WORDS);
    assert_ne!(summary(&fetch(&first).await), NEW_WORDS);

    // What no program brings goes the same way.
    let (one, two) = making::people(&office).await;
    making::publish_item(platform, &one, &two).await;
    assert!(waits().await);
    let third = fetch(&signed.catalogue().await).await;
    assert_eq!((third.items.len(), third.items.last().unwrap().id.as_str()), (38, making::ITEM));

    // Nor is a revoked kiosk waited for.
    publish(platform, &author, &publisher, |item| item["summary"]["zh-CN"] = json!("示例：又改了")).await;
    assert!(waits().await);
    signed.operator("revoke --kiosk LZ-0001").await.unwrap();
    assert!(!waits().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_office_takes_back_leaves_the_next_catalogue_and_its_tile_stays_in_its_place() {
    let (office, called) = Office::new().await.called().await;
    let operator = office.person("fleet_operator", "demo-district").await;
    let head = office.person("approver", bundle_editing::LEADS).await;
    let signed = Signed::of(called).await;
    let client = kiosk(&signed, "LZ-0001").await;
    let platform = &office.platform;
    let item = "resident-pension-enrolment";
    let tile = format!("tile:{item}");
    let draft = async |base: &str| {
        let form = [("settings", "{}"), ("kiosk", base), ("catalogue", "on"), (tile.as_str(), "1")];
        platform.form(&operator, "/console/configuration", &form).await.body
    };
    assert!(draft("0:LZ-0001").await.contains("LZ-0001 第 1 版"));
    signed.publish(&["a", "b"]).await.unwrap();
    let taken_back = withdrawing::withdraw(platform, &head, item, 2).await;
    assert_eq!(taken_back.status, StatusCode::OK, "{}", taken_back.body);
    let page = platform.page(Some(&head), &format!("/console/items/{item}")).await.body;
    assert!(page.contains("1 台终端显示的还是以前签名的办事目录"), "{page}");

    let page = platform.page(Some(&operator), "/console/configuration?kiosk=LZ-0001").await.body;
    assert!(page.contains(&format!("name=\"{tile}\" min=\"1\" max=\"14\" value=\"1\"")), "{page}");
    assert!(draft("1:LZ-0001").await.contains("LZ-0001 第 2 版"));
    signed.publish(&["a", "b"]).await.unwrap();
    let named = signed.catalogue().await;
    let (name, length) = (named["sha256"].as_str().unwrap(), named["length"].as_u64().unwrap());
    let bytes = client.content(name, length).await.unwrap();
    let shown: SignedCatalogue = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((shown.apps.len(), shown.items.len()), (7, 36));
    assert!(!shown.items.iter().any(|known| known.id == item));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_that_is_not_here_is_not_named_and_one_that_is_stays_as_it_is() {
    let signed = Signed::new().await;
    kiosk(&signed, "LZ-0001").await;
    let named = signed.catalogue().await;
    let of = |sha256: &Value, length: u64| {
        json!({"service": {"catalogue": {"sha256": sha256, "length": length}}}).to_string()
    };
    let length = named["length"].as_u64().unwrap();
    for wrong in [of(&named["sha256"], length + 1), of(&json!("0".repeat(64)), length)] {
        let refused = signed.set("LZ-0001", &wrong, "").await.unwrap_err();
        assert!(refused.contains("or a catalogue that was made"), "{refused}");
    }
    signed.set("LZ-0001", &of(&named["sha256"], length), "").await.unwrap();
    let directory = signed.platform.here.directory.path();
    for change in ["UPDATE catalogue_file SET bytes = 1", "DELETE FROM catalogue_file"] {
        let said = database::try_tamper(directory, change).unwrap_err();
        assert!(said.contains("a catalogue is not changed"), "{change}: {said}");
    }
}

#[tokio::test]
async fn nobody_else_signs_for_kiosks() {
    let office = Office::new().await;
    let clerk = office.person("clerk", "demo-subdistrict").await;
    let form = [("settings", "{}"), ("kiosk", "0:LZ-0001"), ("catalogue", "on")];
    let refused = office.platform.form(&clerk, "/console/configuration", &form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(database::number(office.platform.directory.path(), "SELECT count(*) FROM catalogue_file"), 0);
}
