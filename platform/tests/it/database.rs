//! The database under the tests: a file of its own for each, or a database of its own on one `PostgreSQL` server.
//!
//! The server is Debian's, runs as somebody who is not root, is reached over a socket in its own directory alone, and
//! ends with this process, however that ends: it is held by a pipe.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{OnceLock, mpsc},
    thread::{self, JoinHandle},
};

use platform::config::DatabaseUrl;
use postgres::{Client, NoTls};

/// Which database a test binary is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    #[allow(dead_code, reason = "the other binary's")]
    Sqlite,
    #[allow(dead_code, reason = "the other binary's")]
    Postgres,
}

const SERVER: &str = r#"
    set -e
    trap '' INT
    bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    dir=$1
    as=
    if [ "$(id -u)" = 0 ]; then
        as="setpriv --reuid=postgres --regid=postgres --clear-groups"
        chown postgres:postgres "$dir"
    fi
    cd "$dir"
    $as "$bin/initdb" --pgdata=data --auth=trust --username=platform --encoding=UTF8 --locale=C.UTF-8 --no-sync >log
    (exec $as "$bin/postgres" -D "$dir/data" -c listen_addresses= -c unix_socket_directories="$dir" -c fsync=off \
        -c max_connections=300 </dev/null >>log 2>&1) &
    until "$bin/pg_isready" --quiet --host="$dir"; do sleep 0.1; done
    echo ready
    cat >/dev/null
    kill -INT $!
    wait $! || true
    rm -rf "$dir"
"#;

struct Server {
    socket: PathBuf,
    /// Its standard input is what keeps the server.
    _held: Child,
}

fn server() -> &'static Server {
    static SERVER_OF_ALL: OnceLock<Server> = OnceLock::new();
    SERVER_OF_ALL.get_or_init(|| {
        // The script removes it, after the server has let go of it.
        let socket = tempfile::tempdir().unwrap().keep();
        let mut command = Command::new("sh");
        command.args(["-c", SERVER, "sh"]).arg(&socket);
        let mut held = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(held.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "the package postgresql is installed by `cargo xtask setup`");
        Server { socket, _held: held }
    })
}

fn connect(database: &str) -> Client {
    let mut config = postgres::Config::new();
    config.host_path(&server().socket).user("platform").dbname(database).connect(NoTls).unwrap()
}

fn name(directory: &Path) -> &str {
    directory.file_name().unwrap().to_str().unwrap()
}

/// The database that belongs to `directory`, by itself.
#[allow(dead_code, reason = "asked by one of the two binaries")]
pub(crate) fn client(directory: &Path) -> Client {
    connect(name(directory))
}

/// The URL of the database that belongs to `directory`, as it stands in `platform.toml`.
pub(crate) fn url(directory: &Path) -> String {
    match crate::ON {
        Kind::Sqlite => format!("sqlite://{}", directory.join("platform.db").display()),
        Kind::Postgres => {
            let database = name(directory).to_owned();
            let socket = server().socket.to_str().unwrap().replace('/', "%2F");
            let url = format!("postgres://platform@{socket}/{database}");
            // The blocking client has to be away from the runtime of a test.
            thread::spawn(move || create(&database)).join().unwrap();
            url
        }
    }
}

fn create(database: &str) {
    let mut client = connect("postgres");
    if client.query("SELECT 1 FROM pg_database WHERE datname = $1", &[&database]).unwrap().is_empty() {
        client.batch_execute(&format!("CREATE DATABASE \"{database}\" TEMPLATE template0")).unwrap();
    }
}

/// The same, read.
pub(crate) fn database(directory: &Path) -> DatabaseUrl {
    let url = url(directory);
    serde_json::from_value(serde_json::Value::String(url)).unwrap()
}

/// Does to the database what no platform would.
pub(crate) fn tamper(directory: &Path, sql: &str) {
    if crate::ON == Kind::Sqlite {
        let connection = rusqlite::Connection::open(directory.join("platform.db")).unwrap();
        return connection.execute_batch(sql).unwrap();
    }
    let (database, sql) = (name(directory).to_owned(), sql.to_owned());
    thread::spawn(move || connect(&database).batch_execute(&sql).unwrap()).join().unwrap();
}

/// What a query with one column of text finds.
pub(crate) fn texts(directory: &Path, sql: &str) -> Vec<String> {
    if crate::ON == Kind::Sqlite {
        let connection = rusqlite::Connection::open(directory.join("platform.db")).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let found = statement.query_map([], |row| row.get(0)).unwrap();
        return found.collect::<Result<_, _>>().unwrap();
    }
    let (database, sql) = (name(directory).to_owned(), sql.to_owned());
    let ask = move || connect(&database).query(&sql, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    thread::spawn(ask).join().unwrap()
}

/// The same, and what the database says to it.
pub(crate) fn try_tamper(directory: &Path, sql: &str) -> Result<(), String> {
    if crate::ON == Kind::Sqlite {
        let connection = rusqlite::Connection::open(directory.join("platform.db")).unwrap();
        return connection.execute_batch(sql).map_err(|error| error.to_string());
    }
    let (database, sql) = (name(directory).to_owned(), sql.to_owned());
    let said = move || {
        let told = connect(&database).batch_execute(&sql);
        told.map_err(|error| {
            error.as_db_error().map_or_else(|| error.to_string(), |told| told.message().to_owned())
        })
    };
    thread::spawn(said).join().unwrap()
}

/// The one number that a query has.
pub(crate) fn number(directory: &Path, sql: &str) -> i64 {
    if crate::ON == Kind::Sqlite {
        let connection = rusqlite::Connection::open(directory.join("platform.db")).unwrap();
        return connection.query_row(sql, [], |row| row.get(0)).unwrap();
    }
    let (database, sql) = (name(directory).to_owned(), sql.to_owned());
    thread::spawn(move || connect(&database).query_one(&sql, &[]).unwrap().get(0)).join().unwrap()
}

/// Somebody who lets nobody write, until this goes.
pub(crate) struct Hold {
    release: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Holds the database against writers.
pub(crate) fn hold(directory: &Path) -> Hold {
    let directory = directory.to_owned();
    let (release, released) = mpsc::channel::<()>();
    let (holding, held) = mpsc::channel();
    let thread = thread::spawn(move || match crate::ON {
        Kind::Sqlite => {
            let connection = rusqlite::Connection::open(directory.join("platform.db")).unwrap();
            connection.execute_batch("BEGIN IMMEDIATE").unwrap();
            holding.send(()).unwrap();
            let _ = released.recv();
            connection.execute_batch("ROLLBACK").unwrap();
        }
        Kind::Postgres => {
            let mut client = connect(name(&directory));
            client.batch_execute("BEGIN; LOCK TABLE cases IN EXCLUSIVE MODE").unwrap();
            holding.send(()).unwrap();
            let _ = released.recv();
            client.batch_execute("ROLLBACK").unwrap();
        }
    });
    held.recv().unwrap();
    Hold { release: Some(release), thread: Some(thread) }
}

impl Drop for Hold {
    fn drop(&mut self) {
        drop(self.release.take());
        self.thread.take().map(JoinHandle::join);
    }
}
