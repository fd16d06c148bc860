//! What a technician sets about the screen: what puts touches right, and how bright it is. Both are kept, for
//! whoever calibrates a panel does not want to do it again after a power cut.

use std::{io, path::Path};

use flow::calibration::Calibration;
use serde::{Deserialize, Serialize};

use super::{backlight::Backlight, kept::Kept};
use crate::panel::Panel;

const FILE: &str = "screen.json";

/// What was set; what never was is as the machine has it.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Setup {
    /// As in [`Calibration`].
    calibration: Option<[i32; 6]>,
    /// In hundredths.
    brightness: Option<u8>,
}

pub(super) struct Screen {
    panel: Panel,
    /// Where the machine has one.
    backlight: Option<Backlight>,
    kept: Kept<Setup>,
}

impl Screen {
    /// As a technician has set it last, in the folder of `store`; with what there is in `lights`.
    pub(super) fn find(panel: Panel, store: &Path, lights: &Path) -> Self {
        let kept = Kept::<Setup>::find(store, FILE);
        let Setup { calibration, brightness } = kept.get();
        panel.keep(calibration.map_or(Calibration::NONE, Calibration));
        let backlight = Backlight::find(lights);
        if let (Some(backlight), Some(percent)) = (&backlight, brightness)
            && let Err(error) = backlight.set(percent)
        {
            tracing::warn!(%error, percent, "the panel is not as bright as it was set");
        }
        Self { panel, backlight, kept }
    }

    pub(super) fn panel(&self) -> &Panel {
        &self.panel
    }

    /// None where it cannot be set.
    pub(super) fn brightness(&self) -> Option<u8> {
        self.backlight.as_ref().and_then(|light| light.percent().ok())
    }

    pub(super) fn set_brightness(&self, percent: u8) -> io::Result<()> {
        self.backlight.as_ref().ok_or(io::ErrorKind::NotFound)?.set(percent)?;
        self.kept.change(|kept| kept.brightness = Some(percent))
    }

    /// What is on trial was proven: it is on the disk when this returns.
    pub(super) fn keep(&self, tried: Calibration) -> io::Result<()> {
        let numbers = (tried != Calibration::NONE).then_some(tried.0);
        self.kept.change(|kept| kept.calibration = numbers)?;
        self.panel.keep(tried);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const SHIFTED: Calibration = Calibration([1_000_000, 0, -20_000, 0, 1_000_000, 5_000]);

    fn screen(folder: &Path) -> Screen {
        Screen::find(Panel::default(), &folder.join("kiosk.db"), &folder.join("lights"))
    }

    /// A light that counts to ten, at ten.
    fn light(folder: &Path) {
        let light = folder.join("lights/panel");
        fs::create_dir_all(&light).unwrap();
        fs::write(light.join("max_brightness"), "10\n").unwrap();
        fs::write(light.join("brightness"), "10\n").unwrap();
    }

    #[test]
    fn a_calibration_is_kept_until_it_is_taken_back() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(screen(place.path()).panel().kept(), Calibration::NONE);
        screen(place.path()).keep(SHIFTED).unwrap();
        assert_eq!(screen(place.path()).panel().kept(), SHIFTED);
        screen(place.path()).keep(Calibration::NONE).unwrap();
        assert_eq!(screen(place.path()).panel().kept(), Calibration::NONE);
    }

    #[test]
    fn how_bright_it_was_set_is_set_again_and_leaves_the_calibration_alone() {
        let place = tempfile::tempdir().unwrap();
        light(place.path());
        let first = screen(place.path());
        first.keep(SHIFTED).unwrap();
        first.set_brightness(40).unwrap();
        light(place.path());
        let second = screen(place.path());
        assert_eq!((second.brightness(), second.panel().kept()), (Some(40), SHIFTED));
    }

    #[test]
    fn without_a_light_nothing_is_set_and_nothing_is_said() {
        let place = tempfile::tempdir().unwrap();
        let screen = screen(place.path());
        assert!(screen.brightness().is_none() && screen.set_brightness(40).is_err());
        assert!(!place.path().join(FILE).exists());
    }

    #[test]
    fn a_calibration_that_the_disk_does_not_keep_is_not_in_force() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("screen.json.new")).unwrap();
        let screen = screen(place.path());
        assert!(screen.keep(SHIFTED).is_err());
        assert_eq!(screen.panel().kept(), Calibration::NONE);
    }
}
