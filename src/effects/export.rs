//! 导出日志: what the machine has written down about itself, onto a drive that a technician takes along.
//!
//! Nothing of it is about a resident by its making; what looks like a number of one is made unreadable all the same,
//! because a drive goes where nobody sees it.

use std::{
    fs::{self, File},
    io::{self, BufWriter, ErrorKind, Write},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use audit::Entry;
use flow::maintenance::Export;
use jiff::Timestamp;
use outbox::StoreError;

/// Where packaging mounts a drive that is put in.
pub(crate) const DRIVE: &str = "/run/community-kiosk/drive";
/// How much of the program's log goes along.
const SINCE: &str = "-14days";
/// Entries of the audit log that are read at once.
const AT_ONCE: u32 = 500;
/// From so many digits on it may be the number of a person or of a telephone.
const DIGITS: usize = 11;

/// What is written.
pub(super) struct Log<'a> {
    pub(super) terminal_id: &'a str,
    /// How the machine is now, as the metrics tell it.
    pub(super) state: String,
    pub(super) now: Timestamp,
}

/// Writes all of it into a folder of its own. When this says [`Export::Written`] the drive may be pulled.
pub(super) fn write(
    drive: &Path,
    log: &Log<'_>,
    entries: impl FnMut(u64, u32) -> Result<Vec<Entry>, StoreError>,
) -> Export {
    if !is_mounted(drive) {
        return Export::NoDrive;
    }
    match write_into(&folder(drive, log), log, entries) {
        Ok(()) => Export::Written,
        Err(error) => {
            tracing::warn!(%error, "log not exported");
            if error.kind() == ErrorKind::StorageFull { Export::NoRoom } else { Export::Failed }
        }
    }
}

/// Whether there is a drive, and not just the place for one: written there, the log would stay in the machine.
fn is_mounted(drive: &Path) -> bool {
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    let above = drive.parent().and_then(device);
    device(drive).is_some_and(|device| above.is_some_and(|above| above != device))
}

fn folder(drive: &Path, log: &Log<'_>) -> PathBuf {
    // Drives have file systems that take neither colons nor any character.
    let name = log.terminal_id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' });
    let name: String = name.collect();
    drive.join(format!("kiosk-{name}-{}", log.now.strftime("%Y%m%dT%H%M%SZ")))
}

fn write_into(
    folder: &Path,
    log: &Log<'_>,
    mut entries: impl FnMut(u64, u32) -> Result<Vec<Entry>, StoreError>,
) -> io::Result<()> {
    fs::create_dir(folder)?;
    file(&folder.join("state.txt"), |to| to.write_all(log.state.as_bytes()))?;
    file(&folder.join("audit.jsonl"), |to| audit_log(to, &mut entries))?;
    file(&folder.join("program.log"), program_log)?;
    File::open(folder)?.sync_all()
}

/// A file that is on the drive when this returns.
fn file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut to = BufWriter::new(File::create_new(path)?);
    fill(&mut to)?;
    to.into_inner()?.sync_all()
}

fn audit_log(
    to: &mut dyn Write,
    entries: &mut impl FnMut(u64, u32) -> Result<Vec<Entry>, StoreError>,
) -> io::Result<()> {
    let mut from = 0;
    loop {
        let some = entries(from, AT_ONCE).map_err(io::Error::other)?;
        let Some(last) = some.last() else { return Ok(()) };
        from = last.seq + 1;
        for entry in &some {
            writeln!(to, "{}", line(entry))?;
        }
    }
}

/// With its hash, by which anybody can see that nothing is missing.
fn line(entry: &Entry) -> serde_json::Value {
    let Entry { seq, at, event, details, hash, .. } = entry;
    let details: serde_json::Value = serde_json::from_str(details).unwrap_or_default();
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    serde_json::json!({"seq": seq, "at": at, "event": event, "details": details, "hash": hash})
}

/// From the journal, where the machine has one.
fn program_log(to: &mut dyn Write) -> io::Result<()> {
    let told = Command::new("journalctl")
        .args(["--unit=kiosk", "--since", SINCE, "--output=short-iso-precise", "--no-pager", "--quiet"])
        .stdin(Stdio::null())
        .output();
    match told {
        Ok(told) if told.status.success() => {
            to.write_all(masked(&String::from_utf8_lossy(&told.stdout)).as_bytes())
        }
        Ok(told) => writeln!(to, "journalctl: {}", told.status),
        Err(error) => writeln!(to, "journalctl: {error}"),
    }
}

/// The same with every long number made unreadable.
fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut digits = String::new();
    for c in text.chars().map(Some).chain([None]) {
        match c {
            Some(c) if c.is_ascii_digit() => digits.push(c),
            other => {
                let hidden = digits.len() >= DIGITS;
                masked.extend(digits.drain(..).map(|digit| if hidden { '*' } else { digit }));
                masked.extend(other);
            }
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

    fn log() -> Log<'static> {
        Log { terminal_id: "LZ:01/示", state: "kiosk_paper 2\n".to_owned(), now: NOW }
    }

    fn entry(seq: u64) -> Entry {
        let details = r#"{"technician":7}"#.to_owned();
        Entry { seq, at: 5, event: "log-exported".to_owned(), details, previous: [0; 32], hash: [0xab; 32] }
    }

    #[test]
    fn long_numbers_are_made_unreadable_and_short_ones_stay() {
        let text = "card 51999919520101001X phone 13800000000 at 2026-11-26T03:00:00 code 1234567890.";
        let hidden = "card *****************X phone *********** at 2026-11-26T03:00:00 code 1234567890.";
        assert_eq!(masked(text), hidden);
        assert_eq!(masked("13800000000"), "***********");
    }

    #[test]
    fn a_place_without_a_drive_is_no_drive() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write(folder.path(), &log(), |_, _| panic!("read for nobody")), Export::NoDrive);
        assert_eq!(write(&folder.path().join("none"), &log(), |_, _| panic!()), Export::NoDrive);
    }

    /// `/dev/shm` is a file system of its own on every Linux, as a drive is.
    #[test]
    fn all_of_it_is_on_the_drive() {
        let drive = Path::new("/dev/shm");
        let mut asked = Vec::new();
        let told = write(drive, &log(), |from, most| {
            asked.push(from);
            Ok((from..(from + u64::from(most)).min(601)).map(entry).collect())
        });
        let folder = folder(drive, &log());
        let read = |name: &str| fs::read_to_string(folder.join(name));
        let (state, audit, program) = (read("state.txt"), read("audit.jsonl"), read("program.log"));
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!((told, asked), (Export::Written, vec![0, 500, 601]));
        assert!(folder.ends_with("kiosk-LZ_01__-20260921T141320Z"), "{}", folder.display());
        assert_eq!(state.unwrap(), "kiosk_paper 2\n");
        let audit = audit.unwrap();
        let lines: Vec<serde_json::Value> =
            audit.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(
            (lines.len(), &lines[600]["seq"], &lines[0]["details"]["technician"]),
            (601, &600.into(), &7.into())
        );
        assert!(program.is_ok());
    }

    #[test]
    fn an_export_of_the_same_second_is_not_written_over() {
        let drive = Path::new("/dev/shm");
        let log = Log { terminal_id: "twice", ..log() };
        let made = folder(drive, &log);
        let told = [(); 2].map(|()| write(drive, &log, |_, _| Ok(Vec::new())));
        fs::remove_dir_all(&made).unwrap();
        assert_eq!(told, [Export::Written, Export::Failed]);
    }
}
