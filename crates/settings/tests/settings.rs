//! Every key, one by one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::too_many_lines, reason = "tests")]

use kiosk_settings::{CONTENT_BYTES, Content, SCHEMA, check, content, posters, tiles};
use proptest::prelude::*;
use serde_json::{Value, json};

fn keys() -> Vec<(String, String)> {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let tables = schema["properties"].as_object().unwrap();
    let keys = tables.iter().flat_map(|(table, of)| {
        of["properties"].as_object().unwrap().keys().map(|key| (table.clone(), key.clone()))
    });
    keys.collect()
}

/// Values that the key takes, and values that it does not.
fn samples(table: &str, key: &str) -> (Vec<Value>, Vec<Value>) {
    match (table, key) {
        ("ui", "orientation") => {
            (vec![json!("portrait"), json!("landscape")], vec![json!("Portrait"), json!(90)])
        }
        ("ui", "language") => (vec![json!("zh-CN"), json!("zh-TW"), json!("en")], vec![json!("zh")]),
        ("devices", "id_card_reader") => (
            vec![json!({"url": "serial:///dev/ttyS0"}), json!({"url": "usb://0400:c35a"})],
            vec![
                json!({"url": "tcp://reader:1"}),
                json!({"url": 7}),
                json!({"path": "/dev/ttyS0"}),
                json!("usb://"),
            ],
        ),
        ("devices", "receipt_printer") => (
            vec![json!({"url": "file:///dev/usb/lp0"}), json!({"profile": "escpos-58"})],
            vec![json!({"url": "usb://0400:c35a"}), json!({"profile": "laser"}), json!({"baud": 9600})],
        ),
        ("idle", "posters") => {
            let poster = |sha256: &str, length: Value, title: &str| json!([{"sha256": sha256, "length": length, "title": title}]);
            let hash = "0123456789abcdef".repeat(4);
            (
                vec![json!([]), poster(&hash, json!(1), "示例海报")],
                vec![
                    poster(&hash, json!(0), "示例"),
                    poster(&hash, json!((2 << 20) + 1), "示例"),
                    poster(&hash, json!(7.0), "示例"),
                    poster(&hash, json!(7), ""),
                    poster("../../etc/passwd", json!(7), "示例"),
                    poster(&hash.to_uppercase(), json!(7), "示例"),
                    json!(vec![poster(&hash, json!(1), "示例")[0].clone(); 2]),
                    json!([{"sha256": hash}]),
                    json!("poster"),
                ],
            )
        }
        ("ui", "languages") => (
            vec![json!(["zh-CN"]), json!(["en", "zh-CN"]), json!(["zh-TW", "zh-CN", "en"])],
            vec![json!(["en"]), json!(["zh-CN", "zh-CN"]), json!(["zh-CN", "fr"]), json!("zh-CN")],
        ),
        ("home", "tiles") => (
            vec![json!(["progress"]), json!(["civil-affairs", "progress"])],
            vec![
                json!(["progress", "progress"]),
                json!(["../x"]),
                json!(["Progress"]),
                json!([7]),
                json!("progress"),
            ],
        ),
        ("home", "notices") => {
            let notice = |title: Value, text: Value, from: &str, until: &str| json!([{"title": title, "text": text, "from": from, "until": until}]);
            let zh = |words: &str| json!({"zh-CN": words});
            let (from, until) = ("2026-11-26", "2026-12-31");
            let of = |title: &str, text: &str| notice(zh(title), zh(text), from, until);
            let good = of("示例通知", "示例：周六上午不办公。");
            let three = json!({"zh-CN": "示例", "zh-TW": "示例", "en": "Sample"});
            (
                vec![
                    json!([]),
                    good.clone(),
                    of(&"示".repeat(24), &"例".repeat(160)),
                    notice(three.clone(), three, from, from),
                    json!(vec![good[0].clone(); 4]),
                ],
                vec![
                    json!(vec![good[0].clone(); 5]),
                    of("", "示例"),
                    of(&"示".repeat(25), "示例"),
                    of("示例", &"例".repeat(161)),
                    of("示例", "两\n行"),
                    of("示例", "turned \u{202e}around"),
                    notice(json!({"en": "Sample"}), zh("示例"), from, until),
                    notice(json!("示例"), zh("示例"), from, until),
                    notice(zh("示例"), zh("示例"), until, from),
                    notice(zh("示例"), zh("示例"), "2026-02-29", until),
                    notice(zh("示例"), zh("示例"), "2026-11-26T00:00:00Z", until),
                    json!([{"title": zh("示例"), "text": zh("示例"), "from": from}]),
                ],
            )
        }
        ("service", "catalogue") => {
            let hash = "0123456789abcdef".repeat(4);
            (
                vec![json!({"sha256": hash, "length": 200_000})],
                vec![
                    json!({"sha256": hash}),
                    json!({"sha256": "../catalogue", "length": 1}),
                    json!({"sha256": hash, "length": (2 << 20) + 1}),
                    json!({"sha256": hash, "length": 1, "title": "示例"}),
                ],
            )
        }
        ("voice", "prompts") => {
            let hash = "0123456789abcdef".repeat(4);
            let of = |prompt: &str, language: &str, length: Value| json!({"prompt": prompt, "language": language, "sha256": hash, "length": length});
            (
                vec![
                    json!([]),
                    json!([of("card.place", "zh-CN", json!(9)), of("card.place", "en", json!(256 << 10))]),
                ],
                vec![
                    json!([of("card.place", "zh-TW", json!(9))]),
                    json!([of("../card", "en", json!(9))]),
                    json!([of("card.place", "en", json!((256 << 10) + 1))]),
                    json!([of("card.place", "en", json!(9)), of("card.place", "en", json!(8))]),
                    json!([{"prompt": "card.place", "language": "en"}]),
                    json!("card.place"),
                ],
            )
        }
        ("trial", "seconds") => {
            (vec![json!(10), json!(3600)], vec![json!(9), json!(3601), json!(60.0), json!("60")])
        }
        ("voice", "enabled") => (vec![json!(true), json!(false)], vec![json!("yes"), json!(1)]),
        ("voice", "volume") => {
            (vec![json!(0), json!(60), json!(100)], vec![json!(-1), json!(101), json!(60.0), json!("60")])
        }
        ("ui", "fullscreen") => (vec![json!(true), json!(false)], vec![json!("yes"), json!(1)]),
        _ => (
            vec![json!(1), json!(3600)],
            vec![json!(0), json!(3601), json!(-5), json!(1.5), json!(60.0), json!("60")],
        ),
    }
}

