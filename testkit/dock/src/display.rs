//! How large the display is, and how the two windows share it.

use x11rb::{
    connection::Connection as _,
    protocol::{randr::ConnectionExt as _, xproto::Screen},
};

/// Room that a desktop takes for its bars and for the titles of windows.
const BARS: u16 = 80;
/// Between the two windows.
const GAP: u16 = 16;
/// The dock at its usual size.
const DOCK: (u16, u16) = (640, 1800);
/// A display whose size nobody tells.
const USUAL: Area = Area { x: 0, y: 0, width: 1920, height: 1080 };

/// A part of the display, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// From the left.
    pub x: i16,
    /// From the top.
    pub y: i16,
    /// Across.
    pub width: u16,
    /// Down.
    pub height: u16,
}

/// How the windows share a display.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The kiosk's window is so many times its usual size.
    pub kiosk_scale: f32,
    /// Where the dock stands.
    pub dock: Area,
}

impl Share {
    /// The kiosk at the left as large as it fits, the dock right of it.
    #[must_use]
    pub fn of(display: Area, landscape: bool) -> Self {
        let (width, height): (u16, u16) = if landscape { (1920, 1080) } else { (1080, 1920) };
        let bars = if display.height >= height && display.height < height + BARS { 0 } else { BARS };
        let room = (display.width.saturating_sub(DOCK.0 + GAP), display.height.saturating_sub(bars));
        let fits = (f32::from(room.0) / f32::from(width)).min(f32::from(room.1) / f32::from(height));
        let kiosk_scale = fits.clamp(0.25, 1.0);
        #[expect(clippy::cast_possible_truncation, reason = "not wider than a display, which is 16 bits")]
        let beside = (f32::from(width) * kiosk_scale) as i16 + display.x + GAP.cast_signed();
        let dock = Area { x: beside, y: display.y, width: DOCK.0, height: room.1.min(DOCK.1) };
        Self { kiosk_scale, dock }
    }
}

/// The first monitor, or a usual one where no X server tells.
#[must_use]
pub fn area() -> Area {
    ask().unwrap_or(USUAL)
}

fn ask() -> Option<Area> {
    let (connection, number) = x11rb::connect(None).ok()?;
    let screen: &Screen = connection.setup().roots.get(number)?;
    let whole = Area { x: 0, y: 0, width: screen.width_in_pixels, height: screen.height_in_pixels };
    let monitors = connection.randr_get_monitors(screen.root, true).ok().and_then(|asked| asked.reply().ok());
    let monitors = monitors.map(|answer| answer.monitors).unwrap_or_default();
    let first = monitors.iter().find(|monitor| monitor.primary).or(monitors.first());
    Some(first.map_or(whole, |m| Area { x: m.x, y: m.y, width: m.width, height: m.height }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_display_shows_the_kiosk_as_it_is() {
        let large = Share::of(Area { x: 0, y: 0, width: 3000, height: 2000 }, false);
        assert_eq!(large.kiosk_scale.to_bits(), 1.0_f32.to_bits());
        assert_eq!(large.dock, Area { x: 1096, y: 0, width: 640, height: 1800 });
    }

    #[test]
    fn on_a_small_display_both_windows_are_whole() {
        for (width, height) in [(1920, 1080), (1366, 768), (2560, 1440), (1920, 1920)] {
            for landscape in [false, true] {
                let display = Area { x: 100, y: 0, width, height };
                let share = Share::of(display, landscape);
                let kiosk = if landscape { (1920.0, 1080.0) } else { (1080.0, 1920.0) };
                assert!(kiosk.1 * share.kiosk_scale <= f32::from(height), "{share:?}");
                let right = i32::from(share.dock.x) + i32::from(share.dock.width);
                assert!(right <= 100 + i32::from(width), "{share:?}");
                assert!(share.kiosk_scale > 0.3, "{share:?}");
            }
        }
    }
}
