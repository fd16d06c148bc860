//! The life of a case as one table (domain model §2.6).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    act::ActKind,
    state::State::{
        self, Accepted, Archived, Completed, CorrectionRequired, Decided, Delivered, InReview, NotAccepted,
        Received, Suspended, Terminated, Withdrawn,
    },
};

/// Who may do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Whoever sits at the desk that the case lies on: its organisation and its role.
    Desk,
    /// 审批人 of the organisation that holds the case, or of the one that will decide.
    Approver,
    /// 网格 and window people at the place of receipt, who speak with the applicant.
    Counter,
    /// The platform's own clock.
    System,
}

/// What must be true besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// The five working days of 一次性告知 are not over.
    InTime,
    /// They are.
    NoticeOver,
    /// The time for 补正 is over.
    CorrectionOver,
    /// Every gap is named, and there is one.
    GapsNamed,
    /// A reason and a 救济途径 are given.
    Reasoned,
    /// An opinion, a reason or a note is written.
    Said,
    /// Somebody says that the materials are complete.
    MaterialsComplete,
    /// It is known whose resident the case is about.
    Routed,
    /// 四眼: of the same case nobody takes two steps that move money.
    FourEyes,
    /// The step's own evidence: a visit by two, a notice that has hung long enough.
    StepDone,
    /// The step is a 公示 and nothing hangs yet.
    NoticeMayOpen,
    /// A notice hangs.
    NoticeHangs,
    /// There is an earlier step to go back to.
    NotFirst,
    /// A 特别程序 has been asked for, by somebody else.
    ProposedByAnother,
    /// None has.
    NotProposed,
    /// 延长 has not happened yet, and is short enough.
    NotExtended,
    /// All steps of the workflow are done.
    StepsDone,
    /// Who took the result is written down, checked and signed.
    Served,
}

/// 文书.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DocumentKind {
    /// 收件回执.
    IntakeReceipt,
    /// 材料转递单.
    TransferSlip,
    /// 受理通知书.
    AcceptanceNotice,
    /// 申请材料补正告知书.
    CorrectionNotice,
    /// 不予受理通知书.
    RefusalNotice,
    /// 特别程序告知书.
    SpecialProcedureNotice,
    /// 延期告知书.
    ExtensionNotice,
    /// 公示.
    PublicityNotice,
    /// 准予决定书.
    GrantDecision,
    /// 不予决定书.
    DenialDecision,
    /// 办结通知.
    CompletionNotice,
    /// 送达回证.
    ServiceReturn,
    /// 归档包.
    ArchivePackage,
}

impl DocumentKind {
    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 13] = [
        Self::IntakeReceipt,
        Self::TransferSlip,
        Self::AcceptanceNotice,
        Self::CorrectionNotice,
        Self::RefusalNotice,
        Self::SpecialProcedureNotice,
        Self::ExtensionNotice,
        Self::PublicityNotice,
        Self::GrantDecision,
        Self::DenialDecision,
        Self::CompletionNotice,
        Self::ServiceReturn,
        Self::ArchivePackage,
    ];

    /// Whether it is written to the applicant; the others are the office's own.
    pub(crate) fn is_to_applicant(self) -> bool {
        !matches!(self, Self::TransferSlip | Self::PublicityNotice | Self::ArchivePackage)
    }

    /// Whether it says when the case is due.
    pub(crate) fn tells_the_due_day(self) -> bool {
        matches!(self, Self::AcceptanceNotice | Self::SpecialProcedureNotice | Self::ExtensionNotice)
    }

    /// 文书编号: the case, two letters for the kind, and the how many-th of that kind it is.
    pub(crate) fn number(self, case_no: &str, nth: i64) -> String {
        format!("{case_no}-{}{nth:02}", self.mark())
    }

    /// 文书名称.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::IntakeReceipt => "收件回执",
            Self::TransferSlip => "材料转递单",
            Self::AcceptanceNotice => "受理通知书",
            Self::CorrectionNotice => "申请材料补正告知书",
            Self::RefusalNotice => "不予受理通知书",
            Self::SpecialProcedureNotice => "特别程序告知书",
            Self::ExtensionNotice => "延期告知书",
            Self::PublicityNotice => "公示",
            Self::GrantDecision => "准予决定书",
            Self::DenialDecision => "不予决定书",
            Self::CompletionNotice => "办结通知",
            Self::ServiceReturn => "送达回证",
            Self::ArchivePackage => "归档清单",
        }
    }

    /// Two letters in its number.
    fn mark(self) -> &'static str {
        match self {
            Self::IntakeReceipt => "SJ",
            Self::TransferSlip => "ZD",
            Self::AcceptanceNotice => "SL",
            Self::CorrectionNotice => "BZ",
            Self::RefusalNotice => "BS",
            Self::SpecialProcedureNotice => "TB",
            Self::ExtensionNotice => "YQ",
            Self::PublicityNotice => "GS",
            Self::GrantDecision => "ZY",
            Self::DenialDecision => "BY",
            Self::CompletionNotice => "BJ",
            Self::ServiceReturn => "SD",
            Self::ArchivePackage => "GD",
        }
    }
}

