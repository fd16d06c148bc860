//! 语音: from an operator's recording to a kiosk's disk, by the road of the configuration, and every way in which something else must
//! not get there.

use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode},
};
use protocol::Language;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use voice::{Voice, prompts};

use crate::{
    configuring::{Signed, kiosk},
    database::{self, Kind},
    fixture::Answer,
    office::{Office, Person},
    stewarding::{Home, lists, until},
};

const HERE: &str = "/console/recordings";

/// 示例: another sentence in the place of the right one, which is heard to be another.
fn ogg(key: &str) -> Vec<u8> {
    Voice::built_in().recording(Language::Simplified, key).unwrap().ogg().to_vec()
}

/// A form with a recording, as a browser sends it.
async fn upload(office: &Office, person: &Person, of: [&str; 3], recording: &[u8]) -> Answer {
    const EDGE: &str = "edge-of-a-part";
    let [prompt, language, title] = of;
    let fields =
        [("csrf", person.csrf.as_str()), ("prompt", prompt), ("language", language), ("title", title)];
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head = "Content-Disposition: form-data; name=\"file\"; filename=\"a.ogg\"\r\nContent-Type: audio/ogg";
    body.extend(format!("--{EDGE}\r\n{head}\r\n\r\n").into_bytes());
    body.extend_from_slice(recording);
    body.extend(format!("\r\n--{EDGE}--\r\n").into_bytes());
    let kind = format!("multipart/form-data; boundary={EDGE}");
    let headers = [("cookie", person.cookie.as_str()), ("content-type", kind.as_str())];
    office.platform.send_bytes(Method::POST, HERE, &headers, body).await
}

