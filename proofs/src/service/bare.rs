//! The other sides: the rows that the platform wrote, inserted again by nobody but a database, and a handler that gives
//! bytes.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Instant,
};

use anyhow::Context as _;
use axum::{Router, body::Bytes, http::header, routing::get};
use rusqlite::{Connection, TransactionBehavior, params_from_iter, types::Value};
use tempfile::TempDir;

/// How many rows each table had, in a copy of the whole database.
pub(super) struct Rows {
    source: PathBuf,
    folder: TempDir,
    tables: Vec<(String, i64)>,
}

impl Rows {
    /// Remembers a database as it is, beside it on the same disk.
    pub(super) fn mark(database: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(database.parent().context("no folder")?)?;
        let source = Connection::open(database)?;
        // Page by page, while nobody writes: a copy that is packed would have to split its pages with every row.
        let (log, copied): (i64, i64) =
            source.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| Ok((row.get(1)?, row.get(2)?)))?;
        anyhow::ensure!(log == copied, "somebody else has the database in use");
        fs::copy(database, folder.path().join("bare.db"))?;
        Ok(Self { source: database.to_owned(), folder, tables: last_rows(&source)? })
    }

    /// Writes what has come since into the copy, in the same order, as durably, and one transaction for each of the
    /// `cases`. Microseconds for a case.
    pub(super) fn insert_again(&self, cases: usize) -> anyhow::Result<f64> {
        let source = Connection::open(&self.source)?;
        let mut tables = Vec::new();
        for (name, last) in &self.tables {
            let rows = since(&source, name, *last)?;
            anyhow::ensure!(
                rows.len().is_multiple_of(cases),
                "{name}: {} rows for {cases} cases",
                rows.len()
            );
            if let Some(width) = rows.first().map(Vec::len) {
                let places = vec!["?"; width].join(", ");
                tables.push((format!("INSERT INTO {name} VALUES ({places})"), rows));
            }
        }
        anyhow::ensure!(!tables.is_empty(), "nothing was filed");
        let mut bare = Connection::open(self.folder.path().join("bare.db"))?;
        for (name, value) in [("journal_mode", "wal"), ("synchronous", "full"), ("secure_delete", "1")] {
            bare.pragma_update(None, name, value)?;
        }
        let begun = Instant::now();
        for case in 0..cases {
            let transaction = bare.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for (insert, rows) in &tables {
                let each = rows.len() / cases;
                for row in rows.iter().skip(case * each).take(each) {
                    transaction.prepare_cached(insert)?.execute(params_from_iter(row))?;
                }
            }
            transaction.commit()?;
        }
        Ok(begun.elapsed().as_secs_f64() * 1e6 / f64::from(u32::try_from(cases)?))
    }
}

/// The last row of each table, in the order in which they were made: those first that others refer to.
fn last_rows(database: &Connection) -> anyhow::Result<Vec<(String, i64)>> {
    let listed =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid";
    let names: Vec<String> =
        database.prepare(listed)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut last = Vec::new();
    for name in names {
        let query = format!("SELECT coalesce(max(rowid), 0) FROM {name}");
        let row: i64 = database.query_row(&query, [], |row| row.get(0))?;
        last.push((name, row));
    }
    Ok(last)
}

/// The rows of a table behind `last`, in the order in which they came. What was changed is no row more, and is done for
/// the bare side for nothing.
fn since(database: &Connection, name: &str, last: i64) -> anyhow::Result<Vec<Vec<Value>>> {
    let mut query = database.prepare(&format!("SELECT * FROM {name} WHERE rowid > ?1 ORDER BY rowid"))?;
    let width = query.column_count();
    let rows = query.query_map([last], |row| (0..width).map(|at| row.get(at)).collect())?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A handler in a process of its own.
pub(super) struct Handler {
    child: Child,
    pub(super) http: SocketAddr,
    _folder: TempDir,
}

/// The argument by which the measuring program becomes that process.
pub const BARE: &str = "--bare-handler";

impl Handler {
    pub(super) fn start(body: &[u8]) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("body");
        fs::write(&file, body)?;
        let mut child = Command::new(std::env::current_exe()?)
            .arg(BARE)
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().context("no output")?;
        let told = BufReader::new(out).lines().next().context("the bare handler does not start")??;
        Ok(Self { child, http: told.parse()?, _folder: folder })
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Gives the bytes of a file to whoever asks for anything, and tells where.
pub fn serve(file: &Path) -> anyhow::Result<()> {
    let body = Bytes::from(fs::read(file)?);
    let give = move || {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], body) }
    };
    // The same runtime as the platform's.
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        Ok(axum::serve(listener, Router::new().route("/{*path}", get(give))).await?)
    })
}
