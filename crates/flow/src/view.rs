//! What the screen shows: a projection of the state, with nothing in it that the screen does not need.

use jiff::{Timestamp, civil::Date};
pub use protocol::Complaint;
use protocol::{App, Choice, Language, Limit, Phones, RatingLevel, Text};

use crate::effect::{Becomes, Bring};
use crate::event::{CardTrouble, CodeReader, IntakeTrouble, Poster};
use crate::home::Notice;
use crate::page::PageWarning;
use crate::voice::Voice;
pub use bundles::{BundleGuide, BundlePaper, BundleRow, FiledCase, Promise};
pub use drafts::{DraftRow, DraftStage, Drafts, LeftDraft};
pub use maintenance::{
    Admit, AdmitTrouble, Brightness, Calibrating, Enrolling, Hearing, Maintenance, MaintenancePage, Trial,
};
pub use progress::{FiledBundle, Progress, ProgressGroup, ProgressQuery, ProgressRow, WrongCode};

mod bundles;
mod drafts;
mod maintenance;
mod progress;

/// All that a screen shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What stands in the same place on every screen.
    pub frame: Frame,
    /// The one question or decision in the middle.
    pub screen: Screen,
    /// What lies above the screen.
    pub overlay: Option<Overlay>,
}

/// What stands in the same place on every screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// 社区名称; none before the first registry.
    pub community: Option<Text>,
    /// 街道.
    pub subdistrict: Option<Text>,
    /// 咨询电话 and 监督投诉电话.
    pub phones: Option<Phones>,
    /// Whether the platform answers.
    pub online: bool,
    /// 资料更新于: how old what is shown is, while nobody says that it is fresh.
    pub cached_since: Option<Timestamp>,
    /// What is wrong with the printer.
    pub printer: Option<PrinterTrouble>,
    /// What is wrong with the reader.
    pub reader: Option<ReaderTrouble>,
    /// What reads codes, where anything does.
    pub codes: Option<CodeReader>,
    /// Step 2 of 4, while something is being filed.
    pub step: Option<Step>,
    /// Whether 返回 leads anywhere.
    pub can_go_back: bool,
    /// Whether what is filled in can be left as a draft.
    pub can_save: bool,
    /// Whether 首页 leads anywhere.
    pub can_go_home: bool,
    /// Whether a technician has taken the machine out of service.
    pub out_of_service: bool,
    /// What is so wrong that the machine cannot serve: the code that a resident can read out.
    pub stopped: Option<&'static str>,
    /// The languages that are offered.
    pub languages: Vec<Language>,
    /// How the resident wants it shown.
    pub settings: Settings,
    /// How what is shown is said; none where nothing is.
    pub voice: Option<Voice>,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Counted from 1.
    pub at: u32,
    /// How many there are.
    pub of: u32,
}

/// How the resident wants it shown. Goes back to the default with every visit's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// 语言.
    pub language: Language,
    /// 大字版.
    pub large_type: bool,
    /// 对比度.
    pub contrast: Contrast,
    /// 语音; none where the machine is not to speak.
    pub voice: Option<Voice>,
}

/// The four contrast themes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Contrast {
    /// 标准.
    #[default]
    Standard,
    /// 深色.
    Dark,
    /// 黑字白底.
    BlackOnWhite,
    /// 黄字黑底.
    YellowOnBlack,
}

/// What lies above the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// 还在办理吗: the visit ends by itself after so many seconds.
    Countdown {
        /// Counted down to 0.
        seconds_left: u32,
    },
    /// 帮助.
    Help,
    /// 要放弃办理吗: asked before anything typed is thrown away.
    Leave,
}

/// One screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screen {
    /// 正在准备: no registry has ever been here, so there is nothing to offer.
    Starting,
    /// 待机, and the poster whose turn it is.
    Attract(Option<Poster>),
    /// 首页.
    Home(Home),
    /// 通知.
    Notices(Vec<Notice>),
    /// The items under one heading.
    Items(Items),
    /// 办事指南.
    Guide(Box<Guide>),
    /// The same of 一件事.
    BundleGuide(Box<BundleGuide>),
    /// 知情同意.
    Consent(Box<Consent>),
    /// 身份核验.
    Identify(Identify),
    /// One question of the form.
    Form(Box<Form>),
    /// 接着填: what the person has left unfinished.
    Drafts(Drafts),
    /// 先存着.
    Draft(Box<LeftDraft>),
    /// 拍材料.
    Photograph(Box<Photograph>),
    /// 核对.
    Confirm(Box<Confirm>),
    /// 正在提交.
    Submitting,
    /// 办理结果.
    Result(Box<Outcome>),
    /// 评价.
    Rate(Rate),
    /// 查进度: how.
    ProgressQuery(ProgressQuery),
    /// 查进度: what was found.
    Progress(Progress),
    /// 请取走.
    End(End),
    /// 运维登录.
    Admit(Admit),
    /// 运维模式.
    Maintenance(Box<Maintenance>),
    /// 暂停服务.
    OutOfService,
}

