//! 语音: what kiosks say, to be heard here, and recordings in the place of those that the program brings along.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use maud::{Markup, html};
use protocol::Text;
use voice::{SPOKEN, prompts, tag};

use super::{
    forms::{Uploaded, Visitor},
    layout::{csrf, moment, page as whole, refusal, said},
};
use crate::{
    app::App,
    fleet::recordings::{self, MEDIA_TYPE, Of, Recording},
    materials::response,
    people::session::Session,
};

const HERE: &str = super::RECORDINGS;
/// The longest form: a recording, and what is around it.
pub(super) const FORM: usize = recordings::UPLOAD_BYTES + 64 * 1024;

pub(super) async fn page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    shown(&app, &session, None).await
}

async fn shown(app: &App, session: &Session, told: Option<&str>) -> Response {
    match recordings::all(app, session).await {
        Ok(recordings) => whole(session, HERE, "语音", &content(session, &recordings, told)),
        Err(denied) => refusal(denied, "/console"),
    }
}

fn content(session: &Session, recordings: &[Recording], told: Option<&str>) -> Markup {
    html! {
        div class="head" { div {
            h1 { "语音" }
            p class="sub" { "终端用扬声器说的话，只有下面这些句子，没有任何个人信息。自带的是合成语音；可以上传真人或方言录音代替其中的句子。上传只是存在平台上：在“终端配置”里选用，签名、发布之后终端才会说。" }
        } }
        (said(told))
        div class="cols" {
            section class="card" {
                h2 { "终端说的话" }
                @for (key, text) in prompts() {
                    (sentence(key, text, recordings))
                }
            }
            section class="card side" { (upload_form(session)) }
        }
    }
}

/// One sentence in both languages, with all that can be heard of it.
fn sentence(key: &str, text: &Text, recordings: &[Recording]) -> Markup {
    html! {
        div class="utterance" {
            @for language in SPOKEN {
                @let tag = tag(language);
                div class="heard" {
                    p lang=(tag) { (text.get(language)) }
                    (player(&format!("{HERE}/own/{tag}/{key}"), &format!("自带：{}", text.get(language))))
                }
                @for other in recordings.iter().filter(|other| other.prompt == key && other.language == tag) {
                    div class="heard" {
                        p class="small" {
                            b { (other.title) } " · " (seconds(other)) " · " (other.bytes / 1024 + 1) " KiB · "
                            (moment(other.uploaded_at)) " · " (other.uploaded_by)
                        }
                        (player(&format!("{HERE}/{}", other.sha256), &format!("{}：{}", other.title, text.get(language))))
                    }
                }
            }
        }
    }
}

fn player(address: &str, label: &str) -> Markup {
    html! { audio controls preload="none" src=(address) aria-label=(label) {} }
}

/// How long it lasts.
pub(super) fn seconds(recording: &Recording) -> String {
    format!("{}.{} 秒", recording.milliseconds / 1_000, recording.milliseconds % 1_000 / 100)
}

fn upload_form(session: &Session) -> Markup {
    html! {
        h2 { "上传一段录音" }
        form method="post" action=(HERE) enctype="multipart/form-data" {
            (csrf(session))
            div class="field" {
                label for="prompt" { "哪一句" }
                select id="prompt" name="prompt" required {
                    option value="" { "请选" }
                    @for (key, text) in prompts() { option value=(key) { (text.simplified) } }
                }
            }
            div class="field" {
                label for="language" { "哪种语言" }
                select id="language" name="language" {
                    option value="zh-CN" { "中文（普通话或方言）" }
                    option value="en" { "English" }
                }
            }
            div class="field" {
                label for="title" { "标题" }
                input id="title" name="title" maxlength="40" required;
                p class="hint" { "谁的声音、哪种方言。不要写真实姓名。" }
            }
            div class="field" {
                label for="file" { "录音" }
                input id="file" name="file" type="file" accept="audio/ogg,.ogg" required;
                p class="hint" { "Ogg Vorbis，单声道或立体声，最长 15 秒，最大 256 KB。照着句子念，不加别的话；响度以 −20 LUFS 为好，和自带的一样响。" }
            }
            button type="submit" { "上传" }
        }
    }
}

pub(super) async fn upload(State(app): State<Arc<App>>, sent: Uploaded) -> Response {
    let Uploaded { session, fields, file } = sent;
    let [prompt, language, title] = ["prompt", "language", "title"].map(|name| fields.text(name).to_owned());
    match recordings::add(&app, &session, Of { prompt, language, title }, file).await {
        Ok(()) => shown(&app, &session, Some("已上传。下一步在“终端配置”里选用。")).await,
        Err(denied) => refusal(denied, HERE),
    }
}

/// One that was uploaded.
pub(super) async fn sound(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    Path(name): Path<String>,
) -> Response {
    match recordings::sound(&app, &session, name.clone()).await {
        Ok(content) => response(MEDIA_TYPE, content, &name),
        Err(denied) => refusal(denied, HERE),
    }
}

/// One that the program brings along.
pub(super) async fn own(
    Visitor(session): Visitor,
    Path((language, prompt)): Path<(String, String)>,
) -> Response {
    match recordings::own(&session, &language, &prompt) {
        Ok(content) => response(MEDIA_TYPE, content, &prompt),
        Err(denied) => refusal(denied, HERE),
    }
}
