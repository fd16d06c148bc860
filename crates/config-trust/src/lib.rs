//! Decides whether a configuration document may be trusted.
//!
//! A kiosk takes its configuration from a server that may lie. So a document counts only when a chain of signed
//! metadata leads to it, after [The Update Framework] 1.0 (section 5, the client workflow):
//!
//! | role | signs | what it stops |
//! |---|---|---|
//! | root | the keys and thresholds of all roles, one version after the other | keys of a stranger, keys that leaked |
//! | targets | who signs the bins | a bin that is none |
//! | a bin | hash and length of each kiosk's document whose name's hash falls into it | a document that nobody approved |
//! | snapshot | the versions of targets and of every bin | old and new put together |
//! | timestamp | the version of snapshot, for a short time | a server that keeps silent about news |
//!
//! [`update`] is the kiosk's side, [`sign`] and [`draft`] the side of those who hold keys. Each signs by itself, so a
//! key may stay on a machine without a network. Nothing here has a clock or a socket: the time is an argument, and
//! bytes come through a [`Source`], of which never more is read than its role allows.
//!
//! Bins are delegations by `path_hash_prefixes`, [`BINS`] of them: a change of one document makes one of them new, and a
//! kiosk fetches its own alone. Bins hand nothing on, and a name that is not in its bin is nowhere; so of the
//! specification's search one step is left. Targets that name documents themselves, as they did before there were bins,
//! are read too. Each bin says in its signed bytes which it is, because all are signed by the same people.
//!
//! # Why not `tough`
//!
//! The one kept TUF client in Rust fits a server better: it is asynchronous throughout, brings tokio and aws-lc-rs (a
//! second cryptographic library beside the ring that our TLS uses) among some 120 crates, reads the system's clock
//! itself, and keeps its state in a folder of its own, whose durability a test could not take apart step by step. Its
//! sister crate `olpc-cjson`, the canonical form that is signed, is used.
//!
//! [The Update Framework]: https://theupdateframework.github.io/specification/latest/

mod batch;
mod client;
mod delegation;
mod document;
mod envelope;
mod error;
mod key;
mod metadata;

pub use batch::{batch, unpack};
pub use client::{
    MAX_DOCUMENT, MAX_ROOT, MAX_ROOTS, MAX_TARGETS, MAX_TIMESTAMP, Source, Trusted, next_root, update,
};
pub use delegation::{BINS, Delegated, Delegations, bin_of};
pub use document::{Document, target_name};
pub use envelope::{draft, peek, sign};
pub use error::TrustError;
pub use key::{KeyId, PublicKey, SigningKey, sha256};
pub use metadata::{
    FileMeta, Head, Metadata, Role, RoleKeys, Root, Snapshot, TargetMeta, Targets, Timestamp,
};
