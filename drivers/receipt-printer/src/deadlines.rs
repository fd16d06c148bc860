//! How long each thing may take.

use std::time::Duration;

use driver_api::{Bitmap, DeviceUrl};

use crate::Profile;

/// Dots in a millimetre at 203 dpi.
const DOTS_PER_MM: u32 = 8;

/// The deadlines, in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// One answer to a real-time command.
    pub answer: Duration,
    /// One answer to a command that waits its turn in an idle printer.
    pub probe: Duration,
    /// Bringing it back to a known state.
    pub clear: Duration,
    /// What a receipt may take beyond the time that its bytes and its rows need.
    pub grace: Duration,
    /// What the way to the printer carries.
    pub bytes_per_second: u32,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            answer: Duration::from_millis(500),
            probe: Duration::from_millis(800),
            clear: Duration::from_secs(6),
            grace: Duration::from_secs(8),
            bytes_per_second: 100_000,
        }
    }
}

impl Deadlines {
    /// A serial line is slower than the rest.
    #[must_use]
    pub fn for_url(url: &DeviceUrl) -> Self {
        let usual = Self::default();
        match url {
            DeviceUrl::Serial { baud, .. } => Self { bytes_per_second: baud / 10, ..usual },
            _ => usual,
        }
    }

    /// How long the rows of a receipt take at the slowest.
    #[must_use]
    pub fn rows(&self, image: &Bitmap, profile: &Profile) -> Duration {
        let dots_per_second = profile.mm_per_second.max(1) * DOTS_PER_MM;
        Duration::from_millis(u64::from(image.height()) * 1000 / u64::from(dots_per_second))
    }

    /// How long some bytes take on their way.
    #[must_use]
    pub fn bytes(&self, count: usize) -> Duration {
        Duration::from_millis(count as u64 * 1000 / u64::from(self.bytes_per_second.max(1)))
    }
}
