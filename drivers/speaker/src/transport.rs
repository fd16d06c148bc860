//! The way to a sound card: ALSA's, which converts rates and channels where the name says so.

use std::time::Duration;

use alsa::{
    Direction, Output, ValueOr,
    pcm::{Access, Format, HwParams, PCM, State},
};
use driver_api::LinkFault;
use rustix::io::Errno;

use crate::{UnsupportedDevice, protocol::Form};

/// How much lies between here and the loudspeaker: enough for a busy machine. A silence does not wait for it.
const BUFFER: Duration = Duration::from_millis(150);
/// How often a card is asked whether the last of it was heard.
const LOOK: Duration = Duration::from_millis(20);

/// A card that takes samples.
pub trait Line: Send {
    /// Takes some of these samples within `wait`, and says how many.
    fn write(&mut self, samples: &[i16], wait: Duration) -> Result<usize, LinkFault>;

    /// Whether everything was heard; waited for at most `wait`.
    fn is_heard(&mut self, wait: Duration) -> Result<bool, LinkFault>;

    /// Throws away what was not heard yet.
    fn drop_rest(&mut self);
}

/// Whether ALSA could have a loudspeaker by this name that plays every recording.
pub fn check(device: &str) -> Result<(), UnsupportedDevice> {
    let is_name = !device.is_empty() && device.bytes().all(|byte| byte.is_ascii_graphic());
    // A bare card takes its own rates alone.
    let converts = device != "hw" && !device.starts_with("hw:");
    if is_name && converts { Ok(()) } else { Err(UnsupportedDevice(device.to_owned())) }
}

/// Opens the card for samples of this form.
pub fn to(device: &str, form: Form) -> Result<Box<dyn Line>, LinkFault> {
    // ALSA says on standard error why it cannot: every few seconds, while there is no card.
    let _quiet = Output::local_error_handler();
    let pcm = PCM::new(device, Direction::Playback, true).map_err(|error| not_opened(&error))?;
    set_up(&pcm, form).map_err(|error| not_opened(&error))?;
    Ok(Box::new(Card { pcm, channels: usize::try_from(form.channels).unwrap_or(1) }))
}

fn set_up(pcm: &PCM, form: Form) -> alsa::Result<()> {
    let wanted = HwParams::any(pcm)?;
    wanted.set_rate_resample(true)?;
    wanted.set_access(Access::RWInterleaved)?;
    wanted.set_format(Format::s16())?;
    wanted.set_channels(form.channels)?;
    wanted.set_rate(form.rate, ValueOr::Nearest)?;
    wanted.set_buffer_time_near(u32::try_from(BUFFER.as_micros()).unwrap_or(u32::MAX), ValueOr::Nearest)?;
    pcm.hw_params(&wanted)?;
    drop(wanted);
    // Short words begin as well: a card starts by itself only once its buffer has so much.
    let start = pcm.sw_params_current()?;
    start.set_start_threshold(1)?;
    pcm.sw_params(&start)
}

struct Card {
    pcm: PCM,
    channels: usize,
}

impl Card {
    fn tried<T>(&self, tried: alsa::Result<T>) -> Result<Option<T>, LinkFault> {
        match tried {
            Ok(done) => Ok(Some(done)),
            Err(error) if number(&error) == Errno::AGAIN => Ok(None),
            // It ran dry, or the machine slept: it goes on with what comes next.
            Err(error) => self.pcm.try_recover(error, true).map(|()| None).map_err(|error| lost(&error)),
        }
    }
}

impl Line for Card {
    fn write(&mut self, samples: &[i16], wait: Duration) -> Result<usize, LinkFault> {
        let millis = u32::try_from(wait.as_millis()).unwrap_or(u32::MAX);
        if self.tried(self.pcm.wait(Some(millis)))? != Some(true) {
            return Ok(0);
        }
        let written = self.pcm.io_i16().and_then(|io| io.writei(samples));
        Ok(self.tried(written)?.unwrap_or_default() * self.channels)
    }

    fn is_heard(&mut self, wait: Duration) -> Result<bool, LinkFault> {
        if matches!(self.pcm.state(), State::Setup | State::XRun) {
            return Ok(true);
        }
        // It comes back at once and has to be asked again, or takes as long as what lies in the buffer.
        match self.pcm.drain() {
            Ok(()) => Ok(true),
            Err(error) if number(&error) == Errno::AGAIN => {
                std::thread::sleep(wait.min(LOOK));
                Ok(false)
            }
            Err(error) => Err(lost(&error)),
        }
    }

    fn drop_rest(&mut self) {
        // A card that is gone is silent, too.
        let _ = self.pcm.drop();
    }
}

fn number(error: &alsa::Error) -> Errno {
    Errno::from_raw_os_error(error.errno())
}

fn not_opened(error: &alsa::Error) -> LinkFault {
    match number(error) {
        Errno::NOENT | Errno::NODEV | Errno::NXIO | Errno::CONNREFUSED => LinkFault::NotFound,
        Errno::ACCESS | Errno::PERM => LinkFault::PermissionDenied,
        Errno::BUSY | Errno::AGAIN => LinkFault::Busy,
        _ => LinkFault::Silent,
    }
}

fn lost(error: &alsa::Error) -> LinkFault {
    match number(error) {
        Errno::TIMEDOUT => LinkFault::Silent,
        _ => LinkFault::Unplugged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_mended_by_hand_has_its_own_name() {
        let named = |errno: Errno| not_opened(&alsa::Error::new("snd_pcm_open", errno.raw_os_error()));
        assert_eq!(named(Errno::NOENT), LinkFault::NotFound);
        assert_eq!(named(Errno::CONNREFUSED), LinkFault::NotFound);
        assert_eq!(named(Errno::ACCESS), LinkFault::PermissionDenied);
        assert_eq!(named(Errno::BUSY), LinkFault::Busy);
        assert_eq!(named(Errno::INVAL), LinkFault::Silent);
        assert_eq!(
            lost(&alsa::Error::new("snd_pcm_writei", Errno::NODEV.raw_os_error())),
            LinkFault::Unplugged
        );
    }
}
