//! Where a session is written down.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use driver_api::LinkFault;
use zeroize::Zeroizing;

use crate::Step;

/// Replaces what is personal, in place: as many bytes stay as many, so that a recording is played at the same cuts.
///
/// It sees the bytes of one direction until the other one speaks, and may remember what it has seen.
pub trait Redactor: Send {
    /// What the driver sent.
    fn sent(&mut self, bytes: &mut [u8]);

    /// What came.
    fn came(&mut self, bytes: &mut [u8]);
}

/// A recording that is being made.
pub struct Tape {
    file: File,
    redactor: Box<dyn Redactor>,
    /// Pieces of one direction that are not written yet: a redactor must see a whole answer.
    pending: Vec<Zeroizing<Vec<u8>>>,
    ours: bool,
}

/// A tape that a driver and its line share.
#[derive(Clone)]
pub struct SharedTape(Arc<Mutex<Tape>>);

impl Tape {
    /// Begins a recording in a new file that nobody else can read.
    pub fn create(file: &Path, about: &str, redactor: Box<dyn Redactor>) -> io::Result<SharedTape> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
        writeln!(file, "# {about}")?;
        Ok(SharedTape(Arc::new(Mutex::new(Self { file, redactor, pending: Vec::new(), ours: false }))))
    }

    fn bytes(&mut self, bytes: &[u8], ours: bool) {
        if ours != self.ours {
            self.flush();
        }
        self.ours = ours;
        self.pending.push(Zeroizing::new(bytes.to_vec()));
    }

    fn step(&mut self, step: &Step) {
        self.flush();
        self.write(step);
    }

    fn flush(&mut self) {
        let pieces = std::mem::take(&mut self.pending);
        let mut run = Zeroizing::new(Vec::with_capacity(pieces.iter().map(|piece| piece.len()).sum()));
        for piece in &pieces {
            run.extend_from_slice(piece);
        }
        if self.ours {
            self.redactor.sent(&mut run);
        } else {
            self.redactor.came(&mut run);
        }
        let mut rest = run.as_slice();
        for piece in &pieces {
            let (bytes, behind) = rest.split_at_checked(piece.len()).unwrap_or((rest, &[]));
            rest = behind;
            let bytes = bytes.to_vec();
            self.write(&if self.ours { Step::Sent(bytes) } else { Step::Came(bytes) });
        }
    }

    /// A disk that is full ends the recording and nothing else.
    fn write(&mut self, step: &Step) {
        let _ = writeln!(self.file, "{}", step.line());
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        self.flush();
    }
}

impl SharedTape {
    fn with(&self, act: impl FnOnce(&mut Tape)) {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Asks the driver for something and writes down what came of it, in words without anything personal.
    pub fn call<T>(&self, what: &str, act: impl FnOnce() -> T, told: impl FnOnce(&T) -> String) -> T {
        self.with(|tape| tape.step(&Step::Call(what.to_owned())));
        let result = act();
        self.with(|tape| tape.step(&Step::Result(told(&result))));
        result
    }

    /// The line was opened, or was not.
    pub fn opened<T>(&self, how: &str, opened: Result<T, LinkFault>) -> Result<T, LinkFault> {
        self.with(|tape| tape.step(&Step::Open(how.to_owned())));
        self.checked(opened)
    }

    /// So many of `bytes` were sent.
    pub fn sent(&self, bytes: &[u8], count: Result<usize, LinkFault>) -> Result<usize, LinkFault> {
        self.moved(bytes, true, count)
    }

    /// So many of `bytes` came.
    pub fn came(&self, bytes: &[u8], count: Result<usize, LinkFault>) -> Result<usize, LinkFault> {
        self.moved(bytes, false, count)
    }

    /// Nothing is no step: a driver asks again and again.
    fn moved(&self, bytes: &[u8], ours: bool, count: Result<usize, LinkFault>) -> Result<usize, LinkFault> {
        if let Some(moved) = count.ok().filter(|count| *count > 0).and_then(|count| bytes.get(..count)) {
            self.with(|tape| tape.bytes(moved, ours));
        }
        self.checked(count)
    }

    fn checked<T>(&self, result: Result<T, LinkFault>) -> Result<T, LinkFault> {
        if let Err(fault) = &result {
            self.with(|tape| tape.step(&Step::Failed(*fault)));
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// Every digit is somebody's.
    struct NoDigits;

    impl Redactor for NoDigits {
        fn sent(&mut self, _: &mut [u8]) {}

        fn came(&mut self, bytes: &mut [u8]) {
            // It would not find the number in pieces of it.
            let Some(at) = bytes.windows(4).position(|four| four == b"4711") else { return };
            bytes.iter_mut().skip(at).take(4).for_each(|byte| *byte = b'0');
        }
    }

    #[test]
    fn what_is_personal_never_reaches_the_file_however_it_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.wire");
        let tape = Tape::create(&path, "made up", Box::new(NoDigits)).unwrap();
        tape.call(
            "read",
            || {
                tape.opened("9600", Ok(())).unwrap();
                tape.sent(b"?", Ok(1)).unwrap();
                for piece in [b"a47", b"11b"] {
                    tape.came(piece, Ok(3)).unwrap();
                }
                tape.came(&[9; 9], Ok(0)).unwrap();
                assert_eq!(tape.came(&[], Err(LinkFault::Unplugged)), Err(LinkFault::Unplugged));
            },
            |()| "done".to_owned(),
        );
        assert!(Tape::create(&path, "again", Box::new(NoDigits)).is_err(), "nothing is written over");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "# made up\ncall read\nopen 9600\n> 3F\n< 61 30 30\n< 30 30 62\n! Unplugged\nresult done\n"
        );
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
