//! Pages of materials: with their case or not at all, behind it, each under a key of its own.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use kiosk_outbox::{
    Belongs, CASE_ENDED, DeliveryKind, Due, Full, Limits, Recorded, SealFault, SealedBody, Sealer, Store,
    StoreError,
};
use protocol::{Channel, MaterialPage};

use crate::support::{Disk, PICTURE, Turned, at, photographed, photographed_bundle, rating, turned_back};

fn record(store: &mut Store) -> Recorded {
    store.record_case(&photographed(), &Turned, at(0)).unwrap()
}

/// Everything that can be delivered, in the order in which it goes.
fn deliver(store: &mut Store, seconds: i64) -> Vec<Due> {
    let next = || {
        let due = store.next_due(at(seconds)).unwrap()?;
        store.settle_delivered(due.id, at(seconds)).unwrap();
        Some(due)
    };
    std::iter::from_fn(next).collect()
}

fn kinds(calls: &[Due]) -> Vec<DeliveryKind> {
    calls.iter().map(|due| due.kind).collect()
}

#[test]
fn pages_follow_their_case_in_order_and_a_rating_follows_them() {
    use DeliveryKind::{Case, Material, Rating};
    let disk = Disk::new();
    let case = record(&mut disk.open());
    let mut store = disk.open();
    store.record_rating(&rating(case.case_key), at(1)).unwrap();
    assert_eq!(store.waiting_count(), Ok(5));
    let calls = deliver(&mut store, 2);
    assert_eq!(kinds(&calls), [Case, Material, Material, Material, Rating]);
    let keys: BTreeSet<_> = calls.iter().map(|due| due.idempotency_key).collect();
    assert_eq!(keys.len(), 5, "each call has a key of its own");
    let told = calls[1..4].iter().map(|due| {
        assert_eq!((due.case_key, due.terminal_id.as_deref()), (case.case_key, Some("kiosk-1")));
        assert_eq!((due.kind.path(), due.media_type.as_str()), ("/api/v1/materials", "application/x-turned"));
        let page: MaterialPage = serde_json::from_slice(&turned_back(&due.body)).unwrap();
        assert_eq!(BASE64_STANDARD.decode(&page.content).unwrap(), PICTURE.repeat(200));
        assert_eq!((page.case_key, page.channel, page.made_at), (case.case_key, Channel::Kiosk, at(-30)));
        assert_eq!((page.media_type.as_str(), page.terminal_id.as_deref()), ("image/jpeg", Some("kiosk-1")));
        (page.material, page.page, page.pages)
    });
    assert_eq!(told.collect::<Vec<_>>(), [(2, 1, 2), (2, 2, 2), (3, 1, 1)]);
}

/// The bundle has arrived, and before its pages go the power fails. What the disk says of the bundle by then may be lost,
/// too: then it goes again under its key, to the same answer.
#[test]
fn pages_of_a_bundle_outlive_a_power_cut_between_it_and_them() {
    use DeliveryKind::{Bundle, Material};
    let disk = Disk::new();
    let recorded = disk.open().record_case(&photographed_bundle(), &Turned, at(0)).unwrap();
    let before = disk.copied();
    let mut store = disk.open();
    let bundle = store.next_due(at(1)).unwrap().unwrap();
    assert_eq!((bundle.kind, bundle.idempotency_key), (Bundle, recorded.case_key));
    store.settle_delivered(bundle.id, at(1)).unwrap();
    drop(store);

    let pages = deliver(&mut disk.open(), 2);
    assert_eq!(kinds(&pages), [Material, Material, Material]);
    let told = pages.iter().map(|due| {
        let page: MaterialPage = serde_json::from_slice(&turned_back(&due.body)).unwrap();
        assert_eq!((page.case_key, due.case_key), (recorded.case_key, recorded.case_key));
        assert_eq!(BASE64_STANDARD.decode(&page.content).unwrap(), PICTURE.repeat(200));
        (page.item.clone().unwrap(), page.material, page.page, page.pages)
    });
    let [one, other] = ["loss", "replacement"].map(str::to_owned);
    assert_eq!(told.collect::<Vec<_>>(), [(one.clone(), 2, 1, 2), (one, 2, 2, 2), (other, 3, 1, 1)]);

    let again = deliver(&mut before.open(), 2);
    let sent = std::iter::once(&bundle).chain(&pages);
    assert!(again.iter().map(|due| &due.delivery).eq(sent.map(|due| &due.delivery)), "the same, in order");
}

#[test]
fn pages_of_a_bundle_that_is_refused_wait_with_it_and_end_with_it() {
    let mut store = Disk::new().open();
    let bundle = store.record_case(&photographed_bundle(), &Turned, at(0)).unwrap();
    store.settle_refused(bundle.id, "urn:x", 422, at(1)).unwrap();
    assert_eq!((store.next_due(at(9)), store.next_due_at()), (Ok(None), Ok(None)));
    assert_eq!(store.parked().unwrap()[0].held_back, 3);
    store.replay(bundle.id, at(10)).unwrap();
    assert_eq!(store.waiting_count(), Ok(4));
    store.settle_refused(bundle.id, "urn:x", 422, at(11)).unwrap();
    store.close(bundle.id, at(12)).unwrap();
    let ended = store.tombstones().unwrap();
    assert_eq!(ended.iter().filter(|call| call.reason == CASE_ENDED).count(), 3);
    assert_eq!(store.undelivered(), Ok(0));
}

