//! What staff may do with kiosks: whose it is to do, in which area, and what the access audit says of it afterwards.
//!
//! 系统管理员 and 终端运维员 see kiosks, invite machines and may halt a roll-out; an operator those of the area that it
//! works for. What is configured is the operators' alone, taking a kiosk out the administrator's alone.

use std::collections::{BTreeMap, BTreeSet};

use enrolment::{Code, Invitation, Name, statement::BadStatement};
use jiff::{SignedDuration, Timestamp};
use protocol::{Problem, Readiness};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    checking,
    configuring::{self, NoDraft},
    drafting, enrolling,
    overview::{self, AuditView, KioskStanding, KioskView, ReportView},
    problems,
    publishing::NotPublished,
    readiness, required,
    rollout::{self, NotNow, Plan, Rollout, RolloutAct, RolloutState},
    starting,
};
use crate::{
    app::App,
    error::Refusal,
    people::{Role, organisation, session::Session, sign_in},
    staff::{
        access::{Ask, require},
        accounts::{note, note_why},
    },
    store::{StoreError, Transaction},
};

/// Either an answer or a refusal, out of a transaction.
type Asked<T> = Result<Result<T, Problem>, StoreError>;

/// Which kiosks are in somebody's charge.
#[derive(Clone, Debug)]
enum Charge {
    All,
    /// Below these organisations.
    Below(Vec<String>),
}

impl Charge {
    fn of(view: &Transaction<'_>, session: &Session) -> Result<Self, StoreError> {
        let mut below = Vec::new();
        for grant in &session.grants {
            match grant.role {
                Role::SystemAdministrator => return Ok(Self::All),
                Role::FleetOperator => {
                    below.extend(organisation::by_id(view, &grant.org)?.map(|own| own.path));
                }
                _ => {}
            }
        }
        Ok(Self::Below(below))
    }

    /// A machine that stands nowhere yet belongs to those who have the whole district.
    fn has(&self, path: Option<&str>) -> bool {
        match (self, path) {
            (Self::All, _) => true,
            (Self::Below(below), Some(path)) => below.iter().any(|own| path.starts_with(own.as_str())),
            (Self::Below(below), None) => {
                below.iter().any(|own| own.trim_matches('/').split('/').count() == 1)
            }
        }
    }

    fn has_name(&self, view: &Transaction<'_>, name: &str) -> Result<bool, StoreError> {
        let community = organisation::of_terminal(view, name)?;
        Ok(self.has(community.as_ref().map(|community| community.path.as_str())))
    }
}

/// The kiosks in somebody's charge.
fn seen(view: &Transaction<'_>, session: &Session, now: Timestamp) -> Result<Vec<KioskView>, StoreError> {
    let charge = Charge::of(view, session)?;
    let mut kiosks = overview::all(view, now)?;
    kiosks.retain(|kiosk| charge.has(kiosk.path.as_deref()));
    Ok(kiosks)
}

/// 终端: all that are in somebody's charge.
pub(crate) async fn kiosks(app: &App, session: &Session) -> Result<Vec<KioskView>, Refusal> {
    require(session, Ask::Fleet)?;
    let (session, now) = (session.clone(), app.clock.now());
    Ok(app.store.read(move |view| seen(view, &session, now)).await?)
}

/// One kiosk with what it has said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct KioskPage {
    pub(crate) kiosk: KioskView,
    /// Newest first.
    pub(crate) reports: Vec<ReportView>,
    pub(crate) audit: AuditView,
    /// What its newest document sets: the one that the next draft is made from.
    #[schema(value_type = Object)]
    pub(crate) settings: Map<String, Value>,
}

/// One kiosk.
pub(crate) async fn kiosk(app: &App, session: &Session, name: &str) -> Result<KioskPage, Refusal> {
    require(session, Ask::Fleet)?;
    let (session, name, now) = (session.clone(), name.to_owned(), app.clock.now());
    let read = move |view: &Transaction<'_>| {
        let found = seen(view, &session, now)?.into_iter().find(|kiosk| kiosk.name == name);
        let Some(kiosk) = found else { return Ok(None) };
        let newest = configuring::newest(view)?.into_iter().find(|entry| entry.name == name);
        let settings = configuring::settings(view, &name, newest.map_or(0, |entry| entry.version))?;
        let (reports, audit) = (overview::history(view, &name)?, overview::audit(view, &name)?);
        Ok(Some(KioskPage { kiosk, reports, audit, settings }))
    };
    Ok(app.store.read(read).await?.ok_or_else(problems::no_kiosk)?)
}

