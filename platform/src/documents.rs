//! 文书: what a resident holds in hands about a case, as PDF.
//!
//! A document is issued once: its words are kept under a verification code (验证码), so that it reads the same whenever
//! it is fetched again, and so that anybody who is shown one can ask whether it is genuine. The answer to that question
//! names no person.

mod code;
mod paper;
mod pdf;

use jiff::{Timestamp, civil::Date};
use protocol::{Case, CaseStatus, MaterialSource, ServiceItem, mask};
use serde::{Deserialize, Serialize};

use crate::{
    clock::china_date,
    store::{
        StoreError, Transaction,
        cases::{self, Party},
        documents,
    },
};

pub(crate) use code::VerificationCode;

/// The kinds of documents that a case brings about (文书种类).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// 收件回执: the case is here.
    IntakeReceipt,
    /// 受理通知书: it is accepted, and due on a day.
    AcceptanceNotice,
    /// 办结通知书: it is finished.
    CompletionNotice,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::IntakeReceipt, Self::AcceptanceNotice, Self::CompletionNotice];

    /// Its title.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::IntakeReceipt => "收件回执",
            Self::AcceptanceNotice => "受理通知书",
            Self::CompletionNotice => "办结通知书",
        }
    }

    /// Its name in an address.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::IntakeReceipt => "intake-receipt",
            Self::AcceptanceNotice => "acceptance-notice",
            Self::CompletionNotice => "completion-notice",
        }
    }

    /// What stands behind the 办件编号 in its 文书编号.
    fn suffix(self) -> &'static str {
        match self {
            Self::IntakeReceipt => "SJ",
            Self::AcceptanceNotice => "SL",
            Self::CompletionNotice => "BJ",
        }
    }

    /// The step that brings it about.
    fn step(self) -> CaseStatus {
        match self {
            Self::IntakeReceipt => CaseStatus::Received,
            Self::AcceptanceNotice => CaseStatus::Accepted,
            Self::CompletionNotice => CaseStatus::Completed,
        }
    }

    /// When the case came to the step that brings it about.
    pub(crate) fn reached(self, case: &Case) -> Option<Timestamp> {
        case.steps.iter().find(|step| step.status == self.step()).map(|step| step.at)
    }
}

/// A document as it was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) kind: Kind,
    /// 文书编号.
    pub(crate) number: String,
    pub(crate) case_no: String,
    pub(crate) item: String,
    pub(crate) demo: bool,
    pub(crate) organisation: String,
    pub(crate) applicant: String,
    /// Masked.
    pub(crate) id_number: String,
    pub(crate) pickup_code: String,
    pub(crate) received_on: Date,
    /// The day of the step that it is about.
    pub(crate) dated: Date,
    pub(crate) due_on: Option<Date>,
    pub(crate) due_provisional: bool,
    pub(crate) result: Option<String>,
    pub(crate) valid_until: Option<Date>,
    /// Papers that must still come to the counter.
    pub(crate) papers: Vec<String>,
    pub(crate) consult_phone: String,
    pub(crate) complain_phone: String,
}

/// A document and the code that it is found by.
pub(crate) struct Issued {
    pub(crate) code: VerificationCode,
    pub(crate) document: Document,
}

impl Issued {
    /// The PDF; its QR code leads to `public_url`.
    pub(crate) fn pdf(&self, public_url: &str) -> Option<Vec<u8>> {
        pdf::draw(&paper::compose(self, public_url))
    }
}

/// The document of that kind of a case, issued now if it never was. `None` where the case has not come so far.
pub(crate) fn issue(
    transaction: &Transaction<'_>,
    case_no: &str,
    kind: Kind,
    item: impl Fn(&str, u32) -> Option<ServiceItem>,
    now: Timestamp,
) -> Result<Option<Issued>, StoreError> {
    let Some(case) = cases::by_case_no(transaction, case_no)? else { return Ok(None) };
    if let Some(known) = documents::find(transaction, case.case_key, kind)? {
        return Ok(Some(known));
    }
    let (Some(at), Some(item)) = (kind.reached(&case), item(&case.item.id, case.item.version)) else {
        return Ok(None);
    };
    let party = cases::party(transaction, case.case_key)?.ok_or(StoreError::Damaged("case"))?;
    let issued = Issued {
        code: VerificationCode::random(),
        document: document(kind, china_date(at), &case, &item, &party),
    };
    documents::keep(transaction, case.case_key, &issued, now)?;
    Ok(Some(issued))
}

fn document(kind: Kind, dated: Date, case: &Case, item: &ServiceItem, party: &Party) -> Document {
    let counter = item.materials.iter().filter(|material| material.source == MaterialSource::Counter);
    Document {
        kind,
        number: format!("{}{}", case.case_no, kind.suffix()),
        case_no: case.case_no.clone(),
        item: case.item.name.simplified.clone(),
        demo: case.demo,
        organisation: case.organisation.clone(),
        applicant: party.name.clone(),
        id_number: mask::id_number(&party.id_number),
        pickup_code: case.pickup_code.grouped(),
        received_on: china_date(case.received_at),
        dated,
        due_on: case.due_on,
        due_provisional: case.due_provisional,
        result: case.result.as_ref().map(|result| result.name.simplified.clone()),
        valid_until: case.result.as_ref().and_then(|result| result.valid_until),
        papers: counter.map(|material| material.name.simplified.clone()).collect(),
        consult_phone: case.consult_phone.clone(),
        complain_phone: case.complain_phone.clone(),
    }
}
