//! Views at their worst: longest names, every trouble, nothing at all.

use flow::{
    calibration::{CalibrationTrouble, Spot},
    effect::Bring,
    event::{CardTrouble, CodeReader, DraftTrouble, IntakeTrouble, Poster, QueryTrouble, ScannedText},
    home::Notice,
    maintenance::{
        EnrolTrouble, Export, Inspection, InvitationPart, LinkTrouble, Part, Report, Sound, Trouble,
    },
    page::PageWarning,
    view::{
        Admit, AdmitTrouble, Ask, Brightness, Calibrating, CaseNews, Complaint, Confirm, Consent, DraftRow,
        DraftStage, Drafts, Due, Edit, End, Enrolling, Form, Frame, Guide, Hearing, Home, Identify, ItemRow,
        Items, LeftDraft, Maintenance, MaintenancePage, Outcome, Overlay, PageStage, PersonRow, Photograph,
        PrinterTrouble, Progress, ProgressGroup, ProgressQuery, ProgressRow, Promise, Rate, ReaderTrouble,
        ReceiptState, Row, Screen, Settings, Shown, Step, Trial, View, WrongCode,
    },
    voice::Voice,
};
use jiff::civil::{Date, date};
use protocol::{
    App, CaseStatus, Choice, Correction, DueChange, DueChangeWhy, Ending, EndingKind, Language, Limit,
    LimitUnit, MissingPaper, Opens, Phones, RatingLevel, Text, Told,
};
use uuid::Uuid;

mod bundles;

/// A view, what to call it, and the keys that are pressed on it.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) view: View,
    pub(super) keys: &'static str,
}

fn text(simplified: &str, traditional: &str, english: &str) -> Text {
    Text {
        simplified: simplified.into(),
        traditional: Some(traditional.into()),
        english: Some(english.into()),
    }
}

/// The longest name of an item that the national catalogue gives a community.
fn item() -> Text {
    text(
        "城乡居民基本养老保险参保登记",
        "城鄉居民基本養老保險參保登記",
        "Joining the residents' basic pension",
    )
}

fn frame() -> Frame {
    Frame {
        community: Some(text(
            "示例社区党群服务中心",
            "示例社區黨群服務中心",
            "Sample Community Service Centre",
        )),
        subdistrict: Some(text("示例区示例街道", "示例區示例街道", "Sample Subdistrict, Sample District")),
        phones: Some(Phones { consult: "0830-0000001".into(), complain: "0830-0000002".into() }),
        online: true,
        cached_since: None,
        printer: None,
        reader: None,
        codes: Some(CodeReader::Scanner),
        step: None,
        can_go_back: true,
        can_save: false,
        can_go_home: true,
        out_of_service: false,
        stopped: None,
        languages: Language::ALL.into(),
        settings: Settings::default(),
        // The worst case for the room on a screen: panels without a voice have more of it.
        voice: Some(Voice::at(60)),
    }
}

fn unwell() -> Frame {
    Frame {
        online: false,
        cached_since: Some(jiff::Timestamp::constant(1_795_343_000, 0)),
        printer: Some(PrinterTrouble::Disconnected),
        reader: Some(ReaderTrouble::Broken),
        ..frame()
    }
}

fn step(at: u32) -> Frame {
    // What is filled in can be left.
    Frame { can_save: matches!(at, 3 | 4), step: Some(Step { at, of: 5 }), ..frame() }
}

fn app(id: &str, title: Text, subtitle: Text, icon: &str) -> App {
    App { id: id.into(), title, subtitle, icon: icon.into(), opens: Opens::Progress }
}

fn tiles() -> Vec<App> {
    vec![
        app(
            "pension",
            text("养老待遇认证", "養老待遇認證", "Pension check"),
            text(
                "每年认证一次，养老金照常发",
                "每年認證一次，養老金照常發",
                "Once a year, so your pension keeps coming",
            ),
            "user-check",
        ),
        app(
            "unemployment",
            text("失业登记", "失業登記", "Register as unemployed"),
            text(
                "没有工作了，先登记再找帮助",
                "沒有工作了，先登記再找幫助",
                "Out of work: register, then get help",
            ),
            "briefcase",
        ),
        app(
            "enrolment",
            text("居民养老参保", "居民養老參保", "Join the pension scheme"),
            text(
                "现在参保缴费，到年龄领养老金",
                "現在參保繳費，到年齡領養老金",
                "Join now, receive a pension later",
            ),
            "shield-plus",
        ),
        app(
            "progress",
            text("查办事进度", "查辦事進度", "Check your case"),
            text("用取件码或身份证查询", "用取件碼或身分證查詢", "By pick-up code or ID card"),
            "search",
        ),
    ]
}

fn limit() -> Limit {
    Limit { n: 3, unit: LimitUnit::WorkingDay }
}

fn due() -> Option<Due> {
    Some(Due { on: date(2026, 11, 26), provisional: false })
}

fn items(count: usize) -> Screen {
    let summary = || {
        text(
            "现在参保缴费，到年龄领养老金",
            "現在參保繳費，到年齡領養老金",
            "Join now, receive a pension later",
        )
    };
    let row = |at: usize| ItemRow { id: format!("i{at}"), name: numbered(item(), at), summary: summary() };
    Screen::Items(Items {
        title: text("社会保险", "社會保險", "Social insurance"),
        rows: (0..count).map(row).collect(),
    })
}

