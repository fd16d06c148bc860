//! A touch screen, made with `uinput`: the rules that keep scanners away from the screen leave it alone.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use evdev::{
    AbsInfo, AbsoluteAxisCode, AttributeSet, EventType, InputEvent, KeyCode, PropType, UinputAbsSetup,
    uinput::VirtualDevice,
};

use crate::{bench::Bench, scanner::properties, wait::until};

/// Its coordinates go so far, both ways.
pub(crate) const SIZE: i32 = 4096;

pub(crate) fn situations(bench: &mut Bench) {
    bench.try_out("touch screen, uinput: a window system takes it for one, and a touch arrives", touches);
}

/// Plugs one in.
pub(crate) fn panel() -> anyhow::Result<VirtualDevice> {
    let axis = |code| UinputAbsSetup::new(code, AbsInfo::new(0, 0, SIZE, 0, 0, 10));
    let keys: AttributeSet<KeyCode> = [KeyCode::BTN_TOUCH].into_iter().collect();
    let direct: AttributeSet<PropType> = [PropType::DIRECT].into_iter().collect();
    let panel = VirtualDevice::builder()?
        .name("Emulated touch screen")
        .with_properties(&direct)?
        .with_keys(&keys)?
        .with_absolute_axis(&axis(AbsoluteAxisCode::ABS_X))?
        .with_absolute_axis(&axis(AbsoluteAxisCode::ABS_Y))?
        .build()?;
    Ok(panel)
}

/// A finger is put down.
pub(crate) fn touch(panel: &mut VirtualDevice, x: i32, y: i32) -> std::io::Result<()> {
    panel.emit(&[
        InputEvent::new(EventType::ABSOLUTE.0, AbsoluteAxisCode::ABS_X.0, x),
        InputEvent::new(EventType::ABSOLUTE.0, AbsoluteAxisCode::ABS_Y.0, y),
        InputEvent::new(EventType::KEY.0, KeyCode::BTN_TOUCH.0, 1),
    ])
}

/// It is lifted.
pub(crate) fn lift(panel: &mut VirtualDevice) -> std::io::Result<()> {
    panel.emit(&[InputEvent::new(EventType::KEY.0, KeyCode::BTN_TOUCH.0, 0)])
}

fn touches() -> anyhow::Result<String> {
    let mut screen = panel()?;
    let node = screen.enumerate_dev_nodes_blocking()?.flatten().next().context("no node")?;
    let known = until(Duration::from_secs(10), || {
        properties(&node).ok().filter(|known| known.contains("ID_INPUT_TOUCHSCREEN=1"))
    });
    let (known, _) = known.context("udev does not take it for a touch screen")?;
    ensure!(!known.contains("LIBINPUT_IGNORE_DEVICE"), "our rules take it away from the window system");
    let mut listener = evdev::Device::open(&node)?;
    listener.set_nonblocking(true)?;
    touch(&mut screen, SIZE / 2, SIZE / 4)?;
    let (count, _) = until(Duration::from_secs(5), || listener.fetch_events().ok().map(Iterator::count))?;
    ensure!(count >= 3, "{count} events");
    Ok(format!("{count} events"))
}
