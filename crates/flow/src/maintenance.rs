//! 运维模式: what a technician does at the machine, as the values that cross the doorway.

use std::fmt;

use jiff::Timestamp;

/// A technician, as registered in the machine's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Technician {
    /// 工号: what the audit log says.
    pub number: u64,
    /// What the screen says.
    pub name: String,
}

/// What somebody shows who wants to be let in: two things, one that they have and one that they know.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The number on the card that was put down.
    pub card: String,
    /// The digits that were typed.
    pub pin: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Come in.
    Granted(Technician),
    /// The card is nobody's who is registered here, or the digits are not theirs. Which of the two is not told.
    Refused,
    /// Refused too often: for so many minutes nobody is let in.
    LockedFor {
        /// Rounded up.
        minutes: u32,
    },
    /// It could not be checked, because the store cannot keep count of the tries.
    Unavailable,
}

/// What a technician can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// Reads any card.
    TestReader,
    /// Prints a test strip and asks how it looks.
    TestPrinter,
    /// Guides a change of paper, and ends in a test strip.
    ChangePaper,
    /// 屏幕: what can be done about it.
    Screen,
    /// Touches every part of the screen.
    TestTouch,
    /// 校准触摸屏.
    Calibrate,
    /// 屏幕亮度.
    Brightness,
    /// Looks at what the camera sees.
    TestCamera,
    /// Reads any code.
    TestScanner,
    /// 声音: says something, and sets how loud.
    TestSpeaker,
    /// 暂停服务.
    OutOfService,
    /// 恢复服务.
    InService,
    /// 就绪报告.
    Report,
    /// 导出日志, to a drive.
    ExportLog,
    /// 登记终端: makes the machine a kiosk of a platform.
    Enrol,
    /// Starts the program anew.
    Restart,
}

/// A part of the machine that was tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// ID-card reader.
    Reader,
    /// Receipt printer.
    Printer,
    /// Receipt printer, after its paper was changed.
    Paper,
    /// Touch screen.
    Touch,
    /// Camera.
    Camera,
    /// Code scanner.
    Scanner,
    /// Loudspeaker.
    Speaker,
}

/// The result of a test, to be kept with the person and the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// [`Technician::number`].
    pub technician: u64,
    /// What was tested.
    pub part: Part,
    /// Whether it works.
    pub passed: bool,
}

/// Something that is wrong with the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What a resident reads out on the telephone.
    pub code: &'static str,
    /// What has happened.
    pub cause: &'static str,
    /// What a technician does about it.
    pub action: &'static str,
    /// Since when.
    pub since: Timestamp,
}

/// 就绪报告: what the machine says of itself, under its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The signed text, for a QR code.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// Every part with its last test, if there ever was one: whether it passed, and when.
    pub parts: Vec<(Part, Option<(bool, Timestamp)>)>,
}

/// Why an invitation did not make the machine a kiosk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnrolTrouble {
    /// What was scanned is no invitation.
    NotAnInvitation,
    /// Somebody else than the invitation's platform answers there; its code was not sent.
    OtherPlatform,
    /// The code is wrong, spent or too old.
    Refused,
    /// Nobody answers; the same invitation may work in a moment.
    Unreachable,
    /// This machine is a kiosk already.
    Already,
    /// Key or certificate cannot be kept.
    Failed,
    /// The platform's address is none.
    Address,
    /// The machine's name is none.
    Name,
    /// The pin of the platform's root is none.
    Pin,
    /// The code is none.
    Code,
}

/// A part of an invitation that is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InvitationPart {
    /// Where the platform is; `https://` stands before it.
    Address,
    /// 终端编号.
    Name,
    /// 根证书指纹.
    Pin,
    /// 入网码.
    Code,
}

impl InvitationPart {
    pub(crate) fn before(self) -> Option<Self> {
        match self {
            Self::Address => None,
            Self::Name => Some(Self::Address),
            Self::Pin => Some(Self::Name),
            Self::Code => Some(Self::Pin),
        }
    }

    pub(crate) fn after(self) -> Option<Self> {
        match self {
            Self::Address => Some(Self::Name),
            Self::Name => Some(Self::Pin),
            Self::Pin => Some(Self::Code),
            Self::Code => None,
        }
    }