fn guide() -> Screen {
    Screen::Guide(Box::new(Guide {
        name: item(),
        summary: text(
            "现在参保缴费，到年龄领养老金",
            "現在參保繳費，到年齡領養老金",
            "Join now, receive a pension later",
        ),
        demo: true,
        organisation: text(
            "示例区社会保险事务中心",
            "示例區社會保險事務中心",
            "Sample District Social Insurance Centre",
        ),
        promised: limit(),
        due: due(),
        fee: text("不收费", "不收費", "Free of charge"),
        conditions: vec![
            text(
                "年满16周岁，不是在校学生",
                "年滿16歲，不是在校學生",
                "You are at least 16 and not at school",
            ),
            text(
                "没有参加职工养老保险",
                "沒有參加職工養老保險",
                "You are not in an employees' pension scheme",
            ),
        ],
        materials: vec![(
            text("居民身份证", "居民身分證", "ID card"),
            Some(text(
                "放在读卡区即可，不用复印",
                "放在讀卡區即可，不用影印",
                "Put it on the reader. No copy is needed",
            )),
        )],
        result: text("参保登记凭条", "參保登記憑條", "Proof of enrolment"),
        phones: Phones { consult: "0830-0000001".into(), complain: "0830-0000002".into() },
    }))
}

fn consent() -> Screen {
    Screen::Consent(Box::new(Consent {
        purpose: text(
            "核对是您本人，并替您填好申请表。",
            "核對是您本人，並替您填好申請表。",
            "To make sure it is you and to fill in the form for you.",
        ),
        data: text(
            "身份证上的姓名、性别、民族、出生日期、住址、证件号码和有效期。不保存照片。",
            "身分證上的姓名、性別、民族、出生日期、住址、證件號碼和有效期。不保存照片。",
            "Name, sex, ethnic group, birth date, address, number and validity on the card. The photo is not kept.",
        ),
        retention: text(
            "这台机器上办完就清除；办件资料由办理部门按规定保存。",
            "這台機器上辦完就清除；辦件資料由辦理部門按規定保存。",
            "Cleared from this machine at the end; the department keeps the case as the law says.",
        ),
        access: text(
            "只有办理这件事的工作人员。",
            "只有辦理這件事的工作人員。",
            "Only the staff who handle this case.",
        ),
        refusal: text(
            "您可以不同意，到窗口由工作人员办理，不受影响。",
            "您可以不同意，到窗口由工作人員辦理，不受影響。",
            "You may say no and be served at the counter instead. Nothing is lost.",
        ),
    }))
}

fn form(label: Text, hint: Option<Text>, ask: Ask, answer: &str, complaint: Option<Complaint>) -> Screen {
    Screen::Form(Box::new(Form {
        item: item(),
        field: "field".into(),
        label,
        hint,
        required: true,
        question: Step { at: 2, of: 4 },
        ask,
        answer: answer.into(),
        grouped: match answer {
            "13900005678" => "139 0000 5678".into(),
            "1390" => "139 0".into(),
            "6217000000000000008" => "6217 0000 0000 0000 008".into(),
            "519999196002290053" => "519999 19600229 0053".into(),
            other => other.into(),
        },
        person: None,
        complaint,
    }))
}

fn choices(count: usize) -> Vec<Choice> {
    let words = [
        (
            "劳动合同到期，单位没有续签",
            "勞動合約到期，單位沒有續簽",
            "The contract ended and was not renewed",
        ),
        ("单位解除了劳动合同", "單位解除了勞動合約", "The employer ended the contract"),
        ("本人提出辞职", "本人提出辭職", "I resigned"),
        ("单位破产、关闭或停业", "單位破產、關閉或停業", "The employer closed down"),
        ("毕业后还没有找到工作", "畢業後還沒有找到工作", "No job yet since leaving school"),
        (
            "从事个体经营、灵活就业后停止，没有收入，需要重新登记找工作并申请失业帮助和技能培训",
            "從事個體經營、靈活就業後停止，沒有收入，需要重新登記找工作並申請失業幫助和技能培訓",
            "Stopped running a business or freelance work",
        ),
        ("其他", "其他", "Other"),
    ];
    words
        .iter()
        .cycle()
        .take(count)
        .enumerate()
        .map(|(i, (s, t, e))| Choice {
            value: format!("c{i}"),
            label: numbered(text(s, t, e), i / words.len()),
        })
        .collect()
}

/// Told apart from the same words one round earlier.
fn numbered(mut text: Text, round: usize) -> Text {
    if round > 0 {
        let number = |words: String| format!("{words} {round}");
        text.simplified = format!("{} {round}", text.simplified);
        text.traditional = text.traditional.map(number);
        text.english = text.english.map(number);
    }
    text
}

fn why() -> Text {
    text("您为什么没有工作了？", "您為什麼沒有工作了？", "Why are you out of work?")
}

