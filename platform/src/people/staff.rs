//! 工作人员: accounts and what they may do where.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Role, organisation, password, totp};
use crate::store::{
    StoreError, Transaction,
    columns::{name_of, named, parsed_option},
    sql::{Row, Value},
};

/// An account with all that sign-in asks.
#[derive(Clone)]
pub(crate) struct Staff {
    pub(crate) id: String,
    pub(crate) login: String,
    pub(crate) name: String,
    pub(crate) password_hash: String,
    pub(crate) totp_secret: Vec<u8>,
    pub(crate) totp_last_step: i64,
    pub(crate) password_initial: bool,
    pub(crate) disabled: bool,
    pub(crate) failures: i64,
    pub(crate) locked_until: Option<Timestamp>,
}

/// A role at an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    pub(crate) role: Role,
    /// The organisation, by its id.
    pub(crate) org: String,
}

/// An account that was just made: what is told once and never again.
#[derive(Clone)]
pub struct NewStaff {
    /// 账号.
    pub login: String,
    /// The first password; it must be changed at the first sign-in.
    pub password: String,
    /// What an authenticator app scans.
    pub totp_uri: String,
    /// The same to be typed.
    pub totp_secret: String,
}

impl std::fmt::Debug for NewStaff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewStaff").field("login", &self.login).finish_non_exhaustive()
    }
}

/// Why an account is not made or a role not given.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum StaffError {
    /// The login cannot be one.
    #[error(
        "found the login `{0}`, expected 3 to 32 lower-case letters, digits, dots and hyphens, a letter first"
    )]
    Login(String),
    /// It is taken.
    #[error("found an account `{0}` already")]
    Taken(String),
    /// No such organisation.
    #[error("found no organisation `{0}`")]
    NoOrganisation(String),
    /// No such account.
    #[error("found no account `{0}`")]
    NoAccount(String),
    /// One person may not have both roles.
    #[error("{} and {} must be two people", .0.word(), .1.word())]
    Apart(Role, Role),
    /// The name is empty.
    #[error("found no name")]
    Name,
    /// No memory to hash a password.
    #[error("the password could not be hashed")]
    Hash,
}

/// What an account operation comes to: the database may fail, or the request may be refused.
pub(crate) type Made<T> = Result<Result<T, StaffError>, StoreError>;

fn is_login(login: &str) -> bool {
    (3..=32).contains(&login.len())
        && login.starts_with(|first: char| first.is_ascii_lowercase())
        && login
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte))
}

/// The secrets of a new account, made outside a transaction: it may run more than once.
pub(crate) struct Secrets {
    id: String,
    password: String,
    hash: String,
    totp: Vec<u8>,
}

impl Secrets {
    pub(crate) fn make() -> Result<Self, StaffError> {
        let password = password::initial();
        let hash = password::hash(&password).ok_or(StaffError::Hash)?;
        Ok(Self { id: Uuid::new_v4().to_string(), password, hash, totp: totp::secret() })
    }

    fn tell(&self, login: &str) -> NewStaff {
        NewStaff {
            login: login.to_owned(),
            password: self.password.clone(),
            totp_uri: totp::uri(&self.totp, login),
            totp_secret: totp::base32(&self.totp),
        }
    }
}

/// Makes an account that may do nothing yet.
pub(crate) fn create(
    transaction: &Transaction<'_>,
    (login, name): (&str, &str),
    secrets: &Secrets,
    now: Timestamp,
) -> Made<NewStaff> {
    if !is_login(login) {
        return Ok(Err(StaffError::Login(login.to_owned())));
    }
    if name.trim().is_empty() || name.chars().count() > 60 {
        return Ok(Err(StaffError::Name));
    }
    if by_login(transaction, login)?.is_some() {
        return Ok(Err(StaffError::Taken(login.to_owned())));
    }
    let row: [Value; 7] = [
        (&secrets.id).into(),
        login.into(),
        name.trim().into(),
        (&secrets.hash).into(),
        secrets.totp.as_slice().into(),
        true.into(),
        now.to_string().into(),
    ];
    transaction.execute(
        "INSERT INTO staff (id, login, name, password_hash, totp_secret, totp_last_step, password_initial,
         disabled, failures, locked_until, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, FALSE, 0, NULL, ?7)",
        &row,
    )?;
    Ok(Ok(secrets.tell(login)))
}

