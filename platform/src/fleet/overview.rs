//! Every kiosk at one glance, for those who look after them: what it runs, what it shall run, how it is.

use std::collections::BTreeMap;

use health::{Condition, Severity};
use jiff::Timestamp;
use protocol::{Ailment, ConfigPhase, Heartbeat, PaperLeft, Reported};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    configuring::{self, number},
    heartbeat::SILENT,
};
use crate::{
    people::organisation::{self, Organisation},
    store::{
        Row, StoreError, Transaction,
        columns::{json, parsed, parsed_option},
    },
};

/// One kiosk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct KioskView {
    pub(crate) name: String,
    /// The community that it stands in.
    pub(crate) community: Option<String>,
    #[serde(skip)]
    pub(crate) path: Option<String>,
    pub(crate) standing: KioskStanding,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) enrolled_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) revoked_at: Option<Timestamp>,
    /// When it said that it had wiped itself, and how many sealed calls are on its disk.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) wiped_at: Option<Timestamp>,
    pub(crate) sealed_calls: Option<i64>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) certificate_until: Option<Timestamp>,
    /// The version in force; nothing while its own file alone is.
    pub(crate) running: Option<u64>,
    /// The version that it shall have.
    pub(crate) desired: Option<u64>,
    /// The newest version that there is of it, whether or not anybody has signed it.
    pub(crate) newest: u64,
    pub(crate) phase: Option<ConfigPhase>,
    /// Why the newest was given up or is not taken.
    pub(crate) why: Option<String>,
    pub(crate) program: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) heard_at: Option<Timestamp>,
    /// Nothing has been heard of it for longer than is usual.
    pub(crate) silent: bool,
    pub(crate) ailments: Vec<AilmentView>,
    /// Calls that wait for this platform, and since when the oldest does.
    pub(crate) waiting: u64,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) oldest_waiting: Option<Timestamp>,
    /// Calls that were refused and wait for a decision.
    pub(crate) parked: u64,
    pub(crate) paper: Option<PaperLeft>,
    pub(crate) disk_free: Option<u64>,
    /// Thousandths of a degree Celsius.
    pub(crate) temperature: Option<i64>,
}

/// What a kiosk is to this platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KioskStanding {
    /// Nobody has used its code yet.
    Invited,
    /// It is one.
    Enrolled,
    /// It is none any more.
    Revoked,
}

/// Something that is wrong with a kiosk, and what to do about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AilmentView {
    pub(crate) code: String,
    pub(crate) severity: &'static str,
    pub(crate) cause: &'static str,
    pub(crate) action: &'static str,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) since: Timestamp,
}

impl KioskView {
    /// Whether somebody should look at it.
    pub(crate) fn needs_a_look(&self) -> bool {
        let ails = self.ailments.iter().any(|ailment| ailment.severity != Severity::Notice.name());
        self.standing == KioskStanding::Enrolled && (self.silent || ails || self.parked > 0)
    }

    /// Whether what is in force is not what shall be.
    pub(crate) fn is_behind(&self) -> bool {
        self.standing == KioskStanding::Enrolled && self.desired.is_some() && self.desired != self.running
    }
}

/// All kiosks, by name.
pub(super) fn all(view: &Transaction<'_>, now: Timestamp) -> Result<Vec<KioskView>, StoreError> {
    let sql = "SELECT k.name, k.enrolled_at, k.revoked_at, k.wiped_at, k.waiting, r.body AS report, h.body AS beat,
                      h.heard_at, o.org_id,
                      (SELECT max(not_after) FROM certificate c WHERE c.name = k.name AND c.revoked_at IS NULL) AS ends,
                      (SELECT max(version) FROM configuration c WHERE c.name = k.name AND published_at IS NOT NULL)
                      AS desired,
                      (SELECT max(version) FROM configuration c WHERE c.name = k.name) AS newest
               FROM kiosk k LEFT JOIN reported r ON r.name = k.name LEFT JOIN heartbeat h ON h.name = k.name
               LEFT JOIN organisation_terminal o ON o.terminal_id = k.name ORDER BY k.name";
    let organisations: BTreeMap<String, Organisation> =
        organisation::all(view)?.into_iter().map(|one| (one.id.clone(), one)).collect();
    view.rows(sql, &[])?.iter().map(|row| kiosk(row, &organisations, now)).collect()
}

