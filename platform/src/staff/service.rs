//! What somebody who has signed in can do with cases.

use protocol::Problem;

use super::{
    access::{Ask, require},
    materials,
    view::{self, BundleView, CaseView, PersonalView, SiblingView, TaskView},
};
use crate::{
    app::App,
    clock::china_date,
    error::Refusal,
    lifecycle::{
        act::Act,
        facts::{Actor, World},
        guard,
        machine::{self, Denial},
        rules::{self, Who},
        workflow::Place,
    },
    people::{
        Role, audit,
        organisation::{self, Organisation},
        session::Session,
        staff::Grant,
    },
    problems,
    store::{
        StoreError, Transaction, bundles,
        casework::{
            self, By, Moment, Saved, Work, call_backs,
            lists::{self, Cursor},
            orders, statistics,
        },
    },
};

/// What the access audit calls it that somebody has read the applicant in the clear.
pub(super) const REVEAL: &str = "reveal-applicant";

/// A page of cases for a person.
pub(crate) struct Tasks {
    pub(crate) cases: Vec<TaskView>,
    pub(crate) next: Option<String>,
}

/// Either an answer or a refusal, out of a transaction.
pub(super) type Asked<T> = Result<Result<T, Problem>, StoreError>;

pub(super) fn flatten<T>(asked: Result<Result<T, Problem>, StoreError>) -> Result<T, Refusal> {
    Ok(asked??)
}

fn cursor(text: Option<&str>) -> Result<Option<Cursor>, Problem> {
    text.map(|text| Cursor::read(text).ok_or_else(problems::cursor_unknown)).transpose()
}

/// 我的待办.
pub(crate) async fn tasks(app: &App, session: &Session, after: Option<&str>) -> Result<Tasks, Refusal> {
    require(session, Ask::Handle)?;
    let (after, grants) = (cursor(after)?, session.grants.clone());
    let page = app.store.read(move |view| lists::tasks(view, &grants, after.as_ref())).await?;
    Ok(shown(app, &page))
}

/// 监察: the open cases of an area, and those that were late.
pub(crate) async fn watched(app: &App, session: &Session, after: Option<&str>) -> Result<Tasks, Refusal> {
    require(session, Ask::Supervise)?;
    let (after, grants) = (cursor(after)?, session.grants.clone());
    let read = move |view: &Transaction<'_>| {
        lists::watched(view, &areas(view, &grants, Ask::Supervise)?, after.as_ref())
    };
    Ok(shown(app, &app.store.read(read).await?))
}

/// 统计.
pub(crate) async fn count(app: &App, session: &Session) -> Result<statistics::Statistics, Refusal> {
    require(session, Ask::Count)?;
    let (grants, today) = (session.grants.clone(), china_date(app.clock.now()));
    let read =
        move |view: &Transaction<'_>| statistics::count(view, &areas(view, &grants, Ask::Count)?, today);
    Ok(app.store.read(read).await?)
}

fn shown(app: &App, page: &lists::Page) -> Tasks {
    let (calendar, today) = (app.calendar(), china_date(app.clock.now()));
    let view = |work: &Work| {
        let world = World { item: &work.item, workflow: &work.workflow, calendar: &calendar, today };
        TaskView::of(work, &world)
    };
    Tasks { cases: page.cases.iter().map(view).collect(), next: page.next.as_ref().map(Cursor::text) }
}

