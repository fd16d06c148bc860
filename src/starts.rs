//! Starts that did not end well: a program that falls again and again shows that it does, and gives the machine a rest.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};

/// So many within [`WITHIN`] are a loop.
const MOST: usize = 5;
const WITHIN: Duration = Duration::from_mins(5);

/// One start: of which run of the machine, and how many seconds into it. The clock may be wrong, or set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Start {
    boot: String,
    uptime: u64,
}

impl Start {
    fn now() -> io::Result<Self> {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned();
        let uptime = fs::read_to_string("/proc/uptime")?;
        let seconds = uptime.split('.').next().and_then(|seconds| seconds.parse().ok());
        Ok(Self { boot, uptime: seconds.ok_or(io::ErrorKind::InvalidData)? })
    }

    /// A start of another run of the machine says nothing about this one: the power was cut.
    fn counts(&self, now: &Self) -> bool {
        self.boot == now.boot && now.uptime.saturating_sub(self.uptime) <= WITHIN.as_secs()
    }
}

/// The starts of which no good end is known.
#[derive(Debug)]
pub(crate) struct Starts {
    file: PathBuf,
    recent: Vec<Start>,
}

impl Starts {
    /// Notes one more start, unless there were too many.
    pub(crate) fn begin(file: PathBuf) -> Self {
        let recent = Start::now().map_or_else(
            |error| {
                tracing::warn!(%error, "starts are not counted");
                Vec::new()
            },
            |now| Self::with(&file, now),
        );
        Self { file, recent }
    }

    fn with(file: &Path, now: Start) -> Vec<Start> {
        // A file that is missing or damaged counts nothing: that errs on the side of trying.
        let known = fs::read(file).ok().and_then(|bytes| serde_json::from_slice::<Vec<Start>>(&bytes).ok());
        let mut recent: Vec<_> =
            known.unwrap_or_default().into_iter().filter(|start| start.counts(&now)).collect();
        if recent.len() < MOST {
            recent.push(now);
            let written = serde_json::to_vec(&recent).map_err(io::Error::other);
            if let Err(error) = written.and_then(|bytes| fs::write(file, bytes)) {
                tracing::warn!(%error, "start not counted");
            }
            recent.pop();
        }
        recent
    }

    /// Whether the program falls again and again.
    pub(crate) fn is_loop(&self) -> bool {
        self.recent.len() >= MOST
    }

    /// This start has gone well, or it was shown that it does not: counting begins anew.
    pub(crate) fn forget(&self) {
        if let Err(error) = fs::remove_file(&self.file)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "starts not forgotten");
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn start(boot: &str, uptime: u64) -> Start {
        Start { boot: boot.into(), uptime }
    }

    #[test]
    fn five_falls_in_five_minutes_are_a_loop() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("starts.json");
        for (known, second) in [0, 10, 20, 30, 40].into_iter().enumerate() {
            assert_eq!(Starts::with(&file, start("a", second)).len(), known);
        }
        assert_eq!(Starts::with(&file, start("a", 50)).len(), MOST);
        assert_eq!(Starts::with(&file, start("a", 60)).len(), MOST, "what is shown is not counted");
        assert_eq!(Starts::with(&file, start("a", 325)).len(), 2, "the others are long ago");
        assert_eq!(Starts::with(&file, start("b", 1)).len(), 0, "the power was cut");
    }

    #[test]
    fn a_good_run_forgets_and_a_damaged_file_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let begin = || Starts::begin(folder.path().join("starts.json"));
        for _ in 0..MOST {
            assert!(!begin().is_loop());
        }
        let looping = begin();
        assert!(looping.is_loop());
        looping.forget();
        looping.forget();
        assert!(!begin().is_loop());
        fs::write(folder.path().join("starts.json"), b"[{\"boot\":").unwrap();
        assert!(!begin().is_loop());
    }
}