fn forms() -> Vec<(&'static str, Screen)> {
    let when =
        || text("从哪一天起没有工作？", "從哪一天起沒有工作？", "Since which day have you been out of work?");
    let hint =
        || Some(text("记不清就选大概的一天", "記不清就選大概的一天", "If you are not sure, choose roughly"));
    let phone = || text("您的手机号是多少？", "您的手機號碼是多少？", "What is your mobile number?");
    let told = || Some(text("有消息时给您打电话", "有消息時給您打電話", "We call you when there is news"));
    let days = |from: Date| Ask::Date { from, to: date(2026, 11, 23) };
    vec![
        ("form-choice-3", form(why(), None, Ask::Choice(choices(3)), "c1", None)),
        ("form-choice-7", form(why(), hint(), Ask::Choice(choices(7)), "c5", Some(Complaint::Missing))),
        ("form-choice-14", form(why(), hint(), Ask::Choice(choices(14)), "", None)),
        ("form-date", form(when(), hint(), days(date(2024, 11, 23)), "2026-11-09", None)),
        ("form-date-wrong", form(when(), hint(), days(date(2026, 8, 1)), "", Some(Complaint::Date))),
        ("form-phone", form(phone(), told(), Ask::Phone, "13900005678", None)),
        ("form-phone-wrong", form(phone(), told(), Ask::Phone, "1390", Some(Complaint::Phone))),
    ]
}

/// The questions of an item that asks for money and a family.
fn entries() -> Vec<(&'static str, Screen)> {
    let card = || text("钱打到哪张卡？", "錢打到哪張卡？", "Which card shall the money go to?");
    let family = || text("家里还有谁？", "家裡還有誰？", "Who else is in the family?");
    let income =
        || text("全家一个月收入多少？", "全家一個月收入多少？", "What does the family earn a month?");
    let people = || text("家里几口人？", "家裡幾口人？", "How many people live at home?");
    let who = || text("他的证件号码", "他的證件號碼", "The ID number");
    let unit = Some(text("人", "人", "people"));
    let number = Ask::Number { min: 1, max: 20, unit };
    let money = || Ask::Money { min_fen: 0, max_fen: 99_999_999 };
    let list = |count| Ask::Persons { rows: persons(count), min: 1, max: 8 };
    let about = |person, screen| match screen {
        Screen::Form(form) => Screen::Form(Box::new(Form { person: Some(person), ..*form })),
        other => other,
    };
    vec![
        ("form-number-wrong", form(people(), None, number, "21", Some(Complaint::Number))),
        ("form-money", form(income(), None, money(), "12,345.60", None)),
        ("form-money-wrong", form(income(), None, money(), "", Some(Complaint::Money))),
        ("form-card-wrong", {
            let typed = "6217000000000000008";
            form(card(), None, Ask::BankCard, typed, Some(Complaint::BankCard))
        }),
        ("form-id-number", about(2, form(who(), None, Ask::IdNumber, "519999196002290053", None))),
        ("form-persons-none", form(family(), None, list(0), "", Some(Complaint::Missing))),
        ("form-persons", form(family(), None, list(2), "", None)),
        ("form-persons-full", form(family(), None, list(8), "", None)),
    ]
}

fn persons(count: usize) -> Vec<PersonRow> {
    let about = [Some(text("配偶", "配偶", "Spouse")), Some(text("子女", "子女", "Child")), None];
    let names = ["努尔艾力·***", "张**", "欧***"];
    let rows = names.into_iter().zip(about).map(|(name, about)| PersonRow { name: name.into(), about });
    rows.cycle().take(count).collect()
}

/// The longest name of a paper in the catalogue.
fn paper() -> Text {
    text(
        "困难类别的证明（残疾人证、低保证、征地证明等）",
        "困難類別的證明（殘疾人證、低保證、徵地證明等）",
        "Proof of your group, such as a disability certificate",
    )
}

fn photographs() -> Vec<(&'static str, Screen)> {
    use PageWarning::{Blurred, Dark, Glare, NoEdges};
    let one = |material, kept, room, stage| {
        let paper = Step { at: 1, of: if kept == 0 { 3 } else { 1 } };
        Screen::Photograph(Box::new(Photograph { item: item(), material, paper, kept, room, stage }))
    };
    let register = || text("户口簿", "戶口簿", "Household register");
    let looking = |warnings: &[PageWarning]| PageStage::Looking(warnings.to_vec());
    vec![
        ("photograph", one(paper(), 0, true, PageStage::Aiming)),
        ("photograph-next", one(register(), 2, true, PageStage::Aiming)),
        ("photograph-full", one(register(), 20, false, PageStage::Aiming)),
        ("photograph-taking", one(register(), 2, true, PageStage::Taking)),
        ("photograph-good", one(register(), 2, true, looking(&[]))),
        ("photograph-glare", one(register(), 0, true, looking(&[Glare]))),
        ("photograph-bad", one(paper(), 0, true, looking(&[NoEdges, Blurred, Dark]))),
        ("photograph-failed", one(paper(), 0, true, PageStage::Failed)),
    ]
}

fn left(stage: DraftStage) -> Screen {
    Screen::Draft(Box::new(LeftDraft { item: item(), photographed: true, stage }))
}

