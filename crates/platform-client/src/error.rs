//! How a call can fail.

use std::{fmt, time::Duration};

use protocol::Problem;

/// Why a call did not give its answer.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No connection, or it broke off on the way there or back.
    #[error("the platform cannot be reached")]
    Unreachable,
    /// No answer within the deadline.
    #[error("the platform did not answer in time")]
    TimedOut,
    /// It asks to come back later.
    #[error("the platform is overloaded")]
    Overloaded {
        /// When, where it says so.
        retry_after: Option<Duration>,
    },
    /// It failed, or somebody on the way did, or it does not know this machine: the call itself is not refused.
    #[error("the platform failed with status {0}")]
    ServerError(u16),
    /// It answered something that makes no sense.
    #[error("the platform's answer is of no use: {0}")]
    BadAnswer(&'static str),
    /// This kiosk is revoked: it has to wipe itself.
    #[error("this kiosk is revoked")]
    Revoked,
    /// It refuses, and will refuse again.
    #[error("the platform refuses: {}", .0.name())]
    Refused(Problem),
}

impl CallError {
    /// Whether trying again makes no sense.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        matches!(self, Self::Refused(_))
    }
}

impl CallError {
    /// What kind it is, in a word of a fixed list.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::Overloaded { .. } => "overloaded",
            Self::ServerError(_) => "server-error",
            Self::BadAnswer(_) => "bad-answer",
            Self::Revoked => "revoked",
            Self::Refused(_) => "refused",
        }
    }
}

/// The words of a problem are for a screen, and may repeat what was sent: a log gets its kind and status.
impl fmt::Debug for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable => f.write_str("Unreachable"),
            Self::TimedOut => f.write_str("TimedOut"),
            Self::Overloaded { retry_after } => write!(f, "Overloaded({retry_after:?})"),
            Self::ServerError(status) => write!(f, "ServerError({status})"),
            Self::BadAnswer(reason) => write!(f, "BadAnswer({reason:?})"),
            Self::Revoked => f.write_str("Revoked"),
            Self::Refused(problem) => write!(f, "Refused({}, {})", problem.name(), problem.status),
        }
    }
}

/// An error of the HTTP stack may quote the URL, so only its kind is taken over.
impl From<reqwest::Error> for CallError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() { Self::TimedOut } else { Self::Unreachable }
    }
}

/// Why a platform URL is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    /// It is no URL.
    #[error("found no URL, expected https://host[:port]")]
    NotAUrl,
    /// Another scheme, or no host.
    #[error("expected https://host[:port], or http://host:port inside a closed network")]
    NotHttp,
    /// The certificates of the system cannot be used.
    #[error("TLS cannot be set up on this system")]
    NoTls,
}