/// Gives an account new secrets: it signs in as if for the first time.
pub(crate) fn reset(transaction: &Transaction<'_>, login: &str, secrets: &Secrets) -> Made<NewStaff> {
    let Some(staff) = by_login(transaction, login)? else {
        return Ok(Err(StaffError::NoAccount(login.to_owned())));
    };
    transaction.execute(
        "UPDATE staff SET password_hash = ?2, totp_secret = ?3, totp_last_step = 0, password_initial = TRUE,
         failures = 0, locked_until = NULL WHERE id = ?1",
        &[(&staff.id).into(), (&secrets.hash).into(), secrets.totp.as_slice().into()],
    )?;
    transaction.execute("DELETE FROM staff_session WHERE staff_id = ?1", &[(&staff.id).into()])?;
    Ok(Ok(secrets.tell(login)))
}

/// Gives a role at an organisation.
pub(crate) fn grant(transaction: &Transaction<'_>, login: &str, grant: &Grant) -> Made<()> {
    let Some(staff) = by_login(transaction, login)? else {
        return Ok(Err(StaffError::NoAccount(login.to_owned())));
    };
    if organisation::by_id(transaction, &grant.org)?.is_none() {
        return Ok(Err(StaffError::NoOrganisation(grant.org.clone())));
    }
    let held = grants(transaction, &staff.id)?;
    if let Some(other) = held.iter().find(|other| !grant.role.goes_with(other.role)) {
        return Ok(Err(StaffError::Apart(grant.role, other.role)));
    }
    transaction.execute(
        "INSERT INTO staff_grant VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        &[staff.id.into(), name_of(grant.role)?.into(), (&grant.org).into()],
    )?;
    Ok(Ok(()))
}

/// Takes a role away.
pub(crate) fn revoke(transaction: &Transaction<'_>, login: &str, grant: &Grant) -> Made<()> {
    let Some(staff) = by_login(transaction, login)? else {
        return Ok(Err(StaffError::NoAccount(login.to_owned())));
    };
    transaction.execute(
        "DELETE FROM staff_grant WHERE staff_id = ?1 AND role = ?2 AND org_id = ?3",
        &[staff.id.into(), name_of(grant.role)?.into(), (&grant.org).into()],
    )?;
    Ok(Ok(()))
}

/// Lets an account in or keeps it out; who is kept out is out at once.
pub(crate) fn set_disabled(transaction: &Transaction<'_>, login: &str, disabled: bool) -> Made<()> {
    let Some(staff) = by_login(transaction, login)? else {
        return Ok(Err(StaffError::NoAccount(login.to_owned())));
    };
    let id: Value = staff.id.into();
    transaction.execute("UPDATE staff SET disabled = ?2 WHERE id = ?1", &[id.clone(), disabled.into()])?;
    transaction.execute("DELETE FROM staff_session WHERE staff_id = ?1", &[id])?;
    Ok(Ok(()))
}

/// What an account may do.
pub(crate) fn grants(view: &Transaction<'_>, staff_id: &str) -> Result<Vec<Grant>, StoreError> {
    let query = "SELECT role, org_id FROM staff_grant WHERE staff_id = ?1 ORDER BY org_id, role";
    let grant = |row: &Row| Ok(Grant { role: named(row, "role")?, org: row.text("org_id")?.to_owned() });
    view.rows(query, &[staff_id.into()])?.iter().map(grant).collect()
}

pub(crate) fn by_login(view: &Transaction<'_>, login: &str) -> Result<Option<Staff>, StoreError> {
    if login.contains('\0') {
        return Ok(None);
    }
    view.row("SELECT * FROM staff WHERE login = ?1", &[login.into()])?.as_ref().map(staff).transpose()
}

pub(crate) fn by_id(view: &Transaction<'_>, id: &str) -> Result<Option<Staff>, StoreError> {
    view.row("SELECT * FROM staff WHERE id = ?1", &[id.into()])?.as_ref().map(staff).transpose()
}

/// All accounts, by login.
pub(crate) fn all(view: &Transaction<'_>) -> Result<Vec<Staff>, StoreError> {
    view.rows("SELECT * FROM staff ORDER BY login", &[])?.iter().map(staff).collect()
}

fn staff(row: &Row) -> Result<Staff, StoreError> {
    let text = |name| row.text(name).map(str::to_owned);
    Ok(Staff {
        id: text("id")?,
        login: text("login")?,
        name: text("name")?,
        password_hash: text("password_hash")?,
        totp_secret: row.bytes("totp_secret")?.to_vec(),
        totp_last_step: row.integer("totp_last_step")?,
        password_initial: row.truth("password_initial")?,
        disabled: row.truth("disabled")?,
        failures: row.integer("failures")?,
        locked_until: parsed_option(row, "locked_until")?,
    })
}
