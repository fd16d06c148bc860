//! The class of loudspeakers.

use std::time::Duration;

use crate::LinkFault;

/// A loudspeaker that says one recording at a time.
pub trait Speaker: Send {
    /// Opens it and closes it again, and says which one it is: whether anything would be heard.
    fn identify(&mut self) -> Result<String, LinkFault>;

    /// Begins with a recording, a file of Ogg Vorbis. Whatever was being said is cut off.
    fn begin(&mut self, recording: &[u8], volume: Volume) -> Result<(), SpeakerFault>;

    /// Says on for at most `wait`. False once all of it was heard, or nothing was begun.
    fn go_on(&mut self, wait: Duration) -> Result<bool, SpeakerFault>;

    /// Silence at once: what is on its way to the loudspeaker is not heard either.
    fn silence(&mut self);
}

/// How loud, in hundredths of how loud the recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume(u8);

impl Volume {
    /// At most 100.
    #[must_use]
    pub fn percent(percent: u8) -> Self {
        Self(percent.min(100))
    }

    /// What an amplitude is multiplied by. Ears hear ratios: with the square of it, half is a quarter (−12 dB).
    #[must_use]
    pub fn gain(self) -> f32 {
        let part = f32::from(self.0) / 100.0;
        part * part
    }
}

/// Why nothing is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SpeakerFault {
    /// The way to the loudspeaker does not work.
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// The recording is none, is damaged, or is longer than anything that is said at a kiosk.
    #[error("the recording cannot be played")]
    Recording,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn louder_is_louder_and_nothing_is_louder_than_the_recording() {
        let gains: Vec<_> = (0..=100).map(|percent| Volume::percent(percent).gain()).collect();
        assert!(gains.windows(2).all(|two| two[0] < two[1]), "{gains:?}");
        assert_eq!((gains[0].to_bits(), gains[100].to_bits()), (0_f32.to_bits(), 1_f32.to_bits()));
        assert_eq!(Volume::percent(255), Volume::percent(100));
    }
}