#[test]
fn every_key_takes_its_values_and_refuses_others_by_name() {
    assert_eq!(keys().len(), 22);
    for (table, key) in keys() {
        let (good, bad) = samples(&table, &key);
        for value in good.clone() {
            let document = json!({&table: {&key: value}});
            assert_eq!(check(&document), Ok(()), "{document}");
        }
        let never = [Value::Null, json!([]), json!({})].into_iter().filter(|value| !good.contains(value));
        for value in bad.into_iter().chain(never) {
            let document = json!({&table: {&key: value}});
            let refused = check(&document).unwrap_err();
            let name = format!("{table}.{key}");
            assert!(refused.0.iter().all(|problem| problem.key.starts_with(&name)), "{refused}");
            for problem in &refused.0 {
                let chinese = problem.reason.chinese();
                assert!(!problem.reason.to_string().is_empty() && !chinese.is_empty());
                assert!(!chinese.starts_with("不符合要求"), "{problem}: nobody has said it in Chinese");
            }
        }
    }
}

#[test]
fn every_file_is_named_once_and_the_schema_knows_the_limit() {
    let poster = |hash: &str, title: &str| json!({"sha256": hash.repeat(64), "length": 7, "title": title});
    let named = [poster("b", "示例一"), poster("a", "示例二"), poster("b", "示例三")];
    let settings = json!({"idle": {"posters": named}});
    assert_eq!(check(&settings), Ok(()));
    let settings = settings.as_object().unwrap();
    assert_eq!(posters(settings).len(), 3);
    let once = ["a", "b"].map(|hash| Content { sha256: hash.repeat(64), length: 7 });
    assert_eq!(content(settings), once);
    assert!(content(json!({}).as_object().unwrap()).is_empty());
    let (named, settings) = (json!({"sha256": "c".repeat(64), "length": 9}), settings.clone());
    let with = [settings, json!({"service": {"catalogue": named}}).as_object().unwrap().clone()];
    let with = with.into_iter().flatten().collect();
    assert_eq!(content(&with).len(), 3, "the catalogue is one of them");
    let recording = json!({"prompt": "card.place", "language": "en", "sha256": "d".repeat(64), "length": 5});
    let with = json!({"voice": {"prompts": [recording]}}).as_object().unwrap().clone();
    assert_eq!(content(&with), [Content { sha256: "d".repeat(64), length: 5 }], "a recording is one of them");
    assert!(SCHEMA.contains(&format!("\"maximum\": {CONTENT_BYTES}")));
}

