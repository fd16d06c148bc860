//! Pages of materials on their whole way: the kiosk's own store, sealer and client, and the real platform.

use image::{RgbImage, codecs::jpeg::JpegEncoder};
use jiff::{Timestamp, civil::Date};
use outbox::{Intake, Page, Store};
use platform_client::HpkeSealer;
use protocol::{Applicant, Consent, IdKind, Sex, Subject};
use rusqlite::Connection;

use super::{World, folder_in_memory};

fn photograph(page: u16, made_at: Timestamp) -> Page {
    let mut content = Vec::new();
    let shade = u8::try_from(page * 40).unwrap();
    JpegEncoder::new(&mut content)
        .encode_image(&RgbImage::from_pixel(24, 32, image::Rgb([shade; 3])))
        .unwrap();
    Page {
        item: None,
        material: 4,
        page,
        pages: 2,
        media_type: "image/jpeg".to_owned(),
        content: content.into(),
        made_at,
    }
}

/// 临时救助 with both sides of what explains the hardship.
fn intake(now: Timestamp) -> Intake {
    let fields = serde_json::json!({
        "kind": "expense", "cause": "示例原因", "amount": "100000", "account": "0000000000000018",
        "phone": "13900000001", "home": "示例市示例区示例路8号",
        "family": [{ "name": "示例甲", "relation": "spouse", "id_number": "519999199003074022" }]
    });
    Intake {
        subject: Subject::Item { item: "temporary-relief".to_owned(), version: 2 },
        terminal_id: "simulation".to_owned(),
        received_at: now,
        applicant: Applicant {
            name: "欧阳示例".to_owned(),
            id_kind: IdKind::ResidentIdCard,
            id_number: "519999195201010013".to_owned(),
            sex: Sex::Male,
            birth: Date::constant(1952, 1, 1),
            nation: Some("01".to_owned()),
            address: Some("示例省示例市示例区示例路1号".to_owned()),
        },
        fields: serde_json::from_value(fields).unwrap(),
        consent: Consent { notice_version: 1, given_at: now },
        pages: vec![photograph(1, now), photograph(2, now)],
        draft: None,
    }
}

#[test]
fn photographed_pages_arrive_behind_their_case_and_once_however_often_they_are_sent() {
    let world = World::on(folder_in_memory().unwrap()).unwrap();
    let now = super::time(std::time::Duration::ZERO);
    let sealer = HpkeSealer::new(world.sealing_key().unwrap());
    let kiosk = folder_in_memory().unwrap();
    let (mut store, _) = Store::open(kiosk.path().join("kiosk.db"), now).unwrap();
    let case = store.record_case(&intake(now), &sealer, now).unwrap();
    let mut sent = 0;
    while let Some(due) = store.next_due(now).unwrap() {
        // The first answer is lost on the way.
        let lost = world.run(async |client| client.send(&due).await);
        let outcome = world.run(async |client| client.send(&due).await);
        assert!(lost.is_ok() && outcome.is_ok(), "{:?}: {lost:?}, {outcome:?}", due.kind);
        courier::settle(&mut store, &due, outcome, now).unwrap();
        sent += 1;
    }
    assert_eq!((sent, store.parked_count()), (3, Ok(0)), "a case and two pages");
    let platform = Connection::open(world.folder().join("platform.db")).unwrap();
    let of_case = "SELECT group_concat(page, ' ' ORDER BY place) FROM material_page WHERE case_key = ?1";
    let pages: String = platform.query_row(of_case, [case.case_key.to_string()], |row| row.get(0)).unwrap();
    assert_eq!(pages, "1 2");
}
