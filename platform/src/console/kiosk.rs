//! One kiosk: how it is, what it has said, and the few things that can be done to it.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use jiff::Timestamp;
use maud::{Markup, html};

use super::{
    fleet::{heard, light, paper, phase_word, waiting},
    forms::{Sent, Visitor},
    layout::{csrf, moment, page as whole, refusal, said},
};
use crate::{
    app::App,
    fleet::{
        office::{self, KioskPage, Ready},
        overview::{AuditView, KioskStanding, KioskView, ReportView},
    },
    people::session::Session,
    problems,
    staff::access::{Ask, shows},
};

const HERE: &str = "/console/fleet";

pub(super) async fn page(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(name): Path<String>,
) -> Response {
    shown(&app, &session, &name, None, None).await
}

async fn shown(
    app: &App,
    session: &Session,
    name: &str,
    news: Option<&str>,
    ready: Option<&Ready>,
) -> Response {
    match office::kiosk(app, session, name).await {
        Ok(page) => {
            let content = content(session, &page, news, ready, app.clock.now());
            whole(session, HERE, &page.kiosk.name, &content)
        }
        Err(denied) => refusal(denied, HERE),
    }
}

fn content(
    session: &Session,
    page: &KioskPage,
    news: Option<&str>,
    ready: Option<&Ready>,
    now: Timestamp,
) -> Markup {
    let kiosk = &page.kiosk;
    html! {
        div class="head" {
            div {
                h1 { (kiosk.name) " " (light(kiosk)) }
                p class="sub" { (kiosk.community.as_deref().unwrap_or("没有登记社区")) " · " a href=(HERE) { "全部终端" } }
            }
        }
        (said(news))
        @if let Some(ready) = ready { (readiness_card(ready)) }
        // Whoever looks at a kiosk on a phone wants to know first how it is.
        div class="cols facts-first" {
            div {
                (facts(kiosk, &page.audit, now))
                @if !kiosk.ailments.is_empty() { (ailments(kiosk)) }
                (reports(&page.reports))
            }
            div class="side" {
                @if kiosk.standing != KioskStanding::Revoked && shows(session, Ask::Configure) {
                    section class="card" {
                        h2 { "配置" }
                        p class="sub" { "最新的是第 " (kiosk.newest) " 版。改动先起草，签名后再分批发布。" }
                        p {}
                        a class="button" href={ "/console/configuration?kiosk=" (kiosk.name) } { "起草新配置" }
                    }
                }
                (readiness_form(session, kiosk))
                section class="card" {
                    h2 { "换机或重新入网" }
                    p class="sub" { "新机器用了入网码之后，占着这个编号的旧机器会清除自己。" }
                    p {}
                    a class="button" href={ "/console/enrolment?kiosk=" (kiosk.name) } { "生成入网码" }
                }
                @if kiosk.standing != KioskStanding::Revoked && shows(session, Ask::Retire) { (revoke_form(session, kiosk)) }
            }
        }
    }
}

fn facts(kiosk: &KioskView, audit: &AuditView, now: Timestamp) -> Markup {
    let version = |version: Option<u64>| {
        version.map_or_else(|| "自带的".to_owned(), |version| format!("第 {version} 版"))
    };
    let when = |at: Option<Timestamp>| at.map_or_else(|| "—".to_owned(), moment);
    html! {
        section class="card" {
            h2 { "状况" }
            dl class="facts" {
                (fact("在用配置", &html! { (version(kiosk.running)) }))
                (fact("应有配置", &html! { (version(kiosk.desired)) }))
                (fact("配置进度", &html! { (kiosk.phase.map_or("没有报告", phase_word)) }))
                (fact("最近心跳", &html! { (heard(kiosk)) }))
                (fact("待上传", &waiting(kiosk, now)))
                (fact("打印纸", &html! { (paper(kiosk.paper)) }))
                (fact("磁盘剩余", &html! { (kiosk.disk_free.map_or_else(|| "不详".to_owned(), gigabytes)) }))
                (fact("温度", &html! { (kiosk.temperature.map_or_else(|| "不详".to_owned(), |heat| format!("{} ℃", heat / 1000))) }))
                (fact("程序版本", &html! { (kiosk.program.as_deref().unwrap_or("—")) }))
                (fact("入网", &html! { (when(kiosk.enrolled_at)) }))
                (fact("证书到期", &html! { (when(kiosk.certificate_until)) }))
                (fact("审计记录", &audit_words(audit)))
                @if kiosk.revoked_at.is_some() {
                    (fact("注销", &html! { (when(kiosk.revoked_at)) }))
                    (fact("清除", &html! {
                        (when(kiosk.wiped_at))
                        @if let Some(left) = kiosk.sealed_calls.filter(|left| *left > 0) {
                            div class="small" { "机器里还有 " (left) " 件密封的办件，请取回机器重新入网" }
                        }
                    }))
                }
            }
            @if let Some(why) = &kiosk.why { p {} div class="note warn" { "终端说明：" (why) } }
        }
    }
}

