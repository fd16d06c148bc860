//! The common parts of an item as a form: what it is called, what residents read, limits, papers and phones.

use maud::{Markup, html};
use protocol::{Area, Limit, LimitUnit, Material, MaterialSource, ServiceItem, Text};

use super::forms::Fields;
use crate::{
    store::columns::name_of,
    web::words::{AREAS, area as area_words},
};

/// Rows that stand empty for more of the same.
const SPARE: usize = 2;
/// More rows than any item has.
const MOST: usize = 60;

const UNITS: [(LimitUnit, &str); 3] =
    [(LimitUnit::Instant, "即时"), (LimitUnit::WorkingDay, "工作日"), (LimitUnit::CalendarDay, "自然日")];

const SOURCES: [(MaterialSource, &str); 4] = [
    (MaterialSource::IdCard, "读身份证"),
    (MaterialSource::DataShare, "数据共享"),
    (MaterialSource::OnlineForm, "在屏幕上填写"),
    (MaterialSource::Counter, "交到窗口"),
];

/// The inputs, as the item says now.
pub(super) fn inputs(item: &ServiceItem) -> Markup {
    html! {
        section class="card" {
            h2 { "名称和指南" }
            (words("name", "事项名称", Some(&item.name)))
            (words("summary", "一句话说明", Some(&item.summary)))
            (area(item.area))
            (words("organisation", "实施单位名称", Some(&item.organisation.name)))
            (words("fee", "收费", Some(&item.fee)))
            (words("result", "办理结果", Some(&item.result.name)))
        }
        section class="card" {
            h2 { "办理条件" }
            p class="hint" { "三种语言都不填的一条会去掉。" }
            input type="hidden" name="conditions" value=(item.conditions.len() + SPARE);
            @for place in 0..item.conditions.len() + SPARE {
                (words(&format!("conditions.{place}"), &format!("条件 {}", place + 1), item.conditions.get(place)))
            }
        }
        section class="card" {
            h2 { "申请材料" }
            p class="hint" { "名称不填的一份会去掉。交到窗口的材料要写明几天内交，说明里也要写这个天数。" }
            input type="hidden" name="materials" value=(item.materials.len() + SPARE);
            @for place in 0..item.materials.len() + SPARE { (material(place, item.materials.get(place))) }
        }
        section class="card" {
            h2 { "时限和电话" }
            div class="two" {
                (limit("statutory", "法定办结时限", Some(item.statutory)))
                (limit("promised", "承诺办结时限", Some(item.promised)))
            }
            div class="two" {
                (line("consult_phone", "咨询电话", &item.consult_phone))
                (line("complain_phone", "监督投诉电话", &item.complain_phone))
            }
        }
    }
}

/// The heading under which residents look for it, on every screen.
fn area(of: Option<Area>) -> Markup {
    html! {
        div class="field" {
            label for="area" { "类别（居民在哪一类里找到它）" }
            select id="area" name="area" {
                @for area in AREAS {
                    option value=(name_of(area).unwrap_or_default()) selected[of == Some(area)] { (area_words(area).0) }
                }
            }
        }
    }
}

fn line(name: &str, label: &str, value: &str) -> Markup {
    html! {
        div class="field" {
            label for=(name) { (label) }
            input id=(name) name=(name) value=(value) maxlength="40";
        }
    }
}

/// One text in its three languages.
pub(super) fn words(name: &str, label: &str, text: Option<&Text>) -> Markup {
    let languages = [
        ("zh-CN", "简体", text.map(|text| text.simplified.as_str())),
        ("zh-TW", "繁體", text.and_then(|text| text.traditional.as_deref())),
        ("en", "English", text.and_then(|text| text.english.as_deref())),
    ];
    html! {
        fieldset class="words" {
            legend { (label) }
            @for (language, word, value) in languages {
                label class="tongue" {
                    span { (word) }
                    input name={ (name) "." (language) } lang=(language) value=(value.unwrap_or_default()) maxlength="400";
                }
            }
        }
    }
}

fn limit(name: &str, label: &str, limit: Option<Limit>) -> Markup {
    html! {
        fieldset class="field" {
            legend { (label) }
            div class="inline" {
                input name={ (name) ".n" } aria-label={ (label) "的数目" } type="number" min="0" max="366"
                    value=(limit.map_or_else(String::new, |limit| limit.n.to_string()));
                select name={ (name) ".unit" } aria-label={ (label) "的单位" } {
                    @for (unit, word) in UNITS {
                        option value=(name_of(unit).unwrap_or_default()) selected[limit.is_some_and(|limit| limit.unit == unit)] { (word) }
                    }
                }
            }
        }
    }
}