/// The organisations at which somebody has a role that may ask for this.
pub(super) fn areas(
    view: &Transaction<'_>,
    grants: &[Grant],
    ask: Ask,
) -> Result<Vec<Organisation>, StoreError> {
    let orgs = grants.iter().filter(|grant| ask.is_for(grant.role));
    let found = orgs.map(|grant| organisation::by_id(view, &grant.org)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// A case that this person may see. Any other is not there.
pub(super) fn seen(
    view: &Transaction<'_>,
    session: &Session,
    case_no: &str,
) -> Result<Option<Work>, StoreError> {
    let Some(work) = casework::load(view, case_no)? else { return Ok(None) };
    let handles: Vec<&str> = session
        .grants
        .iter()
        .filter(|grant| grant.role.handles_cases())
        .map(|grant| grant.org.as_str())
        .collect();
    let received = work.places.received.as_ref().map(|place| place.id.as_str());
    let near = [received, work.holder_org.as_deref()].into_iter().flatten().any(|org| handles.contains(&org));
    let asked = work.facts.proposal.is_some() && session.grants.iter().any(|grant| approves(grant, &work));
    let calls = call_backs::is_for(view, &work.key, &handles)?;
    if near
        || asked
        || calls
        || lists::took_part(view, &work.key, &handles)?
        || supervised(view, session, &work)?
    {
        return Ok(Some(work));
    }
    Ok(None)
}

fn supervised(view: &Transaction<'_>, session: &Session, work: &Work) -> Result<bool, StoreError> {
    let areas = areas(view, &session.grants, Ask::Supervise)?;
    let decides = work.decision_org.as_deref().map(|id| organisation::by_id(view, id)).transpose()?.flatten();
    let places = [&work.places.received, &work.places.area, &decides];
    Ok(places.into_iter().flatten().any(|place| areas.iter().any(|area| area.reaches(place))))
}

fn approves(grant: &Grant, work: &Work) -> bool {
    let orgs = [work.holder_org.as_deref(), work.decision_org.as_deref()];
    grant.role == Role::Approver && orgs.contains(&Some(grant.org.as_str()))
}

fn at_counter(grant: &Grant, work: &Work) -> bool {
    let received = work.places.received.as_ref().is_some_and(|place| place.id == grant.org);
    let window = matches!(grant.role, Role::Clerk | Role::CommunityWorker);
    window && received || work.facts.place == Place::Intake && at_desk(grant, work)
}

fn at_desk(grant: &Grant, work: &Work) -> bool {
    work.holder_org.as_deref() == Some(grant.org.as_str()) && work.holder_role == Some(grant.role)
}

/// What this person may do with this case.
fn standing<'a>(session: &'a Session, work: &Work) -> Actor<'a> {
    let any = |may: fn(&Grant, &Work) -> bool| session.grants.iter().any(|grant| may(grant, work));
    Actor::Staff {
        id: &session.staff.id,
        desk: any(at_desk),
        approver: any(approves),
        counter: any(at_counter),
    }
}

/// The role in which somebody acts.
fn acting<'a>(session: &'a Session, work: &Work, who: Who) -> Option<&'a Grant> {
    let may = match who {
        Who::Desk => at_desk,
        Who::Approver => approves,
        Who::Counter => at_counter,
        Who::System => return None,
    };
    session.grants.iter().find(|grant| may(grant, work))
}

/// A case with its timeline.
pub(crate) async fn case(app: &App, session: &Session, case_no: &str) -> Result<CaseView, Refusal> {
    require(session, Ask::Read)?;
    let (session, case_no) = (session.clone(), case_no.to_owned());
    let (calendar, today) = (app.calendar(), china_date(app.clock.now()));
    let read = move |view: &Transaction<'_>| -> Asked<CaseView> {
        let Some(work) = seen(view, &session, &case_no)? else { return Ok(Err(problems::case_not_found())) };
        let world = World { item: &work.item, workflow: &work.workflow, calendar: &calendar, today };
        let acts = machine::offered(&work.facts, standing(&session, &work), &world);
        let personal = casework::personal(view, &work.key)?.ok_or(StoreError::Damaged("case"))?;
        let facts = &work.facts;
        Ok(Ok(CaseView {
            task: TaskView::of(&work, &world),
            version: work.version,
            outcome: facts.outcome,
            deemed: facts.deemed,
            area_org: work.places.area.as_ref().map(|area| area.name.clone()),
            accepted_on: facts.accepted_on,
            red_since: work.red_since,
            extended_days: facts.extended_days,
            answers: view::answers(&work.item, &personal.fields, false),
            materials: materials::of_case(view, &work)?,
            history: view::history(&work, casework::history(view, &work.key)?),
            documents: view::documents(casework::documents(view, &work.key)?),
            orders: orders::of_case(view, &work.key)?,
            acts: acts.iter().map(|rule| rule.act).collect(),
            steps: view::steps(&work),
            here: guard::step_kind(facts, &world),
            notice_until: facts
                .publicity
                .as_ref()
                .filter(|notice| !notice.objected)
                .map(|notice| notice.closes_on),
            proposal_reason: facts
                .proposal
                .as_ref()
                .map(|proposal| format!("{}：{}", proposal.kind.word(), proposal.reason)),
            bundle: bundle(view, &session, &case_no)?,
        }))
    };
    flatten(app.store.read(read).await)
}

