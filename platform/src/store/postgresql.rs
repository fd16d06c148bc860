//! `PostgreSQL`: connections that come back, and transactions that run again where another one was in the way.

use std::{
    cell::RefCell,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use postgres::{Client, IsolationLevel, NoTls, error::SqlState};
use uuid::Uuid;

use super::{
    OpenFault, StoreError, Work, WorkMut,
    kept::Kept,
    migrations::POSTGRES,
    sql::{Behind, Prepared, Transaction},
};

/// How long a write tries to get past others, and waits for a lock.
const BUSY: Duration = Duration::from_secs(5);

/// Longest wait between two tries, in milliseconds.
const LONGEST_PAUSE: u32 = 64;

/// Two nodes that start at once must not both change the schema: "ckpl".
const MIGRATION_LOCK: i64 = 0x636b_706c;

const SESSION: &str = "
    SET lock_timeout = '5s';
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') IN ('off', 'local')";

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        let state = error.code().map_or("unknown: the connection is lost", SqlState::code);
        Self::Postgres(state.to_owned())
    }
}

impl StoreError {
    /// Whether the same work may succeed now: another transaction was in the way. A row that is there already is such
    /// a case too, because whoever writes one has looked before and will see it the next time.
    fn met_another(&self) -> bool {
        let states = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::UNIQUE_VIOLATION,
        ];
        matches!(self, Self::Postgres(state) if states.iter().any(|met| met.code() == state))
    }
}

/// A connection, opened when it is needed and again when it is lost.
pub(super) struct Link {
    server: postgres::Config,
    kept: Arc<Kept>,
    open: Option<(Client, Prepared)>,
}

impl Link {
    pub(super) fn new(server: &postgres::Config, kept: &Arc<Kept>) -> Self {
        Self { server: server.clone(), kept: kept.clone(), open: None }
    }

    pub(super) fn write<T>(&mut self, work: WorkMut<'_, T>) -> Result<T, StoreError> {
        let begun = Instant::now();
        let mut longest = 1;
        loop {
            match self.once(IsolationLevel::Serializable, false, &mut *work) {
                Err(error) if error.met_another() && begun.elapsed() < BUSY => {}
                done => return done,
            }
            // Not all at the same moment again.
            let pause = Uuid::new_v4().as_fields().0 % longest;
            thread::sleep(Duration::from_millis(pause.into()));
            longest = (longest * 2).min(LONGEST_PAUSE);
        }
    }

    pub(super) fn read<T>(&mut self, work: Work<'_, T>) -> Result<T, StoreError> {
        self.once(IsolationLevel::RepeatableRead, true, &mut |view| work(view))
    }

    fn once<T>(
        &mut self,
        level: IsolationLevel,
        read_only: bool,
        work: WorkMut<'_, T>,
    ) -> Result<T, StoreError> {
        let kept = self.kept.clone();
        let (client, prepared) = self.living()?;
        let begun = client.build_transaction().isolation_level(level).read_only(read_only).start()?;
        let behind = Behind::Postgres(RefCell::new((begun, prepared)));
        let transaction = Transaction::new(behind, &kept);
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// The connection, after a question that a dead one does not answer: a lost connection shows at the next use.
    fn living(&mut self) -> Result<(&mut Client, &mut Prepared), StoreError> {
        if self.open.as_mut().is_some_and(|(client, _)| client.is_valid(BUSY).is_err()) {
            self.open = None;
        }
        if self.open.is_none() {
            self.open = Some((connect(&self.server)?, Prepared::new()));
        }
        let (client, prepared) = self.open.as_mut().ok_or(StoreError::Closed)?;
        Ok((client, prepared))
    }
}

fn connect(server: &postgres::Config) -> Result<Client, postgres::Error> {
    let mut client = server.connect(NoTls)?;
    client.batch_execute(SESSION)?;
    Ok(client)
}

/// Whether a database has no tables yet.
pub(crate) fn is_empty(server: &postgres::Config) -> Result<bool, OpenFault> {
    let mut client = connect(server)?;
    let row = client.query_one("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()", &[])?;
    Ok(row.try_get::<_, i64>(0)? == 0)
}

/// Brings the schema up to date, all of it or nothing.
pub(super) fn prepare(server: &postgres::Config) -> Result<(), OpenFault> {
    let mut client = connect(server)?;
    let mut transaction = client.transaction()?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK])?;
    let tables = "SELECT count(*), count(*) FILTER (WHERE tablename = 'platform_schema')
                  FROM pg_tables WHERE schemaname = current_schema()";
    let row = transaction.query_one(tables, &[])?;
    let (all, ours): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    if all > 0 && ours == 0 {
        return Err(OpenFault::NotOurs);
    }
    transaction.batch_execute("CREATE TABLE IF NOT EXISTS platform_schema (version BIGINT PRIMARY KEY)")?;
    let newest = transaction.query_one("SELECT coalesce(max(version), 0) FROM platform_schema", &[])?;
    let found = usize::try_from(newest.try_get::<_, i64>(0)?).map_err(|_| OpenFault::NotOurs)?;
    let steps = POSTGRES.get(found..).ok_or(OpenFault::Newer { found, known: POSTGRES.len() })?;
    for (version, step) in (newest.try_get::<_, i64>(0)? + 1..).zip(steps) {
        transaction.batch_execute(step)?;
        transaction.execute("INSERT INTO platform_schema VALUES ($1)", &[&version])?;
    }
    Ok(transaction.commit()?)
}
