//! A roll-out: documents that are signed reach their kiosks ring by ring.
//!
//! Everything that people have to sign is signed before it begins: the bins with the new documents, and the bins after
//! them with what was in force before, as documents that are newer still. What opens ring by ring is who is shown them
//! ([`tracks`]). So the platform can go on, stand still and go back at any hour, and can do nothing that was not signed;
//! no kiosk is ever given a lower version than it has. [`starting`](super::starting) begins one, [`rings`] decides how it goes
//! on, and here that is done.

use std::collections::BTreeSet;

use config_trust::SigningKey;
use jiff::{SignedDuration, Timestamp};
use protocol::Desired;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    configuring::{self, number},
    publishing::{self, File},
    rings::{self, Member, Step},
    tracks::{self, Track},
};
use crate::store::{
    Row, StoreError, Transaction,
    columns::{json, name_of, named, parsed, parsed_option},
};

/// How long a ring is watched after its last kiosk has confirmed, unless something else is said.
pub(super) const SOAK_MINUTES: i64 = 30;

/// How a roll-out stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RolloutState {
    /// It goes on by itself.
    Running,
    /// It stands still until somebody decides.
    Halted,
    /// Everybody has it.
    Done,
    /// It was given up, and who had it was led back.
    Aborted,
}

/// A roll-out as it is now.
#[derive(Clone, Debug)]
pub(crate) struct Rollout {
    pub(crate) id: i64,
    pub(crate) state: RolloutState,
    pub(crate) ring: u32,
    pub(crate) soak: SignedDuration,
    pub(crate) started_at: Timestamp,
    pub(crate) started_by: String,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) reason: Option<String>,
    /// Who asked to open the next ring early.
    pub(crate) skip_asked_by: Option<String>,
    pub(crate) members: Vec<Member>,
}

/// How a roll-out shall go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// Who goes first; by rule if nobody is named.
    pub(crate) canaries: Vec<String>,
    pub(crate) soak_minutes: i64,
    /// Who begins it.
    pub(crate) by: String,
    /// The kiosks that are in their charge; all of them if nothing is said.
    pub(crate) charge: Option<BTreeSet<String>>,
}

/// What somebody wants of a roll-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RolloutAct {
    /// Nobody else is let in.
    Halt,
    /// It goes on, whatever is wrong with the kiosks that have it.
    Resume,
    /// Who has it is led back, nobody else gets it.
    Abort,
    /// The next ring opens before its time, once a second person says so too.
    Skip,
}

/// Why a roll-out does not do what somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotNow {
    /// None is under way.
    NoRollout,
    /// Not in this state.
    State,
    /// The same person has asked.
    SecondPerson,
}

/// Whether one is under way.
pub(super) fn is_open(view: &Transaction<'_>) -> Result<bool, StoreError> {
    Ok(view.row("SELECT id FROM rollout WHERE ended_at IS NULL", &[])?.is_some())
}

/// The one that is under way, or else the last one.
pub(crate) fn last(view: &Transaction<'_>) -> Result<Option<Rollout>, StoreError> {
    let Some(row) = view.row("SELECT * FROM rollout ORDER BY id DESC LIMIT 1", &[])? else { return Ok(None) };
    let id = row.integer("id")?;
    let ring = row.integer("ring")?;
    // A request that the roll-out has overtaken by itself is none any more.
    let asked = row.integer_option("skip_ring")? == Some(ring);
    Ok(Some(Rollout {
        id,
        state: named(&row, "state")?,
        ring: u32::try_from(ring).map_err(|_| StoreError::Damaged("ring"))?,
        soak: SignedDuration::from_mins(row.integer("soak_minutes")?),
        started_at: parsed(&row, "started_at")?,
        started_by: row.text("started_by")?.to_owned(),
        ended_at: parsed_option(&row, "ended_at")?,
        reason: row.text_option("reason")?.map(str::to_owned),
        skip_asked_by: row.text_option("skip_asked_by")?.filter(|_| asked).map(str::to_owned),
        members: members(view, id)?,
    }))
}

fn members(view: &Transaction<'_>, rollout: i64) -> Result<Vec<Member>, StoreError> {
    let sql = "SELECT m.name, m.ring, m.version, m.back_version, m.released_at, m.confirmed_at, m.excused_at, k.revoked_at,
                      c.sha256, r.body AS report, r.heard_at AS reported_at, h.body AS beat, h.heard_at AS beat_at
               FROM rollout_kiosk m JOIN kiosk k ON k.name = m.name
               JOIN configuration c ON c.name = m.name AND c.version = m.version
               LEFT JOIN reported r ON r.name = m.name LEFT JOIN heartbeat h ON h.name = m.name
               WHERE m.rollout = ?1 ORDER BY m.ring, m.name";
    view.rows(sql, &[rollout.into()])?.iter().map(member).collect()
}

