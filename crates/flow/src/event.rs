//! What happens to the kiosk: touches, news from devices, news from the platform, and time.

use std::{cmp::Reverse, fmt, sync::Arc, time::Duration};

use jiff::{Timestamp, civil::Date};
use protocol::{
    Answers, AppRegistry, Applicant, BundleCase, Case, DraftKept, DraftList, Language, OpenBundleDraft,
    OpenDraft, PickupCode, RatingLevel, Subject,
};
use uuid::Uuid;
use zeroize::Zeroize;

use crate::{
    Deadlines,
    calibration::Spot,
    home::Arrangement,
    maintenance::{Admission, EnrolTrouble, Export, Inspection, Report, Task},
    page::Shot,
    view::{Contrast, Edit, PrinterTrouble, ReaderTrouble, Settings},
};

/// Anything that can happen.
#[derive(Clone, Debug)]
pub enum Event {
    /// The resident touched something.
    Touch(Touch),
    /// The registry arrived from the platform or from the cache.
    Registry(Box<AppRegistry>),
    /// Other settings of the machine, for when nobody is there.
    Configured(Box<Configured>),
    /// Whether the platform answers.
    Online(bool),
    /// When the platform said last that what is shown is what it has.
    Confirmed(Timestamp),
    /// The reader became usable (`None`) or unusable.
    Reader(Option<ReaderTrouble>),
    /// The printer became usable (`None`) or unusable.
    Printer(Option<PrinterTrouble>),
    /// Whether a case could be taken (`None`), told before anybody is asked for anything.
    Intake(Option<IntakeTrouble>),
    /// A card was read and checked.
    CardRead(Box<CardIdentity>),
    /// A card was put down and gave no identity.
    CardFailed(CardTrouble),
    /// The case, or the bundle, is on the disk: from here on it cannot be lost.
    Recorded {
        /// Its key, under which the outbox sends it.
        case_key: Uuid,
        /// 取件码.
        pickup_code: PickupCode,
    },
    /// The case could not be put on the disk, so it was not taken.
    NotRecorded(IntakeTrouble),
    /// The platform has the case.
    Delivered(Box<Case>),
    /// The platform has the bundle, with all its cases.
    BundleDelivered(Box<BundleCase>),
    /// The platform cannot be reached now; the case waits.
    Deferred {
        /// Which.
        case_key: Uuid,
    },
    /// The platform refused the case for good; it is kept and staff will see it.
    Refused {
        /// Which.
        case_key: Uuid,
        /// What the platform says, in plain Chinese.
        reason: String,
    },
    /// The platform keeps a draft.
    DraftKept {
        /// What [`crate::effect::DraftIntake::asked`] said.
        asked: Duration,
        /// How its owner finds it again.
        kept: Box<DraftKept>,
    },
    /// The platform does not keep it, as far as is known.
    DraftNotKept {
        /// What [`crate::effect::DraftIntake::asked`] said.
        asked: Duration,
        /// Its key, for another try: perhaps only the answer was lost.
        key: Uuid,
        /// Why.
        trouble: DraftTrouble,
    },
    /// What a person has left unfinished, the last changed first.
    Drafts {
        /// What [`crate::Effect::FindDrafts`] said.
        asked: Duration,
        /// All of them.
        drafts: Vec<LeftForm>,
    },
    /// What became of the receipt.
    Print(PrintNews),
    /// The answer to a query about cases, newest first.
    Found(Vec<Case>),
    /// The answer to a query about a bundle.
    BundleFound(Box<BundleCase>),
    /// The query could not be answered.
    NotFound(QueryTrouble),
    /// Whether a technician has taken the machine out of service.
    OutOfService(bool),
    /// Whether anything is so wrong that the machine cannot serve, by the code that a resident can read out.
    Stopped(Option<&'static str>),
    /// Whether somebody is let in to 运维模式.
    Admission(Admission),
    /// What the machine is like.
    Inspected(Box<Inspection>),
    /// The signed report; none where it could not be made.
    Reported(Option<Box<Report>>),
    /// The machine is a kiosk from its next start on, or why it is not.
    Enrolled(Result<(), EnrolTrouble>),
    /// What became of an export of the log.
    Exported(Export),
    /// How bright the panel is now, in hundredths; none where it could not be set.
    Brightness(Option<u8>),
    /// Whether the calibration that was on trial is kept.
    CalibrationKept(bool),
    /// Whether there is a loudspeaker that works.
    Speaker(bool),
    /// How loud the machine speaks from now on, in hundredths; none where that is not kept.
    Volume(Option<u8>),
    /// Whether there is a camera that works.
    Camera(bool),
    /// A page was photographed.
    Photographed(Box<Shot>),
    /// The camera gives no pictures any more, and is off.
    CameraFailed,
    /// What reads codes now, where anything does.
    Codes(Option<CodeReader>),
    /// A code was held before it; `None` where what it said is no code.
    Scanned(Option<ScannedText>),
    /// A deadline has come: see [`crate::Flow::next_deadline`].
    Tick,
}

/// A form that its owner has left unfinished.
#[derive(Clone, PartialEq, Eq)]
pub struct LeftForm {
    /// The key under which it is to be filed.
    pub key: Uuid,
    /// 草稿码.
    pub code: PickupCode,
    /// What it is of, in the versions that its answers are for.
    pub subject: Subject,
    /// The answers so far.
    pub fields: Answers,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// The last day on which it is there.
    pub until: Date,
}

impl LeftForm {
    /// All that the platform tells of, the last changed first.
    #[must_use]
    pub fn all(list: DraftList) -> Vec<Self> {
        let DraftList { drafts, bundles } = list;
        let of_item = |mut draft: OpenDraft| Self {
            key: draft.key,
            code: draft.code.clone(),
            subject: Subject::Item { item: draft.item.clone(), version: draft.item_version },
            fields: std::mem::take(&mut draft.fields),
            changed_at: draft.changed_at,
            until: draft.until,
        };
        let of_bundle = |mut draft: OpenBundleDraft| Self {
            key: draft.key,
            code: draft.code.clone(),
            subject: Subject::Bundle {
                bundle: draft.bundle.clone(),
                version: draft.bundle_version,
                item_versions: std::mem::take(&mut draft.item_versions),
            },
            fields: std::mem::take(&mut draft.fields),
            changed_at: draft.changed_at,
            until: draft.until,
        };
        let mut all: Vec<_> =
            drafts.into_iter().map(of_item).chain(bundles.into_iter().map(of_bundle)).collect();
        all.sort_by_key(|left| Reverse(left.changed_at));
        all
    }
}

impl fmt::Debug for LeftForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeftForm").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl Drop for LeftForm {
    fn drop(&mut self) {
        self.fields.values_mut().for_each(Zeroize::zeroize);
    }
}

