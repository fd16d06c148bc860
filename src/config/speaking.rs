//! How a kiosk with a loudspeaker speaks.

use serde::{Deserialize, Deserializer};

use super::usable;

/// In hundredths: as loud as people speak, with room above for those who hear badly.
const LOUDNESS: u8 = 60;

/// How a kiosk with a loudspeaker speaks, as its platform has set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speaking {
    /// Whether it speaks.
    pub enabled: bool,
    /// How loud, in hundredths, whatever is set on the machine.
    pub volume: Option<u8>,
}

impl Default for Speaking {
    fn default() -> Self {
        Self { enabled: true, volume: None }
    }
}

impl Speaking {
    /// How loud, with what a technician has set on the machine.
    #[must_use]
    pub fn percent(self, on_the_machine: Option<u8>) -> u8 {
        self.volume.or(on_the_machine).unwrap_or(LOUDNESS)
    }
}

/// `[devices.speaker]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeakerName {
    /// As ALSA names it: `default`, `plughw:CARD=PCH,DEV=0`.
    #[serde(deserialize_with = "speaker_name")]
    pub device: String,
}

fn speaker_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    let known = "a name of ALSA that converts rates: default, or plughw:CARD=PCH,DEV=0 (aplay -L lists them)";
    usable(&name, speaker::open(&name).is_ok(), &known)?;
    Ok(name)
}