/// A recording as a browser gets it.
async fn hears(office: &Office, person: &Person, address: &str) -> (StatusCode, String, Vec<u8>) {
    let request = Request::get(format!("{HERE}/{address}")).header("cookie", person.cookie.as_str());
    let response = office.platform.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let status = response.status();
    (status, kind, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
}

impl Signed {
    /// Takes a recording in at the command line; the line for the settings.
    async fn recording(&self, prompt: &str, sound: &str) -> Value {
        let path = self.path("recording.ogg");
        std::fs::write(&path, ogg(sound)).unwrap();
        let words = format!("configure recording --prompt {prompt} --language zh-CN --title 示例 {path}");
        serde_json::from_str(self.operator(&words).await.unwrap().trim()).unwrap()
    }

    async fn says(&self, recordings: &[&Value]) {
        let settings = json!({"voice": {"prompts": recordings}}).to_string();
        self.set("LZ-0001", &settings, "").await.unwrap();
        self.publish(&["a", "b"]).await.unwrap();
    }

    /// Whoever owns the database puts another recording in the place of one.
    fn falsified(&self, sound: &str) {
        let hex: String = ogg(sound).iter().map(|byte| format!("{byte:02x}")).collect();
        let (of, bytes) = match crate::ON {
            Kind::Sqlite => ("", format!("x'{hex}'")),
            Kind::Postgres => (" ON recording", format!("decode('{hex}', 'hex')")),
        };
        let sql = format!("DROP TRIGGER recording_is_not_edited{of}; UPDATE recording SET content = {bytes}");
        database::tamper(self.platform.here.directory.path(), &sql);
    }
}

fn names(home: &Home) -> Vec<String> {
    config_apply::Disk::list(&home.content).unwrap()
}

fn hash(recording: &Value) -> String {
    recording["sha256"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_uploads_a_recording_hears_it_and_chooses_it_for_a_kiosk() {
    let (office, called) = Office::new().await.called().await;
    let operator = office.person("fleet_operator", "demo-district").await;
    let signed = Signed::of(called).await;
    let client = kiosk(&signed, "LZ-0001").await;
    let platform = &office.platform;
    let sent = ogg("end.card");
    let told = upload(&office, &operator, ["card.place", "zh-CN", "示例：方言"], &sent).await;
    assert!(told.status == StatusCode::OK && told.body.contains("已上传"), "{}", told.body);
    assert!(told.body.contains("示例：方言"), "{}", told.body);
    upload(&office, &operator, ["card.place", "zh-CN", "示例：另一个标题"], &sent).await;
    let directory = platform.directory.path();
    let count = "SELECT count(*) FROM recording";
    assert_eq!(database::number(directory, count), 1, "the same recording is there once");
    // The same file may say another sentence.
    upload(&office, &operator, ["card.moved", "zh-CN", "示例"], &sent).await;
    assert_eq!(database::number(directory, count), 2);
    let name = config_trust::sha256(&sent);
    let heard = hears(&office, &operator, &name).await;
    assert_eq!(heard, (StatusCode::OK, "audio/ogg".to_owned(), sent.clone()));
    let kept = client.content(&name, sent.len() as u64).await.unwrap();
    assert_eq!(kept, sent, "what was heard is what kiosks get, to the byte");

    let mark = format!("zh-CN:card.place:{name}");
    let page = platform.page(Some(&operator), "/console/configuration").await;
    assert!(page.body.contains(&format!("value=\"{mark}\"")), "{}", page.body);
    let form = [("settings", "{}"), ("kiosk", "0:LZ-0001"), ("recording", ""), ("recording", &mark)];
    let drafted = platform.form(&operator, "/console/configuration", &form).await;
    assert!(drafted.body.contains("LZ-0001 第 1 版"), "{}", drafted.body);
    let told = platform.read(&operator, "/api/v1/staff/kiosks/LZ-0001").await;
    let named = json!({"prompt": "card.place", "language": "zh-CN", "sha256": name, "length": sent.len()});
    assert_eq!(told["settings"], json!({"voice": {"prompts": [named]}}));
    // Whoever begins with it sees it chosen, and not among the JSON.
    let page = platform.page(Some(&operator), "/console/configuration?kiosk=LZ-0001").await;
    assert!(page.body.contains(&format!("value=\"{mark}\" selected")), "{}", page.body);
    assert!(!page.body.contains("prompts"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sentence_can_be_heard_as_the_program_says_it() {
    let office = Office::new().await;
    let operator = office.person("fleet_operator", "demo-district").await;
    let page = office.platform.page(Some(&operator), HERE).await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("media-src 'self'"), "{policy}");
    for (key, text) in prompts() {
        assert!(page.body.contains(&text.simplified), "{key}");
        assert!(page.body.contains(&format!("src=\"{HERE}/own/en/{key}\"")), "{key}");
    }
    let heard = hears(&office, &operator, "own/zh-CN/card.place").await;
    assert_eq!(heard, (StatusCode::OK, "audio/ogg".to_owned(), ogg("card.place")));
    assert_ne!(hears(&office, &operator, "own/en/card.place").await.2, ogg("card.place"));
    for address in ["own/zh-CN/card.name", "own/fr/card.place", &"0".repeat(64)] {
        let none = office.platform.page(Some(&operator), &format!("{HERE}/{address}")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_recording_of_a_sentence_is_refused() {
    let office = Office::new().await;
    let operator = office.person("fleet_operator", "demo-district").await;
    let good = ogg("end.card");
    let of = ["card.place", "zh-CN", "示例"];
    let long = "长".repeat(41);
    for (of, sent, said) in [
        (of, b"no sound".to_vec(), "不是完整的 Ogg Vorbis"),
        (of, good[..good.len() / 30].to_vec(), "录音不能用"),
        (of, vec![0; voice::MOST_BYTES + 1], "文件太大"),
        (["card.name", "zh-CN", "示例"], good.clone(), "没有这一句"),
        (["card.place", "zh-TW", "示例"], good.clone(), "没有这一句"),
        (["card.place", "zh-CN", " "], good.clone(), "请写标题"),
        (["card.place", "zh-CN", &long], good.clone(), "请写标题"),
    ] {
        let told = upload(&office, &operator, of, &sent).await;
        assert!(told.body.contains(said), "{said}: {}", told.body);
    }
    let nobody = office.person("clerk", "demo-subdistrict").await;
    assert_eq!(office.platform.page(Some(&nobody), HERE).await.status, StatusCode::FORBIDDEN);
    let own = format!("{HERE}/own/en/card.place");
    assert_eq!(office.platform.page(Some(&nobody), &own).await.status, StatusCode::FORBIDDEN);
    assert_eq!(upload(&office, &nobody, of, &good).await.status, StatusCode::FORBIDDEN);
    let directory = office.platform.directory.path();
    assert_eq!(database::number(directory, "SELECT count(*) FROM recording"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_name_only_sentences_that_there_are_and_files_that_are_here() {
    let signed = Signed::new().await;
    kiosk(&signed, "LZ-0001").await;
    let good = signed.recording("card.place", "end.card").await;
    let with = |key: &str, value: Value| {
        let mut other = good.clone();
        other[key] = value;
        json!({"voice": {"prompts": [other]}}).to_string()
    };
    for (settings, told) in [
        (with("prompt", json!("card.name")), "voice.prompts.0.prompt: kiosks have no sentence card.name"),
        (with("length", json!(7)), "expected one that was uploaded"),
        (with("sha256", json!("0".repeat(64))), "expected one that was uploaded"),
    ] {
        let refused = signed.set("LZ-0001", &settings, "").await.unwrap_err();
        assert!(refused.contains(told), "{refused}");
    }
    let path = signed.path("recording.ogg");
    std::fs::write(&path, b"no sound").unwrap();
    let words = format!("configure recording --prompt card.place --language zh-CN --title 示例 {path}");
    assert!(signed.operator(&words).await.unwrap_err().contains("录音不能用"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_comes_before_its_document_and_goes_after_the_next_is_confirmed() {
    let signed = Signed::new().await;
    let platform = &signed.platform;
    let home = Home::new(platform);
    home.enrol(platform, "LZ-0001").await;
    let (life, _) = home.runs();
    let first = signed.recording("card.place", "end.card").await;
    let second = signed.recording("card.place", "end.receipt").await;
    signed.says(&[&first]).await;
    until("the first is there", async || lists(platform, "runs 1, 1 is confirmed").await).await;
    assert_eq!(names(&home), [hash(&first)]);
    // One that fails its trial takes its file with it, and what was confirmed has kept its own.
    let settings = json!({"voice": {"prompts": [second]}, "session": {"end": 3600}});
    signed.set("LZ-0001", &settings.to_string(), "").await.unwrap();
    signed.publish(&["a", "b"]).await.unwrap();
    until("it goes back", async || lists(platform, "runs 1, 2 is reverted").await).await;
    until("its file is gone", async || names(&home) == [hash(&first)]).await;
    signed.says(&[]).await;
    until("none is named", async || lists(platform, "runs 3, 3 is confirmed").await).await;
    until("and none is there", async || names(&home).is_empty()).await;
    life.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_owns_the_platform_brings_no_other_words_to_a_kiosk() {
    let signed = Signed::new().await;
    let platform = &signed.platform;
    let home = Home::new(platform);
    home.enrol(platform, "LZ-0001").await;
    let recording = signed.recording("card.place", "end.card").await;
    // As good a recording as any.
    signed.falsified("end.receipt");
    signed.says(&[&recording]).await;
    let (life, _) = home.runs();
    until("it says why", async || lists(platform, "runs 0, 0 is none (content ").await).await;
    assert!(names(&home).is_empty());
    life.abort();
}