/// What a code is held before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeReader {
    /// A code scanner.
    Scanner,
    /// The camera, where there is no scanner.
    Camera,
}

/// What a code says. It may be somebody's credential, so `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct ScannedText(pub String);

impl fmt::Debug for ScannedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScannedText({} bytes)", self.0.len())
    }
}

/// 待机海报.
#[derive(Clone, PartialEq, Eq)]
pub struct Poster {
    /// What it says, in a line.
    pub title: String,
    /// The picture as a file.
    pub jpeg: Arc<[u8]>,
}

impl fmt::Debug for Poster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Poster({}, {} bytes)", self.title, self.jpeg.len())
    }
}

/// What is set on the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configured {
    /// Every time-out.
    pub limits: Deadlines,
    /// What a visit begins with.
    pub defaults: Settings,
    /// What is shown by turns while nobody is there.
    pub posters: Vec<Poster>,
    /// What the home screen offers.
    pub arrangement: Arrangement,
}

/// What a resident can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Touched the screen anywhere: somebody is there.
    Anywhere,
    /// A tile of the home screen, by [`protocol::App::id`].
    Tile(String),
    /// 通知, on the home screen.
    Notices,
    /// A line of a list, by [`protocol::ServiceItem::id`] or [`protocol::Bundle::id`].
    Item(String),
    /// 返回.
    Back,
    /// 首页.
    Home,
    /// 帮助.
    Help,
    /// Closed the help.
    CloseHelp,
    /// 开始办理, on the guide.
    Start,
    /// 同意, on the consent.
    Agree,
    /// 不同意, on the consent.
    Decline,
    /// An answer to the question on the form, complete or being typed: an amount in yuan, digits without groups. What
    /// has no room in the answer changes nothing.
    Answer(String),
    /// 添加, on a list of people: the questions about one more.
    AddPerson,
    /// 修改 of the person so far down the list, counted from 0.
    EditPerson(usize),
    /// 删除 of the person so far down the list, counted from 0.
    RemovePerson(usize),
    /// 下一步, on the form.
    Next,
    /// 拍照; and 再试一次, where the camera failed.
    Photograph,
    /// 重拍: the page just taken; or, before another one is, all pages of this paper.
    Retake,
    /// 再拍一页: this one is kept.
    AnotherPage,
    /// 拍好了: this paper has all its pages.
    PagesDone,
    /// 没带，以后补; and 先不拍, where the camera failed.
    LeaveOut,
    /// 修改, on the confirmation.
    Edit(Edit),
    /// 先存着, on whatever has something filled in, and when asked whether to leave.
    Save,
    /// 存起来, once it was said what that means; and 再试一次, where it failed.
    Keep,
    /// 接着填 of the draft with this key.
    Resume(Uuid),
    /// 重新填, though there are drafts.
    Afresh,
    /// 确认提交.
    Submit,
    /// 打印 once more: after a receipt that did not come out, or may not have.
    PrintAgain,
    /// 完成, on the result.
    Finish,
    /// A face on the rating.
    Rate(RatingLevel),
    /// 暂不评价.
    SkipRating,
    /// The digits of a pick-up code as typed so far.
    TypeCode(String),
    /// 查询, with the typed code.
    FindByCode,
    /// 用身份证查询.
    FindByCard,
    /// 继续办理, on the countdown or when asked whether to leave.
    Stay,
    /// 不办了, when asked whether to leave.
    Leave,
    /// 语言.
    Language(Language),
    /// 大字版.
    LargeType(bool),
    /// 对比度.
    Contrast(Contrast),
    /// 再听一遍.
    Repeat,
    /// 大一点, or 小一点.
    Louder(bool),
    /// 静音, or no longer.
    Mute,
    /// The clock, once: the hidden gesture is seven of them, quickly.
    Clock,
    /// One more digit of a PIN.
    PinDigit(char),
    /// The last digit of a PIN taken back.
    ErasePin,
    /// 登录, with card and PIN.
    Admit,
    /// One of what a technician can do.
    Maintain(Task),
    /// The answer to a technician's question: good, or yes.
    Judge(bool),
    /// A field of the touch test, counted from 0.
    Field(usize),
    /// 手工输入, instead of scanning an invitation.
    TypeInvitation,
    /// A step brighter, or darker.
    Brighter(bool),
    /// Somewhere on the panel, while it is calibrated.
    At(Spot),
    /// 取消校准: touches as the panel says them.
    Uncalibrate,
}

