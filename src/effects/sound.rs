//! How loud the machine speaks: as a technician has set it in the corridor where it stands, unless its platform says otherwise.
//! It is kept, so that a power cut does not make it shout.

use std::{
    io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::kept::Kept;
use crate::config::Speaking;

const FILE: &str = "sound.json";

/// What was set; what never was is as the program has it.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Loudness {
    /// In hundredths.
    volume: Option<u8>,
}

pub(super) struct Sound {
    kept: Kept<Loudness>,
    pushed: Mutex<Speaking>,
}

impl Sound {
    /// As a technician has set it last, in the folder of `store`.
    pub(super) fn find(store: &Path) -> Self {
        Self { kept: Kept::find(store, FILE), pushed: Mutex::default() }
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
        self.kept.get().volume
    }

    /// For a technician.
    pub(super) fn now(&self) -> flow::maintenance::Sound {
        let (pushed, kept) = (*self.pushed(), self.volume());
        flow::maintenance::Sound { percent: pushed.percent(kept), is_pushed: pushed.volume.is_some() }
    }

    /// It is on the disk when this returns, with how loud the machine speaks now: where the platform has said so, as it has.
    pub(super) fn set(&self, percent: u8) -> io::Result<u8> {
        self.kept.change(|kept| kept.volume = Some(percent))?;
        Ok(self.now().percent)
    }
}

#[cfg(test)]
mod tests {
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
}
