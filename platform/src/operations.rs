//! What whoever runs a platform does with it: look whether all is well, copy its data while it serves, bring them back.

mod postgres_tools;
mod report;
mod sqlite_copy;

use std::path::Path;

use uuid::Uuid;

use crate::{
    config::DatabaseUrl,
    store::{OpenFault, Store, StoreError, exchange},
};

pub use report::{Report, check};

/// Why an order was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OrderFault {
    /// The database does not open.
    #[error(transparent)]
    Open(#[from] OpenFault),
    /// The database opens, and then fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be read or written.
    #[error("{file}: {error}")]
    File {
        /// Which one.
        file: String,
        /// Why.
        error: std::io::Error,
    },
    /// It would write over something.
    #[error("found {0}, expected nothing there: it is not written over")]
    Exists(String),
    /// The file is no backup of a platform, or a damaged one.
    #[error("found a file that cannot be restored from ({0}), expected a sound backup of this platform")]
    NoBackup(String),
    /// A tool of `PostgreSQL` is missing or says no.
    #[error("{tool} did not do it: {said}")]
    Tool {
        /// Its name.
        tool: &'static str,
        /// What it said.
        said: String,
    },
}

/// Copies everything that the database holds into a new file, while platforms go on using it.
///
/// `SQLite` is copied into a database of its own, `PostgreSQL` into an archive of `pg_dump`. The copy is as of one
/// moment, readable for its owner alone, and on the disk when this returns.
pub fn backup(database: &DatabaseUrl, to: &Path) -> Result<(), OrderFault> {
    if to.exists() {
        return Err(OrderFault::Exists(to.display().to_string()));
    }
    match database {
        DatabaseUrl::Sqlite(path) => sqlite_copy::backup(path, to),
        DatabaseUrl::Postgres(server) => postgres_tools::backup(server, to),
    }
}

/// Makes the database anew from a backup. There must be none where it goes.
pub fn restore(database: &DatabaseUrl, from: &Path) -> Result<(), OrderFault> {
    match database {
        DatabaseUrl::Sqlite(path) => sqlite_copy::restore(path, from),
        DatabaseUrl::Postgres(server) => postgres_tools::restore(server, from),
    }
}

/// What waits for the platform above and what it has refused, a line each; with `replay`, refused messages (all, or
/// `one`) are sent again.
pub async fn exchange(
    database: DatabaseUrl,
    replay: bool,
    one: Option<Uuid>,
) -> Result<Vec<String>, OrderFault> {
    let store = Store::open(database).await?;
    let now = jiff::Timestamp::now();
    let again =
        if replay { Some(store.write(move |t| exchange::replay(t, one, now)).await?.len()) } else { None };
    let (counts, dead) = store.read(|view| Ok((exchange::counts(view)?, exchange::dead(view)?))).await?;
    let mut lines: Vec<String> = again.map(|n| format!("{n} sent again")).into_iter().collect();
    lines.extend(counts.into_iter().map(|(state, n)| format!("{n} {state}")));
    lines.extend(
        dead.into_iter()
            .map(|letter| format!("dead {} after {} tries: {}", letter.id, letter.tries, letter.reason)),
    );
    Ok(lines)
}

/// A fault of a file, with its name.
fn file_fault(file: &Path) -> impl FnOnce(std::io::Error) -> OrderFault + '_ {
    move |error| OrderFault::File { file: file.display().to_string(), error }
}
