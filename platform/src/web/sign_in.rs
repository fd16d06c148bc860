//! Signing in: a phone is proved with a code in a short message, then a name and a number with the real-name check.
//!
//! In this order, so that nobody can ask whether a name and a number belong together without a phone that is proved.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use protocol::{FieldKind, IdNumber};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Web,
    form::{TextBox, summary, text_box},
    page::{Fault, Notice, Page, notice, token},
    session::{self, Posted, Visit},
    visit::local,
};
use crate::{
    clock::china_date,
    store::residents::{self, Resident, Tried},
    web::gateway::{Claim, Gateways},
};

/// Codes to one phone: so many, in so many seconds.
const CODES: [(i64, i64); 3] = [(1, 60), (5, 3600), (10, 24 * 3600)];
/// Names tried with one phone.
const NAMES: [(i64, i64); 2] = [(5, 3600), (10, 24 * 3600)];

const OFTEN: &str = "试得太多了，请过一会儿再试，或到窗口办理";

#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

type Wanted = Result<Query<Next>, QueryRejection>;

fn next(query: Wanted) -> String {
    query.map_or_else(|_| "/".to_owned(), |Query(wanted)| local(&wanted.next))
}

pub(super) async fn phone(State(web): State<Web>, visit: Visit, query: Wanted) -> Response {
    if visit.resident.is_some() {
        return Redirect::to(&next(query)).into_response();
    }
    phone_page(&web, &visit, &next(query), "", None)
}

fn phone_page(web: &Web, visit: &Visit, next: &str, typed: &str, wrong: Option<&str>) -> Response {
    let Some(gateways) = &web.settings.gateways else { return closed(web, visit) };
    let field = TextBox {
        name: "phone",
        label: "您的手机号",
        hint: Some("11 位，我们会发一条带验证码的短信"),
        kind: "tel",
        longest: 13,
        complete: Some("tel"),
        value: typed,
        wrong,
        ..TextBox::default()
    };
    let body = html! {
        (summary(&[("phone", wrong)]))
        @if let Some(remark) = gateways.real_name.remark() { (notice(Notice::Warn, "", &html! { p { (remark) } })) }
        form method="post" action="/sign-in" {
            (token(visit))
            input type="hidden" name="next" value=(next);
            (text_box(&field))
            p.actions { button { "发送验证码" } }
        }
        p.quiet { "没有手机？请到社区自助一体机刷身份证办理，或到窗口办理。" }
    };
    Page::new("登录").above("第 1 步，共 3 步").wrong(wrong.is_some()).show(web, visit, body)
}

fn closed(web: &Web, visit: &Visit) -> Response {
    let body = notice(
        Notice::Info,
        "网上登录还没有开通",
        &html! { p { "请到社区自助一体机或窗口办理。查进度不用登录。" } p { a href="/progress" { "去查进度" } } },
    );
    Page::new("登录").show(web, visit, body)
}

/// Six digits.
fn new_code() -> String {
    let (_, random) = Uuid::new_v4().as_u64_pair();
    // Two bits of the half are the variant; the rest is random.
    format!("{:06}", (random & 0x3fff_ffff_ffff_ffff) % 1_000_000)
}

/// A code alone could be found in its hash by trying all of them.
fn code_hash(visit: &Visit, code: &str) -> String {
    session::hash(&format!("code {} {code}", visit.form_token()))
}

pub(super) async fn send(State(web): State<Web>, visit: Visit, posted: Posted) -> Result<Response, Fault> {
    let Some(gateways) = web.settings.gateways.clone() else { return Ok(closed(&web, &visit)) };
    let next = local(posted.get("next"));
    let phone: String = posted.get("phone").chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let now = web.app.clock.now();
    let refuse = |wrong| Ok(phone_page(&web, &visit, &next, posted.get("phone"), Some(wrong)));
    if FieldKind::Phone.check(&phone, china_date(now)).is_err() {
        return refuse("请填 11 位手机号");
    }
    let code = new_code();
    let (hash, kept, to) = (visit.hash(), code_hash(&visit, &code), phone.clone());
    let now = now.as_second();
    let allowed = web
        .app
        .store
        .write(move |transaction| {
            let allowed = residents::allow(transaction, &format!("sms {to}"), now, &CODES)?;
            if allowed {
                residents::sent(transaction, &hash, &to, &kept, now)?;
            }
            Ok(allowed)
        })
        .await?;
    if !allowed {
        return refuse("刚发过验证码，或今天发得太多。请过一分钟再试");
    }
    match send_away(gateways, phone, code).await {
        Ok(shown) => {
            if let Some(shown) = shown {
                let hash = visit.hash();
                web.app.store.write(move |transaction| residents::show(transaction, &hash, &shown)).await?;
            }
            Ok(Redirect::to(&format!("/sign-in/code?next={next}")).into_response())
        }
        Err(()) => refuse("短信没有发出去，请过一会儿再试"),
    }
}