#[test]
fn no_page_goes_before_its_case_and_none_without_it() {
    let mut store = Disk::new().open();
    let case = record(&mut store);
    store.settle_retry(case.id, None, "unreachable", at(0)).unwrap();
    assert_eq!(store.next_due(at(0)), Ok(None));
    store.settle_refused(case.id, "urn:x", 422, at(1)).unwrap();
    assert_eq!(
        (store.next_due(at(9)), store.next_due_at(), store.waiting_count()),
        (Ok(None), Ok(None), Ok(0))
    );
    assert_eq!(store.parked().unwrap()[0].held_back, 3);
    store.close(case.id, at(2)).unwrap();
    let ended = store.tombstones().unwrap();
    assert_eq!(ended.iter().filter(|call| call.reason == CASE_ENDED).count(), 3);
    assert_eq!(store.undelivered(), Ok(0));
}

#[test]
fn a_page_that_is_refused_holds_nothing_back() {
    use DeliveryKind::{Material, Rating};
    let mut store = Disk::new().open();
    let case = record(&mut store);
    store.record_rating(&rating(case.case_key), at(1)).unwrap();
    store.settle_delivered(case.id, at(2)).unwrap();
    let first = store.next_due(at(2)).unwrap().unwrap();
    store.settle_refused(first.id, "urn:x", 413, at(2)).unwrap();
    assert_eq!(store.waiting_count(), Ok(3));
    let parked = store.parked().unwrap();
    assert_eq!((parked[0].kind, parked[0].held_back, parked[0].pickup_code.clone()), (Material, 0, None));
    assert_eq!(kinds(&deliver(&mut store, 3)), [Material, Material, Rating]);
    store.replay(first.id, at(4)).unwrap();
    assert_eq!(deliver(&mut store, 4)[0].delivery, first.delivery, "with the bytes and the key it had");
}

#[test]
fn a_page_that_must_wait_keeps_its_place() {
    let mut store = Disk::new().open();
    let case = record(&mut store);
    store.record_rating(&rating(case.case_key), at(1)).unwrap();
    store.settle_delivered(case.id, at(2)).unwrap();
    let first = store.next_due(at(2)).unwrap().unwrap();
    let again = store.settle_retry(first.id, None, "server-error", at(2)).unwrap();
    assert_eq!((store.next_due(at(2)), store.next_due_at()), (Ok(None), Ok(Some(again))));
    assert_eq!(store.waiting_count(), Ok(4));
}

/// What the platform knows of a call before it is open is its key.
#[test]
fn each_body_is_sealed_to_the_key_it_is_sent_under() {
    struct Noting(RefCell<Vec<uuid::Uuid>>);
    impl Sealer for Noting {
        fn seal(&self, belongs: &Belongs<'_>, plaintext: &[u8]) -> Result<SealedBody, SealFault> {
            self.0.borrow_mut().push(belongs.case_key);
            Turned.seal(belongs, plaintext)
        }
    }
    let (mut store, noting) = (Disk::new().open(), Noting(RefCell::default()));
    store.record_case(&photographed(), &noting, at(0)).unwrap();
    let keys: Vec<_> = deliver(&mut store, 0).iter().map(|due| due.idempotency_key).collect();
    assert_eq!(*noting.0.borrow(), keys);
}

/// A sealer that fails on one of its calls, and a disk that refuses one of the rows.
#[test]
fn what_fails_in_the_middle_leaves_nothing() {
    struct FailsAt(Cell<u32>);
    impl Sealer for FailsAt {
        fn seal(&self, belongs: &Belongs<'_>, plaintext: &[u8]) -> Result<SealedBody, SealFault> {
            self.0.set(self.0.get() - 1);
            if self.0.get() == 0 { Err(SealFault::Failed) } else { Turned.seal(belongs, plaintext) }
        }
    }
    let disk = Disk::new();
    let mut store = disk.open();
    for call in 1..=4 {
        let failed = store.record_case(&photographed(), &FailsAt(Cell::new(call)), at(0));
        assert_eq!(failed, Err(StoreError::Seal(SealFault::Failed)), "call {call}");
        assert_eq!(store.undelivered(), Ok(0));
    }
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON outbox
                  WHEN (SELECT count(*) FROM outbox) = 2 BEGIN SELECT RAISE(ABORT, 'full'); END";
    disk.sql().execute_batch(refuse).unwrap();
    assert!(store.record_case(&photographed(), &Turned, at(0)).is_err());
    assert_eq!(store.undelivered(), Ok(0), "the case is not there without its pages");
}

#[test]
fn every_page_counts() {
    let mut store = Disk::new().open().with_limits(Limits { count: 4, ..Limits::default() });
    record(&mut store);
    assert_eq!(store.may_take_case(at(0)), Err(Full::Count));
    let mut store = Disk::new().open().with_limits(Limits { bytes: 12_000, ..Limits::default() });
    record(&mut store);
    assert_eq!(store.may_take_case(at(0)), Err(Full::Bytes), "pages are what takes the room");
    deliver(&mut store, 1);
    assert_eq!(store.may_take_case(at(1)), Ok(()));
}
