//! Files that a document names by their hash, on the kiosk's disk.
//!
//! A document is staged only once all of them are here, so that nothing comes into force that is half there; and what a document
//! in force names is not taken away before another is confirmed. A file is here whole or not at all: it is written under
//! another name, synced, and renamed. Who signed the document has signed the hashes, so no line can bring anything else.

use std::{collections::BTreeSet, io};

use config_apply::Disk;
use config_trust::sha256;
use settings::Content;

/// The files of a kiosk.
pub(crate) struct Contents<D> {
    disk: D,
    here: BTreeSet<String>,
}

impl<D: Disk> Contents<D> {
    /// Looks at what is there; what has gone bad counts as missing.
    pub(crate) fn open(disk: D) -> Self {
        let names = disk.list().unwrap_or_default();
        let good =
            |name: &String| disk.read(name).ok().flatten().is_some_and(|bytes| sha256(&bytes) == *name);
        let here = names.into_iter().filter(good).collect();
        Self { disk, here }
    }

    /// What is here, by its hash.
    pub(crate) fn here(&self) -> &BTreeSet<String> {
        &self.here
    }

    /// Keeps a file.
    pub(crate) fn keep(&mut self, content: &Content, bytes: &[u8]) -> io::Result<()> {
        config_apply::replace(&mut self.disk, &content.sha256, bytes)?;
        self.here.insert(content.sha256.clone());
        Ok(())
    }

    /// Takes away what nobody names any more.
    pub(crate) fn sweep(&mut self, wanted: &BTreeSet<String>) -> io::Result<()> {
        for name in self.disk.list()?.iter().filter(|name| !wanted.contains(*name)) {
            self.disk.remove(name)?;
        }
        self.here.retain(|name| wanted.contains(name));
        Ok(())
    }

    /// The disk, for whoever takes all of it away.
    pub(crate) fn disk(&mut self) -> &mut D {
        &mut self.disk
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use config_apply::medium::{Cut, Medium};

    use super::*;

    fn content(bytes: &[u8]) -> Content {
        Content { sha256: sha256(bytes), length: bytes.len() as u64 }
    }

    /// Keeps the second file beside the first, and takes the first away, as far as the power lasts.
    fn changes(disk: &Medium, second: &[u8]) -> io::Result<()> {
        let mut contents = Contents::open(disk.clone());
        contents.keep(&content(second), second)?;
        contents.sweep(&BTreeSet::from([sha256(second)]))
    }

    #[test]
    fn after_a_power_cut_a_file_is_whole_or_missing() {
        let (first, second) = (b"first".as_slice(), b"second, and longer".as_slice());
        let before = Medium::default();
        Contents::open(before.clone()).keep(&content(first), first).unwrap();
        let mut cuts = 0;
        for fuel in 0..40 {
            for how in [Cut::Lost, Cut::Torn, Cut::Some(fuel), Cut::Some(!fuel)] {
                let disk = before.copy();
                disk.power_for(Some(usize::try_from(fuel).unwrap()));
                let done = changes(&disk, second).is_ok();
                cuts += u32::from(!done);
                disk.cut(how);
                let contents = Contents::open(disk.clone());
                for name in contents.here() {
                    let kept = disk.read(name).unwrap().unwrap();
                    assert!(kept == first || kept == second, "{fuel} {how:?}");
                }
                assert!(
                    contents.here().contains(&sha256(second)) || !done,
                    "{fuel} {how:?}: kept, and not there"
                );
                // The next start brings it to its end, and nothing is left lying about.
                changes(&disk, second).unwrap();
                assert_eq!(disk.list().unwrap(), [sha256(second)]);
            }
        }
        assert!(cuts >= 20, "{cuts}");
    }

    #[test]
    fn what_has_gone_bad_is_missing() {
        let disk = Medium::default();
        Contents::open(disk.clone()).keep(&content(b"a poster"), b"a poster").unwrap();
        assert_eq!(Contents::open(disk.clone()).here().len(), 1);
        disk.rot(|_| true);
        assert!(Contents::open(disk).here().is_empty());
    }
}
