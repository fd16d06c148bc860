//! 终端: every kiosk of one's area at a glance.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
};
use jiff::Timestamp;
use maud::{Markup, html};
use protocol::{ConfigPhase, PaperLeft};
use serde::Deserialize;

use super::{
    forms::Visitor,
    layout::{moment, page as whole, refusal},
};
use crate::{
    app::App,
    fleet::{
        office,
        overview::{AilmentView, KioskStanding, KioskView},
    },
};

const HERE: &str = "/console/fleet";

/// Which of them are shown.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Show {
    #[default]
    All,
    Trouble,
    Silent,
    Behind,
}

impl Show {
    const ALL: [(Self, &str, &str); 4] = [
        (Self::All, "all", "全部"),
        (Self::Trouble, "trouble", "要处理"),
        (Self::Silent, "silent", "失联"),
        (Self::Behind, "behind", "配置没到位"),
    ];

    fn has(self, kiosk: &KioskView) -> bool {
        match self {
            Self::All => true,
            Self::Trouble => kiosk.needs_a_look(),
            Self::Silent => kiosk.standing == KioskStanding::Enrolled && kiosk.silent,
            Self::Behind => kiosk.is_behind(),
        }
    }
}

/// What is asked for.
#[derive(Default, Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    show: Show,
}

pub(super) async fn page(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    query: Result<Query<Filter>, QueryRejection>,
) -> Response {
    let show = query.map(|Query(filter)| filter.show).unwrap_or_default();
    match office::kiosks(&app, &session).await {
        Ok(kiosks) => whole(&session, HERE, "终端", &content(&kiosks, show, app.clock.now())),
        Err(denied) => refusal(denied, "/console"),
    }
}

fn content(kiosks: &[KioskView], show: Show, now: Timestamp) -> Markup {
    let shown: Vec<&KioskView> = kiosks.iter().filter(|kiosk| show.has(kiosk)).collect();
    html! {
        div class="head" {
            div {
                h1 { "终端" }
                p class="sub" { "您辖区内的自助机，每分钟报一次状况；五分钟没有消息就是失联。" }
            }
            a class="button" href="/console/enrolment" { "新终端入网" }
        }
        nav class="tabs" aria-label="筛选" {
            @for (one, id, name) in Show::ALL {
                a href={ (HERE) "?show=" (id) } aria-current=[(one == show).then_some("true")] {
                    (name) " " (kiosks.iter().filter(|kiosk| one.has(kiosk)).count())
                }
            }
        }
        @if shown.is_empty() {
            div class="card empty" {
                @if kiosks.is_empty() { b { "还没有终端" } "点“新终端入网”，邀请第一台机器。" }
                @else { b { "没有这样的终端" } "换一个筛选条件看看。" }
            }
        } @else {
            div class="card table" {
                table {
                    thead { tr {
                        th { "终端" } th { "状况" } th { "配置（在用 / 应有）" } th { "最近心跳" } th { "待上传" } th { "纸" } th { "证书到期" }
                    } }
                    tbody { @for kiosk in shown { (row(kiosk, now)) } }
                }
            }
        }
    }
}

fn row(kiosk: &KioskView, now: Timestamp) -> Markup {
    html! {
        tr {
            td class="what" {
                a href={ (HERE) "/" (kiosk.name) } { (kiosk.name) }
                div class="small" { (kiosk.community.as_deref().unwrap_or("没有登记社区")) }
            }
            td class="state" {
                (light(kiosk))
                @for ailment in &kiosk.ailments { (brief(ailment)) }
            }
            td data-label="配置" { (configuration(kiosk)) }
            td data-label="最近心跳" { (heard(kiosk)) }
            td data-label="待上传" { (waiting(kiosk, now)) }
            td data-label="纸" { (paper(kiosk.paper)) }
            td data-label="证书到期" { (kiosk.certificate_until.map_or_else(|| "—".to_owned(), moment)) }
        }
    }
}

fn brief(ailment: &AilmentView) -> Markup {
    html! { div class="ailment" { b { (ailment.code) } " " (ailment.cause) div class="small" { (ailment.action) } } }
}

/// One word for how it is.
pub(super) fn light(kiosk: &KioskView) -> Markup {
    let worst = |severity: &str| kiosk.ailments.iter().any(|ailment| ailment.severity == severity);
    let (class, word) = match kiosk.standing {
        KioskStanding::Invited => ("grey", "等待入网"),
        KioskStanding::Revoked if kiosk.wiped_at.is_some() => ("grey", "已注销并清除"),
        KioskStanding::Revoked => ("grey", "已注销，未联系"),
        KioskStanding::Enrolled if kiosk.silent => ("red", "失联"),
        KioskStanding::Enrolled if worst("stopped") => ("red", "停止服务"),
        KioskStanding::Enrolled if worst("degraded") => ("yellow", "有故障"),
        KioskStanding::Enrolled => ("green", "正常"),
    };
    html! { span class={ "light " (class) } { (word) } }
}

fn configuration(kiosk: &KioskView) -> Markup {
    let version = |version: Option<u64>| {
        version.map_or_else(|| "自带".to_owned(), |version| format!("第 {version} 版"))
    };
    html! {
        (version(kiosk.running)) " / " (version(kiosk.desired))
        @if let Some(phase) = kiosk.phase {
            " " span class=(if phase == ConfigPhase::Reverted { "tag ask" } else { "tag" }) { (phase_word(phase)) }
        }
        @if let Some(why) = &kiosk.why { div class="small" { (why) } }
    }
}

/// How far a document has come.
pub(super) fn phase_word(phase: ConfigPhase) -> &'static str {
    match phase {
        ConfigPhase::None => "没有下发",
        ConfigPhase::Staged => "等空闲时生效",
        ConfigPhase::Active => "试行中",
        ConfigPhase::Confirmed => "已确认",
        ConfigPhase::Reverted => "已退回",
    }
}

pub(super) fn heard(kiosk: &KioskView) -> String {
    kiosk.heard_at.map_or_else(|| "从没有".to_owned(), moment)
}

pub(super) fn waiting(kiosk: &KioskView, now: Timestamp) -> Markup {
    let hours = kiosk.oldest_waiting.map(|oldest| now.duration_since(oldest).as_hours());
    html! {
        (kiosk.waiting) " 件"
        @if let Some(hours) = hours.filter(|_| kiosk.waiting > 0) {
            div class="small" { @if hours < 1 { "不到 1 小时" } @else { "最早 " (hours) " 小时" } }
        }
        @if kiosk.parked > 0 { div class="small" { "另有 " (kiosk.parked) " 件被退回" } }
    }
}

pub(super) fn paper(left: Option<PaperLeft>) -> &'static str {
    match left {
        Some(PaperLeft::Enough) => "足够",
        Some(PaperLeft::NearEnd) => "快用完",
        Some(PaperLeft::Out) => "用完",
        None => "不详",
    }
}
