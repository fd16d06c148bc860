//! 上级平台: the queue to the approval platform above, and its dead letters.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use maud::{Markup, html};

use super::{
    forms::{Sent, Visitor},
    layout::{csrf, page as whole, refusal, said},
};
use crate::{
    app::App,
    exchange::DeadLetter,
    people::session::Session,
    staff::letters::{self, Letters},
};

const HERE: &str = "/console/exchange";

pub(super) async fn page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    shown(&app, &session, None).await
}

pub(super) async fn replay(State(app): State<Arc<App>>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    // A message that is none is nobody's: it must not become all of them.
    let one = match fields.text("message") {
        "" => None,
        id => Some(id.parse().unwrap_or_default()),
    };
    match letters::replay(&app, &session, one).await {
        Ok(0) => shown(&app, &session, Some("没有要重发的报文。")).await,
        Ok(count) => shown(&app, &session, Some(&format!("已重新排队 {count} 份报文。"))).await,
        Err(denied) => refusal(denied, HERE),
    }
}

async fn shown(app: &App, session: &Session, news: Option<&str>) -> Response {
    match letters::letters(app, session).await {
        Ok(letters) => whole(session, HERE, "上级平台", &content(session, &letters, news)),
        Err(denied) => refusal(denied, "/console"),
    }
}

fn content(session: &Session, letters: &Letters, news: Option<&str>) -> Markup {
    html! {
        div class="head" { div {
            h1 { "上级平台" }
            p class="sub" { "报给上级审批平台的报文。被退回的不会自动重发，查明原因后在这里重发，谁重发记入访问审计。" }
        } }
        (said(news))
        section class="card" {
            dl class="facts" {
                @for (state, count) in &letters.counts { div { dt { (word(state)) } dd { (count) } } }
                @if letters.counts.is_empty() { div { dt { "报文" } dd { "还没有" } } }
            }
        }
        @if !letters.dead.is_empty() { (dead(session, &letters.dead)) }
    }
}

fn word(state: &str) -> &str {
    match state {
        "waiting" => "等待发送",
        "delivered" => "已送达",
        "dead" => "被退回",
        other => other,
    }
}

fn dead(session: &Session, dead: &[DeadLetter]) -> Markup {
    html! {
        div class="card table" {
            table {
                thead { tr { th { "报文" } th class="num" { "次数" } th { "退回原因" } th { "处理" } } }
                tbody {
                    @for letter in dead {
                        tr {
                            td data-label="报文" { span class="no" { (letter.id) } }
                            td class="num" data-label="次数" { (letter.tries) }
                            td data-label="退回原因" { (letter.reason) }
                            td data-label="处理" { (again(session, &letter.id.to_string(), "重发")) }
                        }
                    }
                }
            }
        }
        (again(session, "", "全部重发"))
    }
}

fn again(session: &Session, message: &str, words: &str) -> Markup {
    html! {
        form method="post" action=(HERE) {
            (csrf(session))
            input type="hidden" name="message" value=(message);
            button type="submit" class=(if message.is_empty() { "" } else { "plain small" }) { (words) }
        }
    }
}
