//! 机构与账号, and 访问审计.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    forms::{Sent, Visitor},
    layout::{csrf, moment, page as whole, qr, refusal, said},
};
use crate::{
    app::App,
    error::Refusal,
    people::{
        NewStaff, Role, audit as log,
        organisation::{self, Organisation},
        session::Session,
        staff::{Grant, Staff},
    },
    problems,
    staff::{
        access::{Ask, require, shows},
        accounts::{self, Change},
    },
};

pub(super) async fn page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    shown(&app, &session, None, None).await
}

async fn shown(app: &App, session: &Session, made: Option<&NewStaff>, told: Option<&str>) -> Response {
    match gathered(app, session).await {
        Ok((accounts, organisations)) => {
            let content = html! {
                div class="head" { div {
                    h1 { "机构与账号" }
                    p class="sub" { "系统管理员建账号，安全管理员授权，两个人互相制约；都看不到办件。" }
                } }
                (said(told))
                @if let Some(made) = made { (secrets(made)) }
                div class="cols" {
                    (list(session, &accounts, &organisations))
                    div class="side" {
                        @if shows(session, Ask::Administer) { (create_form(session)) }
                        (tree(&organisations))
                    }
                }
            };
            whole(session, "/console/accounts", "机构与账号", &content)
        }
        Err(denied) => refusal(denied, "/console"),
    }
}

type Gathered = (Vec<(Staff, Vec<Grant>)>, Vec<Organisation>);

async fn gathered(app: &App, session: &Session) -> Result<Gathered, Refusal> {
    Ok((accounts::list(app, session).await?, app.store.read(organisation::all).await?))
}

/// Shown once: whoever made the account hands these over.
fn secrets(made: &NewStaff) -> Markup {
    html! {
        section class="card" {
            h2 { "账号 " (made.login) " 的初始凭据" }
            div class="note warn" { "只显示这一次，请当面交给本人。首次登录必须改密码。" }
            div class="two" {
                div {
                    p class="sub" { "初始密码" }
                    code class="secret" { (made.password) }
                    p {}
                    p class="sub" { "动态口令密钥" }
                    code class="secret" { (made.totp_secret) }
                }
                div class="qr" {
                    p class="sub" { "用手机验证器扫描" }
                    (qr(&made.totp_uri))
                }
            }
        }
    }
}

