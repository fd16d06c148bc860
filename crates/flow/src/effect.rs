//! What the kiosk wants done. Effects are data; the executor is the only one that waits for anything.

use crate::{
    calibration::Calibration,
    event::ScannedText,
    maintenance::{Check, Credentials},
    page::Paper,
    voice::Saying,
};
use jiff::Timestamp;
use protocol::{
    Answers, Applicant, BundleCase, Case, CaseQuery, DraftQuery, Limit, Material, PickupCode, Rating,
    ServiceItem, Subject, Text,
};
use std::time::Duration;
use uuid::Uuid;

/// Something to be done outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Start looking for a card; news come until [`Effect::StopReading`].
    ReadCard,
    /// No card is wanted any more.
    StopReading,
    /// Put the case, or the bundle, on the disk, then send it. News: `Recorded` or `NotRecorded`, then `Delivered` or
    /// `BundleDelivered`, `Deferred` or `Refused`.
    Record(Box<Intake>),
    /// Print a receipt. News: `Print`.
    Print(Box<Slip>),
    /// Look up cases. News: `Found`, `BundleFound` or `NotFound`.
    Find(Find),
    /// Have the platform keep what is filled in so far. News: `DraftKept` or `DraftNotKept`.
    KeepDraft(Box<DraftIntake>),
    /// Look up what a person has left unfinished. News: `Drafts`; what cannot be looked up is told as none.
    FindDrafts {
        /// When it was wanted, by the flow's own clock. The news say the same, so that nobody sees what another asked for.
        asked: Duration,
        /// Whose.
        query: DraftQuery,
    },
    /// Put the rating on the disk, to be sent behind its case.
    Rate(Rating),
    /// Let somebody in to 运维模式, or not. News: `Admission`.
    Admit(Credentials),
    /// See what the machine is like. News: `Inspected`.
    Inspect,
    /// Print a strip that shows whether the printer prints well. News: `Print`.
    PrintTest,
    /// Show what the camera sees, or switch it off. News: `CameraFailed`.
    WatchCamera(bool),
    /// Photograph the page that lies before the camera, which is off afterwards. News: `Photographed` or `CameraFailed`.
    Photograph,
    /// Take codes from whatever reads them, or no more. News: `Scanned`.
    Scan(bool),
    /// Keep the result of a test.
    Note(Check),
    /// Take the machine out of service, or back into it, and remember that. News: `OutOfService`.
    Serve {
        /// Back into it.
        serve: bool,
        /// Whose decision it is.
        technician: u64,
    },
    /// Sign a report of how the machine is. News: `Reported`.
    Report {
        /// Who asks for it.
        technician: u64,
    },
    /// Take up an invitation. News: `Enrolled`.
    Enrol {
        /// Who holds it before the scanner, or types it.
        technician: u64,
        /// As it was scanned, or would have been; it has a secret in it.
        invitation: ScannedText,
    },
    /// Write the log to a drive. News: `Exported`.
    ExportLog {
        /// Who takes it along.
        technician: u64,
    },
    /// Set how bright the panel is, in hundredths, and remember that. News: `Brightness`.
    SetBrightness(u8),
    /// Put touches right by what was measured, on top of what is kept; or take them as the panel says them. It is a trial.
    TryCalibration(Option<Calibration>),
    /// The trial is over: what is kept holds.
    EndTrial,
    /// Keep what is on trial. News: `CalibrationKept`.
    KeepCalibration {
        /// Who touched the crosses.
        technician: u64,
    },
    /// Say a prompt: at once, or when what was begun has been said.
    Say(Saying),
    /// Say no more, at once.
    Silence,
    /// Set how loud the machine speaks, in hundredths, and remember that. News: `Volume`.
    SetVolume(u8),
    /// Start the program anew.
    Restart {
        /// Whose decision it is.
        technician: u64,
    },
    /// The visit is over: stop the reader, clear the printer, forget everybody.
    EndVisit,
}

/// A case, or a bundle, as the resident confirmed it.
#[derive(Clone, PartialEq, Eq)]
pub struct Intake {
    /// What it is, in the versions that were shown.
    pub subject: Subject,
    /// 收件时间.
    pub received_at: Timestamp,
    /// 申请人.
    pub applicant: Applicant,
    /// The answers.
    pub fields: Answers,
    /// What was agreed to.
    pub consent: protocol::Consent,
    /// The papers that were photographed.
    pub papers: Vec<Paper>,
    /// 草稿 that it was, under whose key it is filed.
    pub draft: Option<Uuid>,
}

impl std::fmt::Debug for Intake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Intake").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// What is filled in so far, to be gone on with later.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftIntake {
    /// When it was wanted, by the flow's own clock; the news say the same.
    pub asked: Duration,
    /// Its key, where it has one; else it gets one.
    pub key: Option<Uuid>,
    /// What it is of, in the versions that were shown.
    pub subject: Subject,
    /// 申请人.
    pub applicant: Applicant,
    /// The answers so far, without those of the card.
    pub fields: Answers,
    /// What was agreed to.
    pub consent: protocol::Consent,
}

