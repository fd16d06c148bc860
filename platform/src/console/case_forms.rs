//! One small form for each act that this person may try now, and what such a form says when it comes back.

use std::{collections::BTreeMap, sync::OnceLock};

use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use super::{forms::Fields, layout::csrf};
use crate::{
    clock::china_date,
    lifecycle::{
        act::{Act, ActKind, DeliveryMethod, Gap, HomeVisit, SuspensionKind},
        workflow::StepKind,
    },
    people::session::Session,
    staff::view::CaseView,
    store::columns::name_of,
};

/// 意见模板.
#[derive(Deserialize)]
struct Template {
    text: String,
}

/// The words that a form begins with.
fn template(name: &str) -> &'static str {
    static ALL: OnceLock<BTreeMap<String, Template>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        toml::from_str(include_str!("../../../assets/console/opinions.toml")).unwrap_or_default()
    });
    all.get(name).map_or("", |template| template.text.as_str())
}

/// What may be done, each folded away but the first.
pub(super) fn all(
    session: &Session,
    case: &CaseView,
    communities: &[(String, String)],
    now: Timestamp,
) -> Markup {
    html! {
        section class="card" {
            h2 { "办理" }
            @if let Some(reason) = &case.proposal_reason {
                div class="note warn" { "等待批准的特别程序：" (reason) }
            }
            @if case.acts.is_empty() {
                p class="sub" { "这个办件现在不在您的岗位上，只能查看。" }
            }
            @for (place, kind) in ordered(&case.acts).into_iter().enumerate() {
                details class=(if is_against(kind) { "act against" } else { "act" }) open[place == 0] {
                    summary { (kind.word()) }
                    form method="post" action={ "/console/cases/" (case.task.case_no) "/acts" } {
                        (csrf(session))
                        input type="hidden" name="version" value=(case.version);
                        input type="hidden" name="act" value=(name_of(kind).unwrap_or_default());
                        (inputs(kind, case, communities, now))
                        button type="submit" class=(if is_against(kind) { "danger" } else { "" }) { (kind.word()) }
                    }
                }
            }
        }
    }
}

/// The usual act first.
fn ordered(acts: &[ActKind]) -> Vec<ActKind> {
    use ActKind as A;
    const FIRST: [ActKind; 10] = [
        A::Suspend,
        A::Resume,
        A::Publish,
        A::Accept,
        A::Correct,
        A::Pass,
        A::Grant,
        A::Complete,
        A::Deliver,
        A::Archive,
    ];
    let mut acts = acts.to_vec();
    acts.sort_by_key(|act| FIRST.iter().position(|first| first == act).unwrap_or(FIRST.len()));
    acts
}

/// Acts that end a case or go back.
fn is_against(kind: ActKind) -> bool {
    matches!(kind, ActKind::Refuse | ActKind::Deny | ActKind::Withdraw | ActKind::Return | ActKind::Object)
}