fn list(session: &Session, accounts: &[(Staff, Vec<Grant>)], organisations: &[Organisation]) -> Markup {
    let name = |id: &str| {
        let found = organisations.iter().find(|organisation| organisation.id == id);
        found.map_or_else(|| id.to_owned(), |organisation| organisation.name.clone())
    };
    html! {
        section class="card table" {
            table {
                thead { tr { th { "账号" } th { "角色" } th { "操作" } } }
                tbody {
                    @for (staff, grants) in accounts {
                        tr {
                            td class="what" {
                                b { (staff.name) }
                                div class="no" { (staff.login) }
                                @if staff.disabled { span class="tag ask" { "已停用" } }
                                @if staff.password_initial { span class="tag" { "未首次登录" } }
                                @if staff.locked_until.is_some() { span class="tag ask" { "曾被锁定" } }
                            }
                            td data-label="角色" {
                                @if grants.is_empty() { span class="hidden" { "还没有授权" } }
                                @for grant in grants {
                                    div class="roleline" {
                                        span { (grant.role.word()) " · " (name(&grant.org)) }
                                        @if shows(session, Ask::Secure) && staff.id != session.staff.id { (revoke(session, staff, grant)) }
                                    }
                                }
                            }
                            td {
                                @if staff.id != session.staff.id { (operations(session, staff, organisations)) }
                                @else { span class="hidden" { "自己" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn button(session: &Session, staff: &Staff, change: &str, word: &str, class: &str) -> Markup {
    html! {
        form method="post" action={ "/console/accounts/" (staff.login) } {
            (csrf(session))
            input type="hidden" name="change" value=(change);
            button type="submit" class={ (class) " small" } { (word) }
        }
    }
}

fn revoke(session: &Session, staff: &Staff, grant: &Grant) -> Markup {
    html! {
        form method="post" action={ "/console/accounts/" (staff.login) } {
            (csrf(session))
            input type="hidden" name="change" value="revoke";
            input type="hidden" name="role" value=(crate::store::columns::name_of(grant.role).unwrap_or_default());
            input type="hidden" name="org" value=(grant.org);
            button type="submit" class="danger small" { "收回" }
        }
    }
}

fn operations(session: &Session, staff: &Staff, organisations: &[Organisation]) -> Markup {
    html! {
        @if shows(session, Ask::Administer) {
            @if staff.disabled { (button(session, staff, "enable", "启用", "plain")) }
            @else { (button(session, staff, "disable", "停用", "danger")) }
        }
        @if shows(session, Ask::Secure) {
            details class="act" {
                summary { "授权或重置" }
                form method="post" action={ "/console/accounts/" (staff.login) } {
                    (csrf(session))
                    input type="hidden" name="change" value="grant";
                    div class="field" {
                        label for={ "role-" (staff.id) } { "角色" }
                        select id={ "role-" (staff.id) } name="role" {
                            @for role in Role::ALL {
                                option value=(crate::store::columns::name_of(role).unwrap_or_default()) { (role.word()) }
                            }
                        }
                    }
                    div class="field" {
                        label for={ "org-" (staff.id) } { "机构" }
                        select id={ "org-" (staff.id) } name="org" {
                            @for organisation in organisations { option value=(organisation.id) { (organisation.name) } }
                        }
                    }
                    button type="submit" class="small" { "授权" }
                }
                (button(session, staff, "reset", "重置密码和动态口令", "plain"))
            }
        }
    }
}

fn create_form(session: &Session) -> Markup {
    html! {
        section class="card" {
            h2 { "新建账号" }
            form method="post" action="/console/accounts" {
                (csrf(session))
                div class="field" {
                    label for="login" { "账号" }
                    input id="login" name="login" autocapitalize="none" required pattern="[a-z][a-z0-9.\\-]{2,31}";
                    p class="hint" { "3 到 32 个小写字母、数字、点或横线" }
                }
                div class="field" {
                    label for="name" { "姓名" }
                    input id="name" name="name" maxlength="60" required;
                }
                button type="submit" { "建立" }
            }
        }
    }
}

fn tree(organisations: &[Organisation]) -> Markup {
    html! {
        section class="card" {
            h2 { "组织机构" }
            ul class="tree" {
                @for organisation in organisations {
                    li class={ "d" (organisation.line().count()) } {
                        span { (organisation.name) }
                        span class="tag" { (organisation.level.word()) }
                    }
                }
            }
            p class="hint" { "机构由命令行 import-organisations 导入" }
        }
    }
}

pub(super) async fn create(State(app): State<Arc<App>>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let change = Change::Create { name: fields.text("name").to_owned() };
    changed(&app, &session, fields.text("login"), change).await
}

pub(super) async fn change(State(app): State<Arc<App>>, Path(login): Path<String>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let grant =
        || Role::named(fields.text("role")).map(|role| Grant { role, org: fields.text("org").to_owned() });
    let change = match fields.text("change") {
        "disable" => Some(Change::Disable(true)),
        "enable" => Some(Change::Disable(false)),
        "reset" => Some(Change::Reset),
        "grant" => grant().map(Change::Grant),
        "revoke" => grant().map(Change::Revoke),
        _ => None,
    };
    match change {
        Some(change) => changed(&app, &session, &login, change).await,
        None => refusal(problems::account_refused("没有这样的操作").into(), "/console/accounts"),
    }
}

async fn changed(app: &App, session: &Session, login: &str, change: Change) -> Response {
    match accounts::change(app, session, login, change).await {
        Ok(Some(made)) => shown(app, session, Some(&made), None).await,
        Ok(None) => shown(app, session, None, Some(&format!("账号 {login} 已改，下一次请求起生效。"))).await,
        Err(denied) => refusal(denied, "/console/accounts"),
    }
}

/// Where a page of the audit ends.
#[derive(Default, Deserialize)]
pub(super) struct Before {
    before: Option<i64>,
}

pub(super) async fn audit(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    query: Result<Query<Before>, axum::extract::rejection::QueryRejection>,
) -> Response {
    const PAGE: u32 = 100;
    if let Err(problem) = require(&session, Ask::Audit) {
        return refusal(problem.into(), "/console");
    }
    let before = query.ok().and_then(|Query(asked)| asked.before).unwrap_or(i64::MAX);
    let read = app.store.read(move |view| Ok((log::page(view, before, PAGE)?, log::verify(view)?))).await;
    match read {
        Ok((rows, state)) => whole(&session, "/console/audit", "访问审计", &audit_content(&rows, state)),
        Err(error) => refusal(error.into(), "/console"),
    }
}

fn audit_content(rows: &[log::Read], (sound, broken): (u64, Option<i64>)) -> Markup {
    let last = rows.last().map(|row| row.place).filter(|place| *place > 1);
    html! {
        div class="head" { div {
            h1 { "访问审计" }
            p class="sub" { "谁、什么时候、为什么看了什么。只能追加，不能修改或删除。" }
        } }
        @match broken {
            None => { div class="note" { "已核对全部 " (sound) " 条，首尾相连，没有缺失或改动。" } }
            Some(at) => { div class="note bad" role="alert" { "第 " (at) " 条缺失或被改动过，请立即报告。" } }
        }
        div class="card table" {
            table {
                thead { tr { th class="num" { "序号" } th { "时间" } th { "账号" } th { "动作" } th { "对象" } th { "目的" } } }
                tbody {
                    @for row in rows {
                        tr {
                            td class="num" data-label="序号" { (row.place) }
                            td data-label="时间" { (moment(row.at)) }
                            td data-label="账号" { (row.login) }
                            td data-label="动作" { (action(&row.action)) }
                            td data-label="对象" { span class="no" { (row.subject) } }
                            td data-label="目的" { (row.purpose) }
                        }
                    }
                }
            }
        }
        @if let Some(last) = last { p { a class="button" href={ "/console/audit?before=" (last) } { "更早" } } }
    }
}

fn action(name: &str) -> &str {
    match name {
        "sign-in" => "登录",
        "sign-in-refused" => "登录未成功",
        "reveal-applicant" => "查看个人信息",
        "print-document" => "打印文书给申请人",
        "replay-message" => "重发上级平台报文",
        "change-password" => "修改密码",
        "create-account" => "建立账号",
        "reset-account" => "重置账号",
        "disable-account" => "停用账号",
        "enable-account" => "启用账号",
        "grant-role" => "授权",
        "revoke-role" => "收回授权",
        "import-calendar" => "导入日历",
        "begin-item-draft" => "起草事项",
        "save-item-draft" => "修改事项草稿",
        "submit-item-draft" => "送审事项草稿",
        "return-item-draft" => "退回事项草稿",
        "publish-item" => "发布事项",
        "publish-item-refused" => "发布事项未成功",
        "discard-item-draft" => "放弃事项草稿",
        "withdraw-item" => "停办事项",
        "begin-bundle-draft" => "起草一件事",
        "save-bundle-draft" => "修改一件事草稿",
        "submit-bundle-draft" => "送审一件事草稿",
        "return-bundle-draft" => "退回一件事草稿",
        "publish-bundle" => "发布一件事",
        "publish-bundle-refused" => "发布一件事未成功",
        "discard-bundle-draft" => "放弃一件事草稿",
        "withdraw-bundle" => "下架一件事",
        "contact-call-back" => "差评回访联系",
        "settle-call-back" => "差评回访办结",
        "ask-export" => "申请导出",
        "release-export" => "批准导出",
        "release-export-refused" => "批准导出未成功",
        "refuse-export" => "不批准导出",
        "fetch-export" => "下载导出",
        "fetch-export-refused" => "下载导出未成功",
        "create-administrator" => "建立管理员",
        "invite-kiosk" => "邀请终端入网",
        "revoke-kiosk" => "注销终端",
        "draft-configuration" => "起草终端配置",
        "upload-poster" => "上传待机海报",
        "upload-recording" => "上传语音",
        "start-rollout" => "开始发布配置",
        "halt-rollout" => "暂停发布",
        "resume-rollout" => "继续发布",
        "abort-rollout" => "放弃发布",
        "skip-ring" => "申请或同意提前放开下一批",
        "kiosk-audit-gap" => "终端审计记录有缺失",
        "kiosk-audit-fork" => "终端审计记录前后矛盾",
        "kiosk-audit-signature" => "终端审计记录签名不对",
        other => other,
    }
}
