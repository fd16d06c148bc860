//! Talks to a control socket: one JSON object a line, one back.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::net::UnixStream,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use serde_json::{Value, json};

/// One connection to a control socket.
pub struct Remote {
    lines: BufReader<UnixStream>,
}

impl Remote {
    /// Connects as soon as the program behind the socket is up.
    pub fn connect(socket: &Path) -> anyhow::Result<Self> {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            match UnixStream::connect(socket) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
                    return Ok(Self { lines: BufReader::new(stream) });
                }
                Err(error) if Instant::now() > until => {
                    return Err(error).with_context(|| socket.display().to_string());
                }
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Does one thing; an answer that is not ok is an error.
    pub fn perform(&mut self, order: &Value) -> anyhow::Result<Value> {
        writeln!(self.lines.get_mut(), "{order}")?;
        let mut line = String::new();
        self.lines.read_line(&mut line)?;
        let answer: Value = serde_json::from_str(&line).with_context(|| format!("{order}: no answer"))?;
        let good = answer.get("ok").and_then(Value::as_bool) == Some(true);
        anyhow::ensure!(good, "{order}: {answer}");
        Ok(answer)
    }

    /// Does something that needs no details.
    pub fn act(&mut self, name: &str) -> anyhow::Result<Value> {
        self.perform(&json!({"do": name}))
    }
}
