//! `Idempotency-Key` (IETF draft): a request that is sent again has happened once.
//!
//! What makes that true is the store: the answer is written in the transaction of the fact. The set of running
//! requests is a courtesy on top, which tells an impatient caller to wait instead of queueing the same work twice.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::HeaderMap;
use protocol::Problem;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::problems;

const HEADER: &str = "idempotency-key";

/// What a key is used for. A key of one operation says nothing about another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    FileCase,
    FileBundle,
    Rate,
    Material,
    Act,
    Order,
    Export,
}

impl Operation {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FileCase => "file-case",
            Self::FileBundle => "file-bundle",
            Self::Rate => "rate",
            Self::Material => "material",
            Self::Act => "act",
            Self::Order => "order",
            Self::Export => "export",
        }
    }
}

/// The key of a request, bare or as a quoted string.
pub(crate) fn key(headers: &HeaderMap) -> Result<Uuid, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let value = values.next().ok_or_else(problems::missing_key)?;
    let text = value.to_str().map_err(|_| problems::malformed_key())?.trim();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    if values.next().is_some() || bare.len() != 36 {
        return Err(problems::malformed_key());
    }
    Uuid::parse_str(bare).map_err(|_| problems::malformed_key())
}

/// What a request asks for, as a hash of its meaning: a case that was sent in the open and comes again sealed, after
/// an outage, is the same case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(crate) fn of<T: Serialize>(request: &T) -> Result<Self, serde_json::Error> {
        let canonical = Zeroizing::new(serde_json::to_vec(request)?);
        Ok(Self(Sha256::digest(&*canonical).into()))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The requests that are being worked on.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Mutex<HashSet<(Operation, Uuid)>>>);

/// Holds a key for as long as its request runs.
pub(crate) struct Ticket {
    running: Running,
    request: (Operation, Uuid),
}

impl Running {
    /// Takes the key, unless somebody has it.
    pub(crate) fn enter(&self, operation: Operation, key: Uuid) -> Result<Ticket, Problem> {
        let request = (operation, key);
        let entered = self.set().insert(request);
        if entered { Ok(Ticket { running: self.clone(), request }) } else { Err(problems::still_running()) }
    }

    fn set(&self) -> std::sync::MutexGuard<'_, HashSet<(Operation, Uuid)>> {
        // A set that a panic interrupted is still a set.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.running.set().remove(&self.request);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    const UUID: &str = "123e4567-e89b-42d3-a456-426614174000";

    fn with(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (HEADER.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn a_key_may_come_bare_or_quoted_and_is_otherwise_refused() {
        let good = UUID.parse().unwrap();
        assert_eq!(key(&with(&[UUID])), Ok(good));
        assert_eq!(key(&with(&[&format!(" \"{}\" ", UUID.to_uppercase())])), Ok(good));
        assert_eq!(key(&with(&[])), Err(problems::missing_key()));
        let simple = UUID.replace('-', "");
        let braced = format!("{{{UUID}}}");
        for bad in ["", "\"", "abc", &simple, &braced, &format!("\"{UUID}"), &format!("{UUID}, {UUID}")] {
            assert_eq!(key(&with(&[bad])), Err(problems::malformed_key()), "{bad}");
        }
        assert_eq!(key(&with(&[UUID, UUID])), Err(problems::malformed_key()), "two headers");
    }

    #[test]
    fn a_key_is_taken_until_its_request_ends_and_only_for_its_operation() {
        let running = Running::default();
        let key = UUID.parse().unwrap();
        let ticket = running.enter(Operation::FileCase, key).unwrap();
        assert!(running.enter(Operation::FileCase, key).is_err());
        assert!(running.enter(Operation::Rate, key).is_ok());
        drop(ticket);
        assert!(running.enter(Operation::FileCase, key).is_ok());
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                let _ = key(&[(HEADER.parse().unwrap(), value)].into_iter().collect());
            }
        }
    }
}
