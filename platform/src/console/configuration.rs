//! 终端配置: drafting what is set on kiosks.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use protocol::App as Tile;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    arrangement::Filled,
    forms::{Fields, Sent, Visitor},
    layout::{csrf, page as whole, refusal},
    recordings::seconds,
};
use crate::{
    app::App,
    error::Refusal,
    fleet::{
        self, office,
        overview::{KioskStanding, KioskView},
        posters::{self, Poster},
        recordings::{self, Recording},
    },
    people::session::Session,
    problems,
    staff::access::{Ask, require},
};

const HERE: &str = "/console/configuration";

/// Which kiosk's settings to begin with.
#[derive(Default, Deserialize)]
pub(super) struct Which {
    kiosk: Option<String>,
}

/// What stands in the form.
struct Draft {
    chosen: BTreeSet<String>,
    /// All but what has fields of its own.
    settings: String,
    /// What the home screen offers.
    home: Filled,
    /// Whether the catalogue goes along.
    catalogue: bool,
    /// The hashes of those that are chosen.
    posters: BTreeSet<String>,
    /// The marks of those that are chosen.
    recordings: BTreeSet<String>,
    /// What is wrong with it, or what has become of it.
    note: Option<(&'static str, String)>,
}

pub(super) async fn page(
    State(app): State<Arc<App>>,
    Visitor(session): Visitor,
    query: Result<Query<Which>, QueryRejection>,
) -> Response {
    let kiosk = query.ok().and_then(|Query(which)| which.kiosk);
    match begun(&app, &session, kiosk.as_deref()).await {
        Ok(draft) => shown(&app, &session, &draft).await,
        Err(denied) => refusal(denied, "/console/fleet"),
    }
}

/// Begins with the newest settings of that kiosk.
async fn begun(app: &App, session: &Session, kiosk: Option<&str>) -> Result<Draft, Refusal> {
    require(session, Ask::Configure)?;
    let mut settings = match kiosk {
        Some(name) => office::kiosk(app, session, name).await?.settings,
        None => Map::new(),
    };
    let posters = settings::posters(&settings).into_iter().map(|poster| poster.content.sha256).collect();
    let known = recordings::all(app, session).await?;
    let named = settings::recordings(&settings);
    let recordings = known.iter().filter(|known| known.is_named(&named)).map(Recording::mark).collect();
    settings.get_mut("voice").and_then(Value::as_object_mut).and_then(|voice| voice.remove("prompts"));
    settings.remove("idle");
    let catalogue = settings.remove("service").is_some();
    let home = Filled::taken_from(&mut settings);
    let settings = serde_json::to_string_pretty(&settings)?;
    Ok(Draft {
        chosen: kiosk.into_iter().map(str::to_owned).collect(),
        settings,
        home,
        catalogue,
        posters,
        recordings,
        note: None,
    })
}

/// What is here to be chosen.
struct Files {
    posters: Vec<Poster>,
    recordings: Vec<Recording>,
}

async fn shown(app: &App, session: &Session, draft: &Draft) -> Response {
    let known = async {
        let (posters, recordings) = (posters::all(app, session).await?, recordings::all(app, session).await?);
        Ok((office::kiosks(app, session).await?, Files { posters, recordings }))
    };
    match known.await {
        Ok((kiosks, files)) => {
            let tiles = app.offer().placeable();
            whole(session, HERE, "终端配置", &content(session, &tiles, &kiosks, &files, draft))
        }
        Err(denied) => refusal(denied, "/console"),
    }
}

fn content(session: &Session, apps: &[Tile], kiosks: &[KioskView], files: &Files, draft: &Draft) -> Markup {
    let enrolled: Vec<_> = kiosks.iter().filter(|kiosk| kiosk.standing != KioskStanding::Revoked).collect();
    html! {
        div class="head" { div {
            h1 { "终端配置" }
            p class="sub" { "起草只是写下来：两个人签名、分批发布之后，终端才会拿到。" }
        } }
        @if let Some((class, text)) = &draft.note { div class={ "note " (class) } role="status" { (text) } }
        @if enrolled.is_empty() {
            div class="card empty" { b { "还没有终端" } "先让机器入网，再起草配置。" }
        } @else {
            form method="post" action=(HERE) {
                (csrf(session))
                div class="cols" {
                    section class="card" {
                        div class="field" {
                            label for="settings" { "配置（JSON）" }
                            textarea id="settings" name="settings" class="code" rows="18" spellcheck="false" required { (draft.settings) }
                            p class="hint" {
                                "没有写的键用终端自带的值。能设什么见 "
                                a href="/api/v1/fleet/settings-schema" { "配置说明" } "。"
                            }
                        }
                        (draft.home.shown(apps))
                        (catalogue(draft.catalogue))
                        (chooser(&files.posters, &draft.posters))
                        (voices(&files.recordings, &draft.recordings))
                        button type="submit" { "核对并起草" }
                    }
                    section class="card side" {
                        h2 { "给哪些终端" }
                        fieldset class="choice" {
                            @for kiosk in enrolled {
                                label class="check" {
                                    input type="checkbox" name="kiosk" value={ (kiosk.newest) ":" (kiosk.name) } checked[draft.chosen.contains(&kiosk.name)];
                                    span {
                                        (kiosk.name) " "
                                        span class="small" { (kiosk.community.as_deref().unwrap_or("没有登记社区")) " · 第 " (kiosk.newest) " 版" }
                                    }
                                }
                            }
                        }
                        p class="hint" { "别人在您打开这一页之后改过其中一台，就一台也不起草，请刷新再看。" }
                    }
                }
            }
        }
    }
}

/// 办事目录, as it is offered when the draft is made.
fn catalogue(checked: bool) -> Markup {
    html! {
        fieldset {
            legend { "办事目录" }
            label class="check" {
                input type="checkbox" name="catalogue" checked[checked];
                span { "随配置签名下发现在的办事目录" }
            }
            p class="hint" { "终端就只显示签过名的事项、告知书、电话和首页应用，不再听平台的。以后发布了事项，要再起草、签名、发布一次。" }
        }
    }
}

/// 待机海报 that the kiosks shall show.
fn chooser(posters: &[Poster], chosen: &BTreeSet<String>) -> Markup {
    html! {
        @if !posters.is_empty() {
            fieldset class="choice" {
                legend { "待机海报（最多 8 张，轮流显示）" }
                @for poster in posters {
                    label class="check" {
                        input type="checkbox" name="poster" value=(poster.sha256) checked[chosen.contains(&poster.sha256)];
                        span { (poster.title) " " span class="small" { (poster.width) "×" (poster.height) } }
                    }
                }
            }
        }
    }
}

/// 语音 that the kiosks shall say in the place of their own: one for each sentence, where there are any.
fn voices(recordings: &[Recording], chosen: &BTreeSet<String>) -> Markup {
    let same = |a: &Recording, b: &Recording| (&a.prompt, &a.language) == (&b.prompt, &b.language);
    html! {
        @if !recordings.is_empty() {
            fieldset {
                legend { "语音（代替终端自带的句子）" }
                @for of in recordings.chunk_by(same) {
                    @if let Some(first) = of.first() {
                        label class="field" {
                            span { (first.words()) }
                            select name="recording" {
                                option value="" { "用自带的" }
                                @for one in of {
                                    option value=(one.mark()) selected[chosen.contains(&one.mark())] { (one.title) "，" (seconds(one)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The settings with what was chosen of the posters and recordings, and what the home screen offers.
async fn with_choices(
    app: &App,
    session: &Session,
    fields: &Fields,
    mut settings: Value,
) -> Result<Value, Refusal> {
    let chosen: BTreeSet<&str> = fields.all("poster").collect();
    if let (false, Some(table)) = (chosen.is_empty(), settings.as_object_mut()) {
        let known = posters::all(app, session).await?;
        let named = known.iter().filter(|poster| chosen.contains(poster.sha256.as_str()));
        let named: Vec<Value> = named.map(Poster::named).collect();
        table.insert("idle".to_owned(), serde_json::json!({ "posters": named }));
    }
    let chosen: BTreeSet<&str> = fields.all("recording").filter(|mark| !mark.is_empty()).collect();
    if let (false, Some(table)) = (chosen.is_empty(), settings.as_object_mut()) {
        let known = recordings::all(app, session).await?;
        let named = known.iter().filter(|known| chosen.contains(known.mark().as_str()));
        let named: Vec<Value> = named.map(Recording::named).collect();
        if let Value::Object(voice) = table.entry("voice").or_insert_with(|| serde_json::json!({})) {
            voice.insert("prompts".to_owned(), named.into());
        }
    }
    if let (true, Some(table)) = (fields.is_checked("catalogue"), settings.as_object_mut()) {
        let named = fleet::catalogue::keep(app, session).await?;
        table.insert("service".to_owned(), serde_json::json!({ "catalogue": named }));
    }
    if let Some(table) = settings.as_object_mut() {
        Filled::sent(fields).put_into(table)?;
    }
    Ok(settings)
}

pub(super) async fn draft(State(app): State<Arc<App>>, sent: Sent) -> Response {
    let Sent { session, fields } = sent;
    let based: Vec<(String, u64)> = fields.all("kiosk").filter_map(based).collect();
    let outcome = match serde_json::from_str::<Value>(&fields.raw("settings")) {
        Ok(settings) => match with_choices(&app, &session, &fields, settings).await {
            Ok(settings) => office::draft(&app, &session, based.clone(), &settings).await,
            Err(denied) => Err(denied),
        },
        Err(error) => Err(problems::malformed_json(error.line(), error.column()).into()),
    };
    match outcome {
        Ok(drafted) => {
            let names: Vec<String> =
                drafted.into_iter().map(|(name, version)| format!("{name} 第 {version} 版")).collect();
            let told = format!("已起草：{}。下一步在“发布”里下载签名。", names.join("、"));
            shown(&app, &session, &kept(&fields, &based, ("", told))).await
        }
        Err(denied) => again(&app, &session, denied, &fields, &based).await,
    }
}

/// `version:name`, as the form has it.
fn based(value: &str) -> Option<(String, u64)> {
    let (version, name) = value.split_once(':')?;
    Some((name.to_owned(), version.parse().ok()?))
}

fn kept(fields: &Fields, based: &[(String, u64)], note: (&'static str, String)) -> Draft {
    let chosen = based.iter().map(|(name, _)| name.clone()).collect();
    let posters = fields.all("poster").map(str::to_owned).collect();
    let recordings = fields.all("recording").map(str::to_owned).collect();
    let (settings, home) = (fields.raw("settings"), Filled::sent(fields));
    let catalogue = fields.is_checked("catalogue");
    Draft { chosen, settings, home, catalogue, posters, recordings, note: Some(note) }
}

/// What can be mended is shown with what was typed; the versions on the page are those that were looked at no more, so a
/// change by somebody else is not.
async fn again(
    app: &App,
    session: &Session,
    denied: Refusal,
    fields: &Fields,
    based: &[(String, u64)],
) -> Response {
    let problem = denied.problem().clone();
    if !matches!(problem.status, 400 | 422) {
        return refusal(denied, HERE);
    }
    let told = format!("{}：{}", problem.title, problem.detail.as_deref().unwrap_or_default());
    let page = shown(app, session, &kept(fields, based, ("bad", told))).await;
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}
