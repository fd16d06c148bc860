//! What is new, as whoever publishes it has to read it: all of it, in the words that residents get.

use maud::{Markup, html};
use protocol::{Field, FieldKind, ServiceItem, When, Workflow};

use crate::{
    catalogue::bundle::{LifeEventBundle, Source},
    web::words,
};

/// 事项.
pub(super) fn item(item: &ServiceItem) -> Markup {
    let area = item.area.map_or("没有", |area| words::area(area).0);
    let flow = item.workflow.map_or("没有", flow);
    let accepted = if item.auto_accept { "，交上来就受理" } else { "，由工作人员受理" };
    html! {
        dl class="rows" {
            (row("事项名称", &html! { (item.name.simplified) @if item.demo { " " span class="tag demo" { "示例" } } }))
            (row("一句话说明", &html! { (item.summary.simplified) }))
            (row("类别", &html! { (area) }))
            (row("实施单位", &html! { (item.organisation.name.simplified) " " span class="no" { (item.organisation.uscc) } }))
            (row("基本编码", &html! { span class="no" { (item.catalog_code) } }))
            (row("实施编码", &html! { span class="no" { (item.task_code) } }))
            (row("法定时限", &html! { (words::limit(item.statutory)) }))
            (row("承诺时限", &html! { (words::limit(item.promised)) }))
            (row("办理流程", &html! { (flow) (accepted) }))
            (row("办理条件", &html! { ul { @for condition in &item.conditions { li { (condition.simplified) } } } }))
            (row("申请材料", &html! { ul {
                @for material in &item.materials {
                    li { (material.name.simplified) "：" (words::material(material)) @if material.picture { "，先拍电子件" } }
                }
            } }))
            (row("要问的", &questions(&item.fields)))
            (row("收费", &html! { (item.fee.simplified) }))
            (row("办理结果", &html! {
                (item.result.name.simplified)
                @if let Some(months) = item.result.valid_months { "，有效 " (months) " 个月" }
            }))
            (row("咨询、投诉电话", &html! { (item.consult_phone) "、" (item.complain_phone) }))
        }
    }
}

/// 一件事 over these items.
pub(super) fn bundle(bundle: &LifeEventBundle, items: &[&ServiceItem]) -> Markup {
    html! {
        dl class="rows" {
            (row("一件事名称", &html! { (bundle.name.simplified) @if bundle.demo { " " span class="tag demo" { "示例" } } }))
            (row("一句话说明", &html! { (bundle.summary.simplified) }))
            (row("编号前缀", &html! { span class="no" { (bundle.code) } }))
            (row("共同的问题", &questions(&bundle.fields)))
            (row("一次办的事项", &html! { ol {
                @for member in &bundle.items {
                    @let item = items.iter().find(|item| item.id == member.item);
                    li {
                        (item.map_or(member.item.as_str(), |item| item.name.simplified.as_str()))
                        @if let Some(item) = item { "，" (item.organisation.name.simplified) }
                        @if let Some(when) = &member.when { "，" (condition(when, &bundle.fields)) }
                        @for (asked, source) in &member.answers {
                            @let asked = item.and_then(|item| item.fields.iter().find(|field| field.id == *asked));
                            @if let Some(asked) = asked { div class="small" { (asked.label.simplified) (told(source, asked, &bundle.fields)) } }
                        }
                    }
                }
            } }))
        }
    }
}

fn row(name: &str, words: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (words) } } }
}

fn flow(workflow: Workflow) -> &'static str {
    match workflow {
        Workflow::Instant => "即办",
        Workflow::Review => "受理、审核、决定",
        Workflow::Relief => "救助三级（社区、街道、区）",
        Workflow::Employment => "就业三级（社区、街道、区）",
        Workflow::Payout => "报销给付",
        Workflow::Appointment => "预约",
    }
}

/// What a form asks; what a card says is not asked.
fn questions(fields: &[Field]) -> Markup {
    let asked: Vec<_> = fields.iter().filter(|field| field.known_from_card.is_none()).collect();
    html! {
        @if asked.is_empty() { span class="hidden" { "没有" } }
        ol {
            @for field in asked {
                li {
                    (field.label.simplified)
                    @if !field.required { "（可以不答）" }
                    @if let Some(when) = &field.when { "，" (condition(when, fields)) }
                    (answers(&field.kind))
                }
            }
        }
    }
}

fn answers(kind: &FieldKind) -> Markup {
    html! {
        @match kind {
            FieldKind::Choice { choices } => div class="small" {
                @for (place, choice) in choices.iter().enumerate() { @if place > 0 { "／" } (choice.label.simplified) }
            },
            FieldKind::PersonList { fields, .. } => (questions(fields)),
            _ => {}
        }
    }
}

/// Under which answers, in words.
fn condition(when: &When, fields: &[Field]) -> String {
    let asked = fields.iter().find(|field| field.id == when.field);
    let question = asked.map_or(when.field.as_str(), |field| field.label.simplified.as_str());
    let answers: Vec<&str> = when.is.iter().map(|value| choice(value, asked)).collect();
    format!("“{question}”答“{}”时", answers.join("”或“"))
}

/// The words of an answer to a question.
fn choice<'a>(value: &'a str, asked: Option<&'a Field>) -> &'a str {
    let Some(FieldKind::Choice { choices }) = asked.map(|field| &field.kind) else { return value };
    let found = choices.iter().find(|choice| choice.value == value);
    found.map_or(value, |choice| choice.label.simplified.as_str())
}

/// Where the answer to `asked` comes from.
fn told(source: &Source, asked: &Field, common: &[Field]) -> String {
    match source {
        Source::Is(value) => format!("：就是“{}”", choice(value, Some(asked))),
        Source::From(own) => {
            let own = common.iter().find(|field| field.id == *own);
            format!("：用“{}”的回答", own.map_or("没有这个问题", |field| field.label.simplified.as_str()))
        }
    }
}
