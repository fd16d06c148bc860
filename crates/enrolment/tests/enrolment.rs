//! Invitations, keys, certificates, and the folder.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{fs, os::unix::fs::PermissionsExt as _};

use config_apply::Folder as Disk;
use jiff::{SignedDuration, Timestamp};
use kiosk_enrolment::{
    Certificate, Code, DeviceKey, Folder, FolderError, Invitation, Membership, Pin, est,
    renewal::{self, Standing},
    statement::{self, BadStatement},
};
use proptest::prelude::*;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DnType, IsCa, Issuer, KeyPair,
};

/// An authority of these tests: its certificate, and one that it gave to `key`.
fn admitted(
    key: &DeviceKey,
    name: &str,
    begin: (i32, u8, u8),
    end: (i32, u8, u8),
) -> (Certificate, Certificate) {
    let authority = KeyPair::generate().unwrap();
    let mut root = CertificateParams::default();
    root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let issuer = Issuer::from_params(&root, &authority);
    let asked = CertificateSigningRequestParams::from_der(&key.request().unwrap().into()).unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(begin.0, begin.1, begin.2);
    params.not_after = rcgen::date_time_ymd(end.0, end.1, end.2);
    let own = params.signed_by(&asked.public_key, &issuer).unwrap();
    let root = root.self_signed(&authority).unwrap();
    (Certificate::from_der(root.der()).unwrap(), Certificate::from_der(own.der()).unwrap())
}

fn membership(key: &DeviceKey) -> Membership {
    let (root, certificate) = admitted(key, "LZ-0001", (2026, 9, 1), (2026, 11, 30));
    Membership { url: "https://platform.example:8443/".to_owned(), root, certificate }
}

#[test]
fn what_is_typed_by_hand_is_read_as_it_was_meant() {
    let code = Code::generate().unwrap();
    let shown = code.to_string();
    assert_eq!(shown.len(), 19, "{shown}");
    assert_eq!(shown.to_lowercase().parse(), Ok(code.clone()));
    assert_eq!(shown.replace('-', " ").replace('0', "O").replace('1', "l").parse(), Ok(code.clone()));
    assert_ne!(Code::generate().unwrap(), code);
    for wrong in ["", "ABCD", &shown[1..], &format!("{shown}0"), "UUUU-UUUU-UUUU-UUUU", "示例示例示例示例"]
    {
        assert!(wrong.parse::<Code>().is_err(), "{wrong}");
    }
    assert!(!format!("{code:?}").contains(&shown[..4]));
}

#[test]
fn an_invitation_is_whole_or_refused_with_what_is_wrong() {
    let pin = "0000-0000-0000-0000-0000-0000-0000-0000";
    let code = "ABCD-EFGH-JKMN-PQRS";
    for (text, told) in [
        ("", "https://PLATFORM/#NAME/PIN/CODE"),
        ("https://p/", "https://PLATFORM/#NAME/PIN/CODE"),
        (&format!("https://p/#LZ-0001/{pin}"), "https://PLATFORM/#NAME/PIN/CODE"),
        (&format!("http://p/#LZ-0001/{pin}/{code}"), "https://"),
        (&format!("https:///#LZ-0001/{pin}/{code}"), "https://PLATFORM"),
        (&format!("https://p/#LZ 1/{pin}/{code}"), "kiosk's name"),
        (&format!("https://p/#LZ-0001/{code}/{code}"), "pin"),
        (&format!("https://p/#LZ-0001/{pin}/{pin}"), "code"),
    ] {
        let error = text.parse::<Invitation>().unwrap_err().to_string();
        assert!(error.contains(told), "{text}: {error}");
    }
}

#[test]
fn the_key_is_made_once_and_is_for_its_owners_eyes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("identity");
    let made = DeviceKey::load_or_make(&mut Disk::open(&path).unwrap()).unwrap();
    let again = DeviceKey::load_or_make(&mut Disk::open(&path).unwrap()).unwrap();
    assert_eq!(made.pkcs8(), again.pkcs8());
    assert_eq!(fs::metadata(path.join(DeviceKey::FILE)).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(ring::signature::Ed25519KeyPair::from_pkcs8(made.pkcs8()).is_ok());
    fs::write(path.join(DeviceKey::FILE), b"not a key").unwrap();
    assert!(DeviceKey::load(&Disk::open(&path).unwrap()).is_err());
}

