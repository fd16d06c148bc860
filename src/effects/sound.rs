//! How loud the machine speaks: as a technician has set it in the corridor where it stands, unless its platform says otherwise. It lies
//! in a file beside the store, so that a power cut does not make it shout.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use config_apply::{Disk as _, Folder};
use serde::{Deserialize, Serialize};

use crate::config::Speaking;

const FILE: &str = "sound.json";

/// What was set; what never was is as the program has it.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// In hundredths.
    volume: Option<u8>,
}

pub(super) struct Sound {
    folder: PathBuf,
    kept: Mutex<Kept>,
    pushed: Mutex<Speaking>,
}

impl Sound {
    /// As a technician has set it last, in the folder of `store`.
    pub(super) fn find(store: &Path) -> Self {
        let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let kept = read(folder).unwrap_or_else(|error| {
            tracing::error!(%error, "how loud the machine was set to speak is forgotten");
            Kept::default()
        });
        Self { folder: folder.to_owned(), kept: Mutex::new(kept), pushed: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pushed(&self) -> MutexGuard<'_, Speaking> {
        self.pushed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the platform has set from now on.
    pub(super) fn push(&self, speaking: Speaking) {
        *self.pushed() = speaking;
    }

    /// What was set on the machine, in hundredths.
    pub(super) fn volume(&self) -> Option<u8> {
        self.kept().volume
    }

    /// For a technician.
    pub(super) fn now(&self) -> flow::maintenance::Sound {
        let (pushed, kept) = (*self.pushed(), self.volume());
        flow::maintenance::Sound { percent: pushed.percent(kept), is_pushed: pushed.volume.is_some() }
    }

    /// It is on the disk when this returns, with how loud the machine speaks now: where the platform has said so, as it has.
    pub(super) fn set(&self, percent: u8) -> io::Result<u8> {
        let mut kept = self.kept();
        let changed = Kept { volume: Some(percent) };
        config_apply::replace(&mut Folder::open(&self.folder)?, FILE, &serde_json::to_vec(&changed)?)?;
        *kept = changed;
        Ok(self.pushed().percent(kept.volume))
    }
}

fn read(folder: &Path) -> io::Result<Kept> {
    match Folder::open(folder)?.read(FILE)? {
        Some(bytes) => Ok(serde_json::from_slice(&bytes)?),
        None => Ok(Kept::default()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn told(sound: &Sound) -> (u8, bool) {
        let now = sound.now();
        (now.percent, now.is_pushed)
    }

    #[test]
    fn what_a_technician_sets_is_kept_and_the_platform_has_the_last_word() {
        let place = tempfile::tempdir().unwrap();
        let store = place.path().join("kiosk.db");
        assert_eq!(told(&Sound::find(&store)), (60, false));
        Sound::find(&store).set(80).unwrap();
        let sound = Sound::find(&store);
        assert_eq!(told(&sound), (80, false));
        sound.push(Speaking { enabled: true, volume: Some(40) });
        assert_eq!(told(&sound), (40, true));
        assert_eq!(sound.set(80).unwrap(), 40, "also for whoever sets it at that moment");
        sound.push(Speaking::default());
        assert_eq!(told(&sound), (80, false), "nothing of the machine's is lost");
        assert_eq!(sound.set(70).unwrap(), 70);
    }

    #[test]
    fn a_damaged_file_is_nothing_and_a_disk_that_keeps_nothing_changes_nothing() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join(FILE), b"{\"volume\":").unwrap();
        let sound = Sound::find(&place.path().join("kiosk.db"));
        assert_eq!(sound.volume(), None);
        fs::create_dir(place.path().join("sound.json.new")).unwrap();
        assert!(sound.set(80).is_err());
        assert_eq!(sound.volume(), None);
    }
}
