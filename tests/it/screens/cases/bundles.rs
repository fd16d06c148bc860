//! 一件事: its guide, its confirmation, and what became of it.

use flow::{
    effect::Becomes,
    view::{self, BundleGuide, BundlePaper, BundleRow, FiledBundle, FiledCase, Promise},
};

use super::*;

fn name() -> Text {
    text("灵活就业一件事", "靈活就業一件事", "Flexible work")
}

fn organisation() -> Text {
    text("示例区就业服务管理局", "示例區就業服務管理局", "Sample District Employment Office")
}

fn names() -> [Text; 4] {
    [
        text("就业登记", "就業登記", "Registering a job"),
        item(),
        text("就业困难人员认定", "就業困難人員認定", "Recognition of hardship in finding work"),
        text("灵活就业人员社会保险补贴", "靈活就業人員社會保險補貼", "Insurance subsidy for flexible work"),
    ]
}

fn limits() -> [Limit; 4] {
    let days = |n| Limit { n, unit: LimitUnit::WorkingDay };
    [Limit { n: 0, unit: LimitUnit::Instant }, days(3), days(10), days(20)]
}

fn becomes(count: usize) -> Vec<Becomes> {
    let parts = names().into_iter().zip(limits());
    let part = |(item, promised)| Becomes { item, organisation: organisation(), promised };
    parts.map(part).take(count).collect()
}

fn guide() -> Screen {
    let rows = names().into_iter().zip(limits()).zip([false, true, true, true]);
    let conditions = vec![
        text("年满16周岁，不是在校学生", "年滿16週歲，不是在校學生", "Aged 16 or over and not at school"),
        text(
            "户口在示例区，或住满半年",
            "戶口在示例區，或住滿半年",
            "Registered in Sample District, or living here for half a year",
        ),
    ];
    let free = || text("不收费", "不收費", "Free of charge");
    let row = |((name, promised), depends)| BundleRow {
        name,
        promised,
        fee: free(),
        conditions: conditions.clone(),
        depends,
    };
    let paper = |name, note, only_for| BundlePaper { name, note, only_for };
    Screen::BundleGuide(Box::new(BundleGuide {
        name: name(),
        summary: text(
            "登记就业，要参保、领补贴的一起办",
            "登記就業，要參保、領補貼的一起辦",
            "Register, and join the pension or claim the subsidy at once",
        ),
        demo: true,
        items: rows.map(row).collect(),
        materials: vec![
            paper(
                text("居民身份证", "居民身分證", "ID card"),
                Some(text(
                    "放在读卡区即可，不用复印",
                    "放在讀卡區即可，不用影印",
                    "Put it on the reader. No copy is needed",
                )),
                Vec::new(),
            ),
            paper(text("户口簿", "戶口簿", "Household register"), None, names()[2..].to_vec()),
        ],
        phones: Phones { consult: "0830-0000001".into(), complain: "0830-0000002".into() },
    }))
}

fn confirm() -> Screen {
    let Screen::Confirm(one) = super::confirm() else { panic!("another screen") };
    Screen::Confirm(Box::new(Confirm { item: name(), promise: Promise::Cases(becomes(3)), ..*one }))
}

fn filed(count: usize) -> CaseNews {
    let states = [CaseStatus::Completed, CaseStatus::Accepted, CaseStatus::Received, CaseStatus::Received];
    let cases = names().into_iter().zip(states).enumerate().take(count);
    let case = |(at, (item, status))| FiledCase {
        item,
        case_no: format!("1151999900000000284512026112300000{at:04}"),
        status,
        due: if status == CaseStatus::Accepted { due() } else { None },
    };
    CaseNews::BundleFiled {
        bundle: name(),
        bundle_no: "YJS001202611230017".into(),
        pickup_code: "482 913 706".into(),
        cases: cases.map(case).collect(),
    }
}

fn waiting() -> CaseNews {
    CaseNews::BundleWaiting {
        bundle: name(),
        pickup_code: "482 913 706".into(),
        received_at: jiff::Timestamp::constant(1_795_343_000, 0),
        becomes: becomes(3),
    }
}

/// Filed, with a receipt that did not come out, and papers to bring.
fn wanting() -> Screen {
    let Screen::Result(one) = super::wanting() else { panic!("another screen") };
    Screen::Result(Box::new(Outcome { news: filed(4), ..*one }))
}

/// Cases of one bundle, of which so many were found.
fn together(cases: usize, found: Vec<ProgressRow>) -> ProgressGroup {
    let bundle = Some(FiledBundle { name: name(), number: "YJS001202611230017".to_owned(), cases });
    ProgressGroup { bundle, cases: found }
}

fn progress() -> Screen {
    Screen::Progress(Progress { groups: vec![together(6, found())] })
}

/// One of its cases was asked for by its number.
fn part() -> Screen {
    Screen::Progress(Progress { groups: vec![together(3, found().into_iter().take(1).collect())] })
}

/// Found by card: a case that was filed alone, then two of a bundle, then another.
fn among_others() -> Screen {
    let mut found = found();
    let alone = |case| ProgressGroup { bundle: None, cases: vec![case] };
    let (last, first) = (alone(found.remove(0)), alone(found.remove(0)));
    found.truncate(2);
    Screen::Progress(Progress { groups: vec![last, together(2, found), first] })
}

/// A paper of it under the camera.
fn photograph() -> Screen {
    let Some((_, Screen::Photograph(one))) = photographs().into_iter().next() else {
        panic!("another screen")
    };
    Screen::Photograph(Box::new(view::Photograph { item: name(), ..*one }))
}

/// Left half filled in.
fn kept() -> Screen {
    let stage = view::DraftStage::Kept {
        code: "482 913 706".into(),
        until: date(2026, 12, 23),
        url: Some("https://kiosk.example.com/continue/482913706".into()),
    };
    Screen::Draft(Box::new(view::LeftDraft { item: name(), photographed: false, stage }))
}

/// Every screen of it.
pub(super) fn all() -> Vec<(&'static str, View)> {
    let printed = Some(ReceiptState::Printed);
    vec![
        ("bundle", at(frame(), guide())),
        ("bundle-photograph", at(step(3), photograph())),
        ("bundle-kept", at(Frame { can_save: false, ..step(3) }, kept())),
        ("bundle-confirm", at(step(4), confirm())),
        ("bundle-filed", at(step(5), outcome(filed(2), printed))),
        ("bundle-filed-many", at(step(5), outcome(filed(4), Some(ReceiptState::Printing)))),
        ("bundle-wanting", at(step(5), wanting())),
        ("bundle-waiting", at(Frame { online: false, ..step(5) }, outcome(waiting(), printed))),
        ("bundle-progress", at(frame(), progress())),
        ("bundle-progress-part", at(frame(), part())),
        ("bundle-progress-others", at(frame(), among_others())),
    ]
}