#[expect(clippy::too_many_lines, reason = "one arm for each act, none longer than a few lines")]
fn inputs(kind: ActKind, case: &CaseView, communities: &[(String, String)], now: Timestamp) -> Markup {
    let id = name_of(kind).unwrap_or_default();
    let area = |name: &str, label: &str, text: &str| {
        html! {
            div class="field" {
                label for={ (id) "-" (name) } { (label) }
                textarea id={ (id) "-" (name) } name=(name) maxlength="2000" required { (text) }
            }
        }
    };
    match kind {
        ActKind::Route => html! {
            div class="field" {
                label for="area" { "归属社区" }
                select id="area" name="area" required {
                    option value="" { "请选择" }
                    @for (id, name) in communities { option value=(id) { (name) } }
                }
                p class="hint" { "按申请人的居住地或户籍地" }
            }
        },
        ActKind::RequireCorrection => correction(),
        ActKind::Correct => area("note", "收到了什么", template("correct")),
        ActKind::Refuse => {
            html! { (area("reason", "理由", template("refuse"))) (area("remedy", "救济途径", template("remedy"))) }
        }
        ActKind::Accept => html! {
            p class="hint" { (template("accept")) }
            label class="check" {
                input type="checkbox" name="materials_complete" required;
                "已核对：" (case.materials.len()) " 项材料齐全，符合法定形式"
            }
        },
        ActKind::Pass => html! {
            @if let Some(until) = case.notice_until {
                p class="hint" { "公示至 " (until) "，期满无异议才能通过" }
            }
            (area("opinion", "意见", template("pass")))
            @if case.here == Some(StepKind::HomeVisit) { (visit(now)) }
        },
        ActKind::Return => area("opinion", "退回意见", template("return")),
        ActKind::ProposeSuspension => html! {
            div class="field" {
                label for="kind" { "种类" }
                select id="kind" name="kind" {
                    @for kind in SuspensionKind::ALL { option value=(name_of(kind).unwrap_or_default()) { (kind.word()) } }
                }
            }
            (area("reason", "启动理由或依据", ""))
        },
        ActKind::Suspend => html! { p class="hint" { "批准后停止计时，并出具特别程序告知书。" } },
        ActKind::Resume => area("note", "特别程序的结果", ""),
        ActKind::Extend => html! {
            div class="field" {
                label for="days" { "延长几个工作日" }
                input id="days" name="days" type="number" min="1" max="10" value="10" required;
                p class="hint" { "只能延长一次，要告知申请人" }
            }
            (area("reason", "告知申请人的理由", template("extend")))
        },
        ActKind::Publish => html! {
            div class="field" {
                label for="amount" { "金额档次" }
                input id="amount" name="amount" maxlength="40" required placeholder="例如：每月 500 元以下";
                p class="hint" { "公示只显示姓氏、事项、社区、金额档次和起止日期，不要写证件号、住址、账号" }
            }
        },
        ActKind::Object => area("content", "异议内容", ""),
        ActKind::Grant => area("opinion", "决定意见", template("grant")),
        ActKind::Deny => {
            html! { (area("reason", "理由", template("deny"))) (area("remedy", "救济途径", template("remedy"))) }
        }
        ActKind::Complete => html! {
            div class="field" {
                label for="result_no" { "结果证照编号（没有可不填）" }
                input id="result_no" name="result_no" maxlength="60";
            }
        },
        ActKind::Deliver => delivery(),
        ActKind::Archive => {
            html! { p class="hint" { "生成归档清单：申请表、文书、材料图片、办理过程，各带 SHA-256。被替换的图片不再保留文件。" } }
        }
        ActKind::Withdraw => area("reason", "申请人的理由", ""),
        ActKind::Receive | ActKind::DeemAccepted | ActKind::Lapse => html! {},
    }
}

fn correction() -> Markup {
    html! {
        div class="field" {
            label for="gaps" { "要补正的材料，每行一项" }
            textarea id="gaps" name="gaps" maxlength="2000" required placeholder="户口簿：缺本人登记页" {}
            p class="hint" { "写成“材料：意见”。按规定只能一次告知，请列全" }
        }
        div class="field" {
            label for="within_days" { "几个工作日内补齐" }
            input id="within_days" name="within_days" type="number" min="1" max="60" value="10" required;
        }
    }
}

fn visit(now: Timestamp) -> Markup {
    html! {
        div class="field" {
            label for="visit_on" { "入户日期" }
            input id="visit_on" name="visit_on" type="date" value=(china_date(now)) required;
        }
        div class="field" {
            label for="visitors" { "入户人员" }
            input id="visitors" name="visitors" required placeholder="张三、李四";
            p class="hint" { "至少两人，用顿号分开" }
        }
        div class="field" {
            label for="findings" { "调查情况" }
            textarea id="findings" name="findings" maxlength="2000" required {}
        }
        label class="check" { input type="checkbox" name="signed" required; "入户人员和申请人双方已签字" }
    }
}