fn drafts() -> Vec<(&'static str, Screen)> {
    let kept = |url: Option<&str>| {
        let (code, url) = ("123 456 782".to_owned(), url.map(str::to_owned));
        left(DraftStage::Kept { code, until: date(2026, 12, 23), url })
    };
    let row = |number: u128, renewed| DraftRow {
        key: Uuid::from_u128(number),
        item: numbered(item(), usize::try_from(number).unwrap_or_default()),
        code: "123 456 782".to_owned(),
        changed_on: date(2026, 11, 23),
        until: date(2026, 12, 23),
        renewed,
    };
    let found = |rows| Screen::Drafts(Drafts { chosen: item(), rows });
    let refused = "您没填完的已经很多，请先办完或在网上删除几份".to_owned();
    vec![
        ("draft-asking", left(DraftStage::Asking)),
        ("draft-sending", left(DraftStage::Sending)),
        ("draft-offline", left(DraftStage::Failed(DraftTrouble::Offline))),
        ("draft-failed", left(DraftStage::Failed(DraftTrouble::Failed))),
        ("draft-refused", left(DraftStage::Failed(DraftTrouble::Refused(refused)))),
        ("draft-kept", kept(Some("https://community.example/continue/123456782"))),
        ("draft-kept-no-phone", kept(None)),
        ("drafts-looking", found(None)),
        ("drafts-one", found(Some(vec![row(0, false)]))),
        ("drafts-many", found(Some((0..6).map(|number| row(number, number % 2 == 1)).collect()))),
    ]
}

fn row(label: Text, value: Shown, edit: bool) -> Row {
    Row { label, value, edit: edit.then(|| Edit::Field("field".to_owned())) }
}

fn confirm() -> Screen {
    let words = |s: &str| Shown::Words(Text::zh(s));
    Screen::Confirm(Box::new(Confirm {
        item: item(),
        rows: vec![
            row(text("姓名", "姓名", "Name"), words("努***"), false),
            row(text("证件号码", "證件號碼", "ID number"), words("519999********0013"), false),
            row(
                text("住址", "住址", "Address"),
                words("示例省示例市示例区示例街道示例路一百二十三号示例小区十二栋三单元一千二百零一室"),
                false,
            ),
            row(why(), Shown::Words(choices(6).remove(5).label), true),
            row(
                text("从哪一天起没有工作？", "從哪一天起沒有工作？", "Since which day?"),
                Shown::Day(date(2026, 11, 9)),
                true,
            ),
            row(text("手机号", "手機號碼", "Mobile number"), Shown::Phone("13900005678".into()), true),
            row(text("家庭月收入", "家庭月收入", "Income a month"), Shown::Money("12,345.60".into()), true),
            row(text("家里还有谁？", "家裡還有誰？", "Family"), Shown::Persons(persons(3)), true),
            row(text("需要培训吗？", "需要培訓嗎？", "Do you need training?"), Shown::Nothing, true),
            Row {
                edit: Some(Edit::Pages(2)),
                ..row(text("户口簿", "戶口簿", "Household register"), Shown::Pages(3), true)
            },
            Row {
                edit: Some(Edit::Pages(3)),
                ..row(text("诊断书", "診斷書", "Diagnosis"), Shown::Pages(0), true)
            },
        ],
        promise: Promise::Case { promised: limit(), due: due() },
    }))
}

fn outcome(news: CaseNews, receipt: Option<ReceiptState>) -> Screen {
    Screen::Result(Box::new(Outcome { news, receipt, bring: Vec::new() }))
}

/// Filed, and nobody begins before two papers have come.
fn wanting() -> Screen {
    let paper = |name| Bring { name, within: limit() };
    let bring = vec![
        paper(text("户口簿", "戶口簿", "Household register")),
        paper(text("银行卡或社会保障卡复印件", "銀行卡或社會保障卡影本", "Copy of the bank card")),
    ];
    let receipt = Some(ReceiptState::NotPrinted(PrinterTrouble::PaperOut));
    Screen::Result(Box::new(Outcome { news: filed(CaseStatus::Received), receipt, bring }))
}

fn filed(status: CaseStatus) -> CaseNews {
    let done = status == CaseStatus::Completed;
    CaseNews::Filed {
        item: item(),
        case_no: "11519999MB000000284512026112300000017".into(),
        pickup_code: "482 913 706".into(),
        status,
        due: if done { None } else { due() },
        result: done.then(|| {
            (text("资格认证凭条", "資格認證憑條", "Proof of eligibility check"), Some(date(2027, 11, 30)))
        }),
    }
}

fn waiting() -> CaseNews {
    CaseNews::Waiting {
        item: item(),
        pickup_code: "482 913 706".into(),
        received_at: super::panel::now(),
        promised: limit(),
    }
}

fn results() -> Vec<(&'static str, Screen)> {
    let refused = CaseNews::Refused {
        item: item(),
        reason: "您已经参加职工养老保险，不能重复参加居民养老保险。请到窗口，由工作人员帮您核对。".into(),
    };
    let no_paper = Some(ReceiptState::NotPrinted(PrinterTrouble::PaperOut));
    vec![
        ("result-filed-printing", outcome(filed(CaseStatus::Accepted), Some(ReceiptState::Printing))),
        ("result-done-printed", outcome(filed(CaseStatus::Completed), Some(ReceiptState::Printed))),
        ("result-filed-not-printed", outcome(filed(CaseStatus::Accepted), no_paper)),
        ("result-waiting-printed", outcome(waiting(), Some(ReceiptState::Printed))),
        ("result-waiting-unknown", outcome(waiting(), Some(ReceiptState::Unknown))),
        ("result-wanting", wanting()),
        ("result-refused", outcome(refused, None)),
        ("result-full", outcome(CaseNews::NotTaken(IntakeTrouble::Full), None)),
        ("result-filed-before", outcome(CaseNews::NotTaken(IntakeTrouble::Filed), None)),
        ("result-disk", outcome(CaseNews::NotTaken(IntakeTrouble::Disk), None)),
    ]
}

