//! A kiosk tells its audit log, with the store, the key and the client that kiosks use, and what it cannot hide.

use audit::DeviceKey;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use courier::audit_report;
use outbox::Store;
use platform_client::{CallError, Client};
use protocol::{AuditReport, AuditStanding};

use crate::{database, enrolling::Called, fixture::NOW};

struct Kiosk {
    client: Client,
    key: DeviceKey,
    folder: tempfile::TempDir,
    store: Store,
}

impl Kiosk {
    async fn new(platform: &Called, name: &str) -> Self {
        let (membership, key) = platform.kiosk(name).await;
        let client = platform.client(&membership, &key);
        let key = DeviceKey::from_pkcs8(key.pkcs8()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder, "kiosk.db");
        Self { client, key, folder, store }
    }

    /// So many more things happen.
    fn happens(&mut self, times: u64) {
        for number in 0..times {
            self.store.record_check("reader", true, number, NOW.parse().unwrap()).unwrap();
        }
    }

    fn report(&self, standing: &AuditStanding) -> AuditReport {
        audit_report(&self.store, standing, &self.key).unwrap().unwrap()
    }

    /// All that the platform does not know.
    async fn tells(&self) -> AuditStanding {
        let mut standing = self.client.audit_standing().await.unwrap();
        while let Some(report) = audit_report(&self.store, &standing, &self.key).unwrap() {
            standing = self.client.tell_audit(&report).await.unwrap();
        }
        standing
    }
}

fn open(folder: &tempfile::TempDir, name: &str) -> Store {
    Store::open(folder.path().join(name), NOW.parse().unwrap()).unwrap().0
}

/// Which faults the access audit has, oldest first.
fn faults(platform: &Called) -> Vec<String> {
    let sql =
        "SELECT action || ' ' || subject FROM access_audit WHERE action LIKE 'kiosk-audit-%' ORDER BY place";
    database::texts(platform.here.directory.path(), sql)
}

fn kind(refused: Result<AuditStanding, CallError>) -> String {
    match refused.unwrap_err() {
        CallError::Refused(problem) => problem.name().to_owned(),
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_told_piece_by_piece_and_again_without_harm() {
    let platform = Called::new().await;
    let mut kiosk = Kiosk::new(&platform, "LZ-0001").await;
    kiosk.happens(1_100);
    assert_eq!(kiosk.client.audit_standing().await.unwrap(), AuditStanding::default());
    let first = kiosk.report(&AuditStanding::default());
    assert_eq!(kiosk.tells().await.seq, 1_101, "and the entry of the new store");
    kiosk.happens(2);
    let known = kiosk.tells().await;
    assert_eq!(known.seq, 1_103);
    assert_eq!(kiosk.client.tell_audit(&first).await.unwrap(), known, "one whose answer was late");
    assert_eq!(faults(&platform), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_are_left_out_are_seen() {
    let platform = Called::new().await;
    let mut kiosk = Kiosk::new(&platform, "LZ-0001").await;
    kiosk.tells().await;
    kiosk.happens(5);
    let hash = BASE64_STANDARD.encode(kiosk.store.audit_log(3, 1).unwrap()[0].hash);
    let later = AuditStanding { seq: 3, hash };
    assert_eq!(kiosk.client.tell_audit(&kiosk.report(&later)).await.unwrap().seq, 6);
    assert_eq!(faults(&platform), ["kiosk-audit-gap LZ-0001"]);
    kiosk.happens(1);
    assert_eq!(kiosk.tells().await.seq, 7);
    assert_eq!(faults(&platform).len(), 1, "what follows is in order again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_written_anew_is_seen() {
    let platform = Called::new().await;
    let mut kiosk = Kiosk::new(&platform, "LZ-0001").await;
    kiosk.happens(5);
    kiosk.tells().await;
    kiosk.store = open(&kiosk.folder, "other.db");
    assert_eq!(kiosk.tells().await.seq, 1, "shorter");
    kiosk.store = open(&kiosk.folder, "another.db");
    kiosk.happens(9);
    assert_eq!(kiosk.tells().await.seq, 10, "longer, with others at the same numbers");
    let fork = "kiosk-audit-fork LZ-0001";
    assert_eq!(faults(&platform), [fork]);
    kiosk.store = open(&kiosk.folder, "third.db");
    kiosk.store.record_restart(7, NOW.parse().unwrap()).unwrap();
    kiosk.happens(20);
    kiosk.tells().await;
    assert_eq!(faults(&platform), [fork, fork]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_device_has_not_signed_is_refused_and_seen() {
    let platform = Called::new().await;
    let mut kiosk = Kiosk::new(&platform, "LZ-0001").await;
    kiosk.happens(3);
    let good = kiosk.report(&AuditStanding::default());
    let mut changed = good.clone();
    changed.entries[1].details = "{}".to_owned();
    let other = Kiosk::new(&platform, "LZ-0002").await;
    for (report, of) in [(&changed, &kiosk), (&good, &other)] {
        assert_eq!(kind(of.client.tell_audit(report).await), "audit-signature-wrong");
    }
    assert_eq!(kiosk.client.audit_standing().await.unwrap().seq, 0);
    let seen = ["kiosk-audit-signature LZ-0001", "kiosk-audit-signature LZ-0002"];
    assert_eq!(faults(&platform), seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_piece_of_a_log_is_refused() {
    let platform = Called::new().await;
    let mut kiosk = Kiosk::new(&platform, "LZ-0001").await;
    kiosk.happens(3);
    let good = kiosk.report(&AuditStanding::default());
    let bad: [fn(&mut AuditReport); 6] = [
        |report| report.entries.clear(),
        |report| drop(report.entries.remove(1)),
        |report| report.previous.push('!'),
        |report| report.previous.clear(),
        |report| report.signature = "?".to_owned(),
        |report| report.entries[3].seq = u64::MAX,
    ];
    for change in bad {
        let mut report = good.clone();
        change(&mut report);
        assert_eq!(kind(kiosk.client.tell_audit(&report).await), "audit-report-malformed");
    }
    assert_eq!(kiosk.client.tell_audit(&good).await.unwrap().seq, 4);
}
