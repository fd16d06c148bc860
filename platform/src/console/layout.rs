//! What is around every page.

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, civil::Date, tz::Offset};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    error::Refusal,
    lifecycle::light::Light,
    people::session::Session,
    staff::access::{Ask, shows},
};

/// The ways through the console: address, name, who is shown it.
const WAYS: [(&str, &str, Ask); 16] = [
    ("/console/tasks", "我的待办", Ask::Handle),
    ("/console/supervision", "监察督办", Ask::Supervise),
    ("/console/call-backs", "差评回访", Ask::Read),
    ("/console/statistics", "统计", Ask::Count),
    ("/console/exports", "导出", Ask::Count),
    ("/console/items", "事项", Ask::EditItems),
    ("/console/bundles", "一件事", Ask::EditItems),
    ("/console/fleet", "终端", Ask::Fleet),
    ("/console/configuration", "终端配置", Ask::Configure),
    ("/console/posters", "待机海报", Ask::Configure),
    ("/console/recordings", "语音", Ask::Configure),
    ("/console/rollout", "发布", Ask::Fleet),
    ("/console/calendar", "工作日历", Ask::Common),
    ("/console/accounts", "机构与账号", Ask::Accounts),
    ("/console/exchange", "上级平台", Ask::Administer),
    ("/console/audit", "访问审计", Ask::Audit),
];

/// A whole page for somebody who has signed in.
pub(super) fn page(session: &Session, here: &str, title: &str, content: &Markup) -> Response {
    let ways = WAYS.iter().filter(|(_, _, ask)| shows(session, *ask));
    let top = html! {
        nav class="nav" aria-label="主导航" {
            @for (address, name, _) in ways {
                a href=(address) aria-current=[(*address == here).then_some("page")] { (name) }
            }
            a href="/board" { "公示栏" }
        }
        div class="me" {
            span { (session.staff.name) }
            a href="/console/password" { "改密码" }
            form method="post" action="/console/sign-out" {
                (csrf(session))
                button type="submit" { "退出" }
            }
        }
    };
    Html(document(title, &top, content).into_string()).into_response()
}

/// A whole page for anybody.
pub(super) fn open_page(title: &str, content: &Markup) -> Response {
    Html(document(title, &html! {}, content).into_string()).into_response()
}

fn document(title: &str, top: &Markup, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · 智慧社区政务平台" }
                link rel="stylesheet" href="/console/console.css";
                link rel="icon" href="data:,";
            }
            body {
                a class="skip" href="#main" { "跳到正文" }
                header class="top" {
                    div class="top-in" {
                        a class="brand" href="/console/tasks" { "智慧社区政务平台" }
                        (top)
                    }
                }
                main id="main" { (content) }
            }
        }
    }
}

/// The hidden field against forged requests.
pub(super) fn csrf(session: &Session) -> Markup {
    html! { input type="hidden" name="csrf" value=(session.csrf); }
}

/// A light: colour, shape and word.
pub(super) fn light(light: Light) -> Markup {
    let class = match light {
        Light::Red => "light red",
        Light::Yellow => "light yellow",
        Light::Green => "light green",
        Light::Grey => "light grey",
    };
    html! { span class=(class) { (light.word()) } }
}

/// A moment as it is in China.
pub(super) fn moment(at: Timestamp) -> String {
    Offset::constant(8).to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A day with its weekday.
pub(super) fn day(day: Date) -> String {
    const NAMES: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    let name = usize::try_from(day.weekday().to_monday_zero_offset()).ok().and_then(|at| NAMES.get(at));
    format!("{day} {}", name.copied().unwrap_or_default())
}

/// A refusal as a page. Whoever is not signed in goes to the door.
pub(super) fn refusal(refusal: Refusal, back: &str) -> Response {
    let problem = refusal.into_problem();
    match problem.status {
        401 => return Redirect::to("/console/sign-in").into_response(),
        403 if problem.name() == "password-change-required" => {
            return Redirect::to("/console/password").into_response();
        }
        _ => {}
    }
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content = html! {
        div class="card" {
            h1 { (problem.title) }
            @if let Some(detail) = &problem.detail { p { (detail) } }
            a class="button" href=(back) { "返回" }
        }
    };
    (status, open_page(&problem.title, &content)).into_response()
}

/// A line that an earlier step left.
pub(super) fn said(text: Option<&str>) -> Markup {
    html! { @if let Some(text) = text { div class="note" role="status" { (text) } } }
}

/// The code as a picture of squares.
pub(super) fn qr(text: &str) -> Markup {
    let Ok(code) = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium) else {
        return html! {};
    };
    let size = code.size();
    let dark =
        (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y));
    let squares: Vec<String> = dark.map(|(x, y)| format!("M{},{}h1v1h-1z", x + 2, y + 2)).collect();
    let path = squares.concat();
    let whole = size + 4;
    PreEscaped(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" role=\"img\" aria-label=\"二维码\">\
         <rect width=\"{whole}\" height=\"{whole}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>"
    ))
}
