//! What a technician sets on the machine itself: a JSON file beside the store, so that a power cut does not undo it.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use config_apply::{Disk as _, Folder};
use serde::{Serialize, de::DeserializeOwned};

/// One such file; what was never set is as `T` has it by default.
pub(super) struct Kept<T> {
    folder: PathBuf,
    file: &'static str,
    now: Mutex<T>,
}

impl<T: Serialize + DeserializeOwned + Default + Copy> Kept<T> {
    /// As it was set last, in the folder of `store`. What cannot be read was never set.
    pub(super) fn find(store: &Path, file: &'static str) -> Self {
        let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let now = read(folder, file).unwrap_or_else(|error| {
            tracing::error!(%error, file, "what a technician has set is forgotten");
            T::default()
        });
        Self { folder: folder.to_owned(), file, now: Mutex::new(now) }
    }

    fn now(&self) -> MutexGuard<'_, T> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self) -> T {
        *self.now()
    }

    /// It is on the disk when this returns; else nothing has changed.
    pub(super) fn change(&self, change: impl FnOnce(&mut T)) -> io::Result<()> {
        let mut now = self.now();
        let mut changed = *now;
        change(&mut changed);
        config_apply::replace(&mut Folder::open(&self.folder)?, self.file, &serde_json::to_vec(&changed)?)?;
        *now = changed;
        Ok(())
    }
}

fn read<T: DeserializeOwned + Default>(folder: &Path, file: &str) -> io::Result<T> {
    match Folder::open(folder)?.read(file)? {
        Some(bytes) => Ok(serde_json::from_slice(&bytes)?),
        None => Ok(T::default()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const FILE: &str = "kept.json";

    fn kept(folder: &Path) -> Kept<Option<u8>> {
        Kept::find(&folder.join("kiosk.db"), FILE)
    }

    #[test]
    fn what_was_set_is_there_after_the_next_start() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(kept(place.path()).get(), None);
        kept(place.path()).change(|kept| *kept = Some(80)).unwrap();
        assert_eq!(kept(place.path()).get(), Some(80));
    }

    #[test]
    fn a_damaged_file_is_nothing_and_a_disk_that_keeps_nothing_changes_nothing() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join(FILE), b"[8").unwrap();
        let kept = kept(place.path());
        assert_eq!(kept.get(), None);
        fs::create_dir(place.path().join("kept.json.new")).unwrap();
        assert!(kept.change(|kept| *kept = Some(80)).is_err());
        assert_eq!(kept.get(), None);
    }
}
