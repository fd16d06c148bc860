//! A small receipt to print, and names that must come out.

use jiff::Timestamp;
use protocol::{Limit, LimitUnit, PickupCode};
use receipt::{Document, Slip, Waiting};

pub(crate) fn code() -> PickupCode {
    PickupCode::from_random(48_213_907)
}

pub(crate) fn waiting() -> Document {
    let at: Timestamp = "2026-11-23T06:31:55Z".parse().unwrap();
    let case = Waiting {
        item_name: "失业登记".into(),
        organisation: "示例区就业服务管理局".into(),
        pickup_code: code(),
        received_at: at,
        applicant_name_masked: "䶮**".into(),
        promise: Limit { n: 3, unit: LimitUnit::WorkingDay },
        consult_phone: "0830-0000001".into(),
        complain_phone: "0830-12345".into(),
        demo: true,
    };
    let slip = Slip {
        community: "示例市梧桐社区".into(),
        terminal_id: "SC-KSK-0007".into(),
        number: 42,
        printed_at: at,
        copy: false,
        bring: Vec::new(),
        photographed: 0,
    };
    receipt::waiting(&case, &slip)
}
