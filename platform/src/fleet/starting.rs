//! How a roll-out begins: what was signed is looked through as a whole, and then put up, with the first ring let in.

use std::collections::BTreeMap;

use config_trust::{Delegations, SigningKey, TargetMeta, Targets, TrustError};
use jiff::Timestamp;

use super::{
    configuring::{self, Entry, signed},
    drafting::{self, BACK, FORTH},
    publishing::{self, File, NotPublished, Versions},
    rings::{self, Candidate},
    rollout::{self, Plan, RolloutState},
    tracks::{self, Track},
};
use crate::{
    people::organisation,
    store::{
        StoreError, Transaction,
        columns::{json, name_of, parsed},
    },
};

/// What was signed for a roll-out, looked through: nothing of it is published yet.
struct Signed {
    /// Files that grow old, signed anew without any change.
    renewed: Vec<File>,
    forth: Vec<File>,
    back: Vec<File>,
    /// The new documents.
    documents: Vec<Entry>,
}

/// Begins a roll-out of what enough people have signed, with its first ring; tells for how many kiosks. Where nothing is
/// new and only signatures were renewed, that is all that happens.
pub(super) fn start(
    transaction: &Transaction<'_>,
    batch: &[u8],
    online: &SigningKey,
    plan: &Plan,
    now: Timestamp,
) -> Result<Result<usize, NotPublished>, StoreError> {
    if rollout::is_open(transaction)? {
        return Ok(Err(NotPublished::RollingOut));
    }
    let signed = match signed_batch(transaction, batch, now)? {
        Ok(signed) => signed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let outside = |entry: &&Entry| plan.charge.as_ref().is_some_and(|charge| !charge.contains(&entry.name));
    if let Some(entry) = signed.documents.iter().find(outside) {
        return Ok(Err(NotPublished::Elsewhere(entry.name.clone())));
    }
    let candidates = candidates(transaction, &signed.documents)?;
    let rings = if signed.documents.is_empty() {
        Ok(Vec::new())
    } else {
        rings::rings(&candidates, &plan.canaries, now)
    };
    let rings = match rings {
        Ok(rings) => rings,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    if let Err(refusal) = put_up(transaction, &signed, online, now)? {
        return Ok(Err(refusal));
    }
    if !signed.documents.is_empty() {
        begin(transaction, &signed.documents, &rings, plan, now)?;
        rollout::release(transaction, 0, online, now)?;
    }
    configuring::hint(transaction)?;
    Ok(Ok(signed.documents.len()))
}

/// Looks through a batch: every file is signed as it must be and comes next, what is renewed changes nothing, and each
/// document that goes out has the one after it that leads back.
fn signed_batch(
    view: &Transaction<'_>,
    batch: &[u8],
    now: Timestamp,
) -> Result<Result<Signed, NotPublished>, StoreError> {
    let bins = match drafting::bins(view)? {
        Ok(bins) => bins,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut parts = match config_trust::unpack(batch) {
        Ok(files) => parts(files),
        Err(error) => return Ok(Err(error.into())),
    };
    let published = configuring::published(view)?;
    let renewed = publishing::chosen(view, std::mem::take(&mut parts.renewed), &published, now)?;
    let (_, renewed) = match renewed {
        Ok(renewed) => renewed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // After a roll-out that was given up some kiosks are ahead: no new one before they are told the same as all.
    if tracks::apart(view)?.keys().any(|bin| !renewed.iter().any(|file| file.role == *bin)) {
        return Ok(Err(NotPublished::OtherSigners));
    }
    let (forth, listed) = match way(view, &parts.forth, &bins, &renewed, 1, now)? {
        Ok(way) => way,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (back, listed_back) = match way(view, &parts.back, &bins, &renewed, 2, now)? {
        Ok(way) => way,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let waiting = configuring::waiting(view)?;
    let ours: Vec<Entry> = published.iter().chain(&waiting).cloned().collect();
    let documents = match publishing::named(&listed, &ours) {
        Ok(named) => named.into_iter().filter(|entry| !published.contains(entry)).collect::<Vec<_>>(),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut leads_back = Vec::new();
    for entry in &documents {
        leads_back.push(drafting::way_back(view, entry, &published)?.0);
    }
    for (documents, said) in [(documents.clone(), &listed), (leads_back, &listed_back)] {
        let expected = drafting::listed(drafting::with(&published, documents));
        if let Some(bin) =
            listed.keys().find(|bin| said.get(*bin).map(targets) != Some(of_bin(&expected, bin)))
        {
            return Ok(Err(NotPublished::NoWayBack(bin.clone())));
        }
    }
    Ok(if listed.keys().eq(listed_back.keys()) {
        Ok(Signed { renewed, forth, back, documents })
    } else {
        Err(NotPublished::NoWayBack("a bin".to_owned()))
    })
}

fn targets(file: &Targets) -> &BTreeMap<String, TargetMeta> {
    &file.targets
}

fn of_bin<'a>(
    listed: &'a BTreeMap<String, BTreeMap<String, TargetMeta>>,
    bin: &str,
) -> &'a BTreeMap<String, TargetMeta> {
    static NONE: BTreeMap<String, TargetMeta> = BTreeMap::new();
    listed.get(bin).unwrap_or(&NONE)
}

type Files = BTreeMap<String, Vec<u8>>;

#[derive(Default)]
struct Parts {
    renewed: Files,
    forth: Files,
    back: Files,
}

fn parts(files: Files) -> Parts {
    let mut parts = Parts::default();
    for (name, body) in files {
        let (part, role) = match (name.strip_prefix(FORTH), name.strip_prefix(BACK)) {
            (Some(bin), _) => (&mut parts.forth, bin.to_owned()),
            (_, Some(bin)) => (&mut parts.back, bin.to_owned()),
            _ => (&mut parts.renewed, name),
        };
        part.insert(role, body);
    }
    parts
}

type Way = (Vec<File>, BTreeMap<String, Targets>);

/// The bins of one way, each `steps` after the newest, or after the one that is renewed with it.
fn way(
    view: &Transaction<'_>,
    files: &Files,
    bins: &Delegations,
    renewed: &[File],
    steps: u64,
    now: Timestamp,
) -> Result<Result<Way, NotPublished>, StoreError> {
    let (mut way, mut lists) = (Vec::new(), BTreeMap::new());
    for (role, body) in files {
        let read = || {
            let content = publishing::bin(role, body, bins)?;
            publishing::fresh(&content, now)?;
            Ok::<_, NotPublished>(content)
        };
        let content = match read() {
            Ok(content) => content,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let file = File { role: role.clone(), version: content.head.version, body: body.clone() };
        let more = u64::from(renewed.iter().any(|other| other.role == *role));
        if let Err(refusal) = publishing::comes_next(view, &file, steps + more)? {
            return Ok(Err(refusal));
        }
        way.push(file);
        lists.insert(role.clone(), content);
    }
    Ok(Ok((way, lists)))
}

/// Puts up what was signed, and what those who go first will see: after a kiosk of each kind would take it.
fn put_up(
    transaction: &Transaction<'_>,
    signed: &Signed,
    online: &SigningKey,
    now: Timestamp,
) -> Result<Result<(), NotPublished>, StoreError> {
    let Signed { renewed, forth, back, documents } = signed;
    let checked = |set: &[File], entry: Option<&Entry>| publishing::as_a_kiosk(transaction, set, entry, now);
    let bound = |files: &[File], versions| {
        publishing::bound(transaction, Track::Standing, files, versions, online, now)
    };
    let versions = Versions::next(transaction)?;
    let standing = match bound(renewed, versions)? {
        Ok(set) => [set, renewed.clone()].concat(),
        Err(error) => return Ok(Err(error.into())),
    };
    let published = configuring::published(transaction)?;
    if let Err(error) = checked(&standing, published.first())? {
        return Ok(Err(error.into()));
    }
    // As if it were one set: what the kiosks that go first will be shown is bound once more when they are let in.
    let files = [renewed.clone(), forth.clone()].concat();
    let ahead = match bound(&files, versions.after())? {
        Ok(set) => [set, files].concat(),
        Err(error) => return Ok(Err(error.into())),
    };
    // Each bin has been looked at, and all that they name: one kiosk stands for the others.
    if let Some(entry) = documents.first()
        && let Err(error) = checked(&ahead, Some(entry))?
    {
        return Ok(Err(error.into()));
    }
    publishing::put(transaction, &standing)?;
    // Whoever is ahead since a roll-out that was given up is so no more: the bins that were apart are signed anew.
    tracks::join(transaction)?;
    publishing::put(transaction, forth)?;
    publishing::put(transaction, back)?;
    if !documents.is_empty() {
        let ahead = publishing::bound(
            transaction,
            Track::Standing,
            forth,
            Versions::next(transaction)?,
            online,
            now,
        )?;
        let ahead: Result<Vec<File>, TrustError> =
            ahead.map(|set| set.into_iter().map(File::ahead).collect());
        publishing::put(transaction, &ahead.map_err(|_| StoreError::Damaged("online key"))?)?;
    }
    Ok(Ok(()))
}

fn candidates(view: &Transaction<'_>, documents: &[Entry]) -> Result<Vec<Candidate>, StoreError> {
    let candidate = |entry: &Entry| {
        let row =
            view.row("SELECT body, heard_at FROM heartbeat WHERE name = ?1", &[(&entry.name).into()])?;
        let beat = row.map(|row| Ok::<_, StoreError>((json(&row, "body")?, parsed(&row, "heard_at")?)));
        let community = organisation::of_terminal(view, &entry.name)?.map(|community| community.id);
        Ok(Candidate { name: entry.name.clone(), community, beat: beat.transpose()? })
    };
    documents.iter().map(candidate).collect()
}

fn begin(
    transaction: &Transaction<'_>,
    documents: &[Entry],
    rings: &[Vec<String>],
    plan: &Plan,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = transaction.row("SELECT max(id) AS last FROM rollout", &[])?;
    let id = id.map_or(Ok(None), |row| row.integer_option("last"))?.unwrap_or_default() + 1;
    let running = name_of(RolloutState::Running)?;
    transaction.execute(
        "INSERT INTO rollout (id, state, ring, soak_minutes, started_at, started_by) VALUES (?1, ?2, 0, ?3, ?4, ?5)",
        &[id.into(), running.into(), plan.soak_minutes.into(), now.to_string().into(), (&plan.by).into()],
    )?;
    let published = configuring::published(transaction)?;
    for entry in documents {
        let ring = rings.iter().position(|ring| ring.contains(&entry.name)).unwrap_or_default();
        let ring = i64::try_from(ring).map_err(|_| StoreError::Damaged("ring"))?;
        let (back, settings) = drafting::way_back(transaction, entry, &published)?;
        configuring::draft(transaction, &entry.name, back.version, &settings, now)?;
        transaction.execute(
            "INSERT INTO rollout_kiosk (rollout, name, ring, version, back_version) VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                id.into(),
                (&entry.name).into(),
                ring.into(),
                signed(entry.version)?.into(),
                signed(back.version)?.into(),
            ],
        )?;
    }
    Ok(())
}
