//! A program that ends, with everything it started, when its value goes.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use rustix::process::{Pid, Signal, kill_process};

use crate::tree;

/// A running program.
pub(crate) struct Process {
    child: Child,
    /// The moment before it was started.
    pub(crate) since: Instant,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let since = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| command.get_program().to_string_lossy().into_owned())?;
        Ok(Self { child, since })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// A browser that is killed says so at its next start, so it may end by itself first.
    fn end(&mut self) {
        signal(self.id(), Signal::TERM);
        let patience = Instant::now() + Duration::from_secs(5);
        while Instant::now() < patience && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let all = tree::below(self.id());
        self.end();
        // By id and only as long as it is still ours: the tree was read while its root lived.
        let ours = tree::below(std::process::id());
        for left in all.into_iter().filter(|id| *id != self.child.id() && ours.contains(id)) {
            signal(left, Signal::KILL);
        }
    }
}

fn signal(id: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

/// Whether a program of this name can be started.
pub(crate) fn installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}