fn fact(name: &str, what: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (what) } } }
}

fn gigabytes(bytes: u64) -> String {
    let tenths = bytes / (1 << 30) * 10 + bytes % (1 << 30) * 10 / (1 << 30);
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

fn audit_words(audit: &AuditView) -> Markup {
    html! {
        @match audit.heard_at {
            None => { "还没有收到" }
            Some(at) => {
                "收到第 " (audit.seq) " 条，" (moment(at))
                @if audit.broken > 0 { div { span class="tag ask" { (audit.broken) " 处对不上" } } }
                @else { div class="small" { "首尾相连" } }
            }
        }
    }
}

fn ailments(kiosk: &KioskView) -> Markup {
    html! {
        section class="card table" {
            table {
                thead { tr { th { "故障码" } th { "原因" } th { "怎么办" } th { "从何时起" } } }
                tbody {
                    @for ailment in &kiosk.ailments {
                        tr {
                            td { b { (ailment.code) } }
                            td data-label="原因" { (ailment.cause) }
                            td data-label="怎么办" { (ailment.action) }
                            td data-label="从何时起" { (moment(ailment.since)) }
                        }
                    }
                }
            }
        }
    }
}

fn reports(reports: &[ReportView]) -> Markup {
    let version = |version: Option<u64>| {
        version.map_or_else(|| "自带".to_owned(), |version| format!("第 {version} 版"))
    };
    html! {
        section class="card" {
            h2 { "配置报告" }
            @if reports.is_empty() { p class="sub" { "这台终端还没有报告过配置。" } }
            ol class="time" {
                @for report in reports {
                    li {
                        b { (moment(report.heard_at)) }
                        (version(report.newest)) " " (phase_word(report.phase)) "，在用 " (version(report.running))
                        @if let Some(why) = &report.why { div class="said" { (why) } }
                    }
                }
            }
        }
    }
}

fn readiness_form(session: &Session, kiosk: &KioskView) -> Markup {
    html! {
        section class="card" {
            h2 { "核对就绪报告" }
            form method="post" action={ (HERE) "/" (kiosk.name) "/readiness" } {
                (csrf(session))
                div class="field" {
                    label for="report" { "报告" }
                    textarea id="report" name="report" rows="3" required {}
                    p class="hint" { "运维模式里二维码的内容。由终端的密钥签名，改一个字就对不上。" }
                }
                button type="submit" class="plain" { "核对" }
            }
        }
    }
}

fn readiness_card(ready: &Ready) -> Markup {
    let configuration = ready.says.configuration.as_ref();
    html! {
        section class="card" {
            h2 { "就绪报告属实" }
            dl class="facts" {
                (fact("时间", &html! { (moment(ready.at)) }))
                (fact("程序版本", &html! { (ready.says.program) }))
                (fact("在用配置", &html! { (configuration.map_or_else(|| "自带的".to_owned(), |own| format!("第 {} 版", own.version))) }))
                (fact("技术员编号", &html! { (ready.says.technician) }))
                @for part in &ready.says.parts {
                    (fact(&part.part, &html! { @if part.passed { "通过" } @else { b { "没有通过" } } div class="small" { (moment(part.at)) } }))
                }
                @if !ready.says.ailments.is_empty() { (fact("当时的故障", &html! { (ready.says.ailments.join("、")) })) }
            }
        }
    }
}

fn revoke_form(session: &Session, kiosk: &KioskView) -> Markup {
    html! {
        details class="act against" {
            summary { "注销这台终端" }
            form method="post" action={ (HERE) "/" (kiosk.name) "/revocation" } {
                (csrf(session))
                p class="hint" { "下一次联系时，它会清除密钥、证书和配置，不再是本平台的终端。没有上传的办件仍密封在机器里。不能撤销，只能重新入网。" }
                div class="field" {
                    label for="reason" { "原因" }
                    input id="reason" name="reason" minlength="4" maxlength="100" required;
                }
                div class="field" {
                    label for="again" { "再输一遍终端编号" }
                    input id="again" name="again" autocomplete="off" autocapitalize="none" required;
                }
                div class="field" {
                    label for="code" { "动态口令" }
                    input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required;
                }
                button type="submit" class="danger" { "注销" }
            }
        }
    }
}

pub(super) async fn readiness(State(app): State<Arc<App>>, Path(name): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    match office::ready(&app, &session, &name, fields.text("report")).await {
        Ok(ready) => shown(&app, &session, &name, None, Some(&ready)).await,
        Err(denied) => refusal(denied, &format!("{HERE}/{name}")),
    }
}

pub(super) async fn revoke(State(app): State<Arc<App>>, Path(name): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let back = format!("{HERE}/{name}");
    if fields.text("again") != name {
        return refusal(problems::confirmation_wrong().into(), &back);
    }
    match office::revoke(&app, &session, &name, fields.text("reason"), fields.text("code")).await {
        Ok(()) => shown(&app, &session, &name, Some("已注销。它下一次联系平台时会清除自己。"), None).await,
        Err(denied) => refusal(denied, &back),
    }
}
