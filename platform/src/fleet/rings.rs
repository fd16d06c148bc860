//! What a roll-out does next: decided from what the kiosks say and what time it is, without waiting for anything.
//!
//! At most [`CANARIES`] kiosks try a document first. Only after each of them has confirmed it, and nothing has gone wrong
//! for the soak time since, the next ring opens: a tenth, a half, all. One kiosk that gives the document up, gets ill or
//! falls silent halts it, and nobody else is let in before somebody has looked.

use std::collections::BTreeSet;

use config_trust::sha256;
use health::{Condition, Severity};
use jiff::{SignedDuration, Timestamp};
use protocol::{Ailment, ConfigPhase, Desired, Heartbeat, Reported};

use super::heartbeat::SILENT;

/// So many kiosks try a document before all others.
pub(super) const CANARIES: usize = 3;
/// How much of all kiosks the later rings reach, in percent.
const SHARES: [usize; 3] = [10, 50, 100];

/// A kiosk that shall get a document.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) name: String,
    /// The community that it stands in.
    pub(super) community: Option<String>,
    pub(super) beat: Option<(Heartbeat, Timestamp)>,
}

impl Candidate {
    /// Whether something can be learned of it: it is heard of.
    fn is_online(&self, now: Timestamp) -> bool {
        self.beat.as_ref().is_some_and(|(_, heard)| now.duration_since(*heard) <= SILENT)
    }

    fn is_well(&self, now: Timestamp) -> bool {
        let ails = |ailment: &Ailment| severity(ailment) > Severity::Notice;
        self.is_online(now) && self.beat.as_ref().is_some_and(|(beat, _)| !beat.ailments.iter().any(ails))
    }
}

/// A code that is not in the catalogue is a newer kiosk's; nothing is known of it, and so nothing good.
fn severity(ailment: &Ailment) -> Severity {
    Condition::of_code(&ailment.code).map_or(Severity::Degraded, Condition::severity)
}

/// Why nobody can go first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCanary {
    /// None is online and well.
    #[error("found no kiosk that is online and well, expected one to go first")]
    Nobody,
    /// More were chosen than may go first.
    #[error("found {0} chosen to go first, expected three at most")]
    TooMany(usize),
    /// One was chosen for whom there is no document.
    #[error("found {0} chosen to go first, which gets nothing new")]
    Stranger(String),
    /// One was chosen of whom nothing is heard.
    #[error("found {0} chosen to go first, which is silent: nothing can be learned of it")]
    Silent(String),
}

/// Who goes with which ring: those chosen first, or else kiosks that are online and well, of different communities as far
/// as there are. The order of the others has no pattern, and is the same every time.
pub(super) fn rings(
    candidates: &[Candidate],
    chosen: &[String],
    now: Timestamp,
) -> Result<Vec<Vec<String>>, NoCanary> {
    let mut all: Vec<&Candidate> = candidates.iter().collect();
    all.sort_by_key(|candidate| sha256(candidate.name.as_bytes()));
    let canaries = if chosen.is_empty() { by_rule(&all, now) } else { by_choice(&all, chosen, now)? };
    if canaries.is_empty() {
        return Err(NoCanary::Nobody);
    }
    let mut others = all.iter().map(|candidate| &candidate.name).filter(|name| !canaries.contains(name));
    let mut reached = canaries.len();
    let mut rings = vec![canaries.clone()];
    for share in SHARES {
        let target = (all.len() * share).div_ceil(100);
        let ring: Vec<String> = others.by_ref().take(target.saturating_sub(reached)).cloned().collect();
        reached += ring.len();
        rings.extend((!ring.is_empty()).then_some(ring));
    }
    Ok(rings)
}

fn by_rule(all: &[&Candidate], now: Timestamp) -> Vec<String> {
    let well = all.iter().copied().filter(|candidate| candidate.is_well(now));
    let mut communities = BTreeSet::new();
    let (first, rest): (Vec<&Candidate>, Vec<&Candidate>) =
        well.partition(|candidate| communities.insert(&candidate.community));
    first.into_iter().chain(rest).take(CANARIES).map(|candidate| candidate.name.clone()).collect()
}

fn by_choice(all: &[&Candidate], chosen: &[String], now: Timestamp) -> Result<Vec<String>, NoCanary> {
    let chosen: BTreeSet<&String> = chosen.iter().collect();
    if chosen.len() > CANARIES {
        return Err(NoCanary::TooMany(chosen.len()));
    }
    for name in &chosen {
        let candidate = all.iter().find(|candidate| candidate.name == **name);
        let candidate = candidate.ok_or_else(|| NoCanary::Stranger((*name).clone()))?;
        if !candidate.is_online(now) {
            return Err(NoCanary::Silent((*name).clone()));
        }
    }
    Ok(chosen.into_iter().cloned().collect())
}