fn member(row: &Row) -> Result<Member, StoreError> {
    let ring = u32::try_from(row.integer("ring")?).map_err(|_| StoreError::Damaged("ring"))?;
    let report = row
        .text_option("report")?
        .map(|_| Ok::<_, StoreError>((json(row, "report")?, parsed(row, "reported_at")?)));
    let beat =
        row.text_option("beat")?.map(|_| Ok::<_, StoreError>((json(row, "beat")?, parsed(row, "beat_at")?)));
    Ok(Member {
        name: row.text("name")?.to_owned(),
        ring,
        document: Desired { version: number(row, "version")?, sha256: row.text("sha256")?.to_owned() },
        back_version: number(row, "back_version")?,
        released_at: parsed_option(row, "released_at")?,
        confirmed_at: parsed_option(row, "confirmed_at")?,
        excused: row.text_option("excused_at")?.is_some(),
        revoked: row.text_option("revoked_at")?.is_some(),
        report: report.transpose()?,
        beat: beat.transpose()?,
    })
}

/// Lets a ring in: its kiosks may have their documents, and see the set that names them.
pub(super) fn release(
    transaction: &Transaction<'_>,
    ring: u32,
    online: &SigningKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(rollout) = last(transaction)? else { return Ok(()) };
    let at = now.to_string();
    let sql =
        "UPDATE rollout_kiosk SET released_at = ?3 WHERE rollout = ?1 AND ring = ?2 AND released_at IS NULL";
    transaction.execute(sql, &[rollout.id.into(), ring.into(), at.into()])?;
    let sql = "UPDATE rollout SET ring = ?2, skip_asked_by = NULL, skip_ring = NULL WHERE id = ?1";
    transaction.execute(sql, &[rollout.id.into(), ring.into()])?;
    let let_in = rollout.members.iter().filter(|member| member.ring == ring);
    configuring::publish(
        transaction,
        let_in.map(|member| (member.name.as_str(), member.document.version)),
        now,
    )?;
    publishing::lead(transaction, Track::Ahead, &[], online, now)?;
    configuring::hint(transaction)
}

/// What the clock has to do: notes who has confirmed, and takes the next step. Tells whether anything has changed.
pub(super) fn advance(
    transaction: &Transaction<'_>,
    online: &SigningKey,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(mut rollout) = last(transaction)?.filter(|rollout| rollout.state == RolloutState::Running)
    else {
        return Ok(false);
    };
    let mut noted = false;
    let sql = "UPDATE rollout_kiosk SET confirmed_at = ?3 WHERE rollout = ?1 AND name = ?2";
    for member in rollout.members.iter_mut().filter(|member| member.confirmed_at.is_none()) {
        if member.says_confirmed() {
            member.confirmed_at = Some(now);
            let values = [rollout.id.into(), (&member.name).into(), now.to_string().into()];
            transaction.execute(sql, &values)?;
            noted = true;
        }
    }
    match rings::step(&rollout.members, rollout.ring, rollout.soak, now) {
        Step::Wait => return Ok(noted),
        Step::Open(ring) => {
            tracing::info!(rollout = rollout.id, ring, "fleet.ring-opened");
            release(transaction, ring, online, now)?;
        }
        Step::Done => finish(transaction, &rollout, online, now)?,
        Step::Halt(why) => {
            tracing::error!(rollout = rollout.id, why, "fleet.rollout-halted");
            stand(transaction, rollout.id, RolloutState::Halted, Some(&why))?;
        }
    }
    Ok(true)
}

/// Whether [`advance`] would do anything: asked without a lock on the database.
pub(super) fn is_due(view: &Transaction<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let Some(rollout) = last(view)?.filter(|rollout| rollout.state == RolloutState::Running) else {
        return Ok(false);
    };
    let noted = |member: &Member| member.confirmed_at.is_none() && member.says_confirmed();
    let step = rings::step(&rollout.members, rollout.ring, rollout.soak, now);
    Ok(step != Step::Wait || rollout.members.iter().any(noted))
}

fn stand(
    transaction: &Transaction<'_>,
    rollout: i64,
    state: RolloutState,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    let sql = "UPDATE rollout SET state = ?2, reason = ?3 WHERE id = ?1";
    transaction.execute(sql, &[rollout.into(), name_of(state)?.into(), reason.into()]).map(drop)
}

