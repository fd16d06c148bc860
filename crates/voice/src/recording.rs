//! One recording, and whether a file is one.

use std::{
    fmt,
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use lewton::{
    audio::{PreviousWindowRight, read_audio_packet},
    header::{IdentHeader, SetupHeader, read_header_ident, read_header_setup},
};
use ogg::{Packet, PacketReader};

/// The longest sentence that anybody waits for.
pub const LONGEST: Duration = Duration::from_secs(15);
/// The longest file: 15 seconds at 128 kbit/s.
pub const MOST_BYTES: usize = 256 << 10;

/// Shorter is no sentence.
const SHORTEST: Duration = Duration::from_millis(200);
/// Of 32,768: what never gets louder is silence.
const AUDIBLE: u16 = 650;
/// Numbers in a codebook; libvorbis' largest has a tenth of it.
const MOST_VALUES: u64 = 1 << 20;
const RATES: [u32; 6] = [8_000, 16_000, 22_050, 24_000, 44_100, 48_000];

/// A sentence as it was recorded: Ogg Vorbis with one channel or two.
#[derive(Clone, PartialEq, Eq)]
pub struct Recording {
    ogg: Arc<[u8]>,
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recording({} bytes)", self.ogg.len())
    }
}

/// Why a file is no recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Larger than any recording.
    #[error("larger than {} KiB", MOST_BYTES >> 10)]
    Large,
    /// Not Ogg Vorbis, or damaged.
    #[error("not Ogg Vorbis, or damaged")]
    Unreadable,
    /// A sampling rate or a number of channels that loudspeakers here do not take.
    #[error("not mono or stereo at {RATES:?} Hz")]
    Format,
    /// Shorter than a word.
    #[error("shorter than {} ms", SHORTEST.as_millis())]
    Short,
    /// Longer than anybody waits.
    #[error("longer than {} s", LONGEST.as_secs())]
    Long,
    /// Nothing can be heard.
    #[error("silent")]
    Silent,
}

impl Recording {
    /// Whether `file` can be said: it is decoded to its end, within bounds. Takes milliseconds.
    pub fn check(file: impl Into<Arc<[u8]>>) -> Result<Self, Unfit> {
        Self::measured(file).map(|(recording, _)| recording)
    }

    /// The same, and how long it lasts.
    pub fn measured(file: impl Into<Arc<[u8]>>) -> Result<(Self, Duration), Unfit> {
        let ogg: Arc<[u8]> = file.into();
        if ogg.len() > MOST_BYTES {
            return Err(Unfit::Large);
        }
        // The decoder counts on files that some encoder made: in others it may add up to more than it has room for.
        let judged = catch_unwind(AssertUnwindSafe(|| judge(Arc::clone(&ogg))));
        let duration = judged.unwrap_or(Err(Unfit::Unreadable))?;
        Ok((Self { ogg }, duration))
    }

    /// One that came with the program; tests have checked it.
    pub(crate) fn shipped(ogg: &[u8]) -> Self {
        Self { ogg: ogg.into() }
    }

    /// The file.
    #[must_use]
    pub fn ogg(&self) -> Arc<[u8]> {
        Arc::clone(&self.ogg)
    }
}

/// How long it lasts, if it can be said.
fn judge(ogg: Arc<[u8]>) -> Result<Duration, Unfit> {
    let mut packets = Packets { reader: PacketReader::new(Cursor::new(ogg)), stream: None };
    let first = packets.expected()?;
    let ident = read_header_ident(&first.data).map_err(|_| Unfit::Unreadable)?;
    if !RATES.contains(&ident.audio_sample_rate) || !matches!(ident.audio_channels, 1 | 2) {
        return Err(Unfit::Format);
    }
    let (comment, setup) = (packets.expected()?, packets.expected()?);
    if !brief(&comment.data) || !modest(&setup.data) {
        return Err(Unfit::Unreadable);
    }
    let blocks = (ident.blocksize_0, ident.blocksize_1);
    let setup =
        read_header_setup(&setup.data, ident.audio_channels, blocks).map_err(|_| Unfit::Unreadable)?;
    sound(&mut packets, &ident, &setup)
}