#[test]
fn nothing_at_all_is_a_configuration() {
    assert_eq!(check(&json!({})), Ok(()));
}

#[test]
fn every_mistake_is_told_with_key_and_reason() {
    let refused = check(&json!({"session": {"idle": 0, "rating": 9999}})).unwrap_err().to_string();
    assert_eq!(
        refused,
        "session.idle: 0 is less than the minimum of 1; session.rating: 9999 is greater than the maximum of 3600"
    );
}

#[test]
fn an_operator_reads_in_chinese_what_is_wrong() {
    let told = |document: Value| check(&document).unwrap_err().0[0].reason.chinese().to_owned();
    assert_eq!(told(json!({"session": {"idle": 0}})), "不能小于 1");
    assert_eq!(told(json!({"session": {"idle": "60"}})), "应为整数");
    assert_eq!(told(json!({"sesion": {}})), "没有这些配置项：sesion");
    assert_eq!(told(json!({"ui": {"orientation": "up"}})), "应为其中之一：portrait、landscape");
    assert_eq!(told(json!({"devices": {"id_card_reader": {}}})), "缺少 url");
    assert_eq!(told(json!({"home": {"tiles": ["progress", "progress"]}})), "有重复的项");
    let notice = json!({"title": {"zh-CN": "示例"}, "text": {"zh-CN": "示例"}, "from": "26.11.2026", "until": "2026-11-26"});
    assert_eq!(told(json!({"home": {"notices": [notice]}})), "不是日期，应写成 2026-11-26");
}

#[test]
fn what_contradicts_itself_is_told_in_words() {
    let told = |document: Value| check(&document).unwrap_err().to_string();
    let twice = told(json!({"ui": {"language": "en", "languages": ["zh-CN"]}}));
    assert_eq!(twice, "ui.language: another key of the same table says it already");
    let words = json!({"zh-CN": "示例"});
    let notice = |text: Value, until: &str| json!({"home": {"notices": [{"title": words, "text": text, "from": "2026-11-26", "until": until}]}});
    let backwards = told(notice(words.clone(), "2026-11-25"));
    assert_eq!(backwards, "home.notices.0.until: 2026-11-25 is before 2026-11-26");
    let prompt = |hash: &str| json!({"prompt": "card.place", "language": "en", "sha256": hash.repeat(64), "length": 5});
    let both = told(json!({"voice": {"prompts": [prompt("a"), prompt("b")]}}));
    assert_eq!(both, "voice.prompts.1: card.place has another recording in en already");
    let lines = told(notice(json!({"zh-CN": "two\nlines"}), "2026-11-26"));
    assert_eq!(lines, "home.notices.0.text.zh-CN: is empty, or has more in it than plain text in one line");
}

#[test]
fn tiles_keep_their_order() {
    let settings = json!({"home": {"tiles": ["progress", "civil-affairs"]}});
    assert_eq!(tiles(settings.as_object().unwrap()), ["progress", "civil-affairs"]);
    assert!(tiles(json!({}).as_object().unwrap()).is_empty());
}

#[test]
fn what_is_a_matter_of_the_machine_is_refused() {
    for key in ["platform", "store", "sesion"] {
        let refused = check(&json!({key: {}})).unwrap_err().to_string();
        assert!(refused.contains(key), "{refused}");
    }
    // Nobody would notice that a camera or a scanner does not work any more.
    for device in ["camera", "code_scanner", "drive"] {
        let refused =
            check(&json!({"devices": {device: {"url": "file:///dev/video0"}}})).unwrap_err().to_string();
        assert!(refused.contains(device), "{refused}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    let name = prop_oneof!["ui", "session", "idle", "home", "language", "notices", ".{0,8}"];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_document_is_taken_or_refused_and_what_is_taken_has_known_keys_only(document in any_json()) {
        if check(&document).is_ok() {
            for (table, of) in document.as_object().unwrap() {
                for key in of.as_object().unwrap().keys() {
                    prop_assert!(keys().contains(&(table.clone(), key.clone())));
                }
            }
        }
    }
}