/// 同一件事: what else was filed with a case.
fn bundle(
    view: &Transaction<'_>,
    session: &Session,
    case_no: &str,
) -> Result<Option<BundleView>, StoreError> {
    let Some(bundle) = bundles::of_case(view, case_no)? else { return Ok(None) };
    let mut others = Vec::new();
    for number in bundles::case_numbers(view, &bundle.bundle_no)? {
        if number != case_no {
            let work = casework::load(view, &number)?.ok_or(StoreError::Damaged("bundle_member"))?;
            let seen = seen(view, session, &number)?.is_some();
            others.push(sibling(&work, seen));
        }
    }
    Ok(Some(BundleView { bundle_no: bundle.bundle_no, name: bundle.name.simplified, others }))
}

fn sibling(work: &Work, seen: bool) -> SiblingView {
    SiblingView {
        case_no: work.case_no.clone(),
        item: work.item.name.simplified.clone(),
        state: work.facts.state,
        step: work.workflow.place_name(&work.facts.place),
        due_on: work.facts.due.filter(|_| work.facts.place != Place::Nowhere).map(|due| due.on),
        seen,
    }
}

/// Acts on a case that was seen in `version`, inside a transaction.
pub(crate) fn act(
    transaction: &Transaction<'_>,
    app: &App,
    session: &Session,
    case_no: &str,
    (version, act): (i64, &Act),
) -> Asked<Work> {
    let Some(work) = seen(transaction, session, case_no)? else { return Ok(Err(problems::case_not_found())) };
    if work.version != version {
        return Ok(Err(problems::case_has_moved()));
    }
    let Some(rule) = rules::rule(act.kind(), work.facts.state) else {
        return Ok(Err(problems::act_not_now()));
    };
    let Some(grant) = acting(session, &work, rule.who) else { return Ok(Err(problems::forbidden())) };
    let by = By {
        actor: standing(session, &work),
        name: &session.staff.name,
        role: grant.role.word(),
        org: Some(&grant.org),
    };
    let calendar = app.calendar();
    let moment = Moment { calendar: &calendar, now: app.clock.now(), exchanges: app.exchanges() };
    let saved = casework::perform(transaction, &work, act, &by, &moment)?;
    Ok(match saved {
        Saved::Done(work) => Ok(*work),
        Saved::Denied(Denial::NotNow) => Err(problems::act_not_now()),
        Saved::Denied(Denial::NotYours) => Err(problems::forbidden()),
        Saved::Denied(Denial::Guard(why)) => Err(problems::act_refused(why)),
        Saved::Nowhere => Err(problems::act_refused("下一环节没有对应的机构，请系统管理员补全组织机构")),
        Saved::NoArea => Err(problems::act_refused("没有这个社区")),
    })
}

/// The same from the console, which tells by the version that nothing happens twice.
pub(crate) async fn act_once(
    app: &std::sync::Arc<App>,
    session: &Session,
    case_no: &str,
    version: i64,
    todo: Act,
) -> Result<(), Refusal> {
    require(session, Ask::Handle)?;
    let (own, session, case_no) = (app.clone(), session.clone(), case_no.to_owned());
    let write =
        move |transaction: &Transaction<'_>| act(transaction, &own, &session, &case_no, (version, &todo));
    flatten(app.store.write(write).await).map(drop)
}

