//! Receipts to test with and to look at. All people and numbers are invented.
#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "test")]

use jiff::Timestamp;
use protocol::{
    BundleCase, BundleRef, Case, CaseResult, CaseStatus, Channel, ItemRef, Limit, LimitUnit, PickupCode, Text,
};
use receipt::{Bring, BundleWaiting, Document, Part, Slip, Waiting};
use uuid::Uuid;

pub(crate) const CASE_NO: &str = "12510000MB0Z00000T3514003001000202611230042";

pub(crate) const OTHER_NO: &str = "12510000MB0Z00000T3514003001999202611230043";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn slip() -> Slip {
    Slip {
        community: "示例市示例区桂花街道梧桐社区".into(),
        terminal_id: "SC-KSK-0007".into(),
        number: 42,
        printed_at: at("2026-11-23T06:32:10Z"),
        copy: false,
        bring: vec![],
        photographed: 0,
    }
}

pub(crate) fn case() -> Case {
    Case {
        case_no: CASE_NO.into(),
        case_key: Uuid::nil(),
        pickup_code: PickupCode::from_random(48_213_907),
        item: ItemRef {
            id: "resident-pension-enrolment".into(),
            version: 1,
            name: Text::zh("城乡居民基本养老保险参保登记"),
            catalog_code: "512014003001".into(),
        },
        status: CaseStatus::Accepted,
        status_text: "办理中".into(),
        received_at: at("2026-11-23T06:31:55Z"),
        recorded_at: at("2026-11-23T06:31:56Z"),
        due_on: Some("2026-11-26".parse().unwrap()),
        due_provisional: false,
        channel: Channel::Kiosk,
        terminal_id: Some("SC-KSK-0007".into()),
        applicant_name: "张**".into(),
        organisation: "示例区社会保险事业管理局".into(),
        result: None,
        steps: vec![],
        rating: None,
        consult_phone: "0830-0000001".into(),
        complain_phone: "0830-12345".into(),
        demo: true,
        told: protocol::Told::default(),
        part_of: None,
    }
}

/// A case that waits for papers.
pub(crate) fn received() -> Case {
    Case { status: CaseStatus::Received, status_text: "待受理".into(), due_on: None, ..case() }
}

pub(crate) fn bring() -> Vec<Bring> {
    let within = |n| Limit { n, unit: LimitUnit::WorkingDay };
    vec![
        Bring {
            name: "家庭经济状况核对授权书（家里每个成年人签字）".into(), within: within(5)
        },
        Bring { name: "说明困难的材料".into(), within: within(10) },
    ]
}

pub(crate) fn finished() -> Case {
    let result = CaseResult {
        name: Text::zh("养老保险待遇领取资格认证通过"),
        valid_until: Some("2027-11-30".parse().unwrap()),
    };
    Case {
        status: CaseStatus::Completed,
        status_text: "已办结".into(),
        result: Some(result),
        item: ItemRef { name: Text::zh("养老待遇领取资格认证"), ..case().item },
        demo: false,
        ..case()
    }
}

pub(crate) fn waiting() -> Waiting {
    Waiting {
        item_name: "失业登记".into(),
        organisation: "示例区就业服务管理局".into(),
        pickup_code: PickupCode::from_random(48_213_907),
        received_at: at("2026-11-23T06:31:55Z"),
        applicant_name_masked: "努***".into(),
        promise: Limit { n: 3, unit: LimitUnit::WorkingDay },
        consult_phone: "0830-0000001".into(),
        complain_phone: "0830-12345".into(),
        demo: true,
    }
}

/// 一件事 as three cases: one is done, one is handled, one waits for papers.
pub(crate) fn bundle() -> BundleCase {
    BundleCase {
        bundle_no: "YJS002202611230007".into(),
        bundle_key: Uuid::nil(),
        bundle: BundleRef { id: "job-loss".into(), version: 1, name: Text::zh("失业帮扶一件事") },
        pickup_code: PickupCode::from_random(48_213_907),
        received_at: at("2026-11-23T06:31:55Z"),
        demo: true,
        cases: vec![
            finished(),
            case(),
            Case {
                case_no: OTHER_NO.into(),
                item: ItemRef { name: Text::zh("就业困难人员认定"), ..case().item },
                ..received()
            },
        ],
    }
}

pub(crate) fn bundle_waiting() -> BundleWaiting {
    let part = |item: &str, promise| Part {
        item_name: item.into(),
        organisation: "示例区就业服务管理局".into(),
        promise,
    };
    BundleWaiting {
        bundle_name: "失业帮扶一件事".into(),
        parts: vec![
            part("失业登记", Limit { n: 0, unit: LimitUnit::Instant }),
            part("失业保险金申领", Limit { n: 5, unit: LimitUnit::WorkingDay }),
        ],
        pickup_code: PickupCode::from_random(48_213_907),
        received_at: at("2026-11-23T06:31:55Z"),
        applicant_name_masked: "努***".into(),
        consult_phone: "0830-0000001".into(),
        complain_phone: "0830-12345".into(),
        demo: true,
    }
}

pub(crate) fn all() -> Vec<(&'static str, Document)> {
    let provisional = Case { due_on: Some("2027-01-12".parse().unwrap()), due_provisional: true, ..case() };
    let rare = Case { applicant_name: "䶮𬭚㛃堃頔𠅤·𪚥\u{E863}".into(), demo: false, ..case() };
    vec![
        ("filed", receipt::filed(&case(), &slip())),
        ("finished", receipt::filed(&finished(), &slip())),
        ("provisional-copy", receipt::filed(&provisional, &Slip { copy: true, ..slip() })),
        ("papers-missing", receipt::filed(&received(), &Slip { bring: bring(), photographed: 3, ..slip() })),
        ("rare", receipt::filed(&rare, &slip())),
        ("waiting", receipt::waiting(&waiting(), &slip())),
        ("bundle", receipt::bundle_filed(&bundle(), &Slip { bring: bring(), ..slip() })),
        ("bundle-waiting", receipt::bundle_waiting(&bundle_waiting(), &slip())),
    ]
}
