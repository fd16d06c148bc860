//! What a technician sees.

use crate::{
    calibration::{CalibrationTrouble, Spot},
    event::{CardTrouble, ScannedText},
    maintenance::{EnrolTrouble, Export, Inspection, InvitationPart, Part, Report},
    view::PrinterTrouble,
};

/// 运维登录.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admit {
    /// Whether a card was read.
    pub card: bool,
    /// How many digits were typed; which is shown to nobody.
    pub digits: usize,
    /// Whether the answer is awaited.
    pub checking: bool,
    /// What went wrong.
    pub trouble: Option<AdmitTrouble>,
}

/// Why nobody was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdmitTrouble {
    /// The card gave no number.
    Card(CardTrouble),
    /// Card or digits are missing.
    Incomplete,
    /// Not known here, or the wrong digits.
    Refused,
    /// Refused too often.
    Locked {
        /// For how long.
        minutes: u32,
    },
    /// It could not be checked.
    Unavailable,
}

/// 运维模式.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maintenance {
    /// Who.
    pub technician: String,
    /// What is going on.
    pub page: MaintenancePage,
}

/// What is going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaintenancePage {
    /// How the machine is, and what can be done; `None` until it has been looked at.
    Overview(Option<Box<Inspection>>),
    /// A part is being tested.
    Testing {
        /// Which.
        part: Part,
        /// How far it is.
        trial: Trial,
    },
    /// 屏幕: what can be done about it; none as in [`Self::Overview`].
    Screen(Option<Box<Inspection>>),
    /// 换纸: how it is done.
    Paper,
    /// The fields of the touch test, and which were touched.
    Touching(Vec<bool>),
    /// 屏幕亮度.
    Brightness(Brightness),
    /// 校准触摸屏.
    Calibrating(Calibrating),
    /// 就绪报告; `None` until it is signed.
    Report(Option<Box<Report>>),
    /// It could not be signed.
    NoReport,
    /// 登记终端.
    Enrolling(Enrolling),
    /// 导出日志; `None` until it is written or is not.
    Exporting(Option<Export>),
    /// 重新启动: really?
    Restarting,
}

/// 屏幕亮度.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brightness {
    /// In hundredths.
    pub percent: u8,
    /// Whether it can be darker and still be read.
    pub can_dim: bool,
    /// Whether it can be brighter.
    pub can_brighten: bool,
    /// Whether it could not be set.
    pub failed: bool,
}

/// How far 校准触摸屏 is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calibrating {
    /// It can be begun.
    Ready {
        /// What was wrong with the last one, if there was one.
        trouble: Option<CalibrationTrouble>,
        /// Whether there is one that can be taken back.
        calibrated: bool,
    },
    /// A cross is to be touched.
    Cross {
        /// Where it is.
        at: Spot,
        /// Which, counted from 1.
        n: usize,
        /// Of how many.
        of: usize,
        /// What was wrong with the touch before.
        trouble: Option<CalibrationTrouble>,
    },
    /// The new one holds for a moment: one more cross, elsewhere, decides whether it stays.
    Trial {
        /// Where that cross is.
        at: Spot,
    },
    /// It is kept.
    Kept,
}

/// How far 登记终端 is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enrolling {
    /// An invitation is awaited; why the last one was of no use, if there was one.
    Awaiting(Option<EnrolTrouble>),
    /// It is typed.
    Typing {
        /// Which part of it.
        part: InvitationPart,
        /// As far as it was typed.
        text: ScannedText,
        /// What is wrong with it.
        trouble: Option<EnrolTrouble>,
    },
    /// The platform is asked.
    Calling,
    /// It is a kiosk from its next start on.
    Done,
}

/// 声音.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hearing {
    /// How loud, in hundredths.
    pub percent: u8,
    /// Whether it can be softer.
    pub can_soften: bool,
    /// Whether it can be louder.
    pub can_amplify: bool,
    /// The platform has set it, and nobody else does.
    pub is_pushed: bool,
    /// Whether it could not be kept.
    pub failed: bool,
}

/// How far a test is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// A card is to be put down; or to be put down again.
    PutCard(Option<CardTrouble>),
    /// A code is to be held before the scanner.
    ShowCode,
    /// The strip is being printed.
    Printing,
    /// Is the strip there, and clean?
    Look,
    /// Was it heard?
    Listen(Hearing),
    /// It works, and that is kept.
    Passed,
    /// It does not work, and that is kept.
    Failed(Option<PrinterTrouble>),
}