fn found() -> Vec<ProgressRow> {
    use CaseStatus::{Accepted, Completed, CorrectionRequired, NotAccepted};
    [Accepted, Completed, CorrectionRequired, NotAccepted, Accepted, Completed]
        .into_iter()
        .map(|status| ProgressRow {
            item: item(),
            case_no: "11519999MB000000284512026112300000017".into(),
            status,
            received_on: date(2026, 11, 23),
            due: if status == Completed { None } else { due() },
            told: Told::default(),
        })
        .collect()
}

/// Cases that there is much to tell of: found by card with the words of the office, by code without.
fn much_to_tell(words: bool) -> Vec<ProgressRow> {
    let said = |text: &str| Some(text.to_owned()).filter(|_| words);
    let paper = MissingPaper {
        material: "诊断书".into(),
        opinion: "没有盖章，请到开具的医院补盖公章".into(),
    };
    let missing = if words { vec![paper; 2] } else { vec![] };
    let ending = |kind, reason| Ending {
        kind,
        reason: said(reason),
        remedies: if words && kind != EndingKind::Lapsed {
            vec![
                "申请行政复议：自收到决定之日起 60 日内，向有管辖权的行政复议机关提出。".into();
                2
            ]
        } else {
            vec![]
        },
    };
    let change = |why, due_on| DueChange {
        at: super::panel::now(),
        why,
        procedure: Some("专家评审".into()),
        reason: said("需要专家评审才能认定"),
        was_on: Some(date(2026, 11, 26)),
        due_on,
        provisional: false,
    };
    let longer = Some(date(2026, 12, 10));
    let changes =
        [DueChangeWhy::Stopped, DueChangeWhy::Resumed, DueChangeWhy::Extended, DueChangeWhy::Calendar];
    let changes = changes.map(|why| change(why, longer.filter(|_| why != DueChangeWhy::Stopped)));
    let denied = ending(EndingKind::Denied, "您已在别处参加基本养老保险，同一时间段不能重复参保");
    [
        (
            CaseStatus::CorrectionRequired,
            Told { correction: Some(Correction { until: longer, missing }), ..Told::default() },
        ),
        (CaseStatus::Completed, Told { ending: Some(denied), ..Told::default() }),
        (CaseStatus::Withdrawn, Told { ending: Some(ending(EndingKind::Lapsed, "")), ..Told::default() }),
        (CaseStatus::InReview, Told { due_changes: changes.into(), ..Told::default() }),
    ]
    .into_iter()
    .map(|(status, told)| ProgressRow { status, told, ..found().remove(0) })
    .collect()
}

fn each_alone(cases: Vec<ProgressRow>) -> Screen {
    let alone = |case| ProgressGroup { bundle: None, cases: vec![case] };
    Screen::Progress(Progress { groups: cases.into_iter().map(alone).collect() })
}

fn queries() -> Vec<(&'static str, Screen)> {
    let query = |typed: &str, wrong, searching, trouble| {
        Screen::ProgressQuery(ProgressQuery { typed: typed.into(), wrong, searching, trouble })
    };
    vec![
        ("query", query("", None, false, None)),
        ("query-wrong", query("482913706", Some(WrongCode::Typed), false, None)),
        ("query-other-code", query("", Some(WrongCode::Scanned), false, None)),
        ("query-searching", query("482913706", None, true, None)),
        ("query-offline", query("482913706", None, false, Some(QueryTrouble::Offline))),
        ("query-failed", query("4829", None, false, Some(QueryTrouble::Failed))),
        ("progress", each_alone(found())),
        ("progress-one", each_alone(found().into_iter().take(1).collect())),
        ("progress-told", each_alone(much_to_tell(true))),
        ("progress-told-by-code", each_alone(much_to_tell(false))),
        ("progress-empty", each_alone(vec![])),
    ]
}

fn query_blank(wrong: Option<WrongCode>) -> Screen {
    Screen::ProgressQuery(ProgressQuery { typed: String::new(), wrong, searching: false, trouble: None })
}

fn identify(trouble: Option<CardTrouble>) -> Screen {
    Screen::Identify(Identify { trouble, purpose: Some(item()) })
}

fn ends() -> Vec<(&'static str, Screen)> {
    let end = |take_card, take_receipt, timed_out| Screen::End(End { take_card, take_receipt, timed_out });
    vec![
        ("end-card-receipt", end(true, true, false)),
        ("end-card", end(true, false, true)),
        ("end-receipt", end(false, true, false)),
        ("end-thanks", end(false, false, false)),
        ("end-timed-out", end(false, false, true)),
        ("rate", Screen::Rate(Rate { chosen: None })),
        ("rate-chosen", Screen::Rate(Rate { chosen: Some(RatingLevel::Satisfied) })),
    ]
}

