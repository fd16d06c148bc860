//! Seals what must wait to the platform's key.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use protocol::{Belongs, SealFault, SealedBody, Sealer, SealingKey};
use seal::{Envelope, SealError};

/// Envelopes that lie ready; only with half of them gone is the thread woken, which takes longer than to seal.
const READY: usize = 8;

/// Seals with HPKE to the key that the registry names.
#[derive(Debug)]
pub struct HpkeSealer {
    key: SealingKey,
    ahead: Option<Arc<Ahead>>,
}

/// What one thread makes ready and others take.
#[derive(Debug, Default)]
struct Ahead {
    pool: Mutex<Pool>,
    wanted: Condvar,
}

#[derive(Debug, Default)]
struct Pool {
    ready: VecDeque<Envelope>,
    ended: bool,
}

impl HpkeSealer {
    /// Seals to `key`.
    #[must_use]
    pub fn new(key: SealingKey) -> Self {
        Self { key, ahead: None }
    }

    /// The same, with envelopes always made ready by a thread of its own: a resident who files waits for the disk
    /// alone. The thread ends with this.
    #[must_use]
    pub fn working_ahead(key: SealingKey) -> Self {
        let ahead = Arc::<Ahead>::default();
        let (to, works) = (key.clone(), ahead.clone());
        let thread = thread::Builder::new().name("sealer".to_owned()).spawn(move || works.fill(&to));
        Self { key, ahead: thread.is_ok().then_some(ahead) }
    }

    /// To which key.
    #[must_use]
    pub fn key(&self) -> &SealingKey {
        &self.key
    }

    fn envelope(&self) -> Result<Envelope, SealError> {
        // Without one ready, it is made here, and found out here why there can be none.
        self.ahead.as_ref().and_then(|ahead| ahead.take()).map_or_else(|| Envelope::prepare(&self.key), Ok)
    }
}

impl Drop for HpkeSealer {
    fn drop(&mut self) {
        if let Some(ahead) = &self.ahead {
            ahead.lock().ended = true;
            ahead.wanted.notify_one();
        }
    }
}

impl Ahead {
    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Envelope> {
        let mut pool = self.lock();
        let next = pool.ready.pop_front();
        let few = pool.ready.len() <= READY / 2;
        drop(pool);
        if few {
            self.wanted.notify_one();
        }
        next
    }

    /// Fills up whenever half is gone, until nobody seals any more or the key turns out to be none.
    fn fill(&self, to: &SealingKey) {
        loop {
            while self.lock().ready.len() < READY {
                let Ok(next) = Envelope::prepare(to) else { return };
                let mut pool = self.lock();
                if pool.ended {
                    return;
                }
                pool.ready.push_back(next);
            }
            let full = |pool: &mut Pool| !pool.ended && pool.ready.len() > READY / 2;
            let pool = self.wanted.wait_while(self.lock(), full).unwrap_or_else(PoisonError::into_inner);
            if pool.ended {
                return;
            }
        }
    }
}

impl Sealer for HpkeSealer {
    fn seal(&self, belongs: &Belongs<'_>, plaintext: &[u8]) -> Result<SealedBody, SealFault> {
        let Belongs { case_key, terminal_id, expires_at } = *belongs;
        let context = seal::Context { terminal_id, case_key };
        let sealed =
            self.envelope().and_then(|envelope| envelope.seal_until(&context, expires_at, plaintext));
        let sealed = sealed.map_err(|error| match error {
            SealError::TooLong | SealError::NotAuthentic => SealFault::Failed,
            _ => SealFault::UnusableKey,
        })?;
        let bytes = serde_json::to_vec(&sealed).map_err(|_| SealFault::Failed)?;
        Ok(SealedBody { media_type: seal::MEDIA_TYPE.to_owned(), bytes })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use jiff::Timestamp;
    use seal::{Context, Sealed};
    use uuid::Uuid;

    use super::*;

    fn sealed(sealer: &HpkeSealer, plaintext: &[u8]) -> Result<Sealed, SealFault> {
        let belongs =
            Belongs { case_key: Uuid::from_u128(7), terminal_id: "LZ-1", expires_at: Timestamp::UNIX_EPOCH };
        Ok(serde_json::from_slice(&sealer.seal(&belongs, plaintext)?.bytes).unwrap())
    }

    #[test]
    fn what_is_sealed_ahead_opens_and_no_envelope_is_used_twice() {
        let (secret, public) = seal::generate();
        let sealer = HpkeSealer::working_ahead(public);
        let context = Context { terminal_id: "LZ-1", case_key: Uuid::from_u128(7) };
        let mut seen = std::collections::BTreeSet::new();
        for number in 0_u8..40 {
            let sealed = sealed(&sealer, &[number; 9]).unwrap();
            assert_eq!(*seal::open(&secret, &context, &sealed).unwrap(), [number; 9]);
            assert!(seen.insert(sealed.encapsulated_key), "number {number}");
        }
    }

    #[test]
    fn a_key_that_is_none_is_told_ahead_or_not() {
        let (_, public) = seal::generate();
        let broken = SealingKey { public_key: "AAAA".to_owned(), ..public };
        for sealer in [HpkeSealer::new(broken.clone()), HpkeSealer::working_ahead(broken)] {
            assert_eq!(sealed(&sealer, b"x").err(), Some(SealFault::UnusableKey));
        }
    }

    const SOON: Duration = Duration::from_secs(5);
    /// A thread that is woken has done something by then.
    const MEANWHILE: Duration = Duration::from_millis(100);

    fn until(what: &str, is_so: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < SOON, "{what}");
            thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn envelopes_lie_ready_and_more_are_made_when_half_are_gone() {
        let sealer = HpkeSealer::working_ahead(seal::generate().1);
        let ahead = sealer.ahead.clone().unwrap();
        let ready = || ahead.lock().ready.len();
        // A thread that has filled up only just now may look once more before it sleeps.
        let nobody_is_woken_for_a_few = || {
            until("filled up", || ready() == READY);
            thread::sleep(MEANWHILE);
            for _ in READY / 2 + 1..READY {
                assert!(ahead.take().is_some());
            }
            thread::sleep(MEANWHILE);
            ready() == READY / 2 + 1
        };
        assert!((0..10).any(|_| nobody_is_woken_for_a_few()));
        assert!(ahead.take().is_some());
        until("filled up again", || ready() == READY);
        thread::sleep(MEANWHILE);
        assert_eq!(ready(), READY, "and no more than that");
    }

    #[test]
    fn the_thread_ends_with_the_sealer() {
        let sealer = HpkeSealer::working_ahead(seal::generate().1);
        let ahead = Arc::downgrade(sealer.ahead.as_ref().unwrap());
        until("filled up", || ahead.upgrade().is_some_and(|ahead| ahead.lock().ready.len() == READY));
        drop(sealer);
        until("ended", || ahead.strong_count() == 0);
    }
}
