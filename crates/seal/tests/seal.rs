//! Sealing from the outside: what opens, and everything that must not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test")]

use base64::prelude::{BASE64_STANDARD, Engine};
use kiosk_seal::{
    ALGORITHM, Context, Envelope, Keyring, PADDING_STEP, SealError, Sealed, SecretKey, generate, open, seal,
    seal_until,
};
use proptest::prelude::*;
use uuid::Uuid;

const PLAIN: &[u8] = "{\"name\":\"示例\"}".as_bytes();

fn context() -> Context<'static> {
    Context { terminal_id: "LZ-0001", case_key: Uuid::from_u128(7) }
}

fn sealed() -> (SecretKey, Sealed) {
    let (secret, public) = generate();
    let sealed = seal(&public, &context(), PLAIN).unwrap();
    (secret, sealed)
}

/// The same base64 text with one bit of its bytes turned.
fn turned(text: &str, bit: usize) -> String {
    let mut bytes = BASE64_STANDARD.decode(text).unwrap();
    let place = bit / 8 % bytes.len();
    bytes[place] ^= 1 << (bit % 8);
    BASE64_STANDARD.encode(bytes)
}

#[test]
fn a_sealed_case_survives_json_and_a_restart_of_the_platform() {
    let (secret, sealed) = sealed();
    let wire = serde_json::to_string(&sealed).unwrap();
    let secret = SecretKey::from_bytes(&secret.to_bytes()).unwrap();
    let opened = open(&secret, &context(), &serde_json::from_str(&wire).unwrap()).unwrap();
    assert_eq!(&*opened, PLAIN);
}

#[test]
fn the_wire_shows_nothing_of_the_message_not_even_its_length() {
    let (_, public) = generate();
    let length = |plain: &[u8]| seal(&public, &context(), plain).unwrap().ciphertext.len();
    assert_eq!(length(b""), length(&[b'x'; 900]));
    assert!(length(&[b'x'; PADDING_STEP]) > length(&[b'x'; 900]));
    let again = |plain| seal(&public, &context(), plain).unwrap();
    assert_ne!(again(PLAIN), again(PLAIN), "the same case sealed twice looks different");
}

#[test]
fn another_terminal_or_another_case_cannot_use_it() {
    let (secret, sealed) = sealed();
    for other in [
        Context { terminal_id: "LZ-0002", ..context() },
        Context { terminal_id: "", ..context() },
        Context { case_key: Uuid::from_u128(8), ..context() },
    ] {
        assert_eq!(open(&secret, &other, &sealed), Err(SealError::NotAuthentic), "{other:?}");
    }
}

#[test]
fn another_key_does_not_open_it_even_under_the_same_name() {
    let (secret, sealed) = sealed();
    let (stranger, _) = generate();
    assert_eq!(
        open(&stranger, &context(), &sealed),
        Err(SealError::OtherKey {
            found: secret.key_id().to_owned(),
            expected: stranger.key_id().to_owned()
        })
    );
    let renamed = Sealed { key_id: stranger.key_id().to_owned(), ..sealed };
    assert_eq!(open(&stranger, &context(), &renamed), Err(SealError::NotAuthentic));
}

#[test]
fn a_key_id_or_an_algorithm_that_was_changed_is_told() {
    let (secret, sealed) = sealed();
    let other = Sealed { key_id: "0000000000000000".to_owned(), ..sealed.clone() };
    assert!(matches!(open(&secret, &context(), &other), Err(SealError::OtherKey { .. })));
    let other = Sealed { algorithm: ALGORITHM.replace("256", "512"), ..sealed };
    assert!(matches!(open(&secret, &context(), &other), Err(SealError::Algorithm { .. })));
}

#[test]
fn the_expiry_cannot_be_moved_or_taken_off() {
    let (secret, public) = generate();
    let until = jiff::Timestamp::from_second(1_800_000_000).unwrap();
    let sealed = seal_until(&public, &context(), until, PLAIN).unwrap();
    let wire = serde_json::to_string(&sealed).unwrap();
    let arrived: Sealed = serde_json::from_str(&wire).unwrap();
    assert_eq!(arrived.expires_at, Some(until));
    assert_eq!(&*open(&secret, &context(), &arrived).unwrap(), PLAIN);
    for moved in [None, Some(until + jiff::SignedDuration::from_secs(1)), Some(jiff::Timestamp::UNIX_EPOCH)] {
        let moved = Sealed { expires_at: moved, ..sealed.clone() };
        assert_eq!(open(&secret, &context(), &moved), Err(SealError::NotAuthentic));
    }
    let endless = Sealed { expires_at: Some(until), ..seal(&public, &context(), PLAIN).unwrap() };
    assert_eq!(open(&secret, &context(), &endless), Err(SealError::NotAuthentic));
}