/// What a technician sees, at its longest.
fn maintenance() -> Vec<(&'static str, Screen)> {
    let admit = |card, digits, trouble| Screen::Admit(Admit { card, digits, checking: false, trouble });
    let at = "2026-11-23T01:00:00Z".parse().unwrap();
    let inspection = Inspection {
        version: "10.20.30".into(),
        terminal_id: "519999-shequ-0001".into(),
        platform: "https://platform.shequ.example.gov.cn:8443".into(),
        started_at: at,
        catalogue_at: Some(at),
        waiting: 1234,
        parked: 12,
        oldest_waiting: Some(at),
        disk_free: Some(123_456 << 20),
        reader: None,
        printer: None,
        has_camera: true,
        camera: None,
        has_scanner: true,
        scanner: None,
        sound: Some(Sound { percent: 60, is_pushed: false }),
        speaker: None,
        enrolled: true,
        may_enrol: false,
        brightness: Some(70),
        calibrated: Some(true),
        certificate_until: Some(at),
        configuration: Some(12),
        troubles: Vec::new(),
    };
    let stranger = Inspection {
        enrolled: false,
        may_enrol: true,
        certificate_until: None,
        configuration: None,
        ..inspection.clone()
    };
    let mending = Inspection {
        reader: Some(LinkTrouble::Busy { holder: Some("ModemManager (12345)".into()) }),
        printer: Some(LinkTrouble::PermissionDenied),
        scanner: Some(LinkTrouble::NotFound),
        speaker: Some(LinkTrouble::NotFound),
        ..inspection.clone()
    };
    let trouble = |code, cause, action| Trouble { code, cause, action, since: at };
    let unwell = Inspection {
        troubles: vec![
            trouble("P11", "打印纸用完。", "装入新的热敏纸卷，在运维模式中选“更换打印纸”并看试印条。"),
            trouble(
                "R02",
                "没有权限打开身份证读卡器。",
                "安装软件包附带的 udev 规则，确认运行用户属于 dialout、lp 组，再重新插拔。",
            ),
        ],
        ..inspection.clone()
    };
    let tested = Some((true, at));
    let parts = vec![
        (Part::Reader, tested),
        (Part::Printer, tested),
        (Part::Paper, Some((false, at))),
        (Part::Touch, None),
        (Part::Camera, tested),
        (Part::Scanner, None),
        (Part::Speaker, tested),
    ];
    let report = Report { text: "eyJhbGciOiJFZERTQSJ9.".repeat(50), at, parts };
    let technician = "努尔艾力·示例买买提".to_owned();
    let page = |page| Screen::Maintenance(Box::new(Maintenance { technician: technician.clone(), page }));
    let testing = |part, trial| page(MaintenancePage::Testing { part, trial });
    let calibrating = |how| page(MaintenancePage::Calibrating(how));
    let bright = |percent, can_dim, can_brighten, failed| {
        page(MaintenancePage::Brightness(Brightness { percent, can_dim, can_brighten, failed }))
    };
    let hearing = |percent: u8, is_pushed: bool, failed| {
        let (can_soften, can_amplify) = (!is_pushed, !is_pushed && percent < 100);
        let hearing = Hearing { percent, can_soften, can_amplify, is_pushed, failed };
        testing(Part::Speaker, Trial::Listen(hearing))
    };
    let typing = |part, text: &str, trouble| {
        page(MaintenancePage::Enrolling(Enrolling::Typing { part, text: ScannedText(text.into()), trouble }))
    };
    let (corner, last) = (Spot { x: 9_000, y: 9_000 }, Spot { x: 7_000, y: 2_800 });
    vec![
        ("admit", admit(false, 0, None)),
        ("admit-card", admit(true, 12, None)),
        ("admit-locked", admit(true, 0, Some(AdmitTrouble::Locked { minutes: 60 }))),
        ("admit-incomplete", admit(false, 3, Some(AdmitTrouble::Incomplete))),
        ("admit-checking", Screen::Admit(Admit { card: false, digits: 0, checking: true, trouble: None })),
        ("maintenance", page(MaintenancePage::Overview(Some(Box::new(inspection.clone()))))),
        ("maintenance-stranger", page(MaintenancePage::Overview(Some(Box::new(stranger))))),
        ("maintenance-screen", page(MaintenancePage::Screen(Some(Box::new(inspection))))),
        ("maintenance-bright", bright(70, true, true, false)),
        ("maintenance-sound", hearing(60, false, false)),
        ("maintenance-sound-not-kept", hearing(100, false, true)),
        ("maintenance-sound-pushed", hearing(60, true, false)),
        ("maintenance-darkest", bright(20, false, true, true)),
        ("maintenance-calibrate", calibrating(Calibrating::Ready { trouble: None, calibrated: true })),
        (
            "maintenance-uncalibrated",
            calibrating(Calibrating::Ready { trouble: Some(CalibrationTrouble::Late), calibrated: true }),
        ),
        (
            "maintenance-cross",
            calibrating(Calibrating::Cross {
                at: corner,
                n: 3,
                of: 5,
                trouble: Some(CalibrationTrouble::Uneven),
            }),
        ),
        ("maintenance-cross-trial", calibrating(Calibrating::Trial { at: last })),
        ("maintenance-calibrated", calibrating(Calibrating::Kept)),
        (
            "maintenance-typing-address",
            typing(InvitationPart::Address, "platform.shequ.example.gov.cn:8443", None),
        ),
        ("maintenance-typing-name", typing(InvitationPart::Name, "LZ-0001", Some(EnrolTrouble::Name))),
        (
            "maintenance-typing-pin",
            typing(
                InvitationPart::Pin,
                "0000000000000000WWWWWWWWWWWWWWWW",
                Some(EnrolTrouble::OtherPlatform),
            ),
        ),
        ("maintenance-typing-code", typing(InvitationPart::Code, "", Some(EnrolTrouble::Refused))),
        ("maintenance-unwell", page(MaintenancePage::Overview(Some(Box::new(unwell))))),
        ("maintenance-mending", page(MaintenancePage::Overview(Some(Box::new(mending))))),
        ("maintenance-looking", page(MaintenancePage::Overview(None))),
        ("maintenance-reader", testing(Part::Reader, Trial::PutCard(Some(CardTrouble::Moved)))),
        ("maintenance-printing", testing(Part::Printer, Trial::Printing)),
        ("maintenance-look", testing(Part::Paper, Trial::Look)),
        ("maintenance-camera", testing(Part::Camera, Trial::Look)),
        ("maintenance-scanner", testing(Part::Scanner, Trial::ShowCode)),
        ("maintenance-passed", testing(Part::Touch, Trial::Passed)),
        ("maintenance-failed", testing(Part::Printer, Trial::Failed(Some(PrinterTrouble::Disconnected)))),
        ("maintenance-paper", page(MaintenancePage::Paper)),
        ("maintenance-touching", page(MaintenancePage::Touching((0..144).map(|i| i % 3 == 0).collect()))),
        ("maintenance-report", page(MaintenancePage::Report(Some(Box::new(report))))),
        ("maintenance-report-signing", page(MaintenancePage::Report(None))),
        ("maintenance-no-report", page(MaintenancePage::NoReport)),
        (
            "maintenance-enrolling",
            page(MaintenancePage::Enrolling(Enrolling::Awaiting(Some(EnrolTrouble::OtherPlatform)))),
        ),
        ("maintenance-enrolled", page(MaintenancePage::Enrolling(Enrolling::Done))),
        ("maintenance-exporting", page(MaintenancePage::Exporting(None))),
        ("maintenance-no-drive", page(MaintenancePage::Exporting(Some(Export::NoDrive)))),
        ("maintenance-restarting", page(MaintenancePage::Restarting)),
        ("out-of-service", Screen::OutOfService),
    ]
}

