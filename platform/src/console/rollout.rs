//! 发布: what is drafted gets its signatures, goes to three kiosks first, and ring by ring to the others.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    forms::{Sent, Uploaded, Visitor},
    layout::{csrf, moment, page as whole, refusal},
};
use crate::{
    app::App,
    error::Refusal,
    fleet::{
        office::{self, RingView, RolloutView},
        rollout::{RolloutAct, RolloutState},
    },
    people::session::Session,
    problems,
    staff::access::{Ask, shows},
};

const HERE: &str = "/console/rollout";

pub(super) async fn page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    match gathered(&app, &session).await {
        Ok((rollout, waiting)) => {
            whole(&session, HERE, "发布", &content(&session, rollout.as_ref(), &waiting))
        }
        Err(denied) => refusal(denied, "/console"),
    }
}

type Waiting = Vec<(String, u64)>;

async fn gathered(app: &App, session: &Session) -> Result<(Option<RolloutView>, Waiting), Refusal> {
    Ok((office::rollout(app, session).await?, office::waiting(app, session).await?))
}

fn content(session: &Session, rollout: Option<&RolloutView>, waiting: &[(String, u64)]) -> Markup {
    let open = rollout.is_some_and(|rollout| rollout.ended_at.is_none());
    html! {
        div class="head" {
            div {
                h1 { "发布" }
                p class="sub" { "先试最多三台；都确认并观察够了，再到一成、一半、全部。任何一台退回、出故障或失联，就自动停下，其余终端不动。" }
            }
            a class="button" href=(HERE) { "刷新" }
        }
        @if let Some(rollout) = rollout {
            (progress(rollout))
            @if open { (acts(session, rollout)) }
        }
        @if !open {
            @if shows(session, Ask::Configure) { (prepare(session, waiting)) }
            @else if rollout.is_none() { div class="card empty" { b { "没有发布" } "终端运维员发布配置后，会在这里看到进度。" } }
        }
    }
}

fn state(state: RolloutState) -> (&'static str, &'static str) {
    match state {
        RolloutState::Running => ("green", "进行中"),
        RolloutState::Halted => ("red", "已停下"),
        RolloutState::Done => ("green", "已完成"),
        RolloutState::Aborted => ("grey", "已放弃"),
    }
}

fn ring_name(place: usize, rings: usize) -> String {
    match place {
        0 => "先试".to_owned(),
        _ if place + 1 == rings => "全部".to_owned(),
        _ => format!("第 {place} 批"),
    }
}

fn progress(rollout: &RolloutView) -> Markup {
    let (class, word) = state(rollout.state);
    let ring = usize::try_from(rollout.ring).unwrap_or_default();
    let open = rollout.ended_at.is_none();
    html! {
        section class="card" {
            h2 { "第 " (rollout.id) " 次发布 " span class={ "light " (class) } { (word) } }
            @if let Some(reason) = &rollout.reason {
                div class=(if open { "note bad" } else { "note" }) role="status" { "停下的原因：" (reason) }
            }
            @for (name, why) in &rollout.troubles {
                @if rollout.reason.as_deref().is_none_or(|reason| !reason.starts_with(name.as_str())) {
                    div class="note warn" { a href={ "/console/fleet/" (name) } { (name) } " " (why) }
                }
            }
            ol class="steps" {
                @for (place, _) in rollout.rings.iter().enumerate() {
                    li class=[step_class(rollout.state, place, ring)] { (ring_name(place, rollout.rings.len())) }
                }
            }
            p {}
            dl class="facts" {
                div { dt { "开始" } dd { (moment(rollout.started_at)) } }
                div { dt { "谁开始的" } dd { @if rollout.started_by == "-" { "平台主机上的命令行" } @else { (rollout.started_by) } } }
                div { dt { "每批观察" } dd { (rollout.soak_minutes) " 分钟" } }
                @if let Some(at) = rollout.ended_at { div { dt { "结束" } dd { (moment(at)) } } }
            }
        }
        section class="card table" {
            table {
                thead { tr { th { "批次" } th class="num" { "终端" } th class="num" { "已放开" } th class="num" { "已确认" } th class="num" { "已退回" } th { "先试的终端" } } }
                tbody { @for (place, ring) in rollout.rings.iter().enumerate() { (ring_row(place, rollout.rings.len(), ring)) } }
            }
        }
    }
}

fn step_class(state: RolloutState, place: usize, ring: usize) -> Option<&'static str> {
    match state {
        RolloutState::Done => Some("done"),
        _ if place < ring => Some("done"),
        RolloutState::Running | RolloutState::Halted if place == ring => Some("here"),
        _ => None,
    }
}

fn ring_row(place: usize, rings: usize, ring: &RingView) -> Markup {
    html! {
        tr {
            td { (ring_name(place, rings)) }
            td class="num" data-label="终端" { (ring.kiosks) }
            td class="num" data-label="已放开" { (ring.released) }
            td class="num" data-label="已确认" { (ring.confirmed) }
            td class="num" data-label="已退回" { (ring.reverted) }
            td data-label="先试的终端" {
                @for name in &ring.names { a href={ "/console/fleet/" (name) } { (name) } " " }
                @if ring.names.is_empty() { "—" }
            }
        }
    }
}

