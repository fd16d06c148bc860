//! The light behind the panel, as Linux has it in `/sys/class/backlight`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Where the kernel has all of them.
pub(super) const CLASS: &str = "/sys/class/backlight";

/// One that can be set.
#[derive(Debug)]
pub(super) struct Backlight {
    folder: PathBuf,
    most: u32,
}

impl Backlight {
    /// The panel's, of all in `class`; none where there is none. Of several ways to the same light the kernel recommends the
    /// firmware's, then the platform's, then the bare register.
    pub(super) fn find(class: &Path) -> Option<Self> {
        let folders = fs::read_dir(class).ok()?.flatten().map(|entry| entry.path());
        let mut found: Vec<_> = folders.filter_map(Self::open).collect();
        found.sort_by_key(|light| (light.rank(), light.folder.clone()));
        found.into_iter().next()
    }

    fn open(folder: PathBuf) -> Option<Self> {
        let most = number(&folder.join("max_brightness")).ok().filter(|most| *most > 0)?;
        Some(Self { folder, most })
    }

    fn rank(&self) -> usize {
        let kind = fs::read_to_string(self.folder.join("type")).unwrap_or_default();
        ["firmware", "platform", "raw"].iter().position(|known| *known == kind.trim()).unwrap_or(usize::MAX)
    }

    /// How bright it is, in hundredths.
    pub(super) fn percent(&self) -> io::Result<u8> {
        let now = u64::from(number(&self.folder.join("brightness"))?);
        let most = u64::from(self.most);
        Ok(u8::try_from((now * 100 + most / 2) / most).unwrap_or(100).min(100))
    }

    /// Makes it so bright, and never dark.
    pub(super) fn set(&self, percent: u8) -> io::Result<()> {
        let wanted = (u64::from(percent.min(100)) * u64::from(self.most) + 50) / 100;
        fs::write(self.folder.join("brightness"), wanted.max(1).to_string())
    }
}

fn number(file: &Path) -> io::Result<u32> {
    fs::read_to_string(file)?.trim().parse().map_err(|_| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn light(class: &Path, name: &str, kind: &str, most: &str) {
        let folder = class.join(name);
        fs::create_dir(&folder).unwrap();
        for (file, says) in [("type", kind), ("max_brightness", most), ("brightness", "1")] {
            fs::write(folder.join(file), format!("{says}\n")).unwrap();
        }
    }

    #[test]
    fn every_step_comes_back_as_it_was_set_whatever_the_light_counts_in() {
        for most in ["10", "100", "255", "937", "120000"] {
            let class = tempfile::tempdir().unwrap();
            light(class.path(), "panel", "raw", most);
            let found = Backlight::find(class.path()).unwrap();
            for percent in (10..=100).step_by(10) {
                found.set(percent).unwrap();
                assert_eq!(found.percent().unwrap(), percent, "of {most}");
            }
        }
    }

    #[test]
    fn it_is_never_switched_off() {
        let class = tempfile::tempdir().unwrap();
        light(class.path(), "panel", "platform", "10");
        let found = Backlight::find(class.path()).unwrap();
        found.set(0).unwrap();
        assert_eq!(fs::read_to_string(class.path().join("panel/brightness")).unwrap(), "1");
    }

    #[test]
    fn of_several_ways_to_one_light_the_firmwares_is_taken() {
        let class = tempfile::tempdir().unwrap();
        assert!(Backlight::find(class.path()).is_none(), "a machine without one");
        assert!(Backlight::find(&class.path().join("none")).is_none());
        light(class.path(), "a-raw", "raw", "255");
        light(class.path(), "b-firmware", "firmware", "10");
        light(class.path(), "c-broken", "firmware", "0");
        let found = Backlight::find(class.path()).unwrap();
        assert!(found.folder.ends_with("b-firmware"), "{found:?}");
    }

    #[test]
    fn one_that_cannot_be_set_says_so() {
        let class = tempfile::tempdir().unwrap();
        light(class.path(), "panel", "raw", "255");
        let found = Backlight::find(class.path()).unwrap();
        fs::remove_file(class.path().join("panel/brightness")).unwrap();
        fs::create_dir(class.path().join("panel/brightness")).unwrap();
        assert!(found.set(50).is_err() && found.percent().is_err());
    }
}