async fn send_away(gateways: Gateways, phone: String, code: String) -> Result<Option<String>, ()> {
    let sent = tokio::task::spawn_blocking(move || gateways.messages.send_code(&phone, &code)).await;
    sent.map_err(|_| ())?.map_err(|error| tracing::error!(%error, "sms.unsent"))
}

pub(super) async fn code(State(web): State<Web>, visit: Visit, query: Wanted) -> Result<Response, Fault> {
    code_page(&web, &visit, &next(query), None).await
}

async fn code_page(web: &Web, visit: &Visit, next: &str, wrong: Option<&str>) -> Result<Response, Fault> {
    let (hash, now) = (visit.hash(), web.app.clock.now().as_second());
    let proof = web.app.store.read(move |view| residents::proof(view, &hash, now)).await?;
    let Some(proof) = proof else {
        return Ok(Redirect::to(&format!("/sign-in?next={next}")).into_response());
    };
    let field = TextBox {
        name: "code",
        label: "短信里的 6 位验证码",
        hint: Some("5 分钟内有效，不要告诉任何人"),
        mode: "numeric",
        longest: 6,
        complete: Some("one-time-code"),
        wrong,
        ..TextBox::default()
    };
    let body = html! {
        (summary(&[("code", wrong)]))
        @match &proof.shown {
            Some(shown) => (notice(Notice::Warn, "", &html! { p { (shown) } })),
            None => p.lead { "验证码已发到 " (protocol::mask::phone(&proof.phone)) },
        }
        form method="post" action="/sign-in/code" {
            (token(visit))
            input type="hidden" name="next" value=(next);
            (text_box(&field))
            p.actions { button { "下一步" } }
        }
        p { a href={ "/sign-in?next=" (next) } { "没收到？换号码或重新发送" } }
    };
    Ok(Page::new("输入验证码").above("第 2 步，共 3 步").wrong(wrong.is_some()).show(web, visit, body))
}

pub(super) async fn check_code(
    State(web): State<Web>,
    visit: Visit,
    posted: Posted,
) -> Result<Response, Fault> {
    let next = local(posted.get("next"));
    let code: String = posted.get("code").chars().filter(char::is_ascii_digit).collect();
    let (hash, tried, now) = (visit.hash(), code_hash(&visit, &code), web.app.clock.now().as_second());
    let came =
        web.app.store.write(move |transaction| residents::try_code(transaction, &hash, &tried, now)).await?;
    let wrong = match came {
        Tried::Right => return Ok(Redirect::to(&format!("/sign-in/name?next={next}")).into_response()),
        Tried::Wrong { left } => format!("验证码不对，还可以试 {left} 次"),
        Tried::Over => "这个验证码已经失效，请重新发送".to_owned(),
    };
    code_page(&web, &visit, &next, Some(&wrong)).await
}

pub(super) async fn name(State(web): State<Web>, visit: Visit, query: Wanted) -> Result<Response, Fault> {
    let next = next(query);
    match proved(&web, &visit).await? {
        Some(_) => Ok(name_page(&web, &visit, &next, &Named::default())),
        None => Ok(Redirect::to(&format!("/sign-in?next={next}")).into_response()),
    }
}

/// The phone of this visit, once it is proved.
async fn proved(web: &Web, visit: &Visit) -> Result<Option<String>, Fault> {
    let (hash, now) = (visit.hash(), web.app.clock.now().as_second());
    let proof = web.app.store.read(move |view| residents::proof(view, &hash, now)).await?;
    Ok(proof.filter(|proof| proof.proved).map(|proof| proof.phone))
}

/// What was typed on the last page, and what is wrong with it.
#[derive(Default)]
struct Named<'a> {
    name: &'a str,
    id_number: &'a str,
    name_wrong: Option<&'a str>,
    number_wrong: Option<&'a str>,
}

