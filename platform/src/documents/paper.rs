//! The words of a document, in their order on the sheet. No drawing here.

use jiff::civil::Date;

use super::{Document, Issued, Kind};

/// What stands on a sheet.
pub(super) struct Paper {
    pub(super) title: String,
    pub(super) number: String,
    pub(super) demo: bool,
    pub(super) addressee: String,
    /// Paragraphs.
    pub(super) text: Vec<String>,
    /// Rows of a table: what, and how it is.
    pub(super) facts: Vec<(String, String)>,
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

pub(super) fn compose(issued: &Issued, public_url: &str) -> Paper {
    let Issued { code, document } = issued;
    let link = format!("{public_url}/verify/{}", code.as_str());
    Paper {
        title: document.kind.title().to_owned(),
        number: format!("编号 {}", document.number),
        demo: document.demo,
        addressee: format!("{}：", document.applicant),
        text: text(document),
        facts: facts(document),
        organisation: document.organisation.clone(),
        dated: day(document.dated),
        verification: vec![
            format!("验证码 {code}"),
            "扫码，或打开下面的网址输入验证码，核对本件真伪：".to_owned(),
            format!("{public_url}/verify"),
        ],
        link,
    }
}

fn text(document: &Document) -> Vec<String> {
    let received = day(document.received_on);
    let item = &document.item;
    let first = match document.kind {
        Kind::IntakeReceipt => format!("您于{received}提交的“{item}”申请，我单位已经收到。"),
        Kind::AcceptanceNotice => format!("您于{received}提交的“{item}”申请，我单位现予受理。"),
        Kind::CompletionNotice => format!("您于{received}提交的“{item}”申请，我单位已经办结。"),
    };
    let mut text = vec![first];
    text.extend(match document.kind {
        Kind::IntakeReceipt if document.papers.is_empty() => None,
        Kind::IntakeReceipt => Some(format!(
            "还要到窗口交下列材料，交齐才受理：{}。自收到申请之日起 5 个工作日内，我单位会告诉您是否受理、还缺什么。",
            document.papers.join("；")
        )),
        Kind::AcceptanceNotice => document.due_on.map(|due| {
            let expected = if document.due_provisional { "预计" } else { "" };
            format!("承诺{expected}于{}前办结。", day(due))
        }),
        Kind::CompletionNotice => document.result.as_ref().map(|result| {
            let until = document.valid_until.map(|until| format!("，有效期至{}", day(until)));
            format!("办理结果：{result}{}。", until.unwrap_or_default())
        }),
    });
    if document.kind == Kind::AcceptanceNotice && document.due_provisional {
        text.push("该年度放假安排尚未公布，办结日期如有变化将另行通知。".to_owned());
    }
    text
}

fn facts(document: &Document) -> Vec<(String, String)> {
    let mut facts = vec![
        ("办件编号", document.case_no.clone()),
        ("取件码", document.pickup_code.clone()),
        ("申请人", document.applicant.clone()),
        ("证件号码", document.id_number.clone()),
        ("事项", document.item.clone()),
        ("收件日期", day(document.received_on)),
    ];
    if let (Kind::AcceptanceNotice, Some(due)) = (document.kind, document.due_on) {
        facts.push(("承诺办结", format!("{}前", day(due))));
    }
    facts.push(("咨询电话", document.consult_phone.clone()));
    facts.push(("监督投诉", document.complain_phone.clone()));
    facts.into_iter().map(|(what, how)| (what.to_owned(), how)).collect()
}