/// 首页.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The tiles, in order.
    pub tiles: Vec<App>,
    /// 通知 of today.
    pub notices: Vec<Notice>,
}

/// The items under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Items {
    /// The heading.
    pub title: Text,
    /// The items, in order.
    pub rows: Vec<ItemRow>,
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRow {
    /// What a touch on it names.
    pub id: String,
    /// 事项名称.
    pub name: Text,
    /// What it is for.
    pub summary: Text,
}

/// 办事指南.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// 事项名称.
    pub name: Text,
    /// What it is for.
    pub summary: Text,
    /// 示例.
    pub demo: bool,
    /// 实施主体.
    pub organisation: Text,
    /// 承诺办结时限.
    pub promised: Limit,
    /// 预计办结日期, where it is known for today.
    pub due: Option<Due>,
    /// 收费.
    pub fee: Text,
    /// 受理条件.
    pub conditions: Vec<Text>,
    /// 申请材料 with remarks.
    pub materials: Vec<(Text, Option<Text>)>,
    /// 办理结果.
    pub result: Text,
    /// 咨询电话 and 监督投诉电话 of the item.
    pub phones: Phones,
}

/// A due date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The day.
    pub on: Date,
    /// 预计.
    pub provisional: bool,
}

/// 知情同意.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// 目的.
    pub purpose: Text,
    /// 信息种类.
    pub data: Text,
    /// 保存期限.
    pub retention: Text,
    /// 谁能看到.
    pub access: Text,
    /// What happens when the resident says no.
    pub refusal: Text,
}

/// 身份核验.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identify {
    /// What went wrong with the card that was put down last.
    pub trouble: Option<CardTrouble>,
    /// For what: the item's name, or 查进度.
    pub purpose: Option<Text>,
}

/// One question of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// 事项名称; within a bundle what the question is for.
    pub item: Text,
    /// [`protocol::Field::id`].
    pub field: String,
    /// The question.
    pub label: Text,
    /// A line of help.
    pub hint: Option<Text>,
    /// Whether it may stay empty.
    pub required: bool,
    /// Which question of how many.
    pub question: Step,
    /// How it is answered.
    pub ask: Ask,
    /// The answer so far, as it was typed.
    pub answer: String,
    /// The same to be read, with its digits in groups.
    pub grouped: String,
    /// Whom a question within a list of people is about, counted from 1.
    pub person: Option<u32>,
    /// Why the answer is not good enough; shown after 下一步.
    pub complaint: Option<Complaint>,
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// One of a few.
    Choice(Vec<Choice>),
    /// A day between two days, both included.
    Date {
        /// The first that can be chosen.
        from: Date,
        /// The last that can be chosen.
        to: Date,
    },
    /// 手机号.
    Phone,
    /// Words, in Chinese as a rule.
    Text {
        /// The longest answer.
        max_chars: u32,
    },
    /// 地址.
    Address {
        /// The longest answer.
        max_chars: u32,
    },
    /// A number in digits.
    Number {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
        /// What is counted.
        unit: Option<Text>,
    },
    /// 金额: typed in yuan, with a point and up to two digits behind it where 分 are wanted.
    Money {
        /// The smallest, in 分.
        min_fen: u64,
        /// The largest, in 分.
        max_fen: u64,
    },
    /// 公民身份号码: digits, and an X in the last place.
    IdNumber,
    /// 银行卡号.
    BankCard,
    /// 人员列表: people to add, change and remove.
    Persons {
        /// Who is there.
        rows: Vec<PersonRow>,
        /// The fewest people.
        min: u32,
        /// The most people; then none can be added.
        max: u32,
    },
}

/// One person of a list, as others at the machine may see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// Masked.
    pub name: String,
    /// Who that is, e.g. 配偶.
    pub about: Option<Text>,
}

/// 拍材料: one paper, page by page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photograph {
    /// 事项名称.
    pub item: Text,
    /// Which paper.
    pub material: Text,
    /// Which paper of how many.
    pub paper: Step,
    /// How many of its pages are kept.
    pub kept: usize,
    /// Whether there is room for a page besides those, and besides the one that is looked at.
    pub room: bool,
    /// How far it is.
    pub stage: PageStage,
}

