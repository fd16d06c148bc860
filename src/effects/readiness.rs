//! 就绪报告: what the machine says of itself, signed with its key.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use config_apply::Folder as Disk;
use enrolment::{Folder, Membership, statement};
use flow::maintenance::{Part, Report};
use jiff::Timestamp;
use protocol::{PartTested, READINESS, Readiness};

use super::{health::Vitals, maintenance::name};

/// Where the enrolment of the kiosk with this store is.
pub(crate) fn identity(store: &Path) -> PathBuf {
    store.with_file_name("identity")
}

/// What makes this machine a kiosk of a platform, where it is one.
pub(super) fn membership(identity: &Path) -> Option<Membership> {
    let kept = identity.is_dir().then(|| open(identity).ok()?.load().ok()?).flatten();
    kept.map(|(membership, _)| membership)
}

/// When the kiosk's certificate ends; `None` on a machine that has none.
pub(super) fn certificate_until(identity: &Path) -> Option<Timestamp> {
    membership(identity).map(|membership| membership.certificate.not_after())
}

fn open(identity: &Path) -> anyhow::Result<Folder<Disk>> {
    Ok(Folder::new(Disk::open(identity)?))
}

/// Signs how the machine is now, with the last test of each of its `parts`.
pub(super) fn sign(
    identity: &Path,
    parts: &[Part],
    checks: Vec<(String, bool, Timestamp)>,
    vitals: &Vitals,
    technician: u64,
    now: Timestamp,
) -> anyhow::Result<Report> {
    let (membership, key) = open(identity)?.load()?.context("not enrolled")?;
    let last = |part: Part| checks.iter().find(|(tested, ..)| tested == name(part));
    let tested = |part: &Part| (*part, last(*part).map(|(_, passed, at)| (*passed, *at)));
    let parts = parts.iter().map(tested).collect();
    let says = Readiness {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        configuration: vitals.running.clone(),
        technician,
        ailments: vitals.board.standing().map(|(condition, _)| condition.code().to_owned()).collect(),
        parts: checks.into_iter().map(|(part, passed, at)| PartTested { part, passed, at }).collect(),
    };
    let says = serde_json::to_value(says)?;
    let says = says.as_object().cloned().unwrap_or_default();
    let text = statement::sign(READINESS, says, now, &key, &membership.certificate)?;
    Ok(Report { text, at: now, parts })
}
