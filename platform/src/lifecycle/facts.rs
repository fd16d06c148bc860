//! What is known of a case when somebody acts on it.

use jiff::civil::Date;
use protocol::ServiceItem;
use serde::{Deserialize, Serialize};

use super::{
    act::SuspensionKind,
    state::{Outcome, State},
    workflow::{Place, Workflow},
};
use crate::calendar::{Due, WorkCalendar};

/// A case, as far as its life goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) state: State,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) place: Place,
    /// The China day of receipt.
    pub(crate) received_on: Date,
    pub(crate) accepted_on: Option<Date>,
    pub(crate) deemed: bool,
    /// Until when 一次性告知 is in time.
    pub(crate) notice_due_on: Option<Date>,
    pub(crate) correction_due_on: Option<Date>,
    pub(crate) extended_days: u32,
    pub(crate) pauses: Vec<Pause>,
    pub(crate) proposal: Option<Proposal>,
    pub(crate) publicity: Option<Publicity>,
    /// Who has taken which of the steps that want four eyes, by step and account.
    pub(crate) taken: Vec<(String, String)>,
    /// Whether the community of the applicant is known.
    pub(crate) routed: bool,
    pub(crate) due: Option<Due>,
}

/// 特别程序: time that does not count, after `from` and up to `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pause {
    pub(crate) kind: SuspensionKind,
    pub(crate) reason: String,
    pub(crate) from: Date,
    pub(crate) to: Option<Date>,
}

/// A 特别程序 that waits for approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proposal {
    pub(crate) kind: SuspensionKind,
    pub(crate) reason: String,
    /// The account that asks.
    pub(crate) by: String,
}

/// The last 公示 of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Publicity {
    /// The step that it belongs to.
    pub(crate) step: String,
    /// The last day on the board.
    pub(crate) closes_on: Date,
    pub(crate) objected: bool,
}

/// What an act is judged by, beside the case.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) item: &'a ServiceItem,
    pub(crate) workflow: &'a Workflow,
    pub(crate) calendar: &'a WorkCalendar,
    pub(crate) today: Date,
}

/// What somebody may do with this very case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Actor<'a> {
    System,
    Staff {
        /// The account.
        id: &'a str,
        /// Sits at the desk that the case lies on.
        desk: bool,
        /// Approves for the organisation that holds or will decide it.
        approver: bool,
        /// Works where it was received.
        counter: bool,
    },
}
