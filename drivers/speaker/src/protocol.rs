//! Ogg Vorbis to samples, a packet at a time. Pure: no card, no clock.

use std::io::Cursor;

use driver_api::{SpeakerFault, Volume};
use lewton::{inside_ogg::OggStreamReader, samples::InterleavedSamples};

/// In seconds. Longer is nothing that anybody says at a kiosk.
pub const LONGEST: u32 = 15;

/// How the samples of a recording are to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Samples per second, of each channel.
    pub rate: u32,
    /// One, or two.
    pub channels: u32,
}

/// A recording that is being played.
pub struct Recording {
    reader: OggStreamReader<Cursor<Vec<u8>>>,
    gain: f32,
    /// How many more samples are taken.
    room: usize,
}

impl Recording {
    /// Reads what stands before the sound.
    pub fn new(bytes: &[u8], volume: Volume) -> Result<Self, SpeakerFault> {
        let reader =
            OggStreamReader::new(Cursor::new(bytes.to_vec())).map_err(|_| SpeakerFault::Recording)?;
        let mut recording = Self { reader, gain: volume.gain(), room: 0 };
        let Form { rate, channels } = recording.form();
        if !(8_000..=48_000).contains(&rate) || !(1..=2).contains(&channels) {
            return Err(SpeakerFault::Recording);
        }
        recording.room = usize::try_from(rate * channels * LONGEST).map_err(|_| SpeakerFault::Recording)?;
        Ok(recording)
    }

    /// How its samples are to be understood.
    #[must_use]
    pub fn form(&self) -> Form {
        let head = &self.reader.ident_hdr;
        Form { rate: head.audio_sample_rate, channels: head.audio_channels.into() }
    }

    /// The next samples, those of both channels in turns; none after the last.
    pub fn next_samples(&mut self) -> Result<Option<Vec<i16>>, SpeakerFault> {
        let form = self.form();
        let packet = self.reader.read_dec_packet_generic::<InterleavedSamples<f32>>();
        let Some(packet) = packet.map_err(|_| SpeakerFault::Recording)? else { return Ok(None) };
        // A file may go on as another one, which the card was not opened for.
        if self.form() != form {
            return Err(SpeakerFault::Recording);
        }
        self.room = self.room.checked_sub(packet.samples.len()).ok_or(SpeakerFault::Recording)?;
        Ok(Some(packet.samples.iter().map(|sample| quantised(sample * self.gain)).collect()))
    }
}

/// What is too loud is cut, never turned round.
fn quantised(sample: f32) -> i16 {
    #[expect(clippy::cast_possible_truncation, reason = "a cast from a float saturates, and that is wanted")]
    let sample = (sample * f32::from(i16::MAX)).round() as i16;
    sample
}