/// The same of the packets that hold the sound.
fn sound(packets: &mut Packets, ident: &IdentHeader, setup: &SetupHeader) -> Result<Duration, Unfit> {
    let (mut window, mut frames, mut loudest, mut end) = (PreviousWindowRight::new(), 0_u64, 0_u16, 0_u64);
    let rate = u64::from(ident.audio_sample_rate);
    while let Some(packet) = packets.next()? {
        let heard =
            read_audio_packet(ident, setup, &packet.data, &mut window).map_err(|_| Unfit::Unreadable)?;
        frames += heard.first().map_or(0, |channel| channel.len() as u64);
        loudest = heard.iter().flatten().map(|sample| sample.unsigned_abs()).fold(loudest, u16::max);
        end = packet.absgp_page();
        if frames > LONGEST.as_secs() * rate {
            return Err(Unfit::Long);
        }
    }
    // The last packet holds more than the sentence: its page tells where that ends.
    match Duration::from_millis(frames.min(end) * 1_000 / rate) {
        duration if duration < SHORTEST => Err(Unfit::Short),
        _ if loudest < AUDIBLE => Err(Unfit::Silent),
        duration => Ok(duration),
    }
}

/// The packets of a file with one stream.
struct Packets {
    reader: PacketReader<Cursor<Arc<[u8]>>>,
    stream: Option<u32>,
}

impl Packets {
    /// The next; `None` at the end.
    fn next(&mut self) -> Result<Option<Packet>, Unfit> {
        let Some(packet) = self.reader.read_packet().map_err(|_| Unfit::Unreadable)? else { return Ok(None) };
        let serial = packet.stream_serial();
        let goes_on = *self.stream.get_or_insert(serial) == serial;
        Some(packet).filter(|_| goes_on).ok_or(Unfit::Unreadable).map(Some)
    }

    fn expected(&mut self) -> Result<Packet, Unfit> {
        self.next()?.ok_or(Unfit::Unreadable)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "what is above is not wanted")]
fn low_half(bits: u128) -> u64 {
    bits as u64
}

/// Whether the comments are as long as they say, vendor and all. A decoder makes room for what they claim, and nobody here
/// reads them.
fn brief(comment: &[u8]) -> bool {
    fn number(rest: &mut &[u8]) -> Option<usize> {
        let (number, after) = rest.split_first_chunk()?;
        *rest = after;
        usize::try_from(u32::from_le_bytes(*number)).ok()
    }
    fn text(rest: &mut &[u8]) -> Option<()> {
        let length = number(rest)?;
        *rest = rest.get(length..)?;
        Some(())
    }
    let whole = || {
        let mut rest = comment.strip_prefix(b"\x03vorbis")?;
        text(&mut rest)?;
        let many = number(&mut rest).filter(|many| *many <= rest.len())?;
        (0..many).try_for_each(|_| text(&mut rest))
    };
    whole().is_some()
}

/// Whether all codebooks are of a size that an encoder makes. The decoder makes room for what a codebook claims, and a few
/// bytes can claim terabytes. A codebook begins at any bit with a mark of 24 bits, its dimensions in 16 and its entries in
/// 24, the lowest bits first.
fn modest(setup: &[u8]) -> bool {
    const MARK: u64 = 0x56_43_42;
    setup.windows(9).all(|window| {
        let bits = window.iter().rev().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        (0..8).all(|shift| {
            let [low, high] = [bits >> shift, bits >> (shift + 40)].map(low_half);
            let (mark, dimensions, entries) = (low & 0xff_ffff, (low >> 24) & 0xffff, high & 0xff_ffff);
            mark != MARK || entries * dimensions.max(1) <= MOST_VALUES
        })
    })
}
