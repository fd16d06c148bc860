//! 办理流程 as data: which desk a case lies on, one after another.

use std::path::Path;

use kiosk_config::ConfigError;
use protocol::{FieldKind, ServiceItem};
use serde::{Deserialize, Serialize};

use crate::people::{Level, Role};

/// One version of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Workflow {
    /// The name that items use.
    pub(crate) id: String,
    /// Rises with every change; a case keeps the one it began with.
    pub(crate) version: u32,
    /// Its name in the console.
    pub(crate) name: String,
    /// Whose resident a case is about.
    pub(crate) jurisdiction: Jurisdiction,
    /// 视为受理 where nobody answers within five working days.
    #[serde(default = "yes")]
    pub(crate) deemed_acceptance: bool,
    /// Items whose own rules know no 视为受理.
    #[serde(default)]
    pub(crate) without_deemed_acceptance: Vec<String>,
    /// 收件 and 受理.
    pub(crate) intake: Desk,
    /// What is looked at, in order.
    #[serde(default)]
    pub(crate) steps: Vec<Step>,
    /// 决定.
    pub(crate) decision: Desk,
    /// 办结.
    pub(crate) completion: Desk,
}

fn yes() -> bool {
    true
}

/// By what the responsible community is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Jurisdiction {
    /// 户籍地: the address on the card.
    Household,
    /// 居住地: where the applicant says to live, and the card where nobody asked.
    Residence,
    /// Wherever it was received.
    Any,
}

/// Who handles it where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Desk {
    pub(crate) level: Level,
    pub(crate) role: Role,
}

/// One 环节.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) level: Level,
    pub(crate) role: Role,
    #[serde(default)]
    pub(crate) kind: StepKind,
    /// Nobody who takes it takes another such step of a case that moves money.
    #[serde(default)]
    pub(crate) four_eyes: bool,
    /// 公示: how many calendar days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) notice_days: Option<u32>,
    /// 公示: where an objection sends the case back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on_objection: Option<String>,
}

/// What is done at a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepKind {
    /// Papers are read: 审核, 核对, 复核, 拨付.
    #[default]
    Review,
    /// 入户调查, by two people at least, signed by both sides.
    HomeVisit,
    /// 公示.
    PublicNotice,
}

/// Where in its workflow a case lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Intake,
    Step(String),
    Decision,
    Completion,
    Delivery,
    /// It has ended.
    Nowhere,
}

impl Place {
    const INTAKE: &str = "intake";
    const DECISION: &str = "decision";
    const COMPLETION: &str = "completion";
    const DELIVERY: &str = "delivery";

    /// As the database has it.
    pub(crate) fn read(text: Option<&str>) -> Self {
        match text {
            None => Self::Nowhere,
            Some(Self::INTAKE) => Self::Intake,
            Some(Self::DECISION) => Self::Decision,
            Some(Self::COMPLETION) => Self::Completion,
            Some(Self::DELIVERY) => Self::Delivery,
            Some(step) => Self::Step(step.to_owned()),
        }
    }

    /// The same, to be written.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Intake => Some(Self::INTAKE),
            Self::Step(step) => Some(step),
            Self::Decision => Some(Self::DECISION),
            Self::Completion => Some(Self::COMPLETION),
            Self::Delivery => Some(Self::DELIVERY),
            Self::Nowhere => None,
        }
    }
}

/// Where the organisation of a desk is to be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seat {
    /// The community, subdistrict or department that is responsible.
    Responsible(Desk),
    /// The place of receipt.
    Received(Role),
}

impl Workflow {
    /// The step with that name.
    pub(crate) fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// Where it goes after 受理.
    pub(crate) fn first(&self) -> Place {
        self.steps.first().map_or(Place::Decision, |step| Place::Step(step.id.clone()))
    }

    /// Where it goes after a step.
    pub(crate) fn after(&self, id: &str) -> Place {
        let mut later = self.steps.iter().skip_while(|step| step.id != id).skip(1);
        later.next().map_or(Place::Decision, |step| Place::Step(step.id.clone()))
    }

    /// Where it goes back to, if there is anything before.
    pub(crate) fn before(&self, place: &Place) -> Option<Place> {
        let earlier = match place {
            Place::Decision => self.steps.last(),
            Place::Step(id) => self.steps.iter().take_while(|step| step.id != *id).last(),
            _ => None,
        };
        earlier.map(|step| Place::Step(step.id.clone()))
    }