/// What a technician takes to a machine.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Invited {
    /// All in one, as its QR code says.
    pub(crate) invitation: String,
    pub(crate) name: String,
    pub(crate) url: String,
    /// The authority by its key.
    pub(crate) pin: String,
    /// Good once.
    pub(crate) code: String,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) until: Timestamp,
    /// A machine has this name now, and wipes itself once another one has used the code.
    pub(crate) replaces: bool,
}

/// Invites a machine to be `name`.
pub(crate) async fn invite(app: &App, session: &Session, name: &str) -> Result<Invited, Refusal> {
    require(session, Ask::Fleet)?;
    let fleet = required(app)?;
    let name: Name = name.trim().parse().map_err(|_| problems::name_wrong())?;
    let code = Code::generate().ok_or_else(crate::problems::internal)?;
    let (hash, now, own, session) = (code.sha256(), app.clock.now(), name.clone(), session.clone());
    let write = move |transaction: &Transaction<'_>| -> Asked<bool> {
        if !Charge::of(transaction, &session)?.has_name(transaction, own.as_str())? {
            return Ok(Err(problems::elsewhere(own.as_str())));
        }
        note(transaction, &session, "invite-kiosk", own.as_str(), now)?;
        enrolling::invite(transaction, &own, &hash, now).map(Ok)
    };
    let replaces = app.store.write(write).await??;
    let invitation = Invitation { url: fleet.url.clone(), name, pin: fleet.authority.pin(), code };
    Ok(Invited {
        invitation: invitation.to_string(),
        name: invitation.name.to_string(),
        url: invitation.url.clone(),
        pin: invitation.pin.to_string(),
        code: invitation.code.to_string(),
        until: now + enrolling::OPEN_FOR,
        replaces,
    })
}

