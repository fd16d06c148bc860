//! 待机海报: what kiosks may show while nobody stands at them.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};

use super::{
    forms::{Uploaded, Visitor},
    layout::{csrf, moment, page as whole, refusal, said},
};
use crate::{
    app::App,
    fleet::posters::{self, Poster},
    materials::response,
    people::session::Session,
};

const HERE: &str = super::POSTERS;
/// The longest form: a picture, and what is around it.
pub(super) const FORM: usize = posters::UPLOAD_BYTES + 64 * 1024;

pub(super) async fn page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    shown(&app, &session, None).await
}

async fn shown(app: &App, session: &Session, told: Option<&str>) -> Response {
    match posters::all(app, session).await {
        Ok(posters) => whole(session, HERE, "待机海报", &content(session, &posters, told)),
        Err(denied) => refusal(denied, "/console"),
    }
}

fn content(session: &Session, posters: &[Poster], told: Option<&str>) -> Markup {
    html! {
        div class="head" { div {
            h1 { "待机海报" }
            p class="sub" { "没有人用的时候，终端轮流显示。上传只是存在平台上：在“终端配置”里选用，签名、发布之后终端才会拿到。" }
        } }
        (said(told))
        div class="cols" {
            section class="card" {
                h2 { "已有的海报" }
                @if posters.is_empty() {
                    div class="empty" { b { "还没有海报" } "在旁边上传第一张。" }
                }
                @for poster in posters {
                    figure class="page" {
                        a href=(address(poster)) target="_blank" rel="noopener" {
                            img src=(address(poster)) alt=(poster.title) loading="lazy";
                        }
                        figcaption class="small" {
                            b { (poster.title) } " · " (poster.width) "×" (poster.height) " · " (poster.bytes / 1024 + 1) " KiB · "
                            (moment(poster.uploaded_at)) " · " (poster.uploaded_by)
                        }
                    }
                }
            }
            section class="card side" {
                h2 { "上传一张" }
                form method="post" action=(HERE) enctype="multipart/form-data" {
                    (csrf(session))
                    div class="field" {
                        label for="title" { "标题" }
                        input id="title" name="title" maxlength="40" required;
                        p class="hint" { "用读屏的人听到的就是它。" }
                    }
                    div class="field" {
                        label for="file" { "图片" }
                        input id="file" name="file" type="file" accept="image/png,image/jpeg" required;
                        p class="hint" { "PNG 或 JPEG，最大 10 MB，短边不小于 400 像素；竖屏终端以 3:4（1080×1440）为好。字要大：人站在一米外看。" }
                    }
                    button type="submit" { "上传" }
                }
            }
        }
    }
}

fn address(poster: &Poster) -> String {
    format!("{HERE}/{}", poster.sha256)
}

pub(super) async fn upload(State(app): State<Arc<App>>, sent: Uploaded) -> Response {
    let Uploaded { session, fields, file } = sent;
    match posters::add(&app, &session, fields.text("title"), file).await {
        Ok(()) => shown(&app, &session, Some("已上传。下一步在“终端配置”里选用。")).await,
        Err(denied) => refusal(denied, HERE),
    }
}

/// The picture of one.
pub(super) async fn picture(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(name): Path<String>,
) -> Response {
    match posters::picture(&app, &session, name.clone()).await {
        Ok(content) => response("image/jpeg", content, &name),
        Err(denied) => refusal(denied, HERE),
    }
}
