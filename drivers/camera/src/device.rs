//! Switches a camera on and off, and chooses among its frames.

use std::time::{Duration, Instant};

use driver_api::{Camera, CameraFault, LinkFault, Picture};
use zeroize::Zeroizing;

use crate::{
    picture::{Grey, sharpness},
    protocol::{self, Strictness},
    transport::{Arrival, Source, Switch, Wanted},
};

/// Frames until exposure and white balance have settled.
const SETTLING: usize = 4;
/// Photographs of which the sharpest is taken.
const SHOTS: usize = 5;
/// How long all of that may take. A camera needs a second or two to start.
const CAPTURE: Duration = Duration::from_secs(8);
/// After so long without a frame a camera that is on has stopped: it is switched off and on again.
const SILENT: Duration = Duration::from_secs(3);
/// More frames than the kernel keeps ready for us.
const READY: usize = 8;

/// A camera behind whatever `switch` switches on.
pub struct FrameCamera<S> {
    switch: S,
    on: Option<Preview>,
}

/// A camera that is on for a preview.
struct Preview {
    source: Box<dyn Source>,
    last: Instant,
}

impl<S: Switch> FrameCamera<S> {
    /// A camera that is off.
    pub fn new(switch: S) -> Self {
        Self { switch, on: None }
    }

    fn switched_on(&mut self) -> Result<&mut Preview, CameraFault> {
        let preview = match self.on.take() {
            Some(on) => on,
            None => Preview { source: self.switch.on(Wanted::Preview)?, last: Instant::now() },
        };
        Ok(self.on.insert(preview))
    }
}

impl Preview {
    /// The newest frame of those that came: an older one would show the hand where it was.
    fn newest(&mut self, wait: Duration) -> Result<Option<Picture>, LinkFault> {
        let (mut frame, mut newest) = (Zeroizing::new(Vec::new()), Zeroizing::new(Vec::new()));
        let mut patience = wait;
        for _ in 0..READY {
            match self.source.receive(&mut frame, patience)? {
                Arrival::Nothing => break,
                Arrival::Frame => std::mem::swap(&mut frame, &mut newest),
                Arrival::Spoilt => {}
            }
            (self.last, patience) = (Instant::now(), Duration::ZERO);
        }
        if self.last.elapsed() > SILENT {
            return Err(LinkFault::Silent);
        }
        Ok(protocol::decode(&newest, self.source.format(), Strictness::Lenient).ok())
    }
}

/// The sharpest of several frames that are whole.
fn sharpest(source: &mut dyn Source) -> Result<Picture, LinkFault> {
    let end = Instant::now() + CAPTURE;
    let mut frame = Zeroizing::new(Vec::new());
    let mut best: Option<(f64, Picture)> = None;
    let (mut came, mut whole) = (0, 0);
    while whole < SHOTS {
        let left = end.saturating_duration_since(Instant::now());
        let arrival = if left.is_zero() { Arrival::Nothing } else { source.receive(&mut frame, left)? };
        came += usize::from(arrival != Arrival::Nothing);
        match arrival {
            Arrival::Nothing if left.is_zero() => break,
            Arrival::Frame if came > SETTLING => {}
            Arrival::Nothing | Arrival::Frame | Arrival::Spoilt => continue,
        }
        let Ok(picture) = protocol::decode(&frame, source.format(), Strictness::Strict) else { continue };
        whole += 1;
        let sharpness = sharpness(&Grey::of(&picture));
        if best.as_ref().is_none_or(|(sharpest, _)| sharpness > *sharpest) {
            best = Some((sharpness, picture));
        }
    }
    let none = if came == 0 { LinkFault::Silent } else { LinkFault::Garbled };
    best.map(|(_, picture)| picture).ok_or(none)
}

impl<S: Switch> Camera for FrameCamera<S> {
    fn identify(&mut self) -> Result<String, CameraFault> {
        self.switch.name()
    }

    fn preview(&mut self, wait: Duration) -> Result<Option<Picture>, CameraFault> {
        let seen = self.switched_on()?.newest(wait);
        if seen.is_err() {
            self.stop();
        }
        Ok(seen?)
    }

    fn capture(&mut self) -> Result<Picture, CameraFault> {
        // A stream has one size, and one owner.
        self.stop();
        let mut source = self.switch.on(Wanted::Capture)?;
        Ok(sharpest(&mut *source)?)
    }

    fn stop(&mut self) {
        self.on = None;
    }
}
