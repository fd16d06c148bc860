//! The control socket: one JSON command a line, one JSON answer a line, any number of clients.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::{
        fs::FileTypeExt,
        net::{UnixListener, UnixStream},
    },
    path::Path,
    thread,
};

use serde_json::{Value, json};

use crate::{Action, Commander};

/// Longer lines are no commands of ours.
const LONGEST_LINE: u64 = 4096;

/// Serves `socket` on threads of its own, as long as the process lives. A socket that an earlier run left is replaced.
pub fn serve(socket: &Path, commander: Commander) -> io::Result<()> {
    remove_stale_socket(socket)?;
    let listener = UnixListener::bind(socket)?;
    thread::Builder::new().name("control".into()).spawn(move || {
        for client in listener.incoming().flatten() {
            let commander = commander.clone();
            // A client that goes away ends its own thread and nothing else.
            thread::spawn(move || attend(&client, &commander));
        }
    })?;
    Ok(())
}

fn attend(client: &UnixStream, commander: &Commander) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    loop {
        let mut line = String::new();
        if reader.by_ref().take(LONGEST_LINE).read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut answer = answer(&line, commander).to_string();
        answer.push('\n');
        (&*client).write_all(answer.as_bytes())?;
    }
}

fn answer(line: &str, commander: &Commander) -> Value {
    match Action::parse(line) {
        Ok(action) => commander.perform(action),
        Err(refusal) => json!({"ok": false, "error": refusal.to_string()}),
    }
}

fn remove_stale_socket(socket: &Path) -> io::Result<()> {
    match fs::symlink_metadata(socket) {
        Ok(meta) if meta.file_type().is_socket() => fs::remove_file(socket),
        _ => Ok(()),
    }
}
