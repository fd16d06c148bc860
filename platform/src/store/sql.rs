//! One SQL text for both databases: values, rows and transactions that do not show which one is behind them.
//!
//! Placeholders are written `?1`, `?2`, …, which `PostgreSQL` is told as `$1`, `$2`, …; so no text may hold a question
//! mark of its own. A column is text, a whole number, a truth value, bytes or nothing.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use protocol::ServiceItem;
use rusqlite::{
    OptionalExtension as _,
    types::{ToSqlOutput, ValueRef},
};

use super::{
    StoreError,
    kept::{Kept, Seen},
};
use crate::lifecycle::workflow::Workflow;

/// What goes into a placeholder and comes out of a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Text(String),
    Integer(i64),
    Bool(bool),
    Bytes(Vec<u8>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u8> for Value {
    fn from(number: u8) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Text(text) => text.to_sql()?,
            Self::Integer(number) => number.to_sql()?,
            Self::Bool(truth) => truth.to_sql()?,
            Self::Bytes(bytes) => bytes.to_sql()?,
        })
    }
}

type ToPostgres = Result<postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>>;

impl postgres::types::ToSql for Value {
    fn to_sql(
        &self,
        kind: &postgres::types::Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> ToPostgres {
        match self {
            Self::Null => Ok(postgres::types::IsNull::Yes),
            Self::Text(text) => text.to_sql_checked(kind, out),
            Self::Integer(number) => number.to_sql_checked(kind, out),
            Self::Bool(truth) => truth.to_sql_checked(kind, out),
            Self::Bytes(bytes) => bytes.to_sql_checked(kind, out),
        }
    }

    fn accepts(_: &postgres::types::Type) -> bool {
        // Each value checks for itself.
        true
    }

    postgres::types::to_sql_checked!();
}

/// One row, by the names of its columns.
pub(crate) struct Row {
    /// One list for all rows of a query.
    names: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    fn value(&self, name: &'static str) -> Result<&Value, StoreError> {
        let place = self.names.iter().position(|column| column == name);
        place.and_then(|place| self.values.get(place)).ok_or(StoreError::Damaged(name))
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<&str, StoreError> {
        self.text_option(name)?.ok_or(StoreError::Damaged(name))
    }

    pub(crate) fn text_option(&self, name: &'static str) -> Result<Option<&str>, StoreError> {
        match self.value(name)? {
            Value::Text(text) => Ok(Some(text)),
            Value::Null => Ok(None),
            _ => Err(StoreError::Damaged(name)),
        }
    }

    pub(crate) fn integer(&self, name: &'static str) -> Result<i64, StoreError> {
        self.integer_option(name)?.ok_or(StoreError::Damaged(name))
    }

    pub(crate) fn integer_option(&self, name: &'static str) -> Result<Option<i64>, StoreError> {
        match self.value(name)? {
            Value::Integer(number) => Ok(Some(*number)),
            Value::Null => Ok(None),
            _ => Err(StoreError::Damaged(name)),
        }
    }

    /// `SQLite` has no truth values: there they are 0 and 1.
    pub(crate) fn truth(&self, name: &'static str) -> Result<bool, StoreError> {
        match self.value(name)? {
            Value::Bool(truth) => Ok(*truth),
            Value::Integer(number @ (0 | 1)) => Ok(*number == 1),
            _ => Err(StoreError::Damaged(name)),
        }
    }

    pub(crate) fn bytes(&self, name: &'static str) -> Result<&[u8], StoreError> {
        self.bytes_option(name)?.ok_or(StoreError::Damaged(name))
    }

    pub(crate) fn bytes_option(&self, name: &'static str) -> Result<Option<&[u8]>, StoreError> {
        match self.value(name)? {
            Value::Bytes(bytes) => Ok(Some(bytes)),
            Value::Null => Ok(None),
            _ => Err(StoreError::Damaged(name)),
        }
    }
}

/// Statements that a `PostgreSQL` connection has prepared.
pub(super) type Prepared = HashMap<String, postgres::Statement>;

/// A transaction on either database.
pub(crate) struct Transaction<'a> {
    pub(super) behind: Behind<'a>,
    /// What never changes, and need not be read again.
    pub(super) kept: &'a Kept,
    pub(super) items: Seen<'a, ServiceItem>,
    pub(super) workflows: Seen<'a, Workflow>,
    #[cfg(test)]
    asked: std::cell::Cell<usize>,
}

pub(super) enum Behind<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(RefCell<(postgres::Transaction<'a>, &'a mut Prepared)>),
}

impl<'a> Transaction<'a> {
    pub(super) fn new(behind: Behind<'a>, kept: &'a Kept) -> Self {
        Self {
            behind,
            kept,
            items: Seen::new(&kept.items),
            workflows: Seen::new(&kept.workflows),
            #[cfg(test)]
            asked: std::cell::Cell::default(),
        }
    }

    /// How many queries there were.
    #[cfg(test)]
    pub(crate) fn asked(&self) -> usize {
        self.asked.get()
    }

    /// All rows of a query.
    pub(crate) fn rows(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        #[cfg(test)]
        self.asked.set(self.asked.get() + 1);
        match &self.behind {
            Behind::Sqlite(connection) => sqlite_rows(connection, self.kept, sql, values),
            Behind::Postgres(behind) => {
                let (transaction, prepared) = &mut *behind.borrow_mut();
                let statement = statement(transaction, prepared, sql)?;
                let rows = transaction.query(&statement, &borrowed(values))?;
                let names = statement.columns().iter().map(|column| column.name().to_owned()).collect();
                rows.iter().map(|row| postgres_row(row, &names)).collect()
            }
        }
    }

