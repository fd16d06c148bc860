//! Which roles may ask for what at all. Whether this very case is theirs is a question of its own.

use protocol::Problem;

use crate::{
    people::{Role, session::Session},
    problems,
};

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ask {
    /// Own tasks, and acting on a case.
    Handle,
    /// Reading a case, masked.
    Read,
    /// Reading the applicant in the clear, with a purpose.
    Reveal,
    /// 监察, 督办.
    Supervise,
    /// Numbers of one's area, and asking for an export of them.
    Count,
    /// Releasing an export that somebody else has asked for.
    Release,
    /// Writing the next version of an item that one's office carries out.
    EditItems,
    /// Publishing what somebody else has written, or sending it back.
    PublishItems,
    /// The list of accounts.
    Accounts,
    /// Making and disabling accounts; importing calendars; sending again what the platform above refused.
    Administer,
    /// Giving and taking roles, and unlocking.
    Secure,
    /// The access audit.
    Audit,
    /// Seeing kiosks, inviting machines, and halting a roll-out; opening a ring early, with a second person.
    Fleet,
    /// Drafting what is configured, and rolling it out.
    Configure,
    /// Taking a kiosk out.
    Retire,
    /// What everybody needs: organisations, the calendar, oneself.
    Common,
}

impl Ask {
    /// Whether a role may.
    pub(crate) fn is_for(self, role: Role) -> bool {
        match self {
            Self::Handle | Self::Reveal => role.handles_cases(),
            Self::Read => role.handles_cases() || role == Role::Supervisor,
            Self::Supervise | Self::Release => role == Role::Supervisor,
            Self::Count => matches!(role, Role::Supervisor | Role::Approver),
            Self::EditItems => matches!(role, Role::Reviewer | Role::Approver),
            Self::PublishItems => role == Role::Approver,
            Self::Accounts => matches!(role, Role::SystemAdministrator | Role::SecurityAdministrator),
            Self::Administer => role == Role::SystemAdministrator,
            Self::Secure => role == Role::SecurityAdministrator,
            Self::Audit => role == Role::Auditor,
            Self::Fleet => matches!(role, Role::FleetOperator | Role::SystemAdministrator),
            Self::Configure => role == Role::FleetOperator,
            Self::Retire => role == Role::SystemAdministrator,
            Self::Common => true,
        }
    }
}

/// Lets through whoever has a role that may.
pub(crate) fn require(session: &Session, ask: Ask) -> Result<(), Problem> {
    if session.staff.password_initial {
        return Err(problems::password_change_required());
    }
    let may = ask == Ask::Common || session.grants.iter().any(|grant| ask.is_for(grant.role));
    if may { Ok(()) } else { Err(problems::forbidden()) }
}

/// Whether the console shows the way there.
pub(crate) fn shows(session: &Session, ask: Ask) -> bool {
    require(session, ask).is_ok()
}
