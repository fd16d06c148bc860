//! 差评回访: the organisation that answers for a case calls whoever was not satisfied, and says what came of it.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    access::{Ask, require},
    accounts::note_why,
    service::{Asked, areas, flatten},
};
use crate::{
    app::App,
    calendar::WorkCalendar,
    clock::china_date,
    error::Refusal,
    lifecycle::{call_back::Settlement, light::Light},
    people::session::Session,
    problems,
    store::{
        Transaction,
        casework::call_backs::{self, Call, CallBack},
    },
};

/// One call-back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CallBackView {
    pub(crate) case_no: String,
    /// 事项.
    pub(crate) item: String,
    /// Masked.
    pub(crate) applicant: String,
    /// Who has to call.
    pub(crate) org: String,
    /// 4 or 5.
    pub(crate) level: i64,
    pub(crate) light: Light,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) opened_at: Timestamp,
    /// By when to call.
    #[schema(value_type = String, format = Date)]
    pub(crate) contact_due_on: Date,
    /// By when it is put right or explained.
    #[schema(value_type = String, format = Date)]
    pub(crate) settle_due_on: Date,
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) contacted_on: Option<Date>,
    /// What was said on the first call.
    pub(crate) contact: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) settled_on: Option<Date>,
    pub(crate) settlement: Option<Settlement>,
    /// What was done.
    pub(crate) note: Option<String>,
    /// Whether this person may take the next step.
    pub(crate) ours: bool,
}

fn view(found: CallBack, session: &Session, today: Date, calendar: &WorkCalendar) -> CallBackView {
    let ours = is_ours(session, &found);
    CallBackView {
        ours,
        light: found.due.light((found.contacted_on, found.settled_on), today, calendar),
        case_no: found.case_no,
        item: found.item,
        applicant: found.applicant,
        org: found.org_name,
        level: found.level,
        opened_at: found.opened_at,
        contact_due_on: found.due.contact_on,
        settle_due_on: found.due.settle_on,
        contacted_on: found.contacted_on,
        contact: found.contact,
        settled_on: found.settled_on,
        settlement: found.settlement,
        note: found.note,
    }
}

fn is_ours(session: &Session, found: &CallBack) -> bool {
    session.grants.iter().any(|grant| grant.role.handles_cases() && grant.org == found.org)
}

/// Those that one's organisations have to make, and those of the area that one supervises.
pub(crate) async fn list(app: &App, session: &Session) -> Result<Vec<CallBackView>, Refusal> {
    require(session, Ask::Read)?;
    let (session, calendar, today) = (session.clone(), app.calendar(), china_date(app.clock.now()));
    let read = move |transaction: &Transaction<'_>| {
        let handles = session.grants.iter().filter(|grant| grant.role.handles_cases());
        let orgs: Vec<&str> = handles.map(|grant| grant.org.as_str()).collect();
        let watched = areas(transaction, &session.grants, Ask::Supervise)?;
        let found = call_backs::list(transaction, &orgs, &watched)?;
        Ok(found.into_iter().map(|found| view(found, &session, today, &calendar)).collect())
    };
    Ok(app.store.read(read).await?)
}

/// What was said on the first call.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contacted {
    /// 500 字以内.
    pub(crate) note: String,
}

/// What came of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settled {
    pub(crate) settlement: Settlement,
    /// 500 字以内.
    pub(crate) note: String,
}

/// Notes the first call.
pub(crate) async fn contact(
    app: &App,
    session: &Session,
    case_no: &str,
    call: Contacted,
) -> Result<(), Refusal> {
    step(app, session, case_no, (None, call.note)).await
}

/// Settles it.
pub(crate) async fn settle(app: &App, session: &Session, case_no: &str, end: Settled) -> Result<(), Refusal> {
    step(app, session, case_no, (Some(end.settlement), end.note)).await
}

async fn step(
    app: &App,
    session: &Session,
    case_no: &str,
    (settlement, note): (Option<Settlement>, String),
) -> Result<(), Refusal> {
    require(session, Ask::Handle)?;
    let (session, case_no, now) = (session.clone(), case_no.to_owned(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Asked<()> {
        match call_backs::of_case(transaction, &case_no)? {
            Some(found) if is_ours(&session, &found) => {}
            _ => return Ok(Err(problems::call_back_not_found())),
        }
        let note = note.trim();
        if !(1..=500).contains(&note.chars().count()) {
            return Ok(Err(problems::act_refused("请写明情况，500 字以内")));
        }
        let call = Call { by: &session.staff.id, note, now };
        let (done, action) = match settlement {
            None => (call_backs::contact(transaction, &case_no, &call)?, "contact-call-back"),
            Some(settlement) => {
                (call_backs::settle(transaction, &case_no, settlement, &call)?, "settle-call-back")
            }
        };
        if !done {
            return Ok(Err(problems::call_back_has_moved()));
        }
        note_why(transaction, &session, action, (&case_no, ""), now)?;
        Ok(Ok(()))
    };
    flatten(app.store.write(write).await)
}