fn delivery() -> Markup {
    html! {
        div class="field" {
            label for="method" { "送达方式" }
            select id="method" name="method" {
                @for method in DeliveryMethod::ALL {
                    option value=(name_of(method).unwrap_or_default()) { (method.word()) }
                }
            }
        }
        div class="field" {
            label for="receiver" { "领取人" }
            input id="receiver" name="receiver" maxlength="60" required placeholder="本人，或代领人姓名";
        }
        label class="check" { input type="checkbox" name="signed" required; "已核对身份并签收" }
    }
}

/// The act that a form asks for. `None` where it makes no sense.
pub(super) fn read(fields: &Fields) -> Option<Act> {
    let text = |name: &str| fields.text(name).to_owned();
    let kind: ActKind = named(fields.text("act"))?;
    Some(match kind {
        ActKind::Route => Act::Route { area: text("area") },
        ActKind::RequireCorrection => Act::RequireCorrection {
            gaps: gaps(fields.text("gaps")),
            within_days: fields.text("within_days").parse().ok()?,
        },
        ActKind::Correct => Act::Correct { note: text("note") },
        ActKind::Refuse => Act::Refuse { reason: text("reason"), remedy: text("remedy") },
        ActKind::Accept => Act::Accept { materials_complete: fields.is_checked("materials_complete") },
        ActKind::Pass => Act::Pass { opinion: text("opinion"), visit: read_visit(fields) },
        ActKind::Return => Act::Return { opinion: text("opinion") },
        ActKind::ProposeSuspension => {
            Act::ProposeSuspension { kind: named(fields.text("kind"))?, reason: text("reason") }
        }
        ActKind::Suspend => Act::Suspend,
        ActKind::Resume => Act::Resume { note: text("note") },
        ActKind::Extend => Act::Extend { days: fields.text("days").parse().ok()?, reason: text("reason") },
        ActKind::Publish => Act::Publish { amount: text("amount") },
        ActKind::Object => Act::Object { content: text("content") },
        ActKind::Grant => Act::Grant { opinion: text("opinion") },
        ActKind::Deny => Act::Deny { reason: text("reason"), remedy: text("remedy") },
        ActKind::Complete => Act::Complete { result_no: text("result_no") },
        ActKind::Deliver => Act::Deliver {
            method: named(fields.text("method"))?,
            receiver: text("receiver"),
            signed: fields.is_checked("signed"),
        },
        ActKind::Archive => Act::Archive,
        ActKind::Withdraw => Act::Withdraw { reason: text("reason") },
        ActKind::Receive | ActKind::DeemAccepted | ActKind::Lapse => return None,
    })
}

fn named<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
}

/// A line for a material: its name, a colon of either width, and what is wrong with it.
fn gaps(text: &str) -> Vec<Gap> {
    let gap = |line: &str| {
        let (material, opinion) = line.split_once(['：', ':']).unwrap_or((line, ""));
        Gap { material: material.trim().to_owned(), opinion: opinion.trim().to_owned() }
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(gap).collect()
}

fn read_visit(fields: &Fields) -> Option<HomeVisit> {
    let visitors = fields.text("visitors").split(['、', ',', '，', ' ']);
    Some(HomeVisit {
        on: fields.text("visit_on").parse().ok()?,
        visitors: visitors.filter(|name| !name.trim().is_empty()).map(str::to_owned).collect(),
        findings: fields.text("findings").to_owned(),
        signed: fields.is_checked("signed"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_there_and_gaps_are_read_by_line() {
        for name in ["remedy", "refuse", "accept", "pass", "return", "grant", "deny", "extend", "correct"] {
            assert!(!template(name).is_empty(), "{name}");
        }
        let read = gaps("户口簿：缺本人页\n\n 收据: 看不清 \n照片");
        let said: Vec<_> = read.iter().map(|gap| (gap.material.as_str(), gap.opinion.as_str())).collect();
        assert_eq!(said, [("户口簿", "缺本人页"), ("收据", "看不清"), ("照片", "")]);
    }
}