    /// How many characters it has at most; the hyphens between groups are not typed.
    #[must_use]
    pub fn room(self) -> usize {
        match self {
            Self::Address => 120,
            Self::Name => 64,
            Self::Pin => 32,
            Self::Code => 16,
        }
    }

    /// Whether it has as many characters as there is room for: random bytes, in letters and digits.
    #[must_use]
    pub fn is_spelt_out(self) -> bool {
        matches!(self, Self::Pin | Self::Code)
    }

    pub(crate) fn takes(self, byte: u8) -> bool {
        match self {
            Self::Address => byte.is_ascii_graphic() && byte != b'#',
            Self::Name => byte.is_ascii_graphic() && byte != b'/',
            Self::Pin | Self::Code => byte.is_ascii_alphanumeric(),
        }
    }

    pub(crate) fn trouble(self) -> EnrolTrouble {
        match self {
            Self::Address => EnrolTrouble::Address,
            Self::Name => EnrolTrouble::Name,
            Self::Pin => EnrolTrouble::Pin,
            Self::Code => EnrolTrouble::Code,
        }
    }
}

/// What became of an export of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Export {
    /// It is on the drive, to the last byte.
    Written,
    /// There is no drive, or it is not mounted yet.
    NoDrive,
    /// It has too little room.
    NoRoom,
    /// It cannot be written.
    Failed,
}

/// Why the way to a device does not work: each one has something else to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTrouble {
    /// No such node.
    NotFound,
    /// The node may not be opened.
    PermissionDenied,
    /// Another program has it.
    Busy {
        /// Name and number of that process, where they can be seen.
        holder: Option<String>,
    },
    /// It went while it was talked to.
    Unplugged,
    /// It is there and does not answer.
    Silent,
    /// It answers nothing that makes sense.
    Garbled,
}

/// The machine as it is now, without a word about any resident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Of the program.
    pub version: String,
    /// 终端编号.
    pub terminal_id: String,
    /// Where the platform is.
    pub platform: String,
    /// Since when the program runs.
    pub started_at: Timestamp,
    /// When the platform last said what there is on offer; `None` before the first time.
    pub catalogue_at: Option<Timestamp>,
    /// Calls that wait for the platform.
    pub waiting: u64,
    /// Calls that it refused for good and that wait for a decision.
    pub parked: u64,
    /// When the oldest of those that wait was recorded.
    pub oldest_waiting: Option<Timestamp>,
    /// Bytes that the store's file system has left.
    pub disk_free: Option<u64>,
    /// Whether it is enrolled, and so has a key to sign a report with.
    pub enrolled: bool,
    /// Whether it may become a kiosk here and now: it is none yet, or none any more.
    pub may_enrol: bool,
    /// How bright the panel is, in hundredths; none where that cannot be set.
    pub brightness: Option<u8>,
    /// Whether touches are put right by a calibration; none where the window system alone can do that.
    pub calibrated: Option<bool>,
    /// Until when the platform knows it by its certificate, where it has one.
    pub certificate_until: Option<Timestamp>,
    /// The version of the configuration in force; none where that is the built-in one.
    pub configuration: Option<u64>,
    /// What is wrong, worst things first.
    pub troubles: Vec<Trouble>,
    /// Why the card reader cannot be reached, where it cannot.
    pub reader: Option<LinkTrouble>,
    /// Why the printer cannot be reached, where it cannot.
    pub printer: Option<LinkTrouble>,
    /// Whether the machine has a camera.
    pub has_camera: bool,
    /// Why it could not be reached when it was last looked through, where it could not.
    pub camera: Option<LinkTrouble>,
    /// Whether the machine has a code scanner.
    pub has_scanner: bool,
    /// Why that cannot be reached, where it cannot.
    pub scanner: Option<LinkTrouble>,
    /// How loud the machine speaks, where it has a loudspeaker.
    pub sound: Option<Sound>,
    /// Why that cannot be reached, where it cannot.
    pub speaker: Option<LinkTrouble>,
}

/// How loud the machine speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sound {
    /// In hundredths.
    pub percent: u8,
    /// The platform has set it, and nobody else does.
    pub is_pushed: bool,
}