#[test]
fn a_kiosk_that_was_away_while_the_key_changed_is_still_understood() {
    let (first, second, third) = (generate().0, generate().0, generate().0);
    let (first_id, second_id) = (first.key_id().to_owned(), second.key_id().to_owned());
    let mut ring = Keyring::new(first);
    let old = seal(&ring.public(), &context(), PLAIN).unwrap();
    ring.rotate(second);
    let new = seal(&ring.public(), &context(), PLAIN).unwrap();
    assert_eq!((&old.key_id, &new.key_id), (&first_id, &second_id));
    ring.rotate(third);
    for sealed in [&old, &new, &seal(&ring.public(), &context(), PLAIN).unwrap()] {
        assert_eq!(&*ring.open(&context(), sealed).unwrap(), PLAIN);
    }
    ring.retire(&first_id);
    assert!(matches!(ring.open(&context(), &old), Err(SealError::OtherKey { .. })));
    assert!(ring.open(&context(), &new).is_ok());
    let newest = ring.public().key_id;
    ring.retire(&newest);
    assert_eq!(ring.public().key_id, newest, "there is always one to seal to");
}

#[test]
fn cut_and_garbled_fields_are_told() {
    let (secret, sealed) = sealed();
    for bad in ["", "!", "AAAA", "QUJD"] {
        let cut = Sealed { encapsulated_key: bad.to_owned(), ..sealed.clone() };
        assert_eq!(open(&secret, &context(), &cut), Err(SealError::Malformed("encapsulated_key")), "{bad}");
        let cut = Sealed { ciphertext: bad.to_owned(), ..sealed.clone() };
        assert!(open(&secret, &context(), &cut).is_err(), "{bad}");
    }
    let zero = Sealed { encapsulated_key: BASE64_STANDARD.encode([0; 32]), ..sealed };
    assert!(open(&secret, &context(), &zero).is_err(), "a point of low order");
}

#[test]
fn a_damaged_public_key_is_refused_before_anything_is_sealed_to_it() {
    let (_, public) = generate();
    let mut damaged = public.clone();
    damaged.public_key = turned(&public.public_key, 3);
    assert!(matches!(seal(&damaged, &context(), PLAIN), Err(SealError::OtherKey { .. })));
    damaged.public_key = "????".to_owned();
    assert_eq!(seal(&damaged, &context(), PLAIN), Err(SealError::Malformed("the public key")));
    let newer = protocol::SealingKey { algorithm: "X-Wing".to_owned(), ..public };
    assert_eq!(seal(&newer, &context(), PLAIN), Err(SealError::Algorithm { found: "X-Wing".to_owned() }));
}

#[test]
fn an_envelope_shows_only_the_name_of_its_key() {
    let (_, key) = generate();
    let shown = format!("{:?}", Envelope::prepare(&key).unwrap());
    assert_eq!(shown, format!("Envelope {{ key_id: {:?}, .. }}", key.key_id));
}

#[test]
fn a_secret_key_shows_only_its_name() {
    let (secret, public) = generate();
    assert_eq!(format!("{secret:?}"), format!("SecretKey {{ key_id: {:?}, .. }}", public.key_id));
    assert!(SecretKey::from_bytes(&[1; 31]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_turned_bit_anywhere_is_always_found(bit in 0usize..9000) {
        let (secret, sealed) = sealed();
        let bad = Sealed { ciphertext: turned(&sealed.ciphertext, bit), ..sealed.clone() };
        prop_assert_eq!(open(&secret, &context(), &bad), Err(SealError::NotAuthentic));
        let bad = Sealed { encapsulated_key: turned(&sealed.encapsulated_key, bit), ..sealed };
        prop_assert!(open(&secret, &context(), &bad).is_err());
    }

    #[test]
    fn no_message_makes_it_panic(key in ".{0,80}", text in ".{0,80}") {
        let (secret, sealed) = sealed();
        let bad = Sealed { encapsulated_key: key, ciphertext: text, ..sealed };
        prop_assert!(open(&secret, &context(), &bad).is_err());
    }
}
