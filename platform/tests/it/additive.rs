//! The API changes by addition alone: whoever was written for what was published once goes on working.
//!
//! `openapi-0.1.0.json` is what was published first. It is replaced where a new major version is, and nowhere else.

use protocol::AppRegistry;
use serde_json::{Value, json};

use crate::fixture::TestPlatform;

const PUBLISHED: &str = include_str!("openapi-0.1.0.json");
const CHECKED_IN: &str = include_str!("../../../docs/openapi.json");

/// A document, and what it refers to.
struct Api(Value);

impl Api {
    fn parse(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap())
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(path) => self.0.pointer(path.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }
}

/// Which way a schema travels.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Written by callers: nothing more may be demanded of them, and nothing that they say may be refused.
    In,
    /// Read by callers: nothing that they rely on may be missing.
    Out,
}

fn names(schema: &Value) -> Vec<&str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn compare(old: (&Api, &Value), new: (&Api, &Value), way: Way, at: &str, depth: u8, found: &mut Vec<String>) {
    let (before, now) = (old.0.resolve(old.1), new.0.resolve(new.1));
    if depth == 0 || before == now && old.0.0 == new.0.0 {
        return;
    }
    if let (Way::In, None, Some(ways)) = (way, before["oneOf"].as_array(), now["oneOf"].as_array()) {
        // What was taken is still one of the things that are taken.
        let stumbles = ways.iter().map(|one| {
            let mut found = Vec::new();
            compare(old, (new.0, one), way, at, depth - 1, &mut found);
            found
        });
        return found.extend(stumbles.min_by_key(Vec::len).unwrap_or_default());
    }
    if before["type"] != now["type"] {
        found.push(format!("{at}: another type"));
    }
    let (must, must_now) = (names(before), names(now));
    match way {
        Way::In => found.extend(
            must_now
                .iter()
                .filter(|name| !must.contains(name))
                .map(|name| format!("{at}: {name} is demanded")),
        ),
        Way::Out => found.extend(
            must.iter()
                .filter(|name| !must_now.contains(name))
                .map(|name| format!("{at}: {name} may be missing")),
        ),
    }
    for (name, field) in before["properties"].as_object().into_iter().flatten() {
        match now["properties"].get(name) {
            None => found.push(format!("{at}: {name} is gone")),
            Some(other) => {
                compare((old.0, field), (new.0, other), way, &format!("{at}.{name}"), depth - 1, found);
            }
        }
    }
    if before["items"].is_object() {
        compare((old.0, &before["items"]), (new.0, &now["items"]), way, &format!("{at}[]"), depth - 1, found);
    }
    if before["additionalProperties"].is_object() {
        let (before, now) = (&before["additionalProperties"], &now["additionalProperties"]);
        compare((old.0, before), (new.0, now), way, &format!("{at}.*"), depth - 1, found);
    }
    for value in before["enum"].as_array().into_iter().flatten() {
        if way == Way::In && !now["enum"].as_array().is_some_and(|values| values.contains(value)) {
            found.push(format!("{at}: {value} is not taken any more"));
        }
    }
}

fn operations(api: &Api) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = api.0["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation))
    })
}

/// What a caller of `old` would stumble over in `new`.
fn broken(old: &Api, new: &Api) -> Vec<String> {
    let mut found = Vec::new();
    for (path, method, operation) in operations(old) {
        let at = format!("{method} {path}");
        let Some(now) = new.0["paths"][path].get(method) else {
            found.push(format!("{at}: is gone"));
            continue;
        };
        for (media, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            let other = &now["requestBody"]["content"][media]["schema"];
            compare((old, &content["schema"]), (new, other), Way::In, &at, 8, &mut found);
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            for (media, content) in response["content"].as_object().into_iter().flatten() {
                let other = &now["responses"][status]["content"][media]["schema"];
                compare(
                    (old, &content["schema"]),
                    (new, other),
                    Way::Out,
                    &format!("{at} {status}"),
                    8,
                    &mut found,
                );
            }
        }
        let known = |parameter: &Value| {
            operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|old| old["name"] == parameter["name"])
        };
        for parameter in now["parameters"].as_array().into_iter().flatten() {
            if parameter["required"] == true && !known(parameter) {
                found.push(format!("{at}: {} is demanded", parameter["name"]));
            }
        }
    }
    found
}

#[test]
fn the_document_that_is_checked_in_is_the_one_that_is_served() {
    assert!(platform::openapi() == CHECKED_IN.trim_end(), "run: platform openapi > docs/openapi.json");
}

#[test]
fn nothing_that_was_published_is_gone() {
    let found = broken(&Api::parse(PUBLISHED), &Api::parse(CHECKED_IN));
    assert!(found.is_empty(), "{found:#?}");
}

/// Says more in every object of a document.
fn say_more(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(say_more),
        Value::Object(fields) => {
            fields.values_mut().for_each(say_more);
            fields.insert("more".to_owned(), json!({ "than": "is known" }));
        }
        _ => {}
    }
}

#[tokio::test]
async fn a_newer_platform_may_say_more_than_an_older_kiosk_knows() {
    let registry = TestPlatform::new().await.get("/api/v1/registry").await.body;
    let mut newer: Value = serde_json::from_str(&registry).unwrap();
    say_more(&mut newer);
    assert_ne!(newer["items"][0]["item"]["name"]["more"], Value::Null);
    let read: AppRegistry = serde_json::from_value(newer).unwrap();
    assert_eq!(read, serde_json::from_str(&registry).unwrap());
}

#[test]
fn an_addition_is_no_change_and_a_change_is_noticed() {
    let published = Api::parse(PUBLISHED);
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut api = Api::parse(PUBLISHED);
        change(&mut api.0);
        broken(&published, &api).len()
    };
    let add = json!({ "type": "string" });
    assert_eq!(changed(&|api| api["components"]["schemas"]["Case"]["properties"]["more"] = add.clone()), 0);
    assert_eq!(changed(&|api| api["paths"]["/api/v1/more"] = json!({ "get": {} })), 0);
    for (what, change) in [
        ("a field that is gone", "/components/schemas/Case/properties/case_no"),
        ("a call that is gone", "/paths/~1api~1v1~1cases/post"),
    ] {
        let gone = changed(&|api| {
            let (parent, name) = change.rsplit_once('/').unwrap();
            api.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
        });
        assert!(gone > 0, "{what}");
    }
    let demanded = changed(&|api| {
        let required = &mut api["components"]["schemas"]["CaseSubmission"]["required"];
        required.as_array_mut().unwrap().push("more".into());
    });
    assert!(demanded > 0);
    let answers = |change: Value| {
        changed(&|api| api["components"]["schemas"]["BTreeMap"]["additionalProperties"] = change.clone())
    };
    assert_eq!(answers(json!({ "oneOf": [{ "type": "array" }, { "type": "string" }] })), 0);
    assert!(answers(json!({ "oneOf": [{ "type": "array" }, { "type": "integer" }] })) > 0);
    assert!(answers(json!({ "type": "array" })) > 0);
    let optional = changed(&|api| {
        api["components"]["schemas"]["Case"]["required"]
            .as_array_mut()
            .unwrap()
            .retain(|name| name != "case_no");
    });
    assert!(optional > 0);
}