#[test]
fn the_folder_gives_back_what_was_joined_and_refuses_a_certificate_of_another_key() {
    let place = tempfile::tempdir().unwrap();
    let mut folder = Folder::new(Disk::open(place.path()).unwrap());
    assert!(folder.load().unwrap().is_none());
    let key = folder.key_or_make().unwrap();
    assert!(folder.load().unwrap().is_none(), "a key alone is no kiosk");
    let stranger = DeviceKey::generate().unwrap();
    assert!(matches!(folder.join(&membership(&stranger), &key), Err(FolderError::OtherKey)));
    let joined = membership(&key);
    folder.join(&joined, &key).unwrap();
    let (found, found_key) = folder.load().unwrap().unwrap();
    assert_eq!((found.name(), &found), ("LZ-0001", &joined));
    assert_eq!(found_key.pkcs8(), key.pkcs8());
}

#[test]
fn a_kiosk_that_has_lost_its_key_is_not_one_that_never_was() {
    let place = tempfile::tempdir().unwrap();
    let mut folder = Folder::new(Disk::open(place.path()).unwrap());
    let key = folder.key_or_make().unwrap();
    folder.join(&membership(&key), &key).unwrap();
    fs::remove_file(place.path().join(DeviceKey::FILE)).unwrap();
    assert!(matches!(folder.load(), Err(FolderError::Malformed(_))));
}

#[test]
fn a_wipe_leaves_nothing_and_one_that_was_cut_short_is_known() {
    let place = tempfile::tempdir().unwrap();
    let mut folder = Folder::new(Disk::open(place.path()).unwrap());
    let key = folder.key_or_make().unwrap();
    folder.join(&membership(&key), &key).unwrap();
    folder.remember("trusted.json", b"{}").unwrap();
    fs::rename(place.path().join("membership.json"), place.path().join("leaving.json")).unwrap();
    assert!(folder.load().unwrap().is_none() && folder.is_leaving().unwrap());
    folder.wipe().unwrap();
    assert!(!folder.is_leaving().unwrap());
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["revoked"], "a machine that was revoked is not one that was never enrolled");
    assert!(folder.is_revoked().unwrap());
    let key = folder.key_or_make().unwrap();
    folder.join(&membership(&key), &key).unwrap();
    assert!(!folder.is_revoked().unwrap());
}

#[test]
fn est_carries_certificates_both_ways() {
    let key = DeviceKey::generate().unwrap();
    let Membership { root, certificate, .. } = membership(&key);
    let text = est::write_certificates(&[&root, &certificate]).unwrap();
    assert!(text.lines().all(|line| line.len() <= 76));
    let mut read = est::read_certificates(text.as_bytes()).unwrap();
    read.sort_by_key(|certificate| certificate.common_name() != Some("LZ-0001"));
    assert_eq!(read, [certificate, root]);
    for wrong in ["", "示例", "AAAA", &est::to_base64(root_der(&read))] {
        assert!(est::read_certificates(wrong.as_bytes()).is_err(), "{wrong}");
    }
}

fn root_der(certificates: &[Certificate]) -> &[u8] {
    certificates[1].der()
}

#[test]
fn a_pin_is_of_the_key_and_not_of_the_certificate() {
    let key = DeviceKey::generate().unwrap();
    let (one, _) = admitted(&key, "LZ-0001", (2026, 9, 1), (2026, 11, 30));
    let (other, _) = admitted(&key, "LZ-0001", (2026, 9, 1), (2026, 11, 30));
    assert_eq!(Pin::of(&one).to_string().parse(), Ok(Pin::of(&one)));
    assert_ne!(Pin::of(&one), Pin::of(&other));
}

#[test]
fn a_certificate_is_renewed_after_two_thirds_and_for_thirty_days_after_its_end() {
    let key = DeviceKey::generate().unwrap();
    let (_, certificate) = admitted(&key, "LZ-0001", (2026, 9, 1), (2026, 11, 30));
    let begin: Timestamp = "2026-09-01T00:00:00Z".parse().unwrap();
    let on = |day: i64| renewal::standing(&certificate, begin + SignedDuration::from_hours(24 * day));
    assert_eq!([on(-9000), on(0), on(59)], [Standing::Fresh; 3]);
    assert_eq!([on(60), on(89)], [Standing::Due; 2]);
    assert_eq!([on(91), on(119)], [Standing::Expired; 2]);
    assert_eq!(on(121), Standing::Lapsed);
    for last_contact in 0..=59 {
        assert_ne!(on(last_contact + 60), Standing::Lapsed, "away from day {last_contact} for sixty days");
    }
    assert_eq!(renewal::at_least(&certificate, Timestamp::UNIX_EPOCH), begin, "the clock has stopped");
}