fn name_page(web: &Web, visit: &Visit, next: &str, named: &Named<'_>) -> Response {
    let name = TextBox {
        name: "name",
        label: "姓名",
        hint: Some("和身份证上一样"),
        longest: 50,
        complete: Some("name"),
        value: named.name,
        wrong: named.name_wrong,
        ..TextBox::default()
    };
    let number = TextBox {
        name: "id_number",
        label: "身份证号码",
        hint: Some("18 位，最后一位可能是 X"),
        longest: 24,
        value: named.id_number,
        wrong: named.number_wrong,
        ..TextBox::default()
    };
    let body: Markup = html! {
        (summary(&[("name", named.name_wrong), ("id_number", named.number_wrong)]))
        @if let Some(remark) = web.settings.gateways.as_ref().and_then(|gateways| gateways.real_name.remark()) {
            (notice(Notice::Warn, "", &html! { p { (remark) } }))
        }
        form method="post" action="/sign-in/name" {
            (token(visit))
            input type="hidden" name="next" value=(next);
            (text_box(&name))
            (text_box(&number))
            p.actions { button { "登录" } }
        }
        p.quiet { "只用来核对是不是您本人。离开电脑前请退出登录。" }
    };
    let wrong = named.name_wrong.is_some() || named.number_wrong.is_some();
    Page::new("核对身份").above("第 3 步，共 3 步").wrong(wrong).show(web, visit, body)
}

pub(super) async fn check_name(
    State(web): State<Web>,
    visit: Visit,
    posted: Posted,
) -> Result<Response, Fault> {
    let next = local(posted.get("next"));
    let again = Redirect::to(&format!("/sign-in?next={next}")).into_response();
    let (Some(gateways), Some(phone)) = (web.settings.gateways.clone(), proved(&web, &visit).await?) else {
        return Ok(again);
    };
    let (name, typed) = (posted.get("name"), posted.get("id_number"));
    let id_number: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    let id_number = id_number.to_uppercase();
    let now = web.app.clock.now();
    let today = china_date(now);
    let mut named = Named { name, id_number: typed, ..Named::default() };
    named.name_wrong = (FieldKind::Text { max_chars: 50 }).check(name, today).err().map(|_| "请填姓名");
    named.number_wrong = (!IdNumber::is_valid(&id_number)).then_some("号码不对，请对照身份证再填一次");
    if named.name_wrong.is_some() || named.number_wrong.is_some() {
        return Ok(name_page(&web, &visit, &next, &named));
    }
    let who = format!("name {phone}");
    let second = now.as_second();
    let allowed =
        web.app.store.write(move |transaction| residents::allow(transaction, &who, second, &NAMES)).await?;
    if !allowed {
        named.number_wrong = Some(OFTEN);
        return Ok(name_page(&web, &visit, &next, &named));
    }
    let resident = Resident { name: name.to_owned(), id_number, phone };
    match is_one_person(gateways, resident.clone()).await {
        Some(true) => welcome(&web, &visit, resident, &next).await,
        Some(false) => {
            named.number_wrong = Some("姓名、身份证号码和手机号对不上，请核对后再试");
            Ok(name_page(&web, &visit, &next, &named))
        }
        None => {
            named.number_wrong = Some("实名核验现在没有应答，请过一会儿再试");
            Ok(name_page(&web, &visit, &next, &named))
        }
    }
}

async fn is_one_person(gateways: Gateways, resident: Resident) -> Option<bool> {
    let asked = move || {
        let Resident { name, id_number, phone } = &resident;
        gateways.real_name.is_one_person(&Claim { name, id_number, phone })
    };
    let told = tokio::task::spawn_blocking(asked).await.ok()?;
    told.inspect_err(|error| tracing::error!(%error, "real-name.unasked")).ok()
}

async fn welcome(web: &Web, visit: &Visit, resident: Resident, next: &str) -> Result<Response, Fault> {
    let token = session::new_token();
    let (old, new, now) = (visit.hash(), session::hash(&token), web.app.clock.now().as_second());
    web.app
        .store
        .write(move |transaction| residents::sign_in(transaction, (&old, &new), &resident, now))
        .await?;
    Ok(session::renew(web, Redirect::to(next).into_response(), &token))
}

pub(super) async fn sign_out(State(web): State<Web>, visit: Visit, _: Posted) -> Result<Response, Fault> {
    let hash = visit.hash();
    web.app.store.write(move |transaction| residents::end(transaction, &hash)).await?;
    Ok(session::renew(&web, Redirect::to("/").into_response(), &session::new_token()))
}