    /// Who sits where it lies.
    pub(crate) fn seat(&self, place: &Place) -> Option<Seat> {
        Some(Seat::Responsible(match place {
            Place::Intake => self.intake,
            Place::Step(id) => {
                let step = self.step(id)?;
                Desk { level: step.level, role: step.role }
            }
            Place::Decision => self.decision,
            Place::Completion => self.completion,
            Place::Delivery => return Some(Seat::Received(Role::Clerk)),
            Place::Nowhere => return None,
        }))
    }

    /// What the desk is called.
    pub(crate) fn place_name(&self, place: &Place) -> String {
        match place {
            Place::Intake => "收件受理".to_owned(),
            Place::Step(id) => self.step(id).map_or_else(|| id.clone(), |step| step.name.clone()),
            Place::Decision => "决定".to_owned(),
            Place::Completion => "办结".to_owned(),
            Place::Delivery => "送达".to_owned(),
            Place::Nowhere => "已结束".to_owned(),
        }
    }

    /// Whether a case under `item` is 视为受理 when nobody answers.
    pub(crate) fn deems(&self, item: &ServiceItem) -> bool {
        self.deemed_acceptance && !self.without_deemed_acceptance.contains(&item.id)
    }
}

/// Whether an item moves money: it asks for an account.
pub(crate) fn moves_money(item: &ServiceItem) -> bool {
    item.fields.iter().any(|field| matches!(field.kind, FieldKind::BankCard))
}

/// The workflows that this program ships with, each with the name of its file.
const SHIPPED: [(&str, &str); 6] = [
    ("instant.toml", include_str!("../../../assets/workflows/instant.toml")),
    ("review.toml", include_str!("../../../assets/workflows/review.toml")),
    ("relief.toml", include_str!("../../../assets/workflows/relief.toml")),
    ("employment.toml", include_str!("../../../assets/workflows/employment.toml")),
    ("payout.toml", include_str!("../../../assets/workflows/payout.toml")),
    ("appointment.toml", include_str!("../../../assets/workflows/appointment.toml")),
];

/// Why a workflow is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkflowError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] ConfigError),
    /// It contradicts itself.
    #[error("{file}: `{field}`: {problem}")]
    Fault {
        /// The file.
        file: String,
        /// The key.
        field: String,
        /// What is wrong.
        problem: String,
    },
}

/// All that this program ships with.
pub(crate) fn shipped() -> Result<Vec<Workflow>, WorkflowError> {
    SHIPPED.iter().map(|(file, text)| parse(file, text)).collect()
}

/// Reads one.
pub(crate) fn parse(file: &str, text: &str) -> Result<Workflow, WorkflowError> {
    let workflow: Workflow = kiosk_config::parse(text, Path::new(file))?;
    match fault(&workflow) {
        None => Ok(workflow),
        Some((field, problem)) => {
            Err(WorkflowError::Fault { file: file.to_owned(), field, problem: problem.to_owned() })
        }
    }
}

fn fault(workflow: &Workflow) -> Option<(String, &'static str)> {
    let reserved = [Place::INTAKE, Place::DECISION, Place::COMPLETION, Place::DELIVERY];
    for (place, step) in workflow.steps.iter().enumerate() {
        let at = |part: &str| format!("steps.{place}.{part}");
        let earlier = || workflow.steps.iter().take(place);
        if reserved.contains(&step.id.as_str()) || earlier().any(|other| other.id == step.id) {
            return Some((at("id"), "is taken"));
        }
        if !step.role.handles_cases() {
            return Some((at("role"), "handles no cases"));
        }
        let notice = step.kind == StepKind::PublicNotice;
        if notice != step.notice_days.is_some_and(|days| (1..=60).contains(&days)) {
            return Some((at("notice_days"), "is for a public_notice, 1 to 60 days, and only for that"));
        }
        let back = step.on_objection.as_ref();
        if notice != back.is_some_and(|back| earlier().any(|other| other.id == *back)) {
            return Some((at("on_objection"), "names an earlier step of a public_notice, and only of that"));
        }
    }
    let desks =
        [("intake", workflow.intake), ("decision", workflow.decision), ("completion", workflow.completion)];
    let idle = desks.into_iter().find(|(_, desk)| !desk.role.handles_cases());
    idle.map(|(name, _)| (format!("{name}.role"), "handles no cases"))
}
