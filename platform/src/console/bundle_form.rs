//! The common parts of a bundle as a form: what it is called, what is asked once, which items are done, when, and which answers
//! they share. What kind of question is asked, and a question more or less, is written in the whole text.

use std::collections::BTreeMap;

use maud::{Markup, html};
use protocol::{Field, FieldKind, ServiceItem, When};

use super::{
    forms::Fields,
    item_form::{optional, rows, text, words},
};
use crate::catalogue::bundle::{LifeEventBundle, Member, Source};

/// Rows that stand empty for one more item.
const SPARE: usize = 1;

/// The inputs, as the bundle says now over the items that it can be of.
pub(super) fn inputs(bundle: &LifeEventBundle, items: &[&ServiceItem]) -> Markup {
    let members = bundle.items.len() + SPARE;
    html! {
        section class="card" {
            h2 { "名称" }
            (words("name", "一件事名称", Some(&bundle.name)))
            (words("summary", "一句话说明", Some(&bundle.summary)))
        }
        section class="card" {
            h2 { "共同的问题" }
            p class="hint" { "只问一遍，几个事项共用。增减问题、改问题的种类，请编辑全文。" }
            @for (place, field) in bundle.fields.iter().enumerate() { (question(place, field)) }
        }
        section class="card" {
            h2 { "一次办的事项" }
            p class="hint" { "事项不选的一行会去掉。第一件事项的实施单位是牵头单位。新加的事项，保存以后再来选哪些回答共用。" }
            input type="hidden" name="items" value=(members);
            @for place in 0..members { (member(place, bundle, items)) }
        }
    }
}

fn question(place: usize, field: &Field) -> Markup {
    let at = |part: &str| format!("fields.{place}.{part}");
    html! {
        details class="act" {
            summary { (field.label.simplified) " " span class="no" { (field.id) } }
            div class="inner" {
                (words(&at("label"), "问题", Some(&field.label)))
                (words(&at("hint"), "提示（可以不写）", field.hint.as_ref()))
                label class="check" {
                    input type="checkbox" name=(at("required")) checked[field.required];
                    span { "必须回答" }
                }
            }
        }
    }
}

fn member(place: usize, bundle: &LifeEventBundle, items: &[&ServiceItem]) -> Markup {
    let member = bundle.items.get(place);
    let item = member.and_then(|member| items.iter().find(|item| item.id == member.item));
    let at = |part: &str| format!("items.{place}.{part}");
    let gone = member.filter(|_| item.is_none());
    html! {
        details class="act" open[member.is_some()] {
            summary { (item.map_or("再加一个事项", |item| item.name.simplified.as_str())) }
            div class="inner" {
                div class="field" {
                    label for=(at("item")) { "事项" }
                    select id=(at("item")) name=(at("item")) {
                        option value="" { "（不选）" }
                        @if let Some(gone) = gone { option value=(gone.item) selected { (gone.item) } }
                        @for known in items {
                            option value=(known.id) selected[member.is_some_and(|member| member.item == known.id)] {
                                (known.name.simplified)
                            }
                        }
                    }
                }
                (condition(place, bundle, member.and_then(|member| member.when.as_ref())))
                @if let (Some(member), Some(item)) = (member, item) { (sources(place, bundle, member, item)) }
            }
        }
    }
}

/// When the item is done: one question decides, by one or more of its answers.
fn condition(place: usize, bundle: &LifeEventBundle, when: Option<&When>) -> Markup {
    let at = |part: &str| format!("items.{place}.{part}");
    html! {
        div class="field" {
            label for=(at("when")) { "什么时候办" }
            select id=(at("when")) name=(at("when")) {
                option value="" { "总是办" }
                @for (field, _) in deciders(bundle) {
                    option value=(field.id) selected[when.is_some_and(|when| when.field == field.id)] {
                        "看回答：" (field.label.simplified)
                    }
                }
            }
        }
        @for (field, choices) in deciders(bundle) {
            fieldset class="field" {
                legend { "回答“" (field.label.simplified) "”是下面勾选的，就办（选了看这个回答才算）" }
                @for choice in choices {
                    label class="check" {
                        input type="checkbox" name=(at(&format!("is.{}", field.id))) value=(choice.value)
                            checked[when.is_some_and(|when| when.field == field.id && when.is.contains(&choice.value))];
                        span { (choice.label.simplified) }
                    }
                }
            }
        }
    }
}

/// The questions that can decide.
fn deciders(bundle: &LifeEventBundle) -> impl Iterator<Item = (&Field, &[protocol::Choice])> {
    bundle.fields.iter().filter_map(|field| match &field.kind {
        FieldKind::Choice { choices } => Some((field, choices.as_slice())),
        _ => None,
    })
}

/// Where the answers to the item's questions come from.
fn sources(place: usize, bundle: &LifeEventBundle, member: &Member, item: &ServiceItem) -> Markup {
    let asked = item.fields.iter().filter(|field| field.known_from_card.is_none());
    html! {
        @for field in asked {
            @let name = format!("items.{place}.answers.{}", field.id);
            @let source = member.answers.get(&field.id);
            div class="field" {
                label for=(name) { "“" (field.label.simplified) "”的回答" }
                select id=(name) name=(name) {
                    option value="" { "只为这个事项问" }
                    @for own in &bundle.fields {
                        option value={ "from:" (own.id) } selected[source == Some(&Source::From(own.id.clone()))] {
                            "用共同的问题：" (own.label.simplified)
                        }
                    }
                    @if let FieldKind::Choice { choices } = &field.kind {
                        @for choice in choices {
                            option value={ "is:" (choice.value) } selected[source == Some(&Source::Is(choice.value.clone()))] {
                                "不用问，就是：" (choice.label.simplified)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The bundle as the form says it; what is not in the form stays.
pub(super) fn read(fields: &Fields, bundle: &LifeEventBundle) -> LifeEventBundle {
    let mut read = bundle.clone();
    read.name = text(fields, "name");
    read.summary = text(fields, "summary");
    for (place, field) in read.fields.iter_mut().enumerate() {
        let at = format!("fields.{place}");
        field.label = text(fields, &format!("{at}.label"));
        field.hint = optional(fields, &format!("{at}.hint"));
        field.required = fields.is_checked(&format!("{at}.required"));
    }
    let known = |at: &String| read_member(fields, at, bundle);
    read.items = rows(fields, "items").filter_map(|at| known(&at)).collect();
    read
}

fn read_member(fields: &Fields, at: &str, bundle: &LifeEventBundle) -> Option<Member> {
    let item = fields.text(&format!("{at}.item")).to_owned();
    if item.is_empty() {
        return None;
    }
    let decider = fields.text(&format!("{at}.when"));
    let is = format!("{at}.is.{decider}");
    let when = (!decider.is_empty())
        .then(|| When { field: decider.to_owned(), is: fields.all(&is).map(str::to_owned).collect() });
    let prefix = format!("{at}.answers.");
    let answers = fields.each().filter_map(|(name, said)| {
        let source = match said.split_once(':')? {
            ("from", own) => Source::From(own.to_owned()),
            ("is", answer) => Source::Is(answer.to_owned()),
            _ => return None,
        };
        Some((name.strip_prefix(&prefix)?.to_owned(), source))
    });
    // Another item in the row has other questions: the answers of the one before it are none of its own.
    let place = at.rsplit('.').next().and_then(|place| place.parse::<usize>().ok());
    let same = place.and_then(|place| bundle.items.get(place)).is_some_and(|before| before.item == item);
    let answers: BTreeMap<_, _> = if same { answers.collect() } else { BTreeMap::new() };
    Some(Member { item, when, answers })
}
