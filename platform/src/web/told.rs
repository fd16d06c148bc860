//! What an applicant has to know besides where a case stands. Only for pages of somebody who has shown to be that person.

use jiff::civil::Date;
use maud::{Markup, html};
use protocol::{Case, Correction, DueChange, DueChangeWhy, Ending, EndingKind};

use super::{
    page::{Notice, notice, phone},
    words,
};

/// What has to be done or known at once, above everything else.
pub(super) fn first(case: &Case, today: Date) -> Markup {
    html! {
        @if let Some(correction) = &case.told.correction { (missing(case, correction, today)) }
        @if let Some(ending) = &case.told.ending { (ended(case, ending)) }
        @if let Some(stop) = case.told.stopped() { (stopped(stop, today)) }
    }
}

fn missing(case: &Case, correction: &Correction, today: Date) -> Markup {
    let title = match correction.until {
        Some(until) => format!("还缺材料，最晚{}补齐", words::day(until, today)),
        None => "还缺材料".to_owned(),
    };
    notice(
        Notice::Warn,
        &title,
        &html! {
            @if !correction.missing.is_empty() {
                ul { @for paper in &correction.missing { li { (paper.material) "：" (paper.opinion) } } }
            }
            p { "把补齐的材料交到社区窗口，交齐后 5 个工作日内告诉您是否受理。逾期没有补齐的，视为放弃本次申请，以后可以重新申请。" }
            p { "不清楚怎么补，请打 " (phone(&case.consult_phone)) "。" }
        },
    )
}

fn ended(case: &Case, ending: &Ending) -> Markup {
    let (kind, title) = match ending.kind {
        EndingKind::NotAccepted => (Notice::Bad, "不予受理"),
        EndingKind::Denied => (Notice::Bad, "不予批准"),
        EndingKind::Lapsed => (Notice::Warn, "逾期没有补齐材料，视为放弃申请"),
    };
    notice(
        kind,
        title,
        &html! {
            @if let Some(reason) = &ending.reason { p { "理由：" (reason) } }
            @if !ending.remedies.is_empty() {
                p { "不服这个决定，可以：" }
                ul { @for remedy in &ending.remedies { li { (remedy) } } }
            }
            @if ending.kind == EndingKind::Lapsed { p { "这件事已经终止。还要办的，可以重新申请。" } }
            p { "有疑问请打 " (phone(&case.consult_phone)) "。" }
        },
    )
}

fn stopped(stop: &DueChange, today: Date) -> Markup {
    let procedure = stop.procedure.as_deref().unwrap_or("特别程序");
    notice(
        Notice::Info,
        &format!("正在{procedure}，办理期限停止计算"),
        &html! {
            @if let Some(reason) = &stop.reason { p { "理由：" (reason) } }
            p {
                @if let Some(was) = stop.was_on { "原来承诺 " (words::day(was, today)) "前办结。" }
                (procedure) "所需时间不计入期限，结束后承诺办结日期相应顺延。"
            }
        },
    )
}

/// How the promised day came to be what it is, oldest first.
pub(super) fn due_changes(case: &Case, today: Date) -> Markup {
    if case.told.due_changes.is_empty() {
        return html! {};
    }
    html! {
        h2 { "办结日期的变化" }
        ol.steps {
            @for change in &case.told.due_changes {
                li {
                    strong { (what(change, today)) }
                    @if let Some(reason) = &change.reason { span { "理由：" (reason) } }
                    small { (words::moment(change.at)) }
                }
            }
        }
    }
}

fn what(change: &DueChange, today: Date) -> String {
    let procedure = change.procedure.as_deref().unwrap_or("特别程序");
    let why = match change.why {
        DueChangeWhy::Extended => "延长办理期限".to_owned(),
        DueChangeWhy::Stopped => return format!("开始{procedure}，停止计算期限"),
        DueChangeWhy::Resumed => format!("{procedure}结束，恢复计算期限"),
        DueChangeWhy::Calendar => "放假安排公布".to_owned(),
    };
    let expected = if change.provisional { "预计 " } else { "" };
    match (change.was_on, change.due_on) {
        (Some(was), Some(due)) if was != due => {
            format!("{why}：承诺办结由 {} 改为{expected} {}", words::day(was, today), words::day(due, today))
        }
        (_, Some(due)) => format!("{why}：承诺办结仍是 {}", words::day(due, today)),
        _ => why,
    }
}
