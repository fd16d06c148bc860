//! 查进度 without signing in: by what stands on the receipt, and the last four of the applicant's number.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use maud::html;
use protocol::{Case, PickupCode};

use super::{
    Web, cases as case_page,
    form::{TextBox, summary, text_box},
    page::{Fault, Notice, Page, notice, token},
    session::{Posted, Visit},
};
use crate::store::{
    StoreError, Transaction, cases,
    own::{self, Named},
    residents,
};

/// Looks at one number: so many, in so many seconds. Four digits are found by trying, were there no limit.
const LOOKS: [(i64, i64); 2] = [(8, 600), (20, 24 * 3600)];

pub(super) async fn ask(State(web): State<Web>, visit: Visit) -> Response {
    ask_page(&web, &visit, &Typed::default())
}

#[derive(Default)]
struct Typed<'a> {
    number: &'a str,
    last: &'a str,
    number_wrong: Option<&'a str>,
    last_wrong: Option<&'a str>,
    not_found: bool,
}

fn ask_page(web: &Web, visit: &Visit, typed: &Typed<'_>) -> Response {
    let number = TextBox {
        name: "number",
        label: "取件码、办件编号或一件事编号",
        hint: Some("在回执上，取件码是 9 位数字，一件事编号以 YJS 开头"),
        longest: 70,
        value: typed.number,
        wrong: typed.number_wrong,
        ..TextBox::default()
    };
    let last = TextBox {
        name: "last",
        label: "申请人身份证号码的最后 4 位",
        hint: Some("最后一位可能是 X"),
        longest: 4,
        value: typed.last,
        wrong: typed.last_wrong,
        ..TextBox::default()
    };
    let body = html! {
        (summary(&[("number", typed.number_wrong), ("last", typed.last_wrong)]))
        @if typed.not_found {
            (notice(Notice::Warn, "没有查到", &html! {
                p { "请对照回执再输一遍。在自助机断网时提交的，联网后才查得到。" }
            }))
        }
        form method="post" action="/progress" {
            (token(visit))
            (text_box(&number))
            (text_box(&last))
            p.actions { button { "查进度" } }
        }
        @if visit.resident.is_none() {
            p.quiet { a href="/my" { "登录" } " 后可以看到自己的全部办件。" }
        }
    };
    let wrong = typed.number_wrong.is_some() || typed.last_wrong.is_some();
    Page::new("查进度").wrong(wrong).show(web, visit, body)
}

/// What was typed, as a case is named; the gaps are ours.
fn named(typed: &str) -> Option<Named> {
    let plain: String = typed.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    if plain.len() <= 9 {
        return PickupCode::parse(&plain).ok().map(|code| Named::PickupCode(code.into()));
    }
    let good = plain.len() <= 50 && plain.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let number = plain.to_uppercase();
    good.then(|| if number.starts_with("YJS") { Named::BundleNo(number) } else { Named::CaseNo(number) })
}

fn last_four(typed: &str) -> Option<String> {
    let last = typed.to_uppercase();
    let bytes = last.as_bytes();
    let (front, end) = bytes.split_at_checked(3)?;
    let good = front.iter().all(u8::is_ascii_digit) && matches!(end, [b'0'..=b'9' | b'X']);
    good.then_some(last)
}

pub(super) async fn find(State(web): State<Web>, visit: Visit, posted: Posted) -> Result<Response, Fault> {
    let mut typed = Typed { number: posted.get("number"), last: posted.get("last"), ..Typed::default() };
    let (Some(name), Some(last)) = (named(typed.number), last_four(typed.last)) else {
        typed.number_wrong = named(typed.number).is_none().then_some("号码不对，请对照回执再输一遍");
        typed.last_wrong = last_four(typed.last).is_none().then_some("请填身份证号码的最后 4 位");
        return Ok(ask_page(&web, &visit, &typed));
    };
    let now = web.app.clock.now().as_second();
    let looked = web.app.store.write(move |transaction| look(transaction, &name, &last, now)).await?;
    let Some(found) = looked else {
        typed.number_wrong = Some("这个号码查得太多了，请过十分钟再试");
        return Ok(ask_page(&web, &visit, &typed));
    };
    if found.is_empty() {
        typed.not_found = true;
        return Ok(ask_page(&web, &visit, &typed));
    }
    let body = html! {
        @for case in &found {
            section.case {
                h2 { (case.item.name.simplified) }
                (case_page::shown(&web, case, &html! {}))
            }
        }
    };
    Ok(Page::new("办到哪一步了").up("/progress", "再查一个").show(&web, &visit, body).into_response())
}

/// The cases, or `None` where one number was looked at too often.
fn look(
    transaction: &Transaction<'_>,
    name: &Named,
    last: &str,
    now: i64,
) -> Result<Option<Vec<Case>>, StoreError> {
    let (Named::CaseNo(value) | Named::PickupCode(value) | Named::BundleNo(value)) = name;
    if !residents::allow(transaction, &format!("look {value}"), now, &LOOKS)? {
        return Ok(None);
    }
    let mut found = Vec::new();
    for case_no in own::named(transaction, name, last)? {
        found.extend(cases::for_applicant(transaction, &case_no)?);
    }
    Ok(Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_on_a_receipt_is_understood() {
        assert!(matches!(named("123 456 782"), Some(Named::PickupCode(code)) if code == "123456782"));
        assert!(matches!(named("1151 9999 mb00"), Some(Named::CaseNo(number)) if number == "11519999MB00"));
        assert!(
            matches!(named("yjs0 0120 2611 2400 01"), Some(Named::BundleNo(number)) if number == "YJS001202611240001")
        );
        assert!(named("123456789").is_none(), "a wrong check digit");
        assert!(named("").is_none() && named("示例示例示例示例").is_none());
        assert_eq!(last_four("001x").as_deref(), Some("001X"));
        for bad in ["", "00", "00000", "x001", "示例"] {
            assert_eq!(last_four(bad), None);
        }
    }
}