fn at(frame: Frame, screen: Screen) -> View {
    let silent = matches!(
        screen,
        Screen::Starting
            | Screen::Attract(_)
            | Screen::Notices(_)
            | Screen::Admit(_)
            | Screen::Maintenance(_)
    );
    let voice = frame.voice.filter(|_| !silent);
    View { frame: Frame { voice, ..frame }, screen, overlay: None }
}

/// 示例: a sky, a street and a notice.
/// As long as they may be.
fn notices(count: usize) -> Vec<Notice> {
    let sentence = "示例：本周六上午社区服务大厅停电检修，不能办理业务；";
    let english = "Sample: the hall is closed on Saturday morning because the power is off. ";
    let notice = Notice {
        title: text(
            "示例：本周六上午服务大厅停电检修，请改日再来办",
            "示例：本週六上午服務大廳停電檢修，請改日再來辦",
            "Sample: no service on Saturday morning, please come later",
        ),
        text: text(
            &sentence.repeat(7).chars().take(160).collect::<String>(),
            &sentence.repeat(7).chars().take(160).collect::<String>(),
            &english.repeat(6).chars().take(420).collect::<String>(),
        ),
        from: date(2026, 11, 1),
        until: date(2026, 12, 31),
    };
    vec![notice; count]
}

fn poster(width: u32, height: u32) -> Poster {
    let paint = |x: u32, y: u32| match (x * 10 / width, y * 10 / height) {
        (2..=7, 3..=5) => image::Rgb([250, 250, 245]),
        (_, 0..=7) => image::Rgb([120, 170, 220]),
        _ => image::Rgb([90, 120, 90]),
    };
    let picture = image::RgbImage::from_fn(width, height, paint);
    let mut jpeg = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut jpeg, image::ImageFormat::Jpeg).expect("a picture");
    Poster { title: "示例：反诈宣传".to_owned(), jpeg: jpeg.into_inner().into() }
}

