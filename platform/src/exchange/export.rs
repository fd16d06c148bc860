//! A case as the national exchange has it (GB/T 39046-2020, tables 5 to 15): names and codes of the standard.

use jiff::Timestamp;
use protocol::{CaseKind, Channel, DueChange, DueChangeWhy, IdKind, RatingLevel, ServiceItem};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    lifecycle::state::{Outcome, State},
    store::{
        StoreError, Transaction,
        cases::{self, Exported},
    },
};

/// The JSON of the case `key`, as it stands now.
pub(super) fn case(view: &Transaction<'_>, key: Uuid) -> Result<String, StoreError> {
    let exported = cases::exported(view, key)?.ok_or(StoreError::Damaged("case"))?;
    Ok(document(&exported).to_string())
}

/// A.6 办件类型.
fn kind(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Instant => "1",
        CaseKind::Promised => "2",
    }
}

/// A.5 办理形式; the table has no code for self-service machines.
fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Window => "1",
        Channel::Pc => "2",
        Channel::Phone => "3",
        Channel::Kiosk => "9",
    }
}

/// 证件类型 of GA/T 517.
fn id_kind(kind: IdKind) -> &'static str {
    match kind {
        IdKind::ResidentIdCard => "111",
        IdKind::HkMoTwResidencePermit => "154",
        IdKind::ForeignPermanentResident2017 | IdKind::ForeignPermanentResident2023 => "553",
    }
}

fn document(exported: &Exported) -> Value {
    let mut whole = Map::new();
    whole.insert("申请信息".to_owned(), application(exported));
    if let Some(accepted) = reached(exported, State::Accepted) {
        whole.insert("受理信息".to_owned(), acceptance(exported, accepted));
    }
    whole.insert("过程信息".to_owned(), exported.steps.iter().map(|step| process(exported, *step)).collect());
    let procedures = procedures(exported);
    if !procedures.is_empty() {
        whole.insert("特别程序信息".to_owned(), procedures.into());
    }
    if let Some((how, at)) = ended(exported) {
        whole.insert("办结信息".to_owned(), completion(exported, how, at));
    }
    if let Some(level) = exported.case.rating {
        whole.insert("评价信息".to_owned(), rating(exported, level));
    }
    Value::Object(whole)
}

/// When the case first came to `state`.
fn reached(exported: &Exported, state: State) -> Option<Timestamp> {
    exported.steps.iter().find(|(step, _)| *step == state).map(|(_, at)| *at)
}

/// 办理结果: how a case ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Granted,
    Denied,
    NotAccepted,
    Withdrawn,
    Terminated,
}

impl End {
    fn word(self) -> &'static str {
        match self {
            Self::Granted => "准予",
            Self::Denied => "不予",
            Self::NotAccepted => "不予受理",
            Self::Withdrawn => "撤回",
            Self::Terminated => "终止",
        }
    }
}

/// How and when the case ended, if it has. A decision is no end: the case is completed after it.
fn ended(exported: &Exported) -> Option<(End, Timestamp)> {
    let end = |state| match state {
        State::Completed if exported.outcome == Some(Outcome::Denied) => Some(End::Denied),
        State::Completed => Some(End::Granted),
        State::NotAccepted => Some(End::NotAccepted),
        State::Withdrawn => Some(End::Withdrawn),
        State::Terminated => Some(End::Terminated),
        _ => None,
    };
    exported.steps.iter().find_map(|(state, at)| end(*state).map(|how| (how, *at)))
}

fn application(exported: &Exported) -> Value {
    let Exported { case, item, party, id_kind: kind_of_id, .. } = exported;
    json!({
        "办件编号": case.case_no,
        "实施编码": item.task_code,
        "事项名称": item.name.simplified,
        "事项版本": item.version.to_string(),
        "办件类型": kind(item.kind),
        "申请者名称": party.name,
        "申请者证件类型": id_kind(*kind_of_id),
        "申请者证件号码": party.id_number,
        "申报来源": channel(case.channel),
        "申请时间": case.received_at.to_string(),
    })
}

fn unit(item: &ServiceItem) -> (Value, Value) {
    (item.organisation.name.simplified.clone().into(), item.organisation.uscc.clone().into())
}

fn acceptance(exported: &Exported, accepted: Timestamp) -> Value {
    let (name, uscc) = unit(&exported.item);
    json!({
        "受理单位": name,
        "受理单位统一社会信用代码": uscc,
        "受理时间": accepted.to_string(),
        "受理文书编号": exported.acceptance_no,
        "承诺办结时间": exported.case.due_on.map(|due| due.to_string()),
    })
}

fn process(exported: &Exported, (state, at): (State, Timestamp)) -> Value {
    let (name, _) = unit(&exported.item);
    json!({
        "环节名称": step_name(state),
        "处理单位": name,
        "结束时间": at.to_string(),
        "环节状态": "2",
    })
}

fn step_name(state: State) -> &'static str {
    match state {
        State::Received => "收件",
        State::CorrectionRequired => "补正告知",
        State::NotAccepted => "不予受理",
        State::Accepted => "受理",
        State::InReview => "审查",
        State::Suspended => "特别程序",
        State::Decided => "决定",
        State::Completed => "办结",
        State::Delivered => "送达",
        State::Archived => "归档",
        State::Withdrawn => "撤回",
        State::Terminated => "终止",
    }
}

/// A.7 特别程序: 延长审批, and whatever makes the clock stand still.
fn procedures(exported: &Exported) -> Vec<Value> {
    let changes = &exported.case.told.due_changes;
    let told = |kind: &str, name: &str, change: &DueChange, end: Option<Timestamp>| {
        json!({
            "种类": kind,
            "名称": name,
            "开始时间": change.at.to_string(),
            "结束时间": end.map(|end| end.to_string()),
            "启动理由或依据": change.reason,
        })
    };
    let procedure = |(at, change): (usize, &DueChange)| match change.why {
        DueChangeWhy::Extended => Some(told("1", "延长审批", change, Some(change.at))),
        DueChangeWhy::Stopped => {
            let runs = changes.iter().skip(at).find(|later| later.why == DueChangeWhy::Resumed);
            let end = runs.map(|later| later.at).or_else(|| ended(exported).map(|(_, at)| at));
            Some(told("2", change.procedure.as_deref().unwrap_or("其他"), change, end))
        }
        DueChangeWhy::Resumed | DueChangeWhy::Calendar => None,
    };
    changes.iter().enumerate().filter_map(procedure).collect()
}

/// Only who was granted something is issued a result.
fn completion(exported: &Exported, how: End, at: Timestamp) -> Value {
    let mut told = json!({ "办结时间": at.to_string(), "办理结果": how.word() });
    if let (End::Granted, Some(told)) = (how, told.as_object_mut()) {
        let (name, uscc) = unit(&exported.item);
        let until = exported.case.result.as_ref().and_then(|result| result.valid_until);
        told.extend([
            ("结果名称".to_owned(), exported.item.result.name.simplified.clone().into()),
            ("有效期截止日期".to_owned(), until.map(|day| day.to_string()).into()),
            ("发证单位".to_owned(), name),
            ("发证单位统一社会信用代码".to_owned(), uscc),
        ]);
    }
    told
}

fn rating(exported: &Exported, level: RatingLevel) -> Value {
    json!({ "办件编号": exported.case.case_no, "满意度": u8::from(level).to_string() })
}