fn end(
    transaction: &Transaction<'_>,
    rollout: &Rollout,
    state: RolloutState,
    now: Timestamp,
) -> Result<(), StoreError> {
    stand(transaction, rollout.id, state, rollout.reason.as_deref())?;
    let sql = "UPDATE rollout SET ended_at = ?2 WHERE id = ?1";
    transaction.execute(sql, &[rollout.id.into(), now.to_string().into()])?;
    configuring::hint(transaction)
}

/// What was ahead is what stands.
fn finish(
    transaction: &Transaction<'_>,
    rollout: &Rollout,
    online: &SigningKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    let files = files(transaction, 0)?;
    publishing::lead(transaction, Track::Standing, &files, online, now)?;
    tracks::join(transaction)?;
    for member in &rollout.members {
        configuring::withdraw(transaction, &member.name, member.back_version, now)?;
    }
    tracing::info!(rollout = rollout.id, "fleet.rolled-out");
    end(transaction, rollout, RolloutState::Done, now)
}

/// Who is ahead goes on to the documents that set what was in force before; who is not never hears of any of it.
fn abort(
    transaction: &Transaction<'_>,
    rollout: &Rollout,
    online: &SigningKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (ahead, held): (Vec<&Member>, Vec<&Member>) =
        rollout.members.iter().partition(|member| member.released_at.is_some());
    let back = ahead.iter().map(|member| (member.name.as_str(), member.back_version));
    configuring::publish(transaction, back, now)?;
    for member in held {
        configuring::withdraw(transaction, &member.name, member.document.version, now)?;
        configuring::withdraw(transaction, &member.name, member.back_version, now)?;
    }
    let files = files(transaction, 1)?;
    publishing::lead(transaction, Track::Ahead, &files, online, now)?;
    end(transaction, rollout, RolloutState::Aborted, now)
}

/// The files by which the tracks are apart, so many versions further: the way back is the version after the way forth.
fn files(view: &Transaction<'_>, further: u64) -> Result<Vec<File>, StoreError> {
    let mut files = Vec::new();
    for (role, version) in tracks::apart(view)? {
        let version = version + further;
        let body = configuring::file(view, &configuring::file_name(&role, version))?;
        files.push(File { body: body.ok_or(StoreError::Damaged("trust_file"))?, role, version });
    }
    Ok(files)
}

/// Does what somebody wants.
pub(super) fn act(
    transaction: &Transaction<'_>,
    act: RolloutAct,
    by: &str,
    why: &str,
    online: &SigningKey,
    now: Timestamp,
) -> Result<Result<(), NotNow>, StoreError> {
    let Some(rollout) = last(transaction)?.filter(|rollout| rollout.ended_at.is_none()) else {
        return Ok(Err(NotNow::NoRollout));
    };
    match (act, rollout.state) {
        (RolloutAct::Halt, RolloutState::Running) => {
            stand(transaction, rollout.id, RolloutState::Halted, Some(why))?;
        }
        (RolloutAct::Resume, RolloutState::Halted) => {
            let sql = "UPDATE rollout_kiosk SET excused_at = ?3 WHERE rollout = ?1 AND name = ?2";
            for member in rollout.members.iter().filter(|member| member.trouble(now).is_some()) {
                let values = [rollout.id.into(), (&member.name).into(), now.to_string().into()];
                transaction.execute(sql, &values)?;
            }
            stand(transaction, rollout.id, RolloutState::Running, None)?;
        }
        (RolloutAct::Abort, _) => abort(transaction, &rollout, online, now)?,
        (RolloutAct::Skip, RolloutState::Running) => return skip(transaction, &rollout, by, online, now),
        _ => return Ok(Err(NotNow::State)),
    }
    Ok(Ok(()))
}

/// The first who asks is written down; the second opens the next ring.
fn skip(
    transaction: &Transaction<'_>,
    rollout: &Rollout,
    by: &str,
    online: &SigningKey,
    now: Timestamp,
) -> Result<Result<(), NotNow>, StoreError> {
    let later = rollout.members.iter().map(|member| member.ring).filter(|ring| *ring > rollout.ring).min();
    let Some(next) = later else { return Ok(Err(NotNow::State)) };
    match rollout.skip_asked_by.as_deref() {
        Some(first) if first == by => return Ok(Err(NotNow::SecondPerson)),
        Some(_) => release(transaction, next, online, now)?,
        None => {
            let sql = "UPDATE rollout SET skip_asked_by = ?2, skip_ring = ?3 WHERE id = ?1";
            transaction.execute(sql, &[rollout.id.into(), by.into(), rollout.ring.into()])?;
        }
    }
    Ok(Ok(()))
}