/// A purpose that can be one.
pub(crate) fn purpose(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if (4..=100).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(problems::purpose_missing())
    }
}

/// The applicant in the clear; that it was read, by whom and why, is written down first.
pub(crate) async fn reveal(
    app: &App,
    session: &Session,
    case_no: &str,
    why: &str,
) -> Result<PersonalView, Refusal> {
    require(session, Ask::Reveal)?;
    let why = purpose(why)?;
    let (session, case_no, at) = (session.clone(), case_no.to_owned(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Asked<PersonalView> {
        let Some(work) = seen(transaction, &session, &case_no)? else {
            return Ok(Err(problems::case_not_found()));
        };
        let entry = audit::Entry {
            at,
            staff_id: Some(&session.staff.id),
            login: &session.staff.login,
            action: REVEAL,
            subject: &case_no,
            purpose: &why,
        };
        audit::add(transaction, &entry)?;
        let read = casework::personal(transaction, &work.key)?.ok_or(StoreError::Damaged("case"))?;
        Ok(Ok(PersonalView {
            sex: match read.sex {
                protocol::Sex::Male => "男",
                protocol::Sex::Female => "女",
                _ => "未说明",
            },
            birth: read.birth,
            answers: view::answers(&work.item, &read.fields, true),
            name: read.name,
            id_number: read.id_number,
            address: read.address,
        }))
    };
    flatten(app.store.write(write).await)
}

/// Issues a 督办单.
pub(crate) fn order(
    transaction: &Transaction<'_>,
    session: &Session,
    (case_no, content): (&str, &str),
    now: jiff::Timestamp,
) -> Asked<String> {
    let Some(work) = seen(transaction, session, case_no)? else { return Ok(Err(problems::case_not_found())) };
    if !is_content(content) {
        return Ok(Err(problems::act_refused("请写明督办内容，500 字以内")));
    }
    let issued = orders::issue(transaction, &work, (&session.staff.name, content.trim()), now)?;
    Ok(issued.ok_or_else(|| problems::act_refused("办件已经结束，没有可督办的单位")))
}

fn is_content(text: &str) -> bool {
    (1..=500).contains(&text.trim().chars().count())
}

/// Answers one, for the organisation that it asks.
pub(crate) async fn reply(app: &App, session: &Session, id: &str, text: &str) -> Result<(), Refusal> {
    require(session, Ask::Handle)?;
    let (session, id, text, now) = (session.clone(), id.to_owned(), text.to_owned(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Asked<()> {
        let ours =
            |org: &str| session.grants.iter().any(|grant| grant.role.handles_cases() && grant.org == org);
        match orders::by_id(transaction, &id)? {
            Some(order) if ours(&order.org) => {}
            _ => return Ok(Err(problems::order_not_found())),
        }
        if !is_content(&text) {
            return Ok(Err(problems::act_refused("请写明回复，500 字以内")));
        }
        let done = orders::reply(transaction, &id, (&session.staff.name, text.trim()), now)?;
        Ok(if done { Ok(()) } else { Err(problems::order_has_moved()) })
    };
    flatten(app.store.write(write).await)
}

/// Closes one that has been answered.
pub(crate) async fn close(app: &App, session: &Session, id: &str) -> Result<(), Refusal> {
    require(session, Ask::Supervise)?;
    let (session, id, now) = (session.clone(), id.to_owned(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Asked<()> {
        let Some(order) = orders::by_id(transaction, &id)? else {
            return Ok(Err(problems::order_not_found()));
        };
        if seen(transaction, &session, &order.case_no)?.is_none() {
            return Ok(Err(problems::order_not_found()));
        }
        let done = orders::close(transaction, &id, now)?;
        Ok(if done { Ok(()) } else { Err(problems::order_has_moved()) })
    };
    flatten(app.store.write(write).await)
}
