//! A kiosk's day in small: a clock, an applicant who does not exist, and a sealer whose output shows nothing.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use kiosk_outbox::{
    Belongs, DeliveryKind, Intake, Page, Recorded, RowId, SealFault, SealedBody, Sealer, Store,
};
use protocol::{Applicant, Channel, Consent, IdKind, Rating, RatingLevel, Sex, Subject};
use uuid::Uuid;

pub(crate) const NAME: &str = "示例甲乙丙";
pub(crate) const ID_NUMBER: &str = "519999195201010013";
pub(crate) const ADDRESS: &str = "示例市示例区示例路二十七号";
pub(crate) const PHONE: &str = "13900005678";

/// Ten o'clock on some day, and `seconds` after it.
pub(crate) fn at(seconds: i64) -> Timestamp {
    "2026-11-24T02:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// A folder with a store in it.
pub(crate) struct Disk(tempfile::TempDir);

impl Disk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("kiosk.db")
    }

    /// Another disk that says what this one says now, while nobody has the store open.
    pub(crate) fn copied(&self) -> Self {
        let other = Self::new();
        for name in self.names() {
            std::fs::copy(self.0.path().join(&name), other.0.path().join(&name)).unwrap();
        }
        other
    }

    pub(crate) fn file(&self, ending: &str) -> PathBuf {
        self.0.path().join(format!("kiosk.db{ending}"))
    }

    pub(crate) fn open(&self) -> Store {
        Store::open(self.path(), at(0)).unwrap().0
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A look at the file by another connection.
    pub(crate) fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).unwrap()
    }
}

/// Turns every byte: enough to tell whether anything reached the disk before it was sealed.
pub(crate) struct Turned;

impl Sealer for Turned {
    fn seal(&self, _: &Belongs<'_>, plaintext: &[u8]) -> Result<SealedBody, SealFault> {
        let bytes = plaintext.iter().map(|byte| byte ^ 0x5A).collect();
        Ok(SealedBody { media_type: "application/x-turned".to_owned(), bytes })
    }
}

pub(crate) fn intake() -> Intake {
    Intake {
        subject: Subject::Item { item: "pension-qualification".to_owned(), version: 1 },
        terminal_id: "kiosk-1".to_owned(),
        received_at: at(0),
        applicant: Applicant {
            name: NAME.to_owned(),
            id_kind: IdKind::ResidentIdCard,
            id_number: ID_NUMBER.to_owned(),
            sex: Sex::Male,
            birth: jiff::civil::date(1952, 1, 1),
            nation: Some("01".to_owned()),
            address: Some(ADDRESS.to_owned()),
        },
        fields: [("phone".to_owned(), PHONE.into())].into(),
        consent: Consent { notice_version: 1, given_at: at(-60) },
        pages: Vec::new(),
        draft: None,
    }
}

/// 社保卡丢了一件事, with two items behind it.
pub(crate) fn bundle() -> Intake {
    let item_versions = [("loss".to_owned(), 2), ("replacement".to_owned(), 1)].into();
    let mut intake = intake();
    intake.subject = Subject::Bundle { bundle: "card-lost".to_owned(), version: 3, item_versions };
    intake
}

/// What stands in every picture; as many bytes as its Base64 repeats after.
pub(crate) const PICTURE: &[u8] = "示例金丝雀的户口簿".as_bytes();

/// The same with two pages of one material and one of another.
pub(crate) fn photographed() -> Intake {
    let page = |material, page, pages| Page {
        item: None,
        material,
        page,
        pages,
        media_type: "image/jpeg".to_owned(),
        content: PICTURE.repeat(200).into(),
        made_at: at(-30),
    };
    let mut intake = intake();
    intake.pages = vec![page(2, 1, 2), page(2, 2, 2), page(3, 1, 1)];
    intake
}

/// A bundle with two pages of a paper that both items need, and one of a paper of the second.
pub(crate) fn photographed_bundle() -> Intake {
    let mut intake = bundle();
    intake.pages.clone_from(&photographed().pages);
    for (page, item) in intake.pages.iter_mut().zip(["loss", "loss", "replacement"]) {
        page.item = Some(item.to_owned());
    }
    intake
}

/// What [`Turned`] was given.
pub(crate) fn turned_back(body: &[u8]) -> Vec<u8> {
    body.iter().map(|byte| byte ^ 0x5A).collect()
}

pub(crate) fn rating(case_key: Uuid) -> Rating {
    Rating { case_key, level: RatingLevel::Satisfied, rated_at: at(1), channel: Channel::Kiosk }
}

pub(crate) fn record(store: &mut Store, seconds: i64) -> Recorded {
    store.record_case(&intake(), &Turned, at(seconds)).unwrap()
}

/// What is due at that second: the row, its kind and its case.
pub(crate) fn due(store: &mut Store, seconds: i64) -> Option<(RowId, DeliveryKind, Uuid)> {
    store.next_due(at(seconds)).unwrap().map(|due| (due.id, due.kind, due.case_key))
}
