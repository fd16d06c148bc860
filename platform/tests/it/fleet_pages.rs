//! The console's pages about kiosks, as a browser without a script sees them.

use std::fs;

use axum::http::{Method, StatusCode};
use enrolment::{DeviceKey, Invitation, statement};
use jiff::SignedDuration;
use protocol::{
    Ailment, ConfigPhase, Desired, Heartbeat, PaperLeft, PartTested, READINESS, Readiness, Reported,
};
use serde_json::json;

use crate::{
    bundle_editing,
    configuring::{Signed, kiosk},
    fixture::Answer,
    office::{Office, Person, code},
};

async fn town() -> (Office, Signed, Person) {
    let (office, called) = Office::new().await.called().await;
    let operator = office.person("fleet_operator", "demo-district").await;
    (office, Signed::of(called).await, operator)
}

/// A form with a file, as a browser sends it.
async fn upload(office: &Office, person: &Person, path: &str, file: &str, fields: &[(&str, &str)]) -> Answer {
    const EDGE: &str = "edge-of-a-part";
    let csrf = ("csrf", person.csrf.as_str());
    let mut body = String::new();
    for (name, value) in fields.iter().chain([&csrf]) {
        body += &format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += &format!(
        "--{EDGE}\r\nContent-Disposition: form-data; name=\"batch\"; filename=\"to-sign.json\"\r\n\
         Content-Type: application/json\r\n\r\n{file}\r\n--{EDGE}--\r\n"
    );
    let kind = format!("multipart/form-data; boundary={EDGE}");
    let headers = [("cookie", person.cookie.as_str()), ("content-type", kind.as_str())];
    office.platform.send(Method::POST, path, &headers, &body).await
}

fn beat(now: jiff::Timestamp) -> Heartbeat {
    Heartbeat {
        at: now,
        program: "0.1.0".to_owned(),
        started_at: now,
        ailments: vec![Ailment { code: "P11".to_owned(), since: now }],
        reader: None,
        paper: Some(PaperLeft::Out),
        waiting: 3,
        parked: 1,
        oldest_waiting: Some(now - SignedDuration::from_hours(5)),
        disk_free: Some(3 << 30),
        temperature: Some(48_000),
    }
}

fn report(why: Option<&str>) -> Reported {
    let own = |version| Some(Desired { version, sha256: "00".repeat(32) });
    Reported {
        phase: if why.is_some() { ConfigPhase::Reverted } else { ConfigPhase::Confirmed },
        newest: own(2),
        confirmed: own(1),
        running: own(1),
        why: why.map(str::to_owned),
        program: "0.1.0".to_owned(),
        at: crate::fixture::NOW.parse().unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_how_each_kiosk_is_and_what_to_do_about_it() {
    let (office, signed, operator) = town().await;
    let platform = &office.platform;
    let empty = platform.page(Some(&operator), "/console/fleet").await;
    assert!(empty.body.contains("还没有终端"), "{}", empty.body);
    let client = kiosk(&signed, "LZ-0001").await;
    kiosk(&signed, "LZ-0003").await;
    signed.platform.invite("LZ-0004").await;
    client.heartbeat(&beat(platform.now())).await.unwrap();
    client.report(&report(Some("示例：屏幕没有画面"))).await.unwrap();
    let list = platform.page(Some(&operator), "/console/fleet").await.body;
    for words in [
        "示例社区",
        "P11",
        "打印纸用完",
        "装入新的热敏纸卷",
        "已退回",
        "示例：屏幕没有画面",
        "3 件",
        "最早 5 小时",
        "用完",
        "失联",
        "等待入网",
        "2027-02-22",
    ] {
        assert!(list.contains(words), "{words} in {list}");
    }
    let silent = platform.page(Some(&operator), "/console/fleet?show=silent").await.body;
    assert!(silent.contains("LZ-0003") && !silent.contains("/console/fleet/LZ-0001"), "{silent}");
    let told = platform.read(&operator, "/api/v1/staff/kiosks").await;
    assert_eq!(
        told["kiosks"][0]["ailments"][0]["action"],
        "装入新的热敏纸卷，在运维模式中选“更换打印纸”并看试印条。"
    );
    assert_eq!(
        (&told["kiosks"][0]["silent"], &told["kiosks"][2]["standing"]),
        (&json!(false), &json!("invited"))
    );
    // An operator of one community sees that one, and another one none.
    let part = office.person("fleet_operator", "demo-community").await;
    let list = platform.page(Some(&part), "/console/fleet").await.body;
    assert!(list.contains("LZ-0001") && !list.contains("LZ-0003"), "{list}");
    let other = platform.page(Some(&part), "/console/fleet/LZ-0003").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_page_tells_what_a_kiosk_has_said_and_believes_no_report_that_it_did_not_sign() {
    let (office, signed, operator) = town().await;
    let platform = &office.platform;
    let (membership, key) = signed.platform.kiosk("LZ-0001").await;
    let client = signed.platform.client(&membership, &key);
    client.report(&report(None)).await.unwrap();
    client.report(&report(None)).await.unwrap();
    client.report(&report(Some("示例：屏幕没有画面"))).await.unwrap();
    let page = platform.page(Some(&operator), "/console/fleet/LZ-0001").await.body;
    assert_eq!(page.matches("class=\"said\"").count(), 1, "{page}");
    assert_eq!(page.matches("第 2 版 已确认").count(), 1, "what is no news is there once: {page}");
    let told = platform.read(&operator, "/api/v1/staff/kiosks/LZ-0001").await;
    assert_eq!(told["reports"].as_array().unwrap().len(), 2);
    assert_eq!(told["reports"][0]["phase"], "reverted");
    let ready = Readiness {
        program: "0.1.0".to_owned(),
        configuration: None,
        technician: 7,
        parts: vec![PartTested { part: "printer".to_owned(), passed: true, at: platform.now() }],
        ailments: Vec::new(),
    };
    let says = serde_json::to_value(ready).unwrap().as_object().unwrap().clone();
    let text = statement::sign(READINESS, says, platform.now(), &key, &membership.certificate).unwrap();
    let path = "/console/fleet/LZ-0001/readiness";
    let good = platform.form(&operator, path, &[("report", &text)]).await;
    assert!(good.body.contains("就绪报告属实") && good.body.contains("通过"), "{}", good.body);
    let (front, back) = text.split_at(text.len() / 2);
    let bad = platform.form(&operator, path, &[("report", &format!("{front}A{back}"))]).await;
    assert!(bad.status == StatusCode::UNPROCESSABLE_ENTITY && bad.body.contains("不能采信"), "{}", bad.body);
    kiosk(&signed, "LZ-0002").await;
    let other = platform.form(&operator, "/console/fleet/LZ-0002/readiness", &[("report", &text)]).await;
    assert!(other.body.contains("这是 LZ-0001 的报告"), "{}", other.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_is_invited_by_what_the_page_shows() {
    let (office, signed, operator) = town().await;
    let page = office.platform.form(&operator, "/console/enrolment", &[("kiosk", "LZ-0001")]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("<svg") && page.body.contains("只显示这一次"));
    let whole = page.body.split("合为一行：<span class=\"no\">").nth(1).unwrap().split('<').next().unwrap();
    let invitation: Invitation = whole.parse().unwrap();
    for part in [&invitation.url, &invitation.pin.to_string(), &invitation.code.to_string()] {
        let shown = format!("<code class=\"secret\">{part}</code>");
        assert!(page.body.contains(&shown), "{part}");
    }
    // The picture is of the same text.
    let code = qrcodegen::QrCode::encode_text(whole, qrcodegen::QrCodeEcc::Medium).unwrap();
    let modules = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let dark = modules.filter(|(x, y)| code.get_module(*x, *y)).count();
    assert_eq!(page.body.matches("h1v1h-1z").count(), dark);
    let key = DeviceKey::generate().unwrap();
    let membership = signed.platform.enrol(&invitation, &key).await.unwrap();
    assert_eq!(membership.name(), "LZ-0001");
    let again = office.platform.form(&operator, "/console/enrolment", &[("kiosk", "LZ-0001")]).await;
    assert!(again.body.contains("会在新机器入网后清除自己"));
    let wrong = office.platform.form(&operator, "/console/enrolment", &[("kiosk", "LZ/1")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let part = office.person("fleet_operator", "demo-community").await;
    let elsewhere = office.platform.form(&part, "/console/enrolment", &[("kiosk", "LZ-0002")]).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    let told = office.platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let rows = told["rows"].as_array().unwrap();
    assert_eq!(rows.iter().filter(|row| row["action"] == "invite-kiosk").count(), 2);
    assert!(!told.to_string().contains(&invitation.code.to_string()), "the code is nowhere else");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_is_taken_out_by_the_administrator_alone_with_reason_name_and_a_fresh_code() {
    let (office, signed, operator) = town().await;
    let platform = &office.platform;
    let client = kiosk(&signed, "LZ-0001").await;
    let path = "/console/fleet/LZ-0001/revocation";
    let fresh = |person: &Person| code(&person.secret, platform.now().as_second());
    let used = fresh(&office.system);
    let fields = |reason: &'static str, again: &'static str, code: &str| {
        [("reason", reason.to_owned()), ("again", again.to_owned()), ("code", code.to_owned())]
    };
    let send = async |person: &Person, fields: [(&str, String); 3]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        platform.form(person, path, &fields).await
    };
    let spent = send(&office.system, fields("机器报废", "LZ-0001", &used)).await;
    assert!(spent.body.contains("动态口令不对"), "the code of the sign-in counts no more: {}", spent.body);
    signed.platform.pass(SignedDuration::from_secs(60));
    let code = fresh(&office.system);
    let denied = send(&operator, fields("机器报废", "LZ-0001", &fresh(&operator))).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    for (reason, again) in [("机器报废", "LZ-0002"), ("无", "LZ-0001")] {
        let refused = send(&office.system, fields(reason, again, &code)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason} {again}");
    }
    assert!(client.registry(None).await.is_ok(), "it is one still");
    let done = send(&office.system, fields("机器报废", "LZ-0001", &code)).await;
    assert!(done.status == StatusCode::OK && done.body.contains("已注销"), "{}", done.body);
    assert!(client.registry(None).await.is_err());
    let told = platform.read(&office.auditor, "/api/v1/staff/audit").await;
    let row = told["rows"].as_array().unwrap().iter().find(|row| row["action"] == "revoke-kiosk").unwrap();
    assert_eq!((&row["subject"], &row["purpose"]), (&json!("LZ-0001"), &json!("机器报废")));
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_draft_to_a_halt_on_the_pages_alone() {
    let (office, signed, operator) = town().await;
    let platform = &office.platform;
    let mut clients = Vec::new();
    for number in 1..=5 {
        let client = kiosk(&signed, &format!("LZ-{number:04}")).await;
        client.heartbeat(&Heartbeat { ailments: Vec::new(), ..beat(platform.now()) }).await.unwrap();
        clients.push(client);
    }
    let here = "/console/configuration";
    let page = platform.page(Some(&operator), "/console/configuration?kiosk=LZ-0002").await.body;
    assert!(page.contains("value=\"0:LZ-0002\" checked"), "{page}");
    let kiosks: Vec<String> = (1..=5).map(|number| format!("0:LZ-{number:04}")).collect();
    let send = async |settings: &str, kiosks: &[String]| {
        let mut fields = vec![("settings", settings)];
        fields.extend(kiosks.iter().map(|kiosk| ("kiosk", kiosk.as_str())));
        platform.form(&operator, here, &fields).await
    };
    let wrong = send("{\"session\": {\"idle\": 0}}", &kiosks).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("session.idle：不能小于 1"), "{}", wrong.body);
    assert!(wrong.body.contains("&quot;idle&quot;: 0"), "what was typed is there still: {}", wrong.body);
    assert!(send("{", &kiosks).await.body.contains("第 1 行第 1 列"), "no JSON");
    assert!(send("{}", &[]).await.body.contains("至少选一台终端"));
    let good = send("{\"session\": {\"idle\": 45}}", &kiosks).await;
    assert!(good.body.contains("LZ-0005 第 1 版"), "{}", good.body);
    let late = send("{\"session\": {\"idle\": 50}}", &kiosks[..1]).await;
    assert!(late.status == StatusCode::CONFLICT && late.body.contains("别人刚改过"), "{}", late.body);

    let page = platform.page(Some(&operator), "/console/rollout").await.body;
    assert!(page.contains("to-sign.json") && page.contains("LZ-0003 第 1 版"), "{page}");
    let file = signed.path("to-sign.json");
    let to_sign = platform.page(Some(&operator), "/console/rollout/to-sign").await;
    assert!(to_sign.headers["content-disposition"].to_str().unwrap().contains("to-sign.json"));
    fs::write(&file, &to_sign.body).unwrap();
    let start = "/console/rollout/start";
    let unsigned = upload(&office, &operator, start, &to_sign.body, &[("soak", "30")]).await;
    assert!(unsigned.body.contains("有效签名不够"), "{}", unsigned.body);
    for key in ["a", "b"] {
        signed.sign(&format!("add --key {} {file}", signed.path(key))).unwrap();
    }
    let batch = fs::read_to_string(&file).unwrap();
    let forged = Person { csrf: "forged".to_owned(), ..operator.clone() };
    assert_eq!(
        upload(&office, &forged, start, &batch, &[("soak", "30")]).await.status,
        StatusCode::FORBIDDEN
    );
    let fields = [("soak", "30"), ("canary", "LZ-0002"), ("canary", "LZ-0004")];
    let started = upload(&office, &operator, start, &batch, &fields).await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.body);
    let page = platform.page(Some(&operator), "/console/rollout").await.body;
    assert!(page.contains("进行中") && page.contains("每批观察") && page.contains("30 分钟"), "{page}");
    assert!(!page.contains("第 1 次发布 <span class=\"light red\">"), "{page}");
    let desired = |at: usize| clients[at].desired(None);
    assert!(desired(1).await.unwrap().is_some() && desired(3).await.unwrap().is_some());
    assert!(desired(0).await.unwrap().is_none());

    let Some(platform_client::Fetched::New { value: new, .. }) = desired(1).await.unwrap() else { panic!() };
    let reverted = Reported { newest: Some(new), ..report(Some("示例：屏幕没有画面")) };
    clients[1].report(&reverted).await.unwrap();
    platform::fleet::roll_now(&platform.platform).await;
    let page = platform.page(Some(&operator), "/console/rollout").await.body;
    assert!(
        page.contains("已停下") && page.contains("停下的原因：LZ-0002 试行失败，已退回：示例：屏幕没有画面"),
        "{page}"
    );
    // The administrator sees it, and is not asked to go on.
    let page = platform.page(Some(&office.system), "/console/rollout").await.body;
    assert!(page.contains("已停下") && !page.contains("value=\"resume\""), "{page}");
    let act = [("rollout", "1"), ("act", "abort"), ("reason", "配置有误")];
    assert_eq!(
        platform.form(&office.system, "/console/rollout/acts", &act).await.status,
        StatusCode::FORBIDDEN
    );
    let other = [("rollout", "7"), ("act", "abort"), ("reason", "配置有误")];
    let other = platform.form(&operator, "/console/rollout/acts", &other).await;
    assert!(other.body.contains("已经是另一次发布"), "{}", other.body);
    assert_eq!(platform.form(&operator, "/console/rollout/acts", &act).await.status, StatusCode::SEE_OTHER);
    let page = platform.page(Some(&operator), "/console/rollout").await.body;
    assert!(page.contains("已放弃") && page.contains("一、下载待签名的文件"), "{page}");
    assert!(desired(0).await.unwrap().is_none(), "who never had it never hears of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tile_of_a_bundle_stays_in_its_place_while_an_office_has_taken_the_bundle_back() {
    let (office, signed, operator) = town().await;
    let platform = &office.platform;
    kiosk(&signed, "LZ-0001").await;
    let office_head = office.person("approver", bundle_editing::LEADS).await;
    let send = async |base: &str| {
        let fields = [("settings", "{}"), ("kiosk", base), ("tile:card-lost", "1")];
        platform.form(&operator, "/console/configuration", &fields).await.body
    };
    assert!(send("0:LZ-0001").await.contains("LZ-0001 第 1 版"));
    let withdrawn = bundle_editing::withdraw(platform, &office_head, 1, "示例").await;
    assert_eq!(withdrawn.status, StatusCode::OK, "{}", withdrawn.body);
    let page = platform.page(Some(&operator), "/console/configuration?kiosk=LZ-0001").await.body;
    assert!(page.contains("name=\"tile:card-lost\" min=\"1\" max=\"14\" value=\"1\""), "{page}");
    let again = send("1:LZ-0001").await;
    assert!(again.contains("LZ-0001 第 2 版"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_languages_and_notices_have_fields_of_their_own() {
    let (office, signed, operator) = town().await;
    let platform = &office.platform;
    kiosk(&signed, "LZ-0001").await;
    let here = "/console/configuration";
    let send = async |base: &str, fields: &[(&str, &str)]| {
        let begun = [("settings", "{\"session\": {\"idle\": 45}}"), ("kiosk", base)];
        platform.form(&operator, here, &[&begun, fields].concat()).await
    };
    let fields = [
        ("tile:progress", "1"),
        ("tile:pension-eligibility", "2"),
        ("tile:employment", ""),
        ("language:en", "2"),
        ("language:zh-CN", "1"),
        ("voice-enabled", "yes"),
        ("voice-volume", "40"),
        ("notice1-title-zh-CN", "示例通知"),
        ("notice1-text-zh-CN", "示例：周六上午不办公。"),
        ("notice1-text-en", "Sample"),
        ("notice1-from", "2026-11-26"),
        ("notice1-until", "2026-12-31"),
    ];
    let drafted = send("0:LZ-0001", &fields).await;
    assert!(drafted.body.contains("LZ-0001 第 1 版"), "{}", drafted.body);
    let told = platform.read(&operator, "/api/v1/staff/kiosks/LZ-0001").await;
    let notice = json!({
        "title": {"zh-CN": "示例通知"}, "text": {"zh-CN": "示例：周六上午不办公。", "en": "Sample"},
        "from": "2026-11-26", "until": "2026-12-31"
    });
    let home = json!({"tiles": ["progress", "pension-eligibility"], "notices": [notice]});
    let voice = json!({"enabled": true, "volume": 40});
    let settings =
        json!({"session": {"idle": 45}, "ui": {"languages": ["zh-CN", "en"]}, "home": home, "voice": voice});
    assert_eq!(told["settings"], settings);

    // Whoever begins with it finds it in the same fields, and sent as it is it sets the same.
    let page = platform.page(Some(&operator), "/console/configuration?kiosk=LZ-0001").await.body;
    for field in [
        "name=\"tile:progress\" min=\"1\" max=\"14\" value=\"1\"",
        "value=\"示例：周六上午不办公。\"",
        "max=\"100\" value=\"40\"",
    ] {
        assert!(page.contains(field), "{field}: {page}");
    }
    assert!(!page.contains("&quot;voice&quot;") && page.contains("value=\"yes\" selected"), "{page}");
    assert!(!page.contains("&quot;home&quot;") && !page.contains("&quot;ui&quot;"), "in one place: {page}");
    assert!(page.contains("name=\"notice0-until\" type=\"date\" value=\"2026-12-31\""), "{page}");

    // What is wrong is told by its key, and what was typed is there still.
    let wrong = |name: &'static str, value: &'static str| [&fields[..], &[(name, value)]].concat();
    for (fields, why) in [
        (wrong("tile:pensions", "3"), "home.tiles.2：没有叫 pensions 的入口"),
        (wrong("notice2-title-zh-CN", "示例"), "home.notices.1：缺少 text"),
        (wrong("tile:employment", "x"), "顺序要写数字"),
        (wrong("voice-volume", "loud"), "音量要写数字"),
        (wrong("voice-volume", "101"), "voice.volume："),
        (vec![("language:en", "1")], "ui.languages："),
    ] {
        let refused = send("1:LZ-0001", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(why), "{why}: {}", refused.body);
        let kept = fields.first().map_or("", |(name, _)| name);
        assert!(refused.body.contains(&format!("name=\"{kept}\" min=\"1\"")), "{}", refused.body);
    }
}