/// Every screen, every state.
pub(super) fn all() -> Vec<Case> {
    let home = |tiles| Screen::Home(Home { tiles, notices: Vec::new() });
    let told = |tiles, count| Screen::Home(Home { tiles, notices: notices(count) });
    let many = || {
        let rounds = tiles().into_iter().cycle().take(8).enumerate();
        rounds.map(|(i, tile)| App { title: numbered(tile.title, i / 4), ..tile }).collect()
    };
    let quiet = || Frame { can_go_back: false, can_go_home: false, ..frame() };
    let camera = || Frame { codes: Some(CodeReader::Camera), ..frame() };
    let nobody = Frame { community: None, subdistrict: None, phones: None, online: false, ..quiet() };
    let mut views = vec![
        ("starting".to_owned(), at(nobody, Screen::Starting)),
        ("query-no-scanner".to_owned(), at(Frame { codes: None, ..frame() }, query_blank(None))),
        ("query-camera".to_owned(), at(camera(), query_blank(None))),
        ("query-camera-other-code".to_owned(), at(camera(), query_blank(Some(WrongCode::Scanned)))),
        ("attract".to_owned(), at(quiet(), Screen::Attract(None))),
        ("attract-poster".to_owned(), at(quiet(), Screen::Attract(Some(poster(1_080, 1_440))))),
        ("attract-poster-wide".to_owned(), at(quiet(), Screen::Attract(Some(poster(1_800, 900))))),
        ("home".to_owned(), at(quiet(), home(tiles()))),
        ("home-unwell".to_owned(), at(unwell(), home(tiles()))),
        ("home-8".to_owned(), at(quiet(), home(many()))),
        ("home-empty".to_owned(), at(quiet(), home(vec![]))),
        ("home-notice".to_owned(), at(quiet(), told(tiles(), 1))),
        ("home-8-notices".to_owned(), at(quiet(), told(many(), 4))),
        ("home-unwell-notices".to_owned(), at(unwell(), told(tiles(), 4))),
        (
            "home-one-language".to_owned(),
            at(Frame { languages: vec![Language::Simplified], ..quiet() }, home(tiles())),
        ),
        ("notices".to_owned(), at(frame(), Screen::Notices(notices(1)))),
        ("notices-many".to_owned(), at(frame(), Screen::Notices(notices(4)))),
        ("items".to_owned(), at(frame(), items(2))),
        ("items-many".to_owned(), at(frame(), items(11))),
        ("guide".to_owned(), at(frame(), guide())),
        ("consent".to_owned(), at(step(1), consent())),
        ("identify".to_owned(), at(step(2), identify(None))),
        (
            "identify-no-reader".to_owned(),
            at(Frame { step: Some(Step { at: 2, of: 5 }), ..unwell() }, identify(None)),
        ),
        ("confirm".to_owned(), at(step(4), confirm())),
        (
            "submitting".to_owned(),
            at(Frame { can_go_back: false, can_go_home: false, ..step(5) }, Screen::Submitting),
        ),
    ];
    views.extend(bundles::all().into_iter().map(|(name, view)| (name.to_owned(), view)));
    let troubles = [
        CardTrouble::Moved,
        CardTrouble::NotAnIdCard,
        CardTrouble::NotGenuine,
        CardTrouble::UnknownKind,
        CardTrouble::Expired,
    ];
    views
        .extend(troubles.map(|t| (format!("identify-{t:?}").to_lowercase(), at(step(2), identify(Some(t))))));
    views.extend(
        forms()
            .into_iter()
            .chain(entries())
            .chain(photographs())
            .map(|(name, screen)| (name.to_owned(), at(step(3), screen))),
    );
    views.extend(drafts().into_iter().map(|(name, screen)| (name.to_owned(), at(step(2), screen))));
    views.extend(results().into_iter().map(|(name, screen)| (name.to_owned(), at(step(5), screen))));
    views.extend(
        queries()
            .into_iter()
            .chain(ends())
            .chain(maintenance())
            .map(|(name, screen)| (name.to_owned(), at(frame(), screen))),
    );
    let overlays = [
        ("overlay-countdown", Overlay::Countdown { seconds_left: 15 }),
        ("overlay-help", Overlay::Help),
        ("overlay-leave", Overlay::Leave),
    ];
    views.extend(
        overlays.map(|(name, overlay)| {
            (name.to_owned(), View { overlay: Some(overlay), ..at(step(4), confirm()) })
        }),
    );
    let untouched = views.into_iter().map(|(name, view)| Case { name, view, keys: "" });
    untouched.chain(typed()).collect()
}

/// A question in words, and one about a name.
pub(super) fn words(field: &str, answer: &str, complaint: Option<Complaint>) -> View {
    let label = text("您原来在哪个单位工作？", "您原來在哪個單位工作？", "Where did you work before?");
    let hint = Some(text("写营业执照上的名称", "寫營業執照上的名稱", "As on the business licence"));
    match form(label, hint, Ask::Text { max_chars: 50 }, answer, complaint) {
        Screen::Form(form) => at(step(3), Screen::Form(Box::new(Form { field: field.into(), ..*form }))),
        other => at(step(3), other),
    }
}

/// `拼`, `笔`, `数` and `字` stand for the keys that choose what the others write.
fn typed() -> Vec<Case> {
    let long = "示例省示例市示例区示例街道示例路一百二十三号示例小区十二栋三单元一千二百零一室";
    let case = |name: &str, view, keys| Case { name: name.to_owned(), view, keys };
    vec![
        case("text-empty", words("employer", "", Some(Complaint::Missing)), ""),
        case("text-pinyin", words("employer", "示例", None), "SHEHUIBAOZHANG"),
        case("text-many", words("employer", "", None), "SHI"),
        case("text-name", words("name", "", None), "ZHANGSAN"),
        case("text-strokes", words("name", "欧", None), "笔横竖"),
        case("text-digits", words("home", long, None), "数"),
        case("text-letters", words("employer", "示例", None), "字"),
    ]
}

/// How residents may want it: both type sizes, all languages.
pub(super) fn settings() -> Vec<Settings> {
    let languages = [Language::Simplified, Language::Traditional, Language::English];
    languages
        .into_iter()
        .flat_map(|language| {
            [false, true].map(|large_type| Settings { language, large_type, ..Settings::default() })
        })
        .collect()
}