/// How far a page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageStage {
    /// It is being put before the camera.
    Aiming,
    /// It is being photographed.
    Taking,
    /// It is there to be looked at, with what may be wrong with it.
    Looking(Vec<PageWarning>),
    /// The camera failed.
    Failed,
}

/// 核对.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// 事项名称.
    pub item: Text,
    /// What will be filed, personal numbers masked.
    pub rows: Vec<Row>,
    /// What becomes of it, and by when.
    pub promise: Promise,
}

/// A line of the confirmation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The question.
    pub label: Text,
    /// The answer.
    pub value: Shown,
    /// Where to go back to; what the card says cannot be changed here.
    pub edit: Option<Edit>,
}

/// What a line of the confirmation goes back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// The question with this id.
    Field(String),
    /// The pages of the material with this number.
    Pages(u16),
}

/// An answer, to be written the way the chosen language writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Words.
    Words(Text),
    /// A day.
    Day(Date),
    /// A telephone number, ungrouped.
    Phone(String),
    /// A number, grouped.
    Number {
        /// In digits.
        number: String,
        /// What is counted.
        unit: Option<Text>,
    },
    /// An amount in yuan with two digits behind the point, grouped: 1,234.50.
    Money(String),
    /// People.
    Persons(Vec<PersonRow>),
    /// So many pages were photographed; with none the paper is brought later.
    Pages(usize),
    /// Left open.
    Nothing,
}

/// 办理结果.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What became of the case.
    pub news: CaseNews,
    /// What became of the receipt; `None` where there is none to print.
    pub receipt: Option<ReceiptState>,
    /// What must still be brought to the counter before the case is accepted.
    pub bring: Vec<Bring>,
}

/// What became of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseNews {
    /// The platform has it.
    Filed {
        /// 事项名称.
        item: Text,
        /// 办件编号, also in the QR code.
        case_no: String,
        /// 取件码 in groups.
        pickup_code: String,
        /// 已办结 / 办理中 / …
        status: protocol::CaseStatus,
        /// 承诺办结日期.
        due: Option<Due>,
        /// 办理结果 and until when it holds.
        result: Option<(Text, Option<Date>)>,
    },
    /// It is safe on this machine and goes out with the network.
    Waiting {
        /// 事项名称.
        item: Text,
        /// 取件码 in groups, also in the QR code.
        pickup_code: String,
        /// 收件时间.
        received_at: Timestamp,
        /// 承诺办结时限, counted once the platform has it.
        promised: Limit,
    },
    /// The platform has the bundle.
    BundleFiled {
        /// What it is called.
        bundle: Text,
        /// 一件事编号, also in the QR code.
        bundle_no: String,
        /// 取件码 in groups.
        pickup_code: String,
        /// Each of its cases.
        cases: Vec<FiledCase>,
    },
    /// The bundle is safe on this machine and goes out with the network.
    BundleWaiting {
        /// What it is called.
        bundle: Text,
        /// 取件码 in groups, also in the QR code.
        pickup_code: String,
        /// 收件时间.
        received_at: Timestamp,
        /// What it becomes cases of.
        becomes: Vec<Becomes>,
    },
    /// The platform refused it.
    Refused {
        /// 事项名称.
        item: Text,
        /// What the platform says.
        reason: String,
    },
    /// It was not taken, and nothing was kept.
    NotTaken(IntakeTrouble),
}

/// What became of the receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReceiptState {
    /// 正在打印.
    Printing,
    /// 已打印, 请取走.
    Printed,
    /// 没有打印出来.
    NotPrinted(PrinterTrouble),
    /// 不能确定.
    Unknown,
}

/// 评价.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// What was chosen; then the screen thanks.
    pub chosen: Option<RatingLevel>,
}

/// 请取走.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// 请取走身份证.
    pub take_card: bool,
    /// 请取走回执.
    pub take_receipt: bool,
    /// Ended because nobody touched the screen.
    pub timed_out: bool,
}

/// Why the printer cannot print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrinterTrouble {
    /// 缺纸.
    PaperOut,
    /// 盖板打开.
    CoverOpen,
    /// 卡纸.
    Jam,
    /// 过热.
    Overheated,
    /// 没有连接, or does not answer.
    Disconnected,
}

/// Why no card can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReaderTrouble {
    /// 没有连接, or does not answer.
    Disconnected,
    /// The reader itself is broken.
    Broken,
}
