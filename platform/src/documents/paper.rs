//! What stands on a sheet, in its order. No drawing here.

use jiff::civil::Date;
use protocol::mask;
use serde_json::Value as Json;

use super::{
    Issued,
    wording::{Value, Values, Words, fill, fill_rows},
};
use crate::store::cases::Party;

/// What stands on a sheet.
pub(super) struct Paper {
    pub(super) title: String,
    /// 文书编号; a public notice has none on it.
    pub(super) number: Option<String>,
    pub(super) demo: bool,
    /// To whom it is written.
    pub(super) addressee: Option<String>,
    /// Paragraphs.
    pub(super) text: Vec<String>,
    /// Rows of a table: what, and how it is.
    pub(super) facts: Vec<(String, String)>,
    /// Lines below the table.
    pub(super) after: Vec<String>,
    pub(super) organisation: String,
    pub(super) dated: String,
    /// What the QR code holds.
    pub(super) link: String,
    /// The lines beside it.
    pub(super) verification: Vec<String>,
}

fn day(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// The sheet for `whose` eyes, with the name in full; the office's own copy is masked.
pub(super) fn compose(issued: &Issued, whose: Option<&Party>, public_url: &str) -> Option<Paper> {
    let words = Words::shipped();
    let wording = words.of(issued.kind)?;
    let whose = whose.filter(|_| issued.kind.is_to_applicant());
    let values = values(issued, whose, words);
    let text = |name: &str| match values.get(name) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let lines = |templates: &[String]| templates.iter().flat_map(|line| fill(line, &values)).collect();
    let about = if wording.public { &[][..] } else { &words.about };
    let facts = [about, &wording.facts, &words.phones].into_iter();
    Some(Paper {
        title: issued.kind.title().to_owned(),
        number: (!wording.public).then(|| format!("编号 {}", issued.number)),
        demo: values.contains_key("demo"),
        addressee: issued.kind.is_to_applicant().then(|| format!("{}：", text("applicant"))),
        text: lines(&wording.text),
        facts: facts.flat_map(|rows| fill_rows(rows, &values)).collect(),
        after: lines(&wording.after),
        organisation: text("organisation"),
        dated: day(issued.dated),
        link: format!("{public_url}/verify/{}", issued.code.as_str()),
        verification: vec![
            format!("验证码 {}", issued.code),
            "扫码，或打开下面的网址输入验证码，核对本件真伪：".to_owned(),
            format!("{public_url}/verify"),
        ],
    })
}

/// Everything that a template may name.
fn values(issued: &Issued, whose: Option<&Party>, words: &Words) -> Values {
    let mut values = Values::new();
    // What stands beside the act is said in more words than the act itself.
    for part in [issued.body.get("act"), issued.body.get("package"), Some(&issued.body)] {
        let fields = part.and_then(Json::as_object).into_iter().flatten();
        values.extend(fields.filter_map(|(name, value)| Some((name.clone(), read(name, value)?))));
    }
    let mut set = |name: &str, text: String| values.insert(name.to_owned(), Value::Text(text));
    set("case_no", issued.case_no.clone());
    set("dated", day(issued.dated));
    if let Some(Party { name, id_number }) = whose {
        set("applicant", name.clone());
        set("id_number", mask::id_number(id_number));
        set("pickup_code", issued.pickup_code.grouped());
    }
    values.insert("remedies".to_owned(), Value::List(words.remedies.clone()));
    values
}

/// One field of what was kept.
fn read(name: &str, value: &Json) -> Option<Value> {
    match value {
        Json::Bool(true) => Some(Value::True),
        Json::Number(number) => Some(Value::Text(number.to_string())),
        Json::String(text) if !text.is_empty() => {
            let date = text.parse().ok().filter(|_| name.ends_with("_on") || name.ends_with("_until"));
            Some(Value::Text(date.map_or_else(|| text.clone(), day)))
        }
        Json::Array(entries) if !entries.is_empty() => Some(Value::List(entries.iter().map(entry).collect())),
        _ => None,
    }
}

/// One entry of a list: words, a gap, or a part of an archive.
fn entry(entry: &Json) -> String {
    let of = |name: &str| entry.get(name).and_then(Json::as_str);
    match (entry.as_str(), of("material"), of("part")) {
        (Some(words), ..) => words.to_owned(),
        (_, Some(material), _) => format!("{material}：{}", of("opinion").unwrap_or_default()),
        (.., Some(part)) => {
            let number = of("number").map_or_else(String::new, |number| format!("（{number}）"));
            format!("{part}{number}　{}", of("sha256").unwrap_or_default())
        }
        _ => String::new(),
    }
}