/// One kiosk of a roll-out, and what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) ring: u32,
    /// What it shall have.
    pub(super) document: Desired,
    pub(super) back_version: u64,
    /// Since when it may have it.
    pub(crate) released_at: Option<Timestamp>,
    /// Since when it is known to have confirmed it.
    pub(crate) confirmed_at: Option<Timestamp>,
    /// Somebody has gone on in spite of it.
    pub(crate) excused: bool,
    /// It is no kiosk any more.
    pub(super) revoked: bool,
    pub(super) report: Option<(Reported, Timestamp)>,
    pub(super) beat: Option<(Heartbeat, Timestamp)>,
}

impl Member {
    /// Whether it says that the document has proved itself.
    pub(super) fn says_confirmed(&self) -> bool {
        let confirmed = self.report.as_ref().and_then(|(report, _)| report.confirmed.as_ref());
        self.released_at.is_some() && confirmed == Some(&self.document)
    }

    /// Whether it has tried the document and given it up.
    pub(crate) fn has_reverted(&self) -> bool {
        self.report.as_ref().is_some_and(|(report, _)| {
            report.phase == ConfigPhase::Reverted && report.newest.as_ref() == Some(&self.document)
        })
    }

    /// It counts once it may have the document; not if it was silent then and is still, or has been excused.
    fn counts(&self, now: Timestamp) -> bool {
        let Some(released) = self.released_at else { return false };
        !self.excused && !self.revoked && (!self.is_silent(now) || self.was_heard_before(released))
    }

    fn is_silent(&self, now: Timestamp) -> bool {
        self.beat.as_ref().is_none_or(|(_, heard)| now.duration_since(*heard) > SILENT)
    }

    fn was_heard_before(&self, released: Timestamp) -> bool {
        self.beat.as_ref().is_some_and(|(_, heard)| released.duration_since(*heard) <= SILENT)
    }

    /// What has gone wrong with it since it may have the document, in its own words where it has any.
    pub(crate) fn trouble(&self, now: Timestamp) -> Option<String> {
        let released = self.released_at.filter(|_| self.counts(now))?;
        self.gave_up(released).or_else(|| self.ails(released)).or_else(|| {
            let (_, heard) = self.beat.as_ref().filter(|_| self.is_silent(now))?;
            Some(format!("失联：最后一次心跳在 {heard}"))
        })
    }

    fn gave_up(&self, released: Timestamp) -> Option<String> {
        let (report, heard) = self.report.as_ref()?;
        let why = report.why.as_deref().unwrap_or("没有说明原因");
        if self.has_reverted() {
            return Some(format!("试行失败，已退回：{why}"));
        }
        // An earlier document that was given up is no news; a reason without one is about what is offered now.
        let refuses = report.why.is_some() && report.phase != ConfigPhase::Reverted;
        let newer = report.newest.as_ref().is_none_or(|newest| newest.version < self.document.version);
        (refuses && newer && *heard > released).then(|| format!("拒收：{why}"))
    }

    fn ails(&self, released: Timestamp) -> Option<String> {
        let (beat, heard) = self.beat.as_ref()?;
        let new = |ailment: &&Ailment| {
            let condition = Condition::of_code(&ailment.code);
            let by_hand = condition.is_some_and(Condition::is_by_hand);
            severity(ailment) > Severity::Notice && !by_hand && ailment.since >= released
        };
        let found = beat.ailments.iter().filter(|_| *heard > released).find(new)?;
        let cause = Condition::of_code(&found.code).map_or("本平台不认识的故障码", Condition::cause);
        Some(format!("故障 {}：{cause}", found.code))
    }
}

/// What a roll-out does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing yet.
    Wait,
    /// It lets the next ring in.
    Open(u32),
    /// Everybody has it.
    Done,
    /// It stands still, for this reason.
    Halt(String),
}

/// Judges a roll-out whose rings up to `ring` are open.
pub(super) fn step(members: &[Member], ring: u32, soak: SignedDuration, now: Timestamp) -> Step {
    let troubled = members.iter().find_map(|member| member.trouble(now).map(|why| (&member.name, why)));
    if let Some((name, why)) = troubled {
        return Step::Halt(format!("{name} {why}"));
    }
    let mut counted = members.iter().filter(|member| member.counts(now));
    let last = members.iter().filter_map(|member| member.confirmed_at).max();
    // Silence proves nothing: at least one kiosk has confirmed it.
    let Some(last) = last.filter(|_| counted.all(|member| member.confirmed_at.is_some())) else {
        return Step::Wait;
    };
    let opened = members.iter().filter_map(|member| member.released_at).max().unwrap_or(last);
    if now.duration_since(last.max(opened)) < soak {
        return Step::Wait;
    }
    let next = members.iter().map(|member| member.ring).filter(|other| *other > ring).min();
    next.map_or(Step::Done, Step::Open)
}

#[cfg(test)]
mod tests;
