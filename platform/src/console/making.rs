//! 新建事项, 新建一件事: the little that cannot change later, and what it begins as. The rest is written in its draft.

use std::sync::Arc;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use protocol::{Problem, ServiceItem};

use super::{
    bundles, editor,
    forms::{Fields, Sent, Visitor},
    item_form::{text, words},
    items,
    layout::{csrf, page as whole, refusal},
};
use crate::{
    app::App,
    catalogue::bundle::LifeEventBundle,
    error::Refusal,
    offer::Offer,
    people::session::Session,
    staff::making::{self, Beginning, Makings, NewBundle, NewItem},
};

/// Where a new item is begun; no item is called so.
pub(super) const NEW_ITEM: &str = "/console/new-item";
/// The same for a bundle.
pub(super) const NEW_BUNDLE: &str = "/console/new-bundle";

/// The items of these offices, as they are offered.
pub(super) fn own_items<'o>(makings: &'o Makings, offer: &'o Offer) -> impl Iterator<Item = &'o ServiceItem> {
    offer.catalogue.items.iter().filter(|item| is_own(makings, item))
}

fn is_own(makings: &Makings, item: &ServiceItem) -> bool {
    makings.offices.iter().any(|(_, uscc)| *uscc == item.organisation.uscc)
}

pub(super) async fn item_page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    show(&app, &session, &ITEM, &Fields::default(), None).await
}

pub(super) async fn bundle_page(State(app): State<Arc<App>>, Visitor(session): Visitor) -> Response {
    show(&app, &session, &BUNDLE, &Fields::default(), None).await
}

pub(super) async fn item(State(app): State<Arc<App>>, Sent { session, fields }: Sent) -> Response {
    let new = NewItem {
        id: fields.text("id").to_owned(),
        catalog_code: fields.text("catalog_code").to_owned(),
        office: fields.text("office").to_owned(),
        name: text(&fields, "name"),
        from: fields.text("from").to_owned(),
    };
    let page = editor::at::<ServiceItem>(&new.id).page();
    made(making::item(&app, &session, new).await, &page, (&app, &session), (&ITEM, &fields)).await
}

pub(super) async fn bundle(State(app): State<Arc<App>>, Sent { session, fields }: Sent) -> Response {
    let from = match fields.text("from").split_once(':') {
        Some(("item", item)) => Beginning::Item(item.to_owned()),
        Some(("bundle", bundle)) => Beginning::Bundle(bundle.to_owned()),
        _ => Beginning::Item(String::new()),
    };
    let new = NewBundle {
        id: fields.text("id").to_owned(),
        code: fields.text("code").to_owned(),
        name: text(&fields, "name"),
        from,
    };
    let page = editor::at::<LifeEventBundle>(&new.id).page();
    made(making::bundle(&app, &session, new).await, &page, (&app, &session), (&BUNDLE, &fields)).await
}

/// One of the two pages.
struct Form {
    title: &'static str,
    here: &'static str,
    list: &'static str,
    inputs: fn(&Makings, &Offer, &Fields) -> Markup,
}

const ITEM: Form = Form { title: "新建事项", here: NEW_ITEM, list: items::HERE, inputs: item_inputs };
const BUNDLE: Form =
    Form { title: "新建一件事", here: NEW_BUNDLE, list: bundles::HERE, inputs: bundle_inputs };

/// Goes to what was made; what cannot be made so is told above what was typed.
async fn made(
    done: Result<(), Refusal>,
    page: &str,
    (app, session): (&App, &Session),
    (form, fields): (&Form, &Fields),
) -> Response {
    match done.map_err(Refusal::into_problem) {
        Ok(()) => Redirect::to(page).into_response(),
        Err(problem) if [409, 422].contains(&problem.status) => {
            show(app, session, form, fields, Some(problem)).await
        }
        Err(problem) => refusal(problem.into(), form.here),
    }
}

async fn show(app: &App, session: &Session, form: &Form, fields: &Fields, told: Option<Problem>) -> Response {
    let makings = match making::makings(app, session).await {
        Ok(makings) => makings,
        Err(denied) => return refusal(denied, form.list),
    };
    let content = html! {
        div class="head" { div {
            h1 { (form.title) }
            p class="sub" { a href=(form.list) { "返回，不新建" } }
        } }
        @if let Some(detail) = told.as_ref().and_then(|problem| problem.detail.as_ref()) {
            div class="note bad" role="alert" { p { b { "没有新建：" } (detail) } }
        }
        form method="post" action=(form.here) {
            (csrf(session))
            ((form.inputs)(&makings, &app.offer(), fields))
            button type="submit" { "新建草稿" }
        }
    };
    let mut response = whole(session, form.list, form.title, &content);
    if let Some(problem) = told {
        *response.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::CONFLICT);
    }
    response
}

