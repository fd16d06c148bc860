//! Signing in and out, and the accounts that the three administrators keep.

use protocol::Problem;

use super::access::{Ask, require};
use crate::{
    app::App,
    error::Refusal,
    people::{
        NewStaff, StaffError, audit, password,
        session::{Session, Ticket},
        sign_in::{self, Attempt, Came},
        staff::{self, Grant, Made, Secrets, Staff},
    },
    problems,
    store::{StoreError, Transaction},
};

/// Signs somebody in. The ticket, and whether the first password has to be changed.
pub(crate) async fn sign_in(
    app: &App,
    login: &str,
    password: String,
    code: &str,
) -> Result<(Ticket, bool), Refusal> {
    let (login, code) = (login.trim().to_lowercase(), code.to_owned());
    let name = login.clone();
    let kept = app.store.read(move |view| sign_in::kept(view, &name)).await?;
    // Slow on purpose, and so away from the threads that answer others.
    let checked =
        tokio::task::spawn_blocking(move || sign_in::matches(&password, kept.as_deref()).map(str::to_owned));
    let password = checked.await.map_err(|_| problems::internal())?;
    let now = app.clock.now();
    let ticket = std::sync::Arc::new(Ticket::new());
    let own = ticket.clone();
    let write = move |transaction: &Transaction<'_>| {
        let attempt = Attempt { login: &login, code: &code, password: password.as_deref() };
        sign_in::attempt(transaction, &attempt, &own, now)
    };
    match app.store.write(write).await? {
        Came::In { password_initial } => {
            let Ticket { token, csrf } = &*ticket;
            Ok((Ticket { token: token.clone(), csrf: csrf.clone() }, password_initial))
        }
        Came::Wrong => Err(problems::sign_in_wrong().into()),
        Came::Locked(_) => Err(problems::sign_in_locked().into()),
    }
}

/// Signs out.
pub(crate) async fn sign_out(app: &App, session: &Session) -> Result<(), Refusal> {
    let session = session.clone();
    Ok(app.store.write(move |transaction| session.end(transaction)).await?)
}

/// Changes one's own password. Every other session ends.
pub(crate) async fn change_password(
    app: &App,
    session: &Session,
    old: String,
    new: String,
) -> Result<(), Refusal> {
    if let Some(fault) = password::fault(&new, &session.staff.login) {
        return Err(problems::password_refused(fault).into());
    }
    let kept = session.staff.password_hash.clone();
    let hashed = tokio::task::spawn_blocking(move || {
        if !password::is(&old, Some(&kept)) {
            return Err(problems::password_refused("原密码不对"));
        }
        if old == new {
            return Err(problems::password_refused("新密码和原密码一样"));
        }
        password::hash(&new).ok_or_else(problems::internal)
    });
    let hash = hashed.await.map_err(|_| problems::internal())??;
    let (session, at) = (session.clone(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| {
        let id = session.staff.id.as_str();
        transaction.execute(
            "UPDATE staff SET password_hash = ?2, password_initial = FALSE WHERE id = ?1",
            &[id.into(), (&hash).into()],
        )?;
        session.end_others(transaction)?;
        note(transaction, &session, "change-password", &session.staff.login, at)
    };
    Ok(app.store.write(write).await?)
}

/// All accounts with their roles.
pub(crate) async fn list(app: &App, session: &Session) -> Result<Vec<(Staff, Vec<Grant>)>, Refusal> {
    require(session, Ask::Accounts)?;
    let read = |view: &Transaction<'_>| {
        let with_grants = |staff: Staff| Ok((staff.clone(), staff::grants(view, &staff.id)?));
        staff::all(view)?.into_iter().map(with_grants).collect::<Result<Vec<_>, StoreError>>()
    };
    Ok(app.store.read(read).await?)
}

/// What an administrator does to an account.
#[derive(Clone)]
pub(crate) enum Change {
    Create { name: String },
    Reset,
    Disable(bool),
    Grant(Grant),
    Revoke(Grant),
}

impl Change {
    fn ask(&self) -> Ask {
        match self {
            Self::Create { .. } | Self::Disable(_) => Ask::Administer,
            Self::Reset | Self::Grant(_) | Self::Revoke(_) => Ask::Secure,
        }
    }

    fn action(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create-account",
            Self::Reset => "reset-account",
            Self::Disable(true) => "disable-account",
            Self::Disable(false) => "enable-account",
            Self::Grant(_) => "grant-role",
            Self::Revoke(_) => "revoke-role",
        }
    }
}

/// Changes an account. New secrets are told once, here.
pub(crate) async fn change(
    app: &App,
    session: &Session,
    login: &str,
    change: Change,
) -> Result<Option<NewStaff>, Refusal> {
    require(session, change.ask())?;
    if login == session.staff.login {
        return Err(problems::account_refused("不能改自己的账号").into());
    }
    let secrets = match change {
        Change::Create { .. } | Change::Reset => {
            let made = tokio::task::spawn_blocking(Secrets::make).await.map_err(|_| problems::internal())?;
            Some(made.map_err(|_| problems::internal())?)
        }
        _ => None,
    };
    let (session, login, at) = (session.clone(), login.to_owned(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| -> Made<Option<NewStaff>> {
        let done = match (&change, &secrets) {
            (Change::Create { name }, Some(secrets)) => {
                staff::create(transaction, (&login, name), secrets, at)?.map(Some)
            }
            (Change::Reset, Some(secrets)) => staff::reset(transaction, &login, secrets)?.map(Some),
            (Change::Disable(disabled), _) => {
                staff::set_disabled(transaction, &login, *disabled)?.map(|()| None)
            }
            (Change::Grant(grant), _) => staff::grant(transaction, &login, grant)?.map(|()| None),
            (Change::Revoke(grant), _) => staff::revoke(transaction, &login, grant)?.map(|()| None),
            _ => Err(StaffError::Hash),
        };
        if done.is_ok() {
            note(transaction, &session, change.action(), &login, at)?;
        }
        Ok(done)
    };
    app.store.write(write).await?.map_err(|fault| refused(&fault).into())
}

fn refused(fault: &StaffError) -> Problem {
    problems::account_refused(match fault {
        StaffError::NoAccount(_) => return problems::account_not_found(),
        StaffError::Login(_) => "账号要 3 到 32 个小写字母、数字、点或横线，以字母开头".to_owned(),
        StaffError::Taken(_) => "这个账号已经有了".to_owned(),
        StaffError::NoOrganisation(_) => "没有这个机构".to_owned(),
        StaffError::Apart(one, other) => format!("{}和{}必须是两个人", one.word(), other.word()),
        StaffError::Name => "请填写姓名".to_owned(),
        StaffError::Hash => return problems::internal(),
    })
}

/// Writes into the audit what an administrator did.
pub(crate) fn note(
    transaction: &Transaction<'_>,
    session: &Session,
    action: &'static str,
    subject: &str,
    at: jiff::Timestamp,
) -> Result<(), StoreError> {
    note_why(transaction, session, action, (subject, ""), at)
}

/// The same, with what for.
pub(crate) fn note_why(
    transaction: &Transaction<'_>,
    session: &Session,
    action: &'static str,
    (subject, purpose): (&str, &str),
    at: jiff::Timestamp,
) -> Result<(), StoreError> {
    let (staff_id, login) = (Some(session.staff.id.as_str()), session.staff.login.as_str());
    audit::add(transaction, &audit::Entry { at, staff_id, login, action, subject, purpose })
}
