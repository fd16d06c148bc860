//! Backups of a database on a server, with the server's own tools.
//!
//! What a dump holds, in which order it can be loaded, and how sequences are kept is known to `pg_dump` and `pg_restore`
//! alone, for each version of the server; a copy of our own making would be a worse one.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    process::{Command, Stdio},
};

use postgres::config::Host;

use super::{OrderFault, file_fault};
use crate::store::is_empty;

/// A tool that goes where the platform goes. The password is in its environment, which others cannot read as they can
/// its arguments.
fn tool(name: &'static str, server: &postgres::Config) -> Command {
    let mut command = Command::new(name);
    let host = server.get_hosts().first().map(|host| match host {
        Host::Tcp(name) => OsString::from(name),
        Host::Unix(path) => path.clone().into_os_string(),
    });
    host.map(|host| command.env("PGHOST", host));
    server.get_ports().first().map(|port| command.env("PGPORT", port.to_string()));
    server.get_user().map(|user| command.env("PGUSER", user));
    let password = server.get_password().map(String::from_utf8_lossy);
    password.map(|password| command.env("PGPASSWORD", password.as_ref()));
    command.args(["--no-password", "--dbname", server.get_dbname().unwrap_or_default()]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn run(name: &'static str, mut command: Command) -> Result<(), OrderFault> {
    let failed = |said: String| OrderFault::Tool { tool: name, said };
    let done = command.output().map_err(|error| {
        failed(format!("it cannot be started ({error}); it comes with the package postgresql-client"))
    })?;
    if done.status.success() {
        return Ok(());
    }
    Err(failed(String::from_utf8_lossy(&done.stderr).trim().to_owned()))
}

pub(super) fn backup(server: &postgres::Config, to: &Path) -> Result<(), OrderFault> {
    let made = OpenOptions::new().create_new(true).write(true).mode(0o600).open(to);
    made.map_err(file_fault(to))?;
    let mut command = tool("pg_dump", server);
    command.args(["--format=custom", "--no-owner", "--no-privileges", "--file"]).arg(to);
    run("pg_dump", command).inspect_err(|_| drop(fs::remove_file(to)))?;
    File::open(to).and_then(|file| file.sync_all()).map_err(file_fault(to))
}

pub(super) fn restore(server: &postgres::Config, from: &Path) -> Result<(), OrderFault> {
    if !from.is_file() {
        return Err(OrderFault::NoBackup(format!("{} is not there", from.display())));
    }
    if !is_empty(server)? {
        return Err(OrderFault::Exists("a database with tables".to_owned()));
    }
    let mut command = tool("pg_restore", server);
    command.args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]).arg(from);
    run("pg_restore", command)
}
