//! 登录, 退出, 改密码.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    forms::{Open, Sent, Visitor},
    layout::{csrf, open_page, page as whole, refusal},
};
use crate::{
    app::App,
    people::password::SHORTEST,
    staff::{
        access::{Ask, shows},
        accounts, auth,
    },
};

pub(super) async fn page() -> Response {
    open_page("登录", &form(None))
}

fn form(wrong: Option<&str>) -> Markup {
    html! {
        div class="sign" {
            div class="card" {
                h1 { "工作人员登录" }
                p class="sub" { "账号由系统管理员建立" }
                @if let Some(wrong) = wrong { div class="note bad" role="alert" { (wrong) } }
                form method="post" action="/console/sign-in" {
                    div class="field" {
                        label for="login" { "账号" }
                        input id="login" name="login" autocomplete="username" autocapitalize="none" required autofocus;
                    }
                    div class="field" {
                        label for="password" { "密码" }
                        input id="password" name="password" type="password" autocomplete="current-password" required;
                    }
                    div class="field" {
                        label for="code" { "动态口令" }
                        input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required;
                        p class="hint" { "手机验证器上的 6 位数字，每个只能用一次" }
                    }
                    button type="submit" { "登录" }
                }
            }
            p class="sub" { a href="/board" { "不登录，看公示栏" } }
        }
    }
}

pub(super) async fn sign_in(State(app): State<Arc<App>>, Open(fields): Open) -> Response {
    let entered =
        accounts::sign_in(&app, fields.text("login"), fields.raw("password"), fields.text("code")).await;
    match entered {
        Ok((ticket, initial)) => {
            let next = if initial { "/console/password" } else { "/console" };
            ([(header::SET_COOKIE, auth::cookie(&ticket.token))], Redirect::to(next)).into_response()
        }
        Err(denied) => {
            let problem = denied.into_problem();
            let told = problem.detail.as_deref().unwrap_or(&problem.title).to_owned();
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::UNAUTHORIZED);
            (status, open_page("登录", &form(Some(&told)))).into_response()
        }
    }
}

pub(super) async fn sign_out(State(app): State<Arc<App>>, sent: Sent) -> Response {
    match accounts::sign_out(&app, &sent.session).await {
        Ok(()) => {
            ([(header::SET_COOKIE, auth::no_cookie())], Redirect::to("/console/sign-in")).into_response()
        }
        Err(denied) => refusal(denied, "/console/tasks"),
    }
}

/// Where somebody begins: the first page that their role has.
pub(super) async fn home(Visitor(session): Visitor) -> Response {
    let first = [
        (Ask::Handle, "/console/tasks"),
        (Ask::Supervise, "/console/supervision"),
        (Ask::Accounts, "/console/accounts"),
        (Ask::Audit, "/console/audit"),
        (Ask::Fleet, "/console/fleet"),
    ];
    let way = first.into_iter().find(|(ask, _)| shows(&session, *ask));
    Redirect::to(way.map_or("/console/password", |(_, address)| address)).into_response()
}

pub(super) async fn password_page(Visitor(session): Visitor) -> Response {
    let content = html! {
        div class="sign" {
            div class="card" {
                h1 { "修改密码" }
                @if session.staff.password_initial {
                    div class="note warn" { "这是第一次登录，请先换掉初始密码。" }
                }
                form method="post" action="/console/password" {
                    (csrf(&session))
                    div class="field" {
                        label for="old" { "原密码" }
                        input id="old" name="old" type="password" autocomplete="current-password" required;
                    }
                    div class="field" {
                        label for="new" { "新密码" }
                        input id="new" name="new" type="password" autocomplete="new-password" minlength=(SHORTEST) required;
                        p class="hint" { "至少 12 个字符，可以是一句自己记得住的话" }
                    }
                    div class="field" {
                        label for="again" { "再输一遍新密码" }
                        input id="again" name="again" type="password" autocomplete="new-password" required;
                    }
                    button type="submit" { "保存" }
                }
            }
        }
    };
    whole(&session, "/console/password", "修改密码", &content)
}

pub(super) async fn change_password(State(app): State<Arc<App>>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    if fields.raw("new") != fields.raw("again") {
        let problem = crate::problems::password_refused("两次输入的新密码不一样");
        return refusal(problem.into(), "/console/password");
    }
    match accounts::change_password(&app, &session, fields.raw("old"), fields.raw("new")).await {
        Ok(()) => Redirect::to("/console").into_response(),
        Err(denied) => refusal(denied, "/console/password"),
    }
}