const ABOUT: &str = "kiosk-readiness";

fn said(at: &str) -> (Certificate, String) {
    let key = DeviceKey::generate().unwrap();
    let (root, certificate) = admitted(&key, "LZ-0001", (2026, 9, 1), (2026, 11, 30));
    let says = serde_json::json!({"program": "0.1.0"}).as_object().unwrap().clone();
    let text = statement::sign(ABOUT, says, at.parse().unwrap(), &key, &certificate).unwrap();
    (root, text)
}

#[test]
fn what_a_kiosk_says_is_checked_with_the_root_alone() {
    let now = "2026-12-25T00:00:00Z".parse().unwrap();
    let (root, text) = said("2026-11-25T08:00:00Z");
    let statement = statement::check(&format!(" {text}\n"), ABOUT, &root, now).unwrap();
    assert_eq!((statement.kiosk.as_str(), statement.says["program"].as_str()), ("LZ-0001", Some("0.1.0")));
    assert_eq!(statement.at, "2026-11-25T08:00:00Z".parse().unwrap());
    assert!(text.len() < 1_273, "a QR code of 113 modules holds 1,273 bytes: {}", text.len());

    let check = |text: &str, about: &str, root: &Certificate| statement::check(text, about, root, now);
    let (other_root, other) = said("2026-11-25T08:00:00Z");
    assert_eq!(check(&text, ABOUT, &other_root), Err(BadStatement::Stranger));
    assert_eq!(check(&text, "something-else", &root), Err(BadStatement::Purpose));
    let (signed, _) = text.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    assert_eq!(check(&format!("{signed}.{signature}"), ABOUT, &root), Err(BadStatement::Forged));
    let (late_root, late) = said("2026-12-01T08:00:00Z");
    assert_eq!(
        check(&late, ABOUT, &late_root),
        Err(BadStatement::Stranger),
        "after its certificate has ended"
    );
    let early = "2026-11-25T07:59:59Z".parse().unwrap();
    assert_eq!(statement::check(&text, ABOUT, &root, early), Err(BadStatement::Future));
}

proptest! {
    #[test]
    fn a_statement_that_was_changed_anywhere_is_refused(at in 0_usize..2_000, to in "[A-Za-z0-9_.=-]") {
        let now = "2026-12-25T00:00:00Z".parse().unwrap();
        let (root, text) = said("2026-11-25T08:00:00Z");
        let at = at % text.len();
        let changed = format!("{}{to}{}", &text[..at], &text[at + 1..]);
        prop_assume!(changed != text);
        prop_assert!(statement::check(&changed, ABOUT, &root, now).is_err());
    }

    #[test]
    fn any_text_is_a_statement_or_refused(text in "\\PC{0,60}\\.\\PC{0,60}\\.\\PC{0,60}") {
        let (root, _) = said("2026-11-25T08:00:00Z");
        prop_assert!(statement::check(&text, ABOUT, &root, Timestamp::MAX).is_err());
    }
    #[test]
    fn what_is_no_certificate_is_an_error_and_nothing_worse(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Certificate::from_der(&bytes).is_err());
        prop_assert!(est::read_certificates(&bytes).is_err());
        prop_assert!(est::read_certificates(est::to_base64(&bytes).as_bytes()).is_err());
    }

    #[test]
    fn a_damaged_answer_is_an_error_or_other_certificates(at in 0_usize..400, bit in 0_u8..8) {
        let key = DeviceKey::generate().unwrap();
        let Membership { certificate, .. } = membership(&key);
        let mut der = est::from_base64(est::write_certificates(&[&certificate]).unwrap().as_bytes()).unwrap();
        let own = certificate.der();
        let begin = der.windows(own.len()).position(|part| part == own).unwrap();
        let at = at % der.len();
        der[at] ^= 1 << bit;
        if let Ok(read) = est::read_certificates(est::to_base64(&der).as_bytes()) {
            let inside = (begin..begin + own.len()).contains(&at);
            prop_assert!(read != [certificate] || !inside, "a damaged certificate was read as a whole one");
        }
    }

    #[test]
    fn any_text_is_an_invitation_or_refused(text in "\\PC{0,120}") {
        if let Ok(invitation) = text.parse::<Invitation>() {
            prop_assert_eq!(invitation.to_string().parse(), Ok(invitation));
        }
    }
}