fn item_inputs(makings: &Makings, offer: &Offer, fields: &Fields) -> Markup {
    let (office, from) = (fields.text("office"), fields.text("from"));
    html! {
        section class="card" {
            h2 { "代号和编码" }
            (id(fields, "例如 temporary-relief"))
            (line(fields, "catalog_code", "基本编码", "", "12 到 17 位大写字母和数字。实施编码由实施单位、行使层级和它组成。"))
            div class="field" {
                label for="office" { "实施单位" }
                select id="office" name="office" {
                    @for (own, uscc) in &makings.offices {
                        option value=(uscc) selected[uscc == office] { (own.name) " " (uscc) }
                    }
                }
                p class="hint" { "新建后不能改。" }
            }
        }
        section class="card" {
            h2 { "名称和底本" }
            (words("name", "事项名称", Some(&text(fields, "name"))))
            div class="field" {
                label for="from" { "以哪个事项为底本" }
                select id="from" name="from" required {
                    option value="" { "（请选）" }
                    @for (office, items) in by_office(makings, offer) {
                        optgroup label=(office) {
                            @for item in items {
                                option value=(item.id) selected[item.id == from] { (item.name.simplified) }
                            }
                        }
                    }
                }
                p class="hint" { "指南、条件、材料、问题、时限、流程和电话先照抄底本，再在草稿里改。" }
            }
        }
    }
}

/// All items by the offices that carry them out, one's own first.
fn by_office<'o>(makings: &Makings, offer: &'o Offer) -> Vec<(&'o str, Vec<&'o ServiceItem>)> {
    let mut groups: Vec<(&str, Vec<&ServiceItem>)> = Vec::new();
    let (own, others): (Vec<_>, Vec<_>) =
        offer.catalogue.items.iter().partition(|item| is_own(makings, item));
    for item in own.into_iter().chain(others) {
        let office = item.organisation.name.simplified.as_str();
        match groups.iter_mut().find(|(known, _)| *known == office) {
            Some((_, items)) => items.push(item),
            None => groups.push((office, vec![item])),
        }
    }
    groups
}

fn bundle_inputs(makings: &Makings, offer: &Offer, fields: &Fields) -> Markup {
    let from = fields.text("from");
    let items = own_items(makings, offer).map(|item| (format!("item:{}", item.id), &item.name));
    let leads = |bundle: &LifeEventBundle| {
        let first = bundle.items.first().and_then(|member| offer.standing_item(&member.item));
        first.is_some_and(|item| is_own(makings, item))
    };
    let led = offer.standing.iter().map(|standing| &standing.bundle).filter(|bundle| leads(bundle));
    let led = led.map(|bundle| (format!("bundle:{}", bundle.id), &bundle.name));
    let groups = [("从一个事项开始", items.collect::<Vec<_>>()), ("以一件事为底本", led.collect())];
    html! {
        section class="card" {
            h2 { "代号和编号" }
            (id(fields, "例如 old-age"))
            (line(fields, "code", "编号前缀", &makings.code, "一件事编号以它开头：YJS 和三位数字。新建后不能改。"))
        }
        section class="card" {
            h2 { "名称和底本" }
            (words("name", "一件事名称", Some(&text(fields, "name"))))
            div class="field" {
                label for="from" { "从哪里开始" }
                select id="from" name="from" required {
                    option value="" { "（请选）" }
                    @for (label, ways) in groups {
                        @if !ways.is_empty() {
                            optgroup label=(label) {
                                @for (way, name) in ways { option value=(way) selected[way == from] { (name.simplified) } }
                            }
                        }
                    }
                }
                p class="hint" { "第一件事项的实施单位是牵头单位，新建后不能换。其他事项、共同的问题在草稿里加。" }
            }
        }
    }
}

fn id(fields: &Fields, example: &str) -> Markup {
    let hint =
        format!("小写字母、数字和横线，40 个字以内，{example}。网址、办件和统计都用它，新建后不能改。");
    line(fields, "id", "代号（id）", "", &hint)
}

/// One line; what was typed, or `first`.
fn line(fields: &Fields, name: &str, label: &str, first: &str, hint: &str) -> Markup {
    let typed = fields.each().any(|(known, _)| known == name);
    html! {
        div class="field" {
            label for=(name) { (label) }
            input id=(name) name=(name) value=(if typed { fields.text(name) } else { first }) maxlength="40" required
                spellcheck="false" autocapitalize="off" autocomplete="off" aria-describedby={ (name) "-hint" };
            p class="hint" id={ (name) "-hint" } { (hint) }
        }
    }
}