/// Takes a kiosk out: it wipes itself at its next contact. For a reason, and with a fresh code of the authenticator.
pub(crate) async fn revoke(
    app: &App,
    session: &Session,
    name: &str,
    reason: &str,
    code: &str,
) -> Result<(), Refusal> {
    require(session, Ask::Retire)?;
    let reason = reason_of(reason)?;
    let name: Name = name.parse().map_err(|_| problems::no_kiosk())?;
    let (session, code, now) = (session.clone(), code.to_owned(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Asked<()> {
        let known = seen(transaction, &session, now)?.into_iter().find(|kiosk| kiosk.name == name.as_str());
        match known.map(|kiosk| kiosk.standing) {
            None => return Ok(Err(problems::no_kiosk())),
            Some(KioskStanding::Revoked) => return Ok(Err(problems::is_revoked())),
            Some(_) => {}
        }
        if !sign_in::confirm(transaction, &session.staff.id, &code, now)? {
            return Ok(Err(problems::second_factor_wrong()));
        }
        // A kiosk that listens hears of it at once.
        configuring::hint(transaction)?;
        enrolling::revoke(transaction, &name, now)?;
        note_why(transaction, &session, "revoke-kiosk", (name.as_str(), &reason), now).map(Ok)
    };
    Ok(app.store.write(write).await??)
}

/// Why somebody does something, in a few words of theirs.
fn reason_of(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let fits = (4..=100).contains(&text.chars().count()) && !text.contains('\0');
    if fits { Ok(text.to_owned()) } else { Err(problems::reason_missing()) }
}

/// Drafts the same settings for several kiosks. With each kiosk comes the version that was looked at: who looked at an
/// older one is told, and nothing is drafted.
pub(crate) async fn draft(
    app: &App,
    session: &Session,
    kiosks: Vec<(String, u64)>,
    settings: &Value,
) -> Result<Vec<(String, u64)>, Refusal> {
    require(session, Ask::Configure)?;
    checking::check(settings, &app.offer().placeable())
        .map_err(|refused| problems::settings_refused(&refused))?;
    let settings = settings.as_object().cloned().unwrap_or_default();
    let named = kiosks.into_iter().map(|(name, base)| {
        name.parse::<Name>().map(|name| (name, Some(base))).map_err(|_| problems::no_kiosk())
    });
    let kiosks = named.collect::<Result<Vec<_>, Problem>>()?;
    if kiosks.is_empty() {
        return Err(problems::nobody_chosen().into());
    }
    let (session, now) = (session.clone(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Asked<Vec<(String, u64)>> {
        let charge = Charge::of(transaction, &session)?;
        for (name, _) in &kiosks {
            if !charge.has_name(transaction, name.as_str())? {
                return Ok(Err(problems::no_kiosk()));
            }
        }
        let versions = match configuring::draft_all(transaction, &kiosks, &settings, now)? {
            Ok(versions) => versions,
            Err((name, why)) => return Ok(Err(no_draft(&name, &why))),
        };
        for (name, _) in &versions {
            note(transaction, &session, "draft-configuration", name.as_str(), now)?;
        }
        Ok(Ok(versions.into_iter().map(|(name, version)| (name.to_string(), version)).collect()))
    };
    Ok(app.store.write(write).await??)
}

fn no_draft(name: &Name, why: &NoDraft) -> Problem {
    match why {
        NoDraft::NoKiosk => problems::no_kiosk(),
        NoDraft::Changed { newest } => problems::draft_has_moved(name.as_str(), *newest),
        NoDraft::RollingOut => problems::rolling_out(),
        NoDraft::NoContent(missing) => problems::content_missing(missing),
    }
}

/// What the people who hold keys have to sign for a roll-out of all that waits in somebody's charge.
pub(crate) async fn to_sign(app: &App, session: &Session) -> Result<Vec<u8>, Refusal> {
    require(session, Ask::Configure)?;
    let (session, now) = (session.clone(), app.clock.now());
    let life = SignedDuration::from_hours(24 * super::configure::DAYS);
    let read = move |view: &Transaction<'_>| {
        let charge = Charge::of(view, &session)?;
        let mut own = BTreeSet::new();
        for entry in configuring::waiting(view)? {
            if charge.has_name(view, &entry.name)? {
                own.insert(entry.name);
            }
        }
        drafting::draft_rollout(view, now, life, &|name| own.contains(name))
    };
    let files = app.store.read(read).await?.map_err(|refusal| not_published(&refusal))?;
    Ok(config_trust::batch(&files).map_err(|_| crate::problems::internal())?)
}

/// What waits for signatures in somebody's charge: kiosk and version.
pub(crate) async fn waiting(app: &App, session: &Session) -> Result<Vec<(String, u64)>, Refusal> {
    require(session, Ask::Fleet)?;
    let session = session.clone();
    let read = move |view: &Transaction<'_>| {
        let charge = Charge::of(view, &session)?;
        let mut own = Vec::new();
        for entry in if rollout::is_open(view)? { Vec::new() } else { configuring::waiting(view)? } {
            if charge.has_name(view, &entry.name)? {
                own.push((entry.name, entry.version));
            }
        }
        Ok(own)
    };
    Ok(app.store.read(read).await?)
}

/// Begins a roll-out of what was signed; tells for how many kiosks.
pub(crate) async fn start(
    app: &App,
    session: &Session,
    batch: Vec<u8>,
    canaries: Vec<String>,
    soak_minutes: i64,
) -> Result<usize, Refusal> {
    require(session, Ask::Configure)?;
    let fleet = required(app)?.clone();
    if !(1..=7 * 24 * 60).contains(&soak_minutes) {
        return Err(problems::soak_wrong().into());
    }
    let (session, now) = (session.clone(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Asked<usize> {
        let own = seen(transaction, &session, now)?.into_iter().map(|kiosk| kiosk.name).collect();
        let plan = Plan {
            canaries: canaries.clone(),
            soak_minutes,
            by: session.staff.login.clone(),
            charge: Some(own),
        };
        match starting::start(transaction, &batch, &fleet.online, &plan, now)? {
            Ok(kiosks) => {
                note(transaction, &session, "start-rollout", &format!("{kiosks}"), now)?;
                Ok(Ok(kiosks))
            }
            Err(refusal) => Ok(Err(not_published(&refusal))),
        }
    };
    Ok(app.store.write(write).await??)
}

/// Does something to the roll-out that was looked at.
pub(crate) async fn act(
    app: &App,
    session: &Session,
    looked_at: i64,
    act: RolloutAct,
    reason: &str,
) -> Result<(), Refusal> {
    let (ask, action) = match act {
        RolloutAct::Halt => (Ask::Fleet, "halt-rollout"),
        RolloutAct::Skip => (Ask::Fleet, "skip-ring"),
        RolloutAct::Resume => (Ask::Configure, "resume-rollout"),
        RolloutAct::Abort => (Ask::Configure, "abort-rollout"),
    };
    require(session, ask)?;
    let (fleet, reason) = (required(app)?.clone(), reason_of(reason)?);
    let (session, now) = (session.clone(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Asked<()> {
        let Some(rollout) = rollout::last(transaction)?.filter(|rollout| rollout.ended_at.is_none()) else {
            return Ok(Err(problems::no_rollout()));
        };
        if rollout.id != looked_at {
            return Ok(Err(problems::rollout_has_moved()));
        }
        let charge = Charge::of(transaction, &session)?;
        let mut own = 0;
        for member in &rollout.members {
            own += usize::from(charge.has_name(transaction, &member.name)?);
        }
        // Whoever sees something go wrong may stop it. The rest is for those who answer for every kiosk of it.
        if own == 0 || act != RolloutAct::Halt && own < rollout.members.len() {
            return Ok(Err(problems::rollout_elsewhere()));
        }
        let by = session.staff.login.as_str();
        match rollout::act(transaction, act, by, &reason, &fleet.online, now)? {
            Ok(()) => {
                note_why(transaction, &session, action, (&rollout.id.to_string(), &reason), now).map(Ok)
            }
            Err(NotNow::NoRollout) => Ok(Err(problems::no_rollout())),
            Err(NotNow::State) => Ok(Err(problems::rollout_not_now())),
            Err(NotNow::SecondPerson) => Ok(Err(problems::second_person())),
        }
    };
    Ok(app.store.write(write).await??)
}

/// A roll-out for those who look at it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RolloutView {
    pub(crate) id: i64,
    pub(crate) state: RolloutState,
    /// The last ring that is open, of so many.
    pub(crate) ring: u32,
    pub(crate) soak_minutes: i64,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) started_at: Timestamp,
    pub(crate) started_by: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) ended_at: Option<Timestamp>,
    /// Why it stands still.
    pub(crate) reason: Option<String>,
    pub(crate) skip_asked_by: Option<String>,
    pub(crate) rings: Vec<RingView>,
    /// What is wrong with kiosks that have it, with each kiosk's reason: those in the charge of whoever asks.
    pub(crate) troubles: BTreeMap<String, String>,
}

/// One ring, in numbers.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct RingView {
    pub(crate) kiosks: usize,
    pub(crate) released: usize,
    pub(crate) confirmed: usize,
    pub(crate) reverted: usize,
    /// Those who go first, by name.
    pub(crate) names: Vec<String>,
}

/// The roll-out that is under way, or the last one, if any of its kiosks is in somebody's charge.
pub(crate) async fn rollout(app: &App, session: &Session) -> Result<Option<RolloutView>, Refusal> {
    require(session, Ask::Fleet)?;
    let (session, now) = (session.clone(), app.clock.now());
    let read = move |view: &Transaction<'_>| {
        let Some(rollout) = rollout::last(view)? else { return Ok(None) };
        let own: BTreeSet<String> = seen(view, &session, now)?.into_iter().map(|kiosk| kiosk.name).collect();
        let any = rollout.members.iter().any(|member| own.contains(&member.name));
        Ok(any.then(|| rollout_view(rollout, &own, now)))
    };
    Ok(app.store.read(read).await?)
}

fn rollout_view(rollout: Rollout, own: &BTreeSet<String>, now: Timestamp) -> RolloutView {
    let mut rings: BTreeMap<u32, RingView> = BTreeMap::new();
    let mut troubles = BTreeMap::new();
    for member in &rollout.members {
        let ring = rings.entry(member.ring).or_default();
        ring.kiosks += 1;
        ring.released += usize::from(member.released_at.is_some());
        ring.confirmed += usize::from(member.confirmed_at.is_some());
        ring.reverted += usize::from(member.released_at.is_some() && member.has_reverted());
        if !own.contains(&member.name) {
            continue;
        }
        if member.ring == 0 {
            ring.names.push(member.name.clone());
        }
        if rollout.ended_at.is_none()
            && let Some(why) = member.trouble(now)
        {
            troubles.insert(member.name.clone(), why);
        }
    }
    RolloutView {
        id: rollout.id,
        state: rollout.state,
        ring: rollout.ring,
        soak_minutes: rollout.soak.as_mins(),
        started_at: rollout.started_at,
        started_by: rollout.started_by,
        ended_at: rollout.ended_at,
        reason: rollout.reason,
        skip_asked_by: rollout.skip_asked_by,
        rings: rings.into_values().collect(),
        troubles,
    }
}

/// Why a set is not published, in words for staff.
fn not_published(refusal: &NotPublished) -> Problem {
    use super::rings::NoCanary;
    match refusal {
        NotPublished::RollingOut => problems::rolling_out(),
        NotPublished::NothingNew => problems::nothing_to_sign(),
        NotPublished::NoRoot => problems::no_root(),
        NotPublished::Elsewhere(name) => problems::elsewhere(name),
        NotPublished::Order { role, .. } => problems::batch_has_moved(role),
        NotPublished::NoCanary(NoCanary::Nobody) => {
            problems::canary_refused("没有一台在线且正常的终端可以先试，请先让一台终端恢复正常")
        }
        NotPublished::NoCanary(NoCanary::TooMany(found)) => {
            problems::canary_refused(format!("先试的终端最多三台，选了 {found} 台"))
        }
        NotPublished::NoCanary(NoCanary::Stranger(name)) => {
            problems::canary_refused(format!("{name} 没有新配置，不能先试"))
        }
        NotPublished::NoCanary(NoCanary::Silent(name)) => {
            problems::canary_refused(format!("{name} 失联，先试看不出结果"))
        }
        NotPublished::OtherSigners => {
            problems::batch_refused("签名文件不全，或签名的人已经更换，请重新下载签名".to_owned())
        }
        NotPublished::Stranger(what) => {
            problems::batch_refused(format!("签名文件里有不是本平台起草的内容（{what}），请重新下载签名"))
        }
        NotPublished::NoWayBack(bin) | NotPublished::Older(bin) => {
            problems::batch_refused(format!("签名文件里 {bin} 的新配置和退路对不上，请重新下载签名"))
        }
        NotPublished::TooMany(found) => problems::batch_refused(format!("一次改 {found} 台，应分批发布")),
        NotPublished::Trust(error) => problems::batch_refused(trust_words(error)),
    }
}

fn trust_words(error: &config_trust::TrustError) -> String {
    use config_trust::TrustError;
    match error {
        TrustError::Signatures { found, needed, .. } => {
            format!("有效签名不够：需要 {needed} 人，只有 {found} 人")
        }
        TrustError::Expired { at, .. } => format!("签名文件已在 {at} 过期，请重新下载签名"),
        TrustError::Bin { error, .. } => trust_words(error),
        other => format!("终端不会接受这个文件：{other}"),
    }
}

/// A 就绪报告 that is true.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub(crate) at: Timestamp,
    pub(crate) says: Readiness,
}

/// Checks a report that a technician shows against the authority of this platform, and that it is of this kiosk.
pub(crate) async fn ready(app: &App, session: &Session, name: &str, text: &str) -> Result<Ready, Refusal> {
    kiosk(app, session, name).await?;
    let fleet = required(app)?;
    let read = readiness::read(text.trim(), fleet.authority.root(), app.clock.now());
    let (statement, says) = read.map_err(|bad| problems::readiness_untrue(statement_words(bad)))?;
    if statement.kiosk != name {
        return Err(problems::readiness_untrue(&format!("这是 {} 的报告", statement.kiosk)).into());
    }
    Ok(Ready { at: statement.at, says })
}

fn statement_words(bad: BadStatement) -> &'static str {
    match bad {
        BadStatement::Malformed => "这不是终端的就绪报告，或复制得不全",
        BadStatement::Purpose => "这是关于别的事情的声明，不是就绪报告",
        BadStatement::Stranger => "报告里的证书不是本平台的，或当时已经失效",
        BadStatement::Forged => "签名对不上：内容被改过，或不是这台终端签的",
        BadStatement::Future => "报告的时间在将来：终端或平台的时钟不准",
    }
}