fn kiosk(
    row: &Row,
    organisations: &BTreeMap<String, Organisation>,
    now: Timestamp,
) -> Result<KioskView, StoreError> {
    let report: Option<Reported> = row.text_option("report")?.map(|_| json(row, "report")).transpose()?;
    let beat: Option<Heartbeat> = row.text_option("beat")?.map(|_| json(row, "beat")).transpose()?;
    let community = row.text_option("org_id")?.and_then(|id| organisations.get(id));
    let heard_at: Option<Timestamp> = parsed_option(row, "heard_at")?;
    let version = |name| row.integer_option(name)?.map(|_| number(row, name)).transpose();
    let (enrolled_at, revoked_at) = (parsed_option(row, "enrolled_at")?, parsed_option(row, "revoked_at")?);
    let running = report.as_ref().and_then(|report| report.running.as_ref().map(|own| own.version));
    Ok(KioskView {
        name: row.text("name")?.to_owned(),
        community: community.map(|community| community.name.clone()),
        path: community.map(|community| community.path.clone()),
        standing: match (enrolled_at.is_some(), revoked_at.is_some()) {
            (_, true) => KioskStanding::Revoked,
            (true, false) => KioskStanding::Enrolled,
            (false, false) => KioskStanding::Invited,
        },
        enrolled_at,
        revoked_at,
        wiped_at: parsed_option(row, "wiped_at")?,
        sealed_calls: row.integer_option("waiting")?,
        certificate_until: parsed_option(row, "ends")?,
        running,
        desired: version("desired")?,
        newest: version("newest")?.unwrap_or_default(),
        phase: report.as_ref().map(|report| report.phase),
        why: report.as_ref().and_then(|report| report.why.clone()),
        // A machine without a configuration of its own has nothing to report, and says how it is all the same.
        program: beat.as_ref().map(|beat| beat.program.clone()).or(report.map(|report| report.program)),
        heard_at,
        silent: heard_at.is_none_or(|heard| now.duration_since(heard) > SILENT),
        ailments: beat.iter().flat_map(|beat| &beat.ailments).map(ailment).collect(),
        waiting: beat.as_ref().map_or(0, |beat| beat.waiting),
        oldest_waiting: beat.as_ref().and_then(|beat| beat.oldest_waiting),
        parked: beat.as_ref().map_or(0, |beat| beat.parked),
        paper: beat.as_ref().and_then(|beat| beat.paper),
        disk_free: beat.as_ref().and_then(|beat| beat.disk_free),
        temperature: beat.and_then(|beat| beat.temperature),
    })
}

fn ailment(told: &Ailment) -> AilmentView {
    let known = Condition::of_code(&told.code);
    AilmentView {
        code: told.code.clone(),
        severity: known.map_or(Severity::Degraded, Condition::severity).name(),
        cause: known.map_or("本平台不认识的故障码。", Condition::cause),
        action: known.map_or("升级平台，或在终端上查看。", Condition::action),
        since: told.since,
    }
}

/// One report of a kiosk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReportView {
    #[schema(value_type = String, format = DateTime)]
    pub(crate) heard_at: Timestamp,
    pub(crate) phase: ConfigPhase,
    pub(crate) newest: Option<u64>,
    pub(crate) running: Option<u64>,
    pub(crate) confirmed: Option<u64>,
    pub(crate) why: Option<String>,
    pub(crate) program: String,
}

/// How far a kiosk's audit log is known.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct AuditView {
    /// The number of its last entry here.
    pub(crate) seq: u64,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) heard_at: Option<Timestamp>,
    /// How often a piece did not follow the one before.
    pub(crate) broken: u64,
}

/// What a kiosk has said of its configuration, newest first.
pub(super) fn history(view: &Transaction<'_>, name: &str) -> Result<Vec<ReportView>, StoreError> {
    let version = |own: Option<protocol::Desired>| own.map(|own| own.version);
    let read = |(told, heard_at): (Reported, Timestamp)| ReportView {
        heard_at,
        phase: told.phase,
        newest: version(told.newest),
        running: version(told.running),
        confirmed: version(told.confirmed),
        why: told.why,
        program: told.program,
    };
    Ok(configuring::reports(view, name)?.into_iter().map(read).collect())
}

/// How far a kiosk's audit log is known.
pub(super) fn audit(view: &Transaction<'_>, name: &str) -> Result<AuditView, StoreError> {
    let sql = "SELECT seq, heard_at FROM kiosk_audit WHERE kiosk = ?1 ORDER BY place DESC LIMIT 1";
    let Some(row) = view.row(sql, &[name.into()])? else { return Ok(AuditView::default()) };
    let sql = "SELECT count(*) AS broken FROM kiosk_audit WHERE kiosk = ?1 AND broken IS NOT NULL";
    let broken = view.row(sql, &[name.into()])?.map_or(Ok(0), |row| number(&row, "broken"))?;
    Ok(AuditView { seq: number(&row, "seq")?, heard_at: Some(parsed(&row, "heard_at")?), broken })
}