fn acts(session: &Session, rollout: &RolloutView) -> Markup {
    let running = rollout.state == RolloutState::Running;
    let later = usize::try_from(rollout.ring).is_ok_and(|ring| ring + 1 < rollout.rings.len());
    let mine = rollout.skip_asked_by.as_deref() == Some(session.staff.login.as_str());
    html! {
        section class="card" {
            h2 { "处理" }
            @if let Some(by) = &rollout.skip_asked_by {
                div class="note warn" {
                    (by) " 申请不等观察期满，提前放开下一批。"
                    @if mine { "要另一个人同意。" } @else { "您同意后立即放开。" }
                }
            }
            form method="post" action={ (HERE) "/acts" } {
                (csrf(session))
                input type="hidden" name="rollout" value=(rollout.id);
                div class="field" {
                    label for="reason" { "原因" }
                    input id="reason" name="reason" minlength="4" maxlength="100" required;
                    p class="hint" { "记入访问审计" }
                }
                div class="buttons" {
                    @if running { button type="submit" name="act" value="halt" { "暂停" } }
                    @if !running && shows(session, Ask::Configure) {
                        button type="submit" name="act" value="resume" { "继续" }
                    }
                    @if running && later && !mine {
                        button type="submit" name="act" value="skip" class="plain" {
                            @if rollout.skip_asked_by.is_some() { "同意提前放开" } @else { "申请提前放开下一批" }
                        }
                    }
                    @if shows(session, Ask::Configure) {
                        button type="submit" name="act" value="abort" class="danger" { "放弃这次发布" }
                    }
                }
                p class="hint" {
                    @if !running { "继续：出了问题的终端不再计入，其余照常。" }
                    "放弃：已经拿到的终端用更高的版本号回到原来的内容，其余终端不动；退路开始时已一并签名。"
                }
            }
        }
    }
}

fn prepare(session: &Session, waiting: &[(String, u64)]) -> Markup {
    html! {
        section class="card" {
            h2 { "一、下载待签名的文件" }
            @if waiting.is_empty() {
                p class="sub" { "没有新起草的配置。签名快到期时也在这里续签。" }
            } @else {
                p class="sub" { "等待发布：" @for (name, version) in waiting { span class="tag" { (name) " 第 " (version) " 版" } " " } }
            }
            p {}
            a class="button" href={ (HERE) "/to-sign" } { "下载 to-sign.json" }
        }
        section class="card" {
            h2 { "二、两个人在不联网的机器上签名" }
            code class="secret" { "platform sign add --key 密钥 to-sign.json" }
        }
        section class="card" {
            h2 { "三、上传签好的文件，开始发布" }
            form method="post" action={ (HERE) "/start" } enctype="multipart/form-data" {
                (csrf(session))
                div class="field" {
                    label for="batch" { "签好的文件" }
                    input id="batch" name="batch" type="file" accept=".json,application/json" required;
                }
                div class="field" {
                    label for="soak" { "每批观察多少分钟" }
                    input id="soak" name="soak" type="number" min="1" max="10080" value="30" required;
                    p class="hint" { "从这一批最后一台确认时算起" }
                }
                @if !waiting.is_empty() {
                    details class="act" {
                        summary { "指定先试的终端（最多三台；不选由平台挑在线、正常、不同社区的）" }
                        fieldset class="choice" {
                            @for (name, _) in waiting {
                                label class="check" { input type="checkbox" name="canary" value=(name); span { (name) } }
                            }
                        }
                    }
                }
                button type="submit" { "核对签名并开始" }
            }
        }
    }
}

pub(super) async fn to_sign(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    match office::to_sign(&app, &session).await {
        Ok(batch) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"to-sign.json\""),
            ];
            (headers, batch).into_response()
        }
        Err(denied) => refusal(denied, HERE),
    }
}

pub(super) async fn start(State(app): State<Arc<App>>, sent: Uploaded) -> Response {
    let Uploaded { session, fields, file } = sent;
    let canaries = fields.all("canary").map(str::to_owned).collect();
    let soak = fields.text("soak").parse().unwrap_or_default();
    match office::start(&app, &session, file, canaries, soak).await {
        Ok(_) => Redirect::to(HERE).into_response(),
        Err(denied) => refusal(denied, HERE),
    }
}

pub(super) async fn act(State(app): State<Arc<App>>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let act = match fields.text("act") {
        "halt" => RolloutAct::Halt,
        "resume" => RolloutAct::Resume,
        "abort" => RolloutAct::Abort,
        "skip" => RolloutAct::Skip,
        _ => return refusal(problems::not_found().into(), HERE),
    };
    let rollout = fields.text("rollout").parse().unwrap_or_default();
    match office::act(&app, &session, rollout, act, fields.text("reason")).await {
        Ok(()) => Redirect::to(HERE).into_response(),
        Err(denied) => refusal(denied, HERE),
    }
}
