//! How a call can fail.

use std::time::Duration;

use protocol::Problem;

/// Why a call did not give its answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No connection, or it broke off.
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
    /// It failed with a status of its own fault.
    #[error("the platform failed with status {0}")]
    ServerError(u16),
    /// It answered something that makes no sense.
    #[error("the platform's answer is of no use: {0}")]
    BadAnswer(&'static str),
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
