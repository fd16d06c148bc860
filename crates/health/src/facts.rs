use jiff::{SignedDuration, Timestamp};

use crate::{Board, Condition};

/// What is measured from time to time. What could not be measured is `None`, and says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// In bytes, where the store is.
    pub disk_free: Option<u64>,
    /// In thousandths of a degree Celsius, of the hottest zone.
    pub temperature: Option<i64>,
    /// When the oldest call that waits was recorded.
    pub oldest_waiting: Option<Timestamp>,
    /// Whether no case is taken any more.
    pub queue_full: bool,
    /// Calls that wait for somebody's decision.
    pub parked: u64,
    /// When the platform last said that the catalogue is right, or gave a new one.
    pub catalogue_at: Option<Timestamp>,
    /// Whether the machine's clock has lost its battery.
    pub clock_lost: bool,
    /// How far the machine's clock is from the platform's.
    pub clock_skew: Option<SignedDuration>,
    /// When this kiosk's certificate ends.
    pub certificate_until: Option<Timestamp>,
}

/// Where a quantity becomes a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In bytes; over again at one and a half times as much.
    pub disk_free: u64,
    /// In thousandths of a degree; over again five degrees lower.
    pub temperature: i64,
    /// How long a call may wait before somebody is told.
    pub waiting: SignedDuration,
    /// How old a catalogue may be.
    pub catalogue: SignedDuration,
    /// How far the clock may be off; over again at half of it.
    pub skew: SignedDuration,
    /// How long before its end a certificate should have been renewed.
    pub certificate: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            disk_free: 512 << 20,
            temperature: 85_000,
            waiting: SignedDuration::from_hours(24),
            catalogue: SignedDuration::from_hours(7 * 24),
            skew: SignedDuration::from_mins(1),
            certificate: SignedDuration::from_hours(14 * 24),
        }
    }
}

/// Five degrees.
const COOLED: i64 = 5_000;

impl Board {
    /// What the facts mean; tells whether any of it is news.
    pub fn judge(&mut self, facts: &Facts, limits: &Limits, now: Timestamp) -> bool {
        let before = self.clone();
        let older = |at: Option<Timestamp>, than| at.map(|at| now.duration_since(at) > than);
        self.disk(facts.disk_free, limits, now);
        self.heat(facts.temperature, limits, now);
        self.skew(facts.clock_skew, limits, now);
        self.certificate(facts.certificate_until, limits, now);
        self.set(Condition::QueueOld, older(facts.oldest_waiting, limits.waiting) == Some(true), now);
        self.set(Condition::QueueFull, facts.queue_full, now);
        self.set(Condition::CallsParked, facts.parked > 0, now);
        self.set(Condition::ClockLost, facts.clock_lost, now);
        if let Some(stale) = older(facts.catalogue_at, limits.catalogue) {
            self.set(Condition::CatalogueStale, stale, now);
        }
        *self != before
    }

    fn disk(&mut self, free: Option<u64>, limits: &Limits, now: Timestamp) {
        let Some(free) = free else { return };
        let enough = limits.disk_free / 2 * 3;
        let low =
            if self.stands(Condition::DiskNearlyFull) { free < enough } else { free < limits.disk_free };
        self.set(Condition::DiskNearlyFull, low, now);
    }

    fn heat(&mut self, temperature: Option<i64>, limits: &Limits, now: Timestamp) {
        let Some(temperature) = temperature else { return };
        let stands = self.stands(Condition::MachineHot);
        let limit = if stands { limits.temperature - COOLED } else { limits.temperature };
        self.set(Condition::MachineHot, temperature > limit, now);
    }

    fn skew(&mut self, skew: Option<SignedDuration>, limits: &Limits, now: Timestamp) {
        let Some(skew) = skew else { return };
        let stands = self.stands(Condition::ClockSkewed);
        let limit = if stands { limits.skew / 2 } else { limits.skew };
        self.set(Condition::ClockSkewed, skew.abs() > limit, now);
    }

    fn certificate(&mut self, until: Option<Timestamp>, limits: &Limits, now: Timestamp) {
        let left = until.map(|until| until.duration_since(now));
        let over = left.is_some_and(|left| left <= SignedDuration::ZERO);
        let soon = left.is_some_and(|left| left < limits.certificate);
        self.set(Condition::CertificateExpired, over, now);
        self.set(Condition::CertificateExpiring, soon && !over, now);
    }
}
