//! 验真伪: whether a document that somebody was shown is one of ours. The answer names no person.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maud::html;

use super::{
    Web,
    form::{TextBox, summary, text_box},
    page::{Fault, Notice, Page, notice, token},
    session::{Posted, Visit},
    words,
};
use crate::{
    clock::china_date,
    documents::{Issued, VerificationCode},
    store::documents,
};

pub(super) async fn ask(State(web): State<Web>, visit: Visit) -> Response {
    ask_page(&web, &visit, "", None)
}

fn ask_page(web: &Web, visit: &Visit, typed: &str, wrong: Option<&str>) -> Response {
    let field = TextBox {
        name: "code",
        label: "验证码",
        hint: Some("在文书下方，16 位字母和数字，不分大小写"),
        longest: 24,
        value: typed,
        wrong,
        ..TextBox::default()
    };
    let body = html! {
        p.lead { "拿到一份回执或通知书，想知道是不是真的？输入上面的验证码，或者扫它的二维码。" }
        (summary(&[("code", wrong)]))
        form method="post" action="/verify" {
            (token(visit))
            (text_box(&field))
            p.actions { button { "核对" } }
        }
    };
    Page::new("验真伪").wrong(wrong.is_some()).show(web, visit, body)
}

pub(super) async fn send(State(web): State<Web>, visit: Visit, posted: Posted) -> Response {
    let typed = posted.get("code");
    match VerificationCode::parse(typed) {
        Some(code) => Redirect::to(&format!("/verify/{}", code.as_str())).into_response(),
        None => ask_page(&web, &visit, typed, Some("验证码是 16 位字母和数字，请对照文书再输一遍")),
    }
}

pub(super) async fn show(
    State(web): State<Web>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, Fault> {
    let Some(code) = VerificationCode::parse(&code) else {
        return Ok(ask_page(&web, &visit, &code, Some("验证码不对，请对照文书再输一遍")));
    };
    let looked = code.clone();
    let found = web.app.store.read(move |view| documents::verify(view, &looked)).await?;
    let Some(issued) = found else {
        let body = notice(
            Notice::Bad,
            "没有这份文书",
            &html! {
                p { "本平台没有发出过验证码是 " strong { (code) } " 的文书。" }
                p { "请先核对有没有输错。确认没有输错，请拨打页面下方的监督投诉电话。" }
            },
        );
        return Ok(Page::new("核对结果").up("/verify", "再核对一份").show(&web, &visit, body));
    };
    Ok(genuine(&web, &visit, &issued))
}

fn genuine(web: &Web, visit: &Visit, issued: &Issued) -> Response {
    let today = china_date(web.app.clock.now());
    let said = |name: &str| issued.body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    // Only what a document itself says of its day is told of it here.
    let due: Option<Date> = said("due_on").parse().ok().filter(|_| issued.kind.tells_the_due_day());
    let body = html! {
        (notice(Notice::Good, "是本平台发出的文书", &html! {
            p { "请和手里的这一份逐项对照，有一处不同就不是真的。这里不显示个人信息。" }
        }))
        dl.facts {
            div { dt { "文书" } dd { (issued.kind.title()) } }
            @if !issued.is_public() {
                div { dt { "文书编号" } dd.number { (words::grouped(&issued.number)) } }
            }
            div { dt { "事项" } dd { (said("item")) } }
            div { dt { "发出单位" } dd { (said("organisation")) } }
            div { dt { "日期" } dd { (words::day(issued.dated, today)) } }
            @if let Some(due) = due { div { dt { "承诺办结" } dd { (words::day(due, today)) "前" } } }
            div { dt { "验证码" } dd.number { (issued.code) } }
        }
        @if issued.body.get("demo") == Some(&serde_json::Value::Bool(true)) { (super::browse::demo()) }
    };
    Page::new("核对结果").up("/verify", "再核对一份").show(web, visit, body)
}
