//! 新终端入网: one QR code, and the same to be typed.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    forms::{Sent, Visitor},
    layout::{csrf, moment, page as whole, qr, refusal},
};
use crate::{
    app::App,
    fleet::office::{self, Invited},
    people::session::Session,
    staff::access::{Ask, require},
};

const HERE: &str = "/console/enrolment";

/// Which kiosk.
#[derive(Default, Deserialize)]
pub(super) struct Which {
    kiosk: Option<String>,
}

pub(super) async fn page(Visitor(session): Visitor, query: Result<Query<Which>, QueryRejection>) -> Response {
    if let Err(problem) = require(&session, Ask::Fleet) {
        return refusal(problem.into(), "/console");
    }
    let kiosk = query.ok().and_then(|Query(which)| which.kiosk).unwrap_or_default();
    whole(&session, "/console/fleet", "新终端入网", &html! { (head()) (form(&session, &kiosk)) })
}

fn head() -> Markup {
    html! {
        div class="head" { div {
            h1 { "新终端入网" }
            p class="sub" { "技术员在机器上扫码或手输；机器先核对平台的根证书，再交出入网码。" }
        } }
    }
}

fn form(session: &Session, kiosk: &str) -> Markup {
    html! {
        section class="card" {
            form method="post" action=(HERE) {
                (csrf(session))
                div class="field" {
                    label for="kiosk" { "终端编号" }
                    input id="kiosk" name="kiosk" value=(kiosk) maxlength="64" autocomplete="off" autocapitalize="characters" required
                        pattern="[A-Za-z0-9_.\\-]{1,64}";
                    p class="hint" { "贴在机器上的编号，例如 LZ-0001。旧的入网码会作废。" }
                }
                button type="submit" { "生成入网码" }
            }
        }
    }
}

pub(super) async fn invite(State(app): State<Arc<App>>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    match office::invite(&app, &session, fields.text("kiosk")).await {
        Ok(invited) => {
            let content = html! { (head()) (card(&invited)) (form(&session, "")) };
            whole(&session, "/console/fleet", "新终端入网", &content)
        }
        Err(denied) => refusal(denied, HERE),
    }
}

fn card(invited: &Invited) -> Markup {
    html! {
        section class="card" {
            h2 { "终端 " (invited.name) " 的入网码" }
            div class="note warn" {
                "只显示这一次，" (moment(invited.until)) " 前有效，只能用一次；错五次作废。"
                @if invited.replaces { "现在占着这个编号的机器，会在新机器入网后清除自己。" }
            }
            div class="invitation" {
                div class="qr big" { (qr(&invited.invitation)) }
                dl class="rows" {
                    div { dt { "平台" } dd { code class="secret" { (invited.url) } } }
                    div { dt { "终端编号" } dd { code class="secret" { (invited.name) } } }
                    div { dt { "根证书指纹" } dd { code class="secret" { (invited.pin) } } }
                    div { dt { "入网码" } dd { code class="secret" { (invited.code) } } }
                }
            }
            p class="hint" { "合为一行：" span class="no" { (invited.invitation) } }
        }
    }
}