/// What a checked card says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardIdentity {
    /// Who.
    pub applicant: Applicant,
    /// 有效期起始.
    pub valid_from: Date,
    /// 有效期截止; `None` is 长期.
    pub valid_until: Option<Date>,
}

/// Why a card gave no identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CardTrouble {
    /// Moved while it was read: lift it and put it down again.
    Moved,
    /// Some other card.
    NotAnIdCard,
    /// Could not be proved genuine, or its content contradicts itself: a worker must look at it.
    NotGenuine,
    /// A document of a kind that this machine cannot read yet.
    UnknownKind,
    /// Not valid today.
    Expired,
}

/// Why a case was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntakeTrouble {
    /// As many cases wait as this machine may hold.
    Full,
    /// The disk is full or broken.
    Disk,
    /// The draft was filed at this machine before.
    Filed,
}

/// Why a draft was not kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DraftTrouble {
    /// No network.
    Offline,
    /// The platform failed.
    Failed,
    /// The platform does not take it, and says why in plain Chinese.
    Refused(String),
}

/// Why a query got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueryTrouble {
    /// No network: personal data are never looked up offline.
    Offline,
    /// The platform failed.
    Failed,
}

/// What became of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrintNews {
    /// It came out, and the printer said so.
    Printed,
    /// Nothing came out.
    NotPrinted(PrinterTrouble),
    /// It may have come out.
    Unknown,
}