fn material(place: usize, material: Option<&Material>) -> Markup {
    let at = |part: &str| format!("materials.{place}.{part}");
    html! {
        details class="act" open[material.is_some()] {
            summary { (material.map_or("再加一份材料", |material| material.name.simplified.as_str())) }
            div class="inner" {
                (words(&at("name"), "名称", material.map(|material| &material.name)))
                div class="two" {
                    div class="field" {
                        label for=(at("source")) { "来源" }
                        select id=(at("source")) name=(at("source")) {
                            @for (source, word) in SOURCES {
                                option value=(name_of(source).unwrap_or_default())
                                    selected[material.is_some_and(|material| material.source == source)] { (word) }
                            }
                        }
                    }
                    (limit(&at("within"), "交到窗口的期限（只用于交到窗口）", material.and_then(|material| material.within)))
                }
                label class="check" {
                    input type="checkbox" name=(at("picture")) checked[material.is_some_and(|material| material.picture)];
                    span { "先拍一张电子件，窗口人员可以提前看" }
                }
                (words(&at("note"), "说明", material.and_then(|material| material.note.as_ref())))
            }
        }
    }
}

/// The item as the form says it; what is not in the form stays.
pub(super) fn read(fields: &Fields, item: &ServiceItem) -> ServiceItem {
    let mut read = item.clone();
    read.name = text(fields, "name");
    read.summary = text(fields, "summary");
    read.organisation.name = text(fields, "organisation");
    read.area = AREAS.into_iter().find(|area| name_of(*area).is_ok_and(|known| known == fields.text("area")));
    read.fee = text(fields, "fee");
    read.result.name = text(fields, "result");
    read.conditions = rows(fields, "conditions").filter_map(|at| optional(fields, &at)).collect();
    read.materials = rows(fields, "materials").filter_map(|at| read_material(fields, &at)).collect();
    read.statutory = read_limit(fields, "statutory");
    read.promised = read_limit(fields, "promised");
    fields.text("consult_phone").clone_into(&mut read.consult_phone);
    fields.text("complain_phone").clone_into(&mut read.complain_phone);
    read
}

pub(super) fn rows(fields: &Fields, name: &str) -> impl Iterator<Item = String> {
    let count = fields.text(name).parse::<usize>().unwrap_or_default().min(MOST);
    (0..count).map(move |place| format!("{name}.{place}")).collect::<Vec<_>>().into_iter()
}

pub(super) fn text(fields: &Fields, name: &str) -> Text {
    let said = |language: &str| Some(fields.text(&format!("{name}.{language}")).to_owned());
    let said = |language: &str| said(language).filter(|words| !words.is_empty());
    Text { simplified: said("zh-CN").unwrap_or_default(), traditional: said("zh-TW"), english: said("en") }
}

/// The text, where any language has words.
pub(super) fn optional(fields: &Fields, name: &str) -> Option<Text> {
    let text = text(fields, name);
    (!text.simplified.is_empty() || text.traditional.is_some() || text.english.is_some()).then_some(text)
}

/// What is no number is none, and the validator says so.
fn read_limit(fields: &Fields, name: &str) -> Limit {
    let unit = fields.text(&format!("{name}.unit"));
    let unit = UNITS.iter().find(|(known, _)| name_of(*known).is_ok_and(|known| known == unit));
    let n = fields.text(&format!("{name}.n")).parse().unwrap_or_default();
    Limit { n, unit: unit.map_or(LimitUnit::WorkingDay, |(unit, _)| *unit) }
}

fn read_material(fields: &Fields, at: &str) -> Option<Material> {
    let name = optional(fields, &format!("{at}.name"))?;
    let source = fields.text(&format!("{at}.source"));
    let source = SOURCES.iter().find(|(known, _)| name_of(*known).is_ok_and(|known| known == source));
    let within = format!("{at}.within");
    let within = (!fields.text(&format!("{within}.n")).is_empty()).then(|| read_limit(fields, &within));
    Some(Material {
        name,
        source: source.map_or(MaterialSource::OnlineForm, |(source, _)| *source),
        within,
        picture: fields.is_checked(&format!("{at}.picture")),
        note: optional(fields, &format!("{at}.note")),
    })
}