impl std::fmt::Debug for DraftIntake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DraftIntake").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// What to look up.
#[derive(Clone, Debug)]
pub enum Find {
    /// By 取件码.
    ByCode(PickupCode),
    /// By 办件编号.
    ByNumber(String),
    /// By 一件事编号.
    ByBundle(String),
    /// By the identity on a card.
    ByIdentity(CaseQuery),
}

impl Find {
    /// What the QR code of a receipt leads to: a 办件编号 or 一件事编号, or a 取件码 while the case waits. Any other code leads
    /// nowhere, and what it says goes nowhere.
    #[must_use]
    pub fn by_receipt(says: &str) -> Option<Self> {
        let says = says.trim();
        match PickupCode::parse(says) {
            Ok(code) => Some(Self::ByCode(code)),
            Err(_) if protocol::is_bundle_no(says) => Some(Self::ByBundle(says.to_owned())),
            Err(_) => protocol::is_case_no(says).then(|| Self::ByNumber(says.to_owned())),
        }
    }
}

impl PartialEq for Find {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::ByCode(one), Self::ByCode(two)) => one == two,
            (Self::ByNumber(one), Self::ByNumber(two)) | (Self::ByBundle(one), Self::ByBundle(two)) => {
                one == two
            }
            (Self::ByIdentity(one), Self::ByIdentity(two)) => one.id_number == two.id_number,
            _ => false,
        }
    }
}

impl Eq for Find {}

/// A paper that a machine without a scanner cannot take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bring {
    /// Its name.
    pub name: Text,
    /// Until when, counted from the day of filing.
    pub within: Limit,
}

impl Bring {
    /// Which of these papers are needed at the counter.
    pub(crate) fn of<'m>(papers: impl IntoIterator<Item = &'m Material>) -> Vec<Self> {
        let bring =
            |material: &Material| material.within.map(|within| Self { name: material.name.clone(), within });
        papers.into_iter().filter_map(bring).collect()
    }
}

/// A case that a bundle becomes, before it has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Becomes {
    /// 事项名称.
    pub item: Text,
    /// 实施主体.
    pub organisation: Text,
    /// 承诺办结时限.
    pub promised: Limit,
}

impl Becomes {
    pub(crate) fn of(item: &ServiceItem) -> Self {
        Self {
            item: item.name.clone(),
            organisation: item.organisation.name.clone(),
            promised: item.promised,
        }
    }
}

/// A receipt to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// What it says.
    pub says: SlipText,
    /// What must still be brought to the counter before the case is accepted.
    pub bring: Vec<Bring>,
    /// How many pages were photographed.
    pub photographed: usize,
    /// 补打: printed because an earlier one did not come out, or may not have.
    pub again: bool,
}

/// What a receipt says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlipText {
    /// The platform has the case.
    Filed(Box<Case>),
    /// The case waits on this machine.
    Waiting(Box<Waiting>),
    /// The platform has the bundle, and each of its cases a number.
    BundleFiled(Box<BundleCase>),
    /// The bundle waits on this machine.
    BundleWaiting(Box<BundleWaiting>),
}

impl SlipText {
    /// The same of what waits with the code that the disk gave it.
    pub(crate) fn with(mut self, pickup_code: PickupCode) -> Self {
        match &mut self {
            Self::Waiting(waiting) => waiting.pickup_code = pickup_code,
            Self::BundleWaiting(waiting) => waiting.pickup_code = pickup_code,
            Self::Filed(_) | Self::BundleFiled(_) => {}
        }
        self
    }

    /// Whether this waits for the network, and `filed` is what it waits for.
    pub(crate) fn waits_for(&self, filed: &Self) -> bool {
        matches!(
            (self, filed),
            (Self::Waiting(_), Self::Filed(_)) | (Self::BundleWaiting(_), Self::BundleFiled(_))
        )
    }
}

/// A bundle that waits for the network, as its receipt tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleWaiting {
    /// What it is called.
    pub bundle: Text,
    /// What it becomes cases of.
    pub becomes: Vec<Becomes>,
    /// 取件码 of all its cases.
    pub pickup_code: PickupCode,
    /// 收件时间.
    pub received_at: Timestamp,
    /// Masked.
    pub applicant_name: String,
    /// 咨询电话.
    pub consult_phone: String,
    /// 监督投诉电话.
    pub complain_phone: String,
    /// 示例.
    pub demo: bool,
}

/// A case that waits for the network, as its receipt tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// 事项名称.
    pub item: Text,
    /// 实施主体.
    pub organisation: Text,
    /// 取件码.
    pub pickup_code: PickupCode,
    /// 收件时间.
    pub received_at: Timestamp,
    /// Masked.
    pub applicant_name: String,
    /// 承诺办结时限.
    pub promised: Limit,
    /// 咨询电话.
    pub consult_phone: String,
    /// 监督投诉电话.
    pub complain_phone: String,
    /// 示例.
    pub demo: bool,
}