    /// The first row of a query, if it has any.
    pub(crate) fn row(&self, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, values)?.into_iter().next())
    }

    /// The first column of the first row of a query, where that is a text.
    pub(crate) fn text(&self, sql: &str, values: &[Value]) -> Result<Option<String>, StoreError> {
        if let Behind::Sqlite(connection) = &self.behind {
            return sqlite_text(connection, sql, values);
        }
        match self.row(sql, values)?.map(|row| row.values.into_iter().next()) {
            None => Ok(None),
            Some(Some(Value::Text(text))) => Ok(Some(text)),
            Some(_) => Err(StoreError::Damaged("text")),
        }
    }

    /// Runs a statement and tells how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        match &self.behind {
            Behind::Sqlite(connection) => {
                let changed = connection.prepare_cached(sql)?.execute(rusqlite::params_from_iter(values))?;
                Ok(u64::try_from(changed).unwrap_or(u64::MAX))
            }
            Behind::Postgres(behind) => {
                let (transaction, prepared) = &mut *behind.borrow_mut();
                let statement = statement(transaction, prepared, sql)?;
                Ok(transaction.execute(&statement, &borrowed(values))?)
            }
        }
    }

    /// What the database itself finds damaged. `PostgreSQL` has checksums for that, which it looks at as it reads.
    pub(crate) fn damage(&self) -> Result<Vec<String>, StoreError> {
        if matches!(self.behind, Behind::Postgres(_)) {
            return Ok(Vec::new());
        }
        let said = self.rows("SELECT integrity_check AS said FROM pragma_integrity_check", &[])?;
        let said =
            said.iter().map(|row| row.text("said").map(str::to_owned)).collect::<Result<Vec<_>, _>>()?;
        Ok(said.into_iter().filter(|line| line != "ok").collect())
    }

    /// Takes `number` until the transaction ends, unless another node has it. `SQLite` has one writer, who has it all.
    pub(crate) fn claim(&self, number: i64) -> Result<bool, StoreError> {
        if matches!(self.behind, Behind::Sqlite(_)) {
            return Ok(true);
        }
        let claimed = self.row("SELECT pg_try_advisory_xact_lock(?1) AS claimed", &[number.into()])?;
        claimed.ok_or(StoreError::Damaged("lock"))?.truth("claimed")
    }

    pub(super) fn commit(self) -> Result<(), StoreError> {
        match self.behind {
            Behind::Sqlite(connection) => connection.prepare_cached("COMMIT")?.execute([]).map(drop)?,
            Behind::Postgres(behind) => behind.into_inner().0.commit()?,
        }
        self.items.committed();
        self.workflows.committed();
        Ok(())
    }
}

fn sqlite_rows(
    connection: &rusqlite::Connection,
    kept: &Kept,
    sql: &str,
    values: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(rusqlite::params_from_iter(values))?;
    let mut found = Vec::new();
    let mut names = None;
    while let Some(row) = rows.next()? {
        let statement: &rusqlite::Statement<'_> = row.as_ref();
        let read = || statement.column_names().map(str::to_owned).collect();
        let names = names.get_or_insert_with(|| kept.columns.of(sql, read));
        let values = (0..names.len()).map(|place| sqlite_value(row.get_ref(place)?));
        found.push(Row { names: names.clone(), values: values.collect::<Result<_, StoreError>>()? });
    }
    Ok(found)
}

/// The first column of the first row of a query, in a transaction or without one.
pub(super) fn sqlite_text(
    connection: &rusqlite::Connection,
    sql: &str,
    values: &[Value],
) -> Result<Option<String>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(rusqlite::params_from_iter(values), |row| row.get(0)).optional()?)
}

fn sqlite_value(value: ValueRef<'_>) -> Result<Value, StoreError> {
    match value {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Integer(number)),
        ValueRef::Text(text) => {
            String::from_utf8(text.to_vec()).map(Value::Text).map_err(|_| StoreError::Damaged("text"))
        }
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
        ValueRef::Real(_) => Err(StoreError::Damaged("number")),
    }
}

fn statement(
    transaction: &mut postgres::Transaction<'_>,
    prepared: &mut Prepared,
    sql: &str,
) -> Result<postgres::Statement, StoreError> {
    if let Some(known) = prepared.get(sql) {
        return Ok(known.clone());
    }
    let statement = transaction.prepare(&sql.replace('?', "$"))?;
    prepared.insert(sql.to_owned(), statement.clone());
    Ok(statement)
}

fn borrowed(values: &[Value]) -> Vec<&(dyn postgres::types::ToSql + Sync)> {
    values.iter().map(|value| value as _).collect()
}

fn postgres_row(row: &postgres::Row, names: &Arc<[String]>) -> Result<Row, StoreError> {
    let columns = row.columns().iter().enumerate();
    let values = columns.map(|(place, column)| postgres_value(row, place, column.type_()));
    Ok(Row { names: names.clone(), values: values.collect::<Result<_, StoreError>>()? })
}

fn postgres_value(
    row: &postgres::Row,
    place: usize,
    kind: &postgres::types::Type,
) -> Result<Value, StoreError> {
    use postgres::types::Type;
    Ok(match *kind {
        Type::TEXT => row.try_get::<_, Option<String>>(place)?.into(),
        Type::INT8 => row.try_get::<_, Option<i64>>(place)?.into(),
        Type::BOOL => row.try_get::<_, Option<bool>>(place)?.into(),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(place)?.as_deref().into(),
        _ => return Err(StoreError::Damaged("column type")),
    })
}