/// What an act does to the clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Nothing.
    Untouched,
    /// The five working days of 一次性告知 begin (again).
    NoticeBegins,
    /// They end, and the time to bring what is missing begins.
    CorrectionBegins,
    /// The promise begins to run, today being day 0.
    PromiseBegins,
    /// The same, as of the day of receipt.
    PromiseBeginsAtReceipt,
    /// It stands still after today.
    Stops,
    /// It runs again after today.
    Runs,
    /// It gets longer.
    Longer,
    /// Nothing runs any more.
    Ends,
}

/// Where an act leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// To that state.
    State(State),
    /// It stays.
    Same,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) act: ActKind,
    pub(crate) from: &'static [State],
    pub(crate) to: To,
    pub(crate) who: Who,
    pub(crate) guards: &'static [Guard],
    pub(crate) document: Option<DocumentKind>,
    pub(crate) clock: Clock,
}

/// A row of the table: act, from, to, who, guards, document, clock.
const fn row(
    (act, from, to): (ActKind, &'static [State], To),
    who: Who,
    guards: &'static [Guard],
    (document, clock): (Option<DocumentKind>, Clock),
) -> Rule {
    Rule { act, from, to, who, guards, document, clock }
}

use ActKind as A;
use Clock as C;
use DocumentKind as D;
use Guard as G;
use To::Same;

const fn to(state: State) -> To {
    To::State(state)
}

/// 撤回 is possible until it is decided.
const UNDECIDED: &[State] = &[Received, CorrectionRequired, Accepted, InReview, Suspended];
const REVIEWED: &[State] = &[Accepted, InReview];

/// Every transition there is. What is not here does not happen.
#[rustfmt::skip]
pub(crate) const RULES: &[Rule] = &[
    row((A::Route,             &[Received], Same),                           Who::Counter,  &[],                        (None, C::Untouched)),
    row((A::RequireCorrection, &[Received], to(CorrectionRequired)),         Who::Desk,     &[G::InTime, G::GapsNamed], (Some(D::CorrectionNotice), C::CorrectionBegins)),
    row((A::Correct,           &[CorrectionRequired], to(Received)),         Who::Counter,  &[G::Said],                 (Some(D::IntakeReceipt), C::NoticeBegins)),
    row((A::Lapse,             &[CorrectionRequired], to(Terminated)),       Who::System,   &[G::CorrectionOver],       (None, C::Ends)),
    row((A::Refuse,            &[Received], to(NotAccepted)),                Who::Desk,     &[G::Reasoned],             (Some(D::RefusalNotice), C::Ends)),
    row((A::Accept,            &[Received], to(Accepted)),                   Who::Desk,     &[G::Routed, G::MaterialsComplete], (Some(D::AcceptanceNotice), C::PromiseBegins)),
    row((A::DeemAccepted,      &[Received], to(Accepted)),                   Who::System,   &[G::NoticeOver],           (Some(D::AcceptanceNotice), C::PromiseBeginsAtReceipt)),
    row((A::Publish,           REVIEWED, to(InReview)),                      Who::Desk,     &[G::NoticeMayOpen, G::Said], (Some(D::PublicityNotice), C::Untouched)),
    row((A::Object,            REVIEWED, to(InReview)),                      Who::Desk,     &[G::NoticeHangs, G::Said], (None, C::Untouched)),
    row((A::Pass,              REVIEWED, to(InReview)),                      Who::Desk,     &[G::Said, G::StepDone, G::FourEyes], (None, C::Untouched)),
    row((A::Return,            &[InReview], Same),                           Who::Desk,     &[G::Said, G::NotFirst],    (None, C::Untouched)),
    row((A::ProposeSuspension, REVIEWED, to(InReview)),                      Who::Desk,     &[G::NotProposed, G::Said], (None, C::Untouched)),
    row((A::Suspend,           &[InReview], to(Suspended)),                  Who::Approver, &[G::ProposedByAnother],    (Some(D::SpecialProcedureNotice), C::Stops)),
    row((A::Resume,            &[Suspended], to(InReview)),                  Who::Desk,     &[G::Said],                 (None, C::Runs)),
    row((A::Extend,            REVIEWED, to(InReview)),                      Who::Approver, &[G::NotExtended, G::Said], (Some(D::ExtensionNotice), C::Longer)),
    row((A::Grant,             REVIEWED, to(Decided)),                       Who::Desk,     &[G::StepsDone, G::Said, G::FourEyes], (Some(D::GrantDecision), C::Ends)),
    row((A::Deny,              REVIEWED, to(Decided)),                       Who::Desk,     &[G::StepsDone, G::Reasoned, G::FourEyes], (Some(D::DenialDecision), C::Ends)),
    row((A::Complete,          &[Decided], to(Completed)),                   Who::Desk,     &[],                        (Some(D::CompletionNotice), C::Untouched)),
    row((A::Deliver,           &[Completed], to(Delivered)),                 Who::Counter,  &[G::Served],               (Some(D::ServiceReturn), C::Untouched)),
    row((A::Archive,           &[Delivered, NotAccepted, Withdrawn, Terminated], to(Archived)), Who::Counter, &[],       (Some(D::ArchivePackage), C::Untouched)),
    row((A::Withdraw,          UNDECIDED, to(Withdrawn)),                    Who::Counter,  &[G::Said],                 (None, C::Ends)),
];

/// The rule of an act in a state.
pub(crate) fn rule(act: ActKind, from: State) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.act == act && rule.from.contains(&from))
}
