//! A disk for proofs: it keeps its promises and not one more, and its power can be cut at any step.
#![allow(clippy::indexing_slicing, reason = "its indices are its own, and it is for proofs")]

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Disk;

/// What became of everything that was not synced.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// Nothing of it arrived.
    Lost,
    /// All of it did, but for contents, which are half there.
    Torn,
    /// Some of it did, in any order.
    Some(u64),
}

#[derive(Clone, Debug)]
struct Content {
    bytes: Vec<u8>,
    synced: bool,
}

#[derive(Clone, Debug)]
enum Names {
    Link(String, usize),
    Unlink(String),
}

#[derive(Clone, Debug, Default)]
struct Platter {
    contents: Vec<Content>,
    now: BTreeMap<String, usize>,
    synced: BTreeMap<String, usize>,
    /// Since the last sync; each entry is one atomic change.
    pending: Vec<Vec<Names>>,
    /// Steps until the power goes.
    fuel: Option<usize>,
    full: bool,
}

/// Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct Medium(Arc<Mutex<Platter>>);

impl Platter {
    fn step(&mut self) -> io::Result<()> {
        match &mut self.fuel {
            Some(0) => Err(io::Error::other("the power is gone")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn change(&mut self, change: Vec<Names>) {
        apply(&mut self.now, &change);
        self.pending.push(change);
    }
}

fn apply(names: &mut BTreeMap<String, usize>, change: &[Names]) {
    for name in change {
        match name {
            Names::Link(name, content) => drop(names.insert(name.clone(), *content)),
            Names::Unlink(name) => drop(names.remove(name)),
        }
    }
}

impl Medium {
    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another disk with the same on it.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.platter().clone())))
    }

    /// Power for so many steps more; for ever if not told.
    pub fn power_for(&self, steps: Option<usize>) {
        self.platter().fuel = steps;
    }

    /// Whether the power lasts for ever.
    #[must_use]
    pub fn is_powered(&self) -> bool {
        self.platter().fuel.is_none()
    }

    /// Whether the power is gone.
    #[must_use]
    pub fn is_out_of_power(&self) -> bool {
        self.platter().fuel == Some(0)
    }

    /// Whether there is no room.
    pub fn full(&self, full: bool) {
        self.platter().full = full;
    }

    /// The power is cut, and comes back.
    pub fn cut(&self, how: Cut) {
        let mut disk = self.platter();
        let mut seed = if let Cut::Some(seed) = how { seed } else { 0 };
        let mut coin = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed >> 63 == 1
        };
        let mut names = disk.synced.clone();
        for change in std::mem::take(&mut disk.pending) {
            if matches!(how, Cut::Torn) || matches!(how, Cut::Some(_)) && coin() {
                apply(&mut names, &change);
            }
        }
        for content in disk.contents.iter_mut().filter(|content| !content.synced) {
            let left = match how {
                Cut::Lost => 0,
                Cut::Some(_) if coin() => content.bytes.len(),
                _ => content.bytes.len() / 2,
            };
            content.bytes.truncate(left);
            content.synced = true;
        }
        (disk.now, disk.synced, disk.fuel) = (names.clone(), names, None);
    }

    /// Bits rot in every file whose name this likes.
    pub fn rot(&self, which: impl Fn(&str) -> bool) -> usize {
        let mut disk = self.platter();
        let hit: Vec<usize> = disk.now.iter().filter(|(name, _)| which(name)).map(|(_, at)| *at).collect();
        for at in &hit {
            let bytes = &mut disk.contents[*at].bytes;
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }
        hit.len()
    }
}

impl Disk for Medium {
    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.platter().now.keys().cloned().collect())
    }

    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let disk = self.platter();
        Ok(disk.now.get(name).map(|at| disk.contents[*at].bytes.clone()))
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.platter();
        disk.step()?;
        let known = disk.now.get(name).copied();
        let at = known.unwrap_or(disk.contents.len());
        if known.is_none() {
            disk.contents.push(Content { bytes: Vec::new(), synced: false });
            disk.change(vec![Names::Link(name.to_owned(), at)]);
        }
        disk.contents[at] = Content { bytes: bytes.to_vec(), synced: false };
        if disk.full {
            disk.contents[at].bytes.truncate(bytes.len() / 3);
            return Err(io::ErrorKind::StorageFull.into());
        }
        disk.step()?;
        disk.contents[at].synced = true;
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let mut disk = self.platter();
        disk.step()?;
        let at = *disk.now.get(from).ok_or(io::ErrorKind::NotFound)?;
        disk.change(vec![Names::Unlink(from.to_owned()), Names::Link(to.to_owned(), at)]);
        Ok(())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        let mut disk = self.platter();
        disk.step()?;
        disk.change(vec![Names::Unlink(name.to_owned())]);
        Ok(())
    }

    fn sync_names(&mut self) -> io::Result<()> {
        let mut disk = self.platter();
        disk.step()?;
        disk.synced = disk.now.clone();
        disk.pending.clear();
        Ok(())
    }
}
