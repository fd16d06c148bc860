//! Both databases have the same tables: the steps of one schema are written twice, and must come to the same.

use std::{collections::BTreeSet, thread};

use platform::{Clock, Platform, catalogue::Catalogue};
use rusqlite::Connection;

use crate::{database, fixture::TestPlatform};

/// What only one of them has: `PostgreSQL` keeps its version in a table, `SQLite` in the head of the file.
const OWN: &str = "platform_schema";

/// A line for every column, key and index.
type Schema = BTreeSet<String>;

fn texts(connection: &Connection, sql: &str) -> Vec<Vec<String>> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

fn of_sqlite(connection: &Connection) -> Schema {
    // A primary key of a STRICT table is never null, whether or not it says so.
    let columns = "SELECT tables.name || '.' || columns.name || ' ' || columns.type ||
            CASE WHEN columns.\"notnull\" OR columns.pk > 0 THEN '' ELSE ' or null' END
         FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'";
    let keys = "SELECT name || ' key ' || (SELECT group_concat(name, ', ') FROM
            (SELECT name FROM pragma_table_info(tables.name) WHERE pk > 0 ORDER BY pk))
         FROM sqlite_schema AS tables WHERE type = 'table'";
    let indices = "SELECT tables.name || CASE WHEN list.\"unique\" THEN ' unique ' ELSE ' index ' || list.name || ' ' END ||
            (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(list.name) ORDER BY seqno))
         FROM sqlite_schema AS tables JOIN pragma_index_list(tables.name) AS list
         WHERE tables.type = 'table' AND list.origin <> 'pk'";
    [columns, keys, indices].iter().flat_map(|sql| texts(connection, sql)).flatten().collect()
}

fn of_postgres(client: &mut postgres::Client) -> Schema {
    // SQLite has one type for numbers and for what is true or false.
    let columns = "SELECT table_name || '.' || column_name || ' ' || CASE data_type WHEN 'text' THEN 'TEXT'
            WHEN 'bytea' THEN 'BLOB' WHEN 'bigint' THEN 'INTEGER' WHEN 'boolean' THEN 'INTEGER' ELSE data_type END ||
            CASE is_nullable WHEN 'YES' THEN ' or null' ELSE '' END
         FROM information_schema.columns WHERE table_schema = 'public'";
    let indices = "SELECT tables.relname || CASE WHEN indisprimary THEN ' key ' WHEN indisunique THEN ' unique '
            ELSE ' index ' || names.relname || ' ' END ||
            (SELECT string_agg(attname, ', ' ORDER BY place) FROM unnest(indkey) WITH ORDINALITY AS parts (number, place)
             JOIN pg_attribute ON attrelid = indrelid AND attnum = number)
         FROM pg_index JOIN pg_class AS tables ON tables.oid = indrelid JOIN pg_class AS names ON names.oid = indexrelid
         JOIN pg_namespace ON pg_namespace.oid = tables.relnamespace WHERE nspname = 'public'";
    [columns, indices]
        .iter()
        .flat_map(|sql| client.query(*sql, &[]).unwrap())
        .map(|row| row.get::<_, String>(0))
        .collect()
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_keys_and_indices() {
    let here = TestPlatform::new().await;
    let file = here.directory.path().join("other.db");
    let url = serde_json::from_value(format!("sqlite://{}", file.display()).into()).unwrap();
    let now = here.now.clone();
    let clock = Clock::new(move || *now.lock().unwrap());
    drop(Platform::open(url, Catalogue::embedded().unwrap(), clock).await.unwrap());
    let directory = here.directory.clone();
    let postgres =
        thread::spawn(move || of_postgres(&mut database::client(directory.path()))).join().unwrap();
    let connection = Connection::open(&file).unwrap();
    let sqlite = of_sqlite(&connection);
    let apart = |one: &Schema, other: &Schema| {
        one.difference(other).filter(|line| !line.starts_with(OWN)).cloned().collect::<Vec<_>>()
    };
    assert!(sqlite.len() > 250 && sqlite.iter().any(|line| line.contains(" unique ")), "{}", sqlite.len());
    let (only_sqlite, only_postgres) = (apart(&sqlite, &postgres), apart(&postgres, &sqlite));
    assert!(
        only_sqlite.is_empty() && only_postgres.is_empty(),
        "SQLite {only_sqlite:#?}\nPostgreSQL {only_postgres:#?}"
    );
    // And it would notice.
    connection.execute_batch("ALTER TABLE rating ADD COLUMN more TEXT; DROP INDEX cases_by_status").unwrap();
    let changed = of_sqlite(&connection);
    assert_eq!((apart(&changed, &postgres).len(), apart(&postgres, &changed).len()), (1, 1));
}
