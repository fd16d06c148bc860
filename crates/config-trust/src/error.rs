use crate::metadata::Role;

/// Why nothing was taken from the server. What was trusted before still is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// It is not there, or the line broke.
    #[error("{file} could not be fetched: {why}")]
    Unavailable {
        /// What was asked for.
        file: String,
        /// What the source said.
        why: String,
    },
    /// More bytes than it may have. No more than the limit was read.
    #[error("{file} is longer than {limit} bytes")]
    TooLong {
        /// What was asked for.
        file: String,
        /// In bytes.
        limit: u64,
    },
    /// Not what this file has to look like.
    #[error("{file} is not well formed: {why}")]
    Malformed {
        /// What was read.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// Too few keys of the role signed it.
    #[error("{role} has {found} valid signatures of different keys, but needs {needed}")]
    Signatures {
        /// Whose signatures are missing.
        role: Role,
        /// Valid ones, each key counted once.
        found: usize,
        /// The role's threshold.
        needed: usize,
    },
    /// Roots follow each other without a gap.
    #[error("root has version {found}, but {expected} has to come next")]
    RootOrder {
        /// The version that has to come next.
        expected: u64,
        /// The version that it has.
        found: u64,
    },
    /// Older than what this kiosk has seen.
    #[error("{role} has version {offered}, but {trusted} was trusted already")]
    Rollback {
        /// Whose version.
        role: Role,
        /// What the server offers.
        offered: u64,
        /// What was seen before.
        trusted: u64,
    },
    /// Its time is over: either nobody signs any more, or somebody keeps the news back.
    #[error("{role} expired at {at}")]
    Expired {
        /// Whose time is over.
        role: Role,
        /// Since when.
        at: jiff::Timestamp,
    },
    /// Not the version, length or hash that the file before it promises.
    #[error("{file} is not the one that was promised: its {what} differs")]
    NotPromised {
        /// What was read.
        file: String,
        /// "version", "length" or "hash".
        what: &'static str,
    },
    /// A file that was in the set is not in it any more.
    #[error("{file} was a part of the set, and nothing is promised about it now")]
    Vanished {
        /// Which.
        file: String,
    },
    /// Something is wrong with one bin.
    #[error("{bin}: {error}")]
    Bin {
        /// Its name.
        bin: String,
        /// What is wrong.
        error: Box<Self>,
    },
    /// Targets has no document for this kiosk.
    #[error("no configuration is signed for terminal {terminal_id}")]
    NoDocument {
        /// This kiosk.
        terminal_id: String,
    },
    /// The document says that it belongs to another kiosk.
    #[error("the configuration of terminal {found} was signed for terminal {expected}")]
    OtherKiosk {
        /// This kiosk.
        expected: String,
        /// Whom it names.
        found: String,
    },
    /// The key is not one.
    #[error("not an Ed25519 key: {0}")]
    Key(&'static str),
}

impl TrustError {
    pub(crate) fn malformed(file: &str, why: &(impl ToString + ?Sized)) -> Self {
        Self::Malformed { file: file.to_owned(), why: why.to_string() }
    }

    pub(crate) fn of(self, bin: &str) -> Self {
        Self::Bin { bin: bin.to_owned(), error: Box::new(self) }
    }
}
