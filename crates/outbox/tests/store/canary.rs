//! Nothing personal in any byte on the disk, at any moment.

use std::fs;

use kiosk_outbox::{Belongs, SealFault, SealedBody, Sealer};

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::support::{
    ADDRESS, Disk, ID_NUMBER, NAME, PHONE, PICTURE, Turned, at, intake, photographed, rating,
};

/// The canaries that are in some file, in UTF-8 or UTF-16.
fn found(disk: &Disk) -> Vec<(String, &'static str)> {
    let mut hits = Vec::new();
    for name in disk.names() {
        let bytes = fs::read(disk.path().with_file_name(&name)).unwrap();
        for canary in [NAME, ID_NUMBER, ADDRESS, PHONE] {
            let wide: Vec<u8> = canary.encode_utf16().flat_map(u16::to_le_bytes).collect();
            if [canary.as_bytes(), &wide].iter().any(|needle| contains(&bytes, needle)) {
                hits.push((name.clone(), canary));
            }
        }
        // As it is, and as it is sent: what repeats in a picture repeats in its Base64.
        let sent = BASE64_STANDARD.encode(PICTURE.repeat(3));
        if contains(&bytes, PICTURE) || contains(&bytes, sent.as_bytes()) {
            hits.push((name.clone(), "the picture"));
        }
    }
    hits
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn no_canary_is_on_the_disk_from_recording_to_delivery() {
    let disk = Disk::new();
    let mut store = disk.open();
    for second in 0..20 {
        let case = store.record_case(&photographed(), &Turned, at(second)).unwrap();
        store.record_rating(&rating(case.case_key), at(second)).unwrap();
        match second % 4 {
            0 => store.settle_delivered(case.id, at(second)).unwrap(),
            1 => store.settle_refused(case.id, "urn:x", 400, at(second)).unwrap(),
            2 => drop(store.settle_retry(case.id, None, "unreachable", at(second)).unwrap()),
            _ => {}
        }
        assert_eq!(found(&disk), []);
    }
    let names = disk.names();
    assert_eq!(names, ["kiosk.db", "kiosk.db-shm", "kiosk.db-wal"], "these were looked into");
    drop(store);
    assert_eq!(found(&disk), []);
}

/// Shows that the search finds what is there.
#[test]
fn a_sealer_that_does_not_seal_would_be_caught() {
    struct Open;
    impl Sealer for Open {
        fn seal(&self, _: &Belongs<'_>, plaintext: &[u8]) -> Result<SealedBody, SealFault> {
            Ok(SealedBody { media_type: "application/json".to_owned(), bytes: plaintext.to_vec() })
        }
    }
    let disk = Disk::new();
    let mut store = disk.open();
    store.record_case(&photographed(), &Open, at(0)).unwrap();
    let wal = |canary| ("kiosk.db-wal".to_owned(), canary);
    assert_eq!(found(&disk), [NAME, ID_NUMBER, ADDRESS, PHONE, "the picture"].map(wal));
}

#[test]
fn a_delivered_body_is_overwritten_and_not_just_unlinked() {
    struct Marked;
    impl Sealer for Marked {
        fn seal(&self, _: &Belongs<'_>, _: &[u8]) -> Result<SealedBody, SealFault> {
            let bytes = b"SEALED-CANARY".repeat(1000);
            Ok(SealedBody { media_type: "application/x-marked".to_owned(), bytes })
        }
    }
    let disk = Disk::new();
    let mut store = disk.open();
    let id = store.record_case(&intake(), &Marked, at(0)).unwrap().id;
    drop(store);
    assert!(contains(&fs::read(disk.path()).unwrap(), b"SEALED-CANARY"));
    let mut store = disk.open();
    assert_eq!(store.verify(at(1)), Ok(None));
    store.settle_delivered(id, at(1)).unwrap();
    drop(store);
    assert_eq!(disk.names(), ["kiosk.db"]);
    assert!(!contains(&fs::read(disk.path()).unwrap(), b"SEALED-CANARY"));
}

#[test]
fn what_is_logged_of_an_intake_shows_nothing_personal() {
    let shown = format!("{:?}", intake());
    assert!([NAME, ID_NUMBER, ADDRESS, PHONE].iter().all(|canary| !shown.contains(canary)), "{shown}");
    assert!(shown.contains("pension-qualification"));
}
