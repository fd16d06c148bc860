//! A screen that nobody looks at but us: an X server of our own, read from outside as an eye would.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant, SystemTime},
};

use anyhow::Context as _;
use x11rb::{
    NONE,
    connection::Connection as _,
    protocol::{
        Event,
        damage::{ConnectionExt as _, ReportLevel},
        xproto::{
            BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, ImageFormat, MOTION_NOTIFY_EVENT,
        },
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
};

use crate::process::Process;

/// The panel of the kiosk.
pub(crate) const WIDTH: u16 = 1080;
pub(crate) const HEIGHT: u16 = 1920;

/// An X server without a monitor.
pub(crate) struct Screen {
    /// What `DISPLAY` must say.
    pub(crate) display: String,
    connection: Arc<RustConnection>,
    root: u32,
    draws: Receiver<Draw>,
    _server: Process,
}

/// Somebody drew, at this moment.
#[derive(Clone, Copy)]
pub(crate) struct Draw {
    pub(crate) at: Instant,
    pub(crate) wall: SystemTime,
}

impl Screen {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let (server, display) = serve()?;
        let (connection, number) = x11rb::connect(Some(&display))?;
        let root = connection.setup().roots.get(number).context("no screen")?.root;
        let connection = Arc::new(connection);
        let draws = watch(&connection, root)?;
        Ok(Self { display, connection, root, draws, _server: server })
    }

    /// What is on the screen, four bytes a pixel: blue, green, red, nothing.
    pub(crate) fn picture(&self) -> anyhow::Result<Vec<u8>> {
        let asked =
            self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, WIDTH, HEIGHT, u32::MAX)?;
        let data = asked.reply()?.data;
        anyhow::ensure!(
            data.len() == usize::from(WIDTH) * usize::from(HEIGHT) * 4,
            "a screen of another shape"
        );
        Ok(data)
    }

    /// Waits for the next draw, not longer than until `until`.
    pub(crate) fn draw(&self, until: Instant) -> Option<Draw> {
        self.draws.recv_timeout(until.saturating_duration_since(Instant::now())).ok()
    }

    /// Forgets the draws until now.
    pub(crate) fn forget_draws(&self) {
        while self.draws.try_recv().is_ok() {}
    }

    /// A press and a release.
    pub(crate) fn touch(&self, x: i16, y: i16) -> anyhow::Result<()> {
        for (kind, detail) in [(MOTION_NOTIFY_EVENT, 0), (BUTTON_PRESS_EVENT, 1), (BUTTON_RELEASE_EVENT, 1)] {
            self.connection.xtest_fake_input(kind, detail, 0, self.root, x, y, 0)?;
        }
        self.connection.flush()?;
        Ok(())
    }
}

/// Tells of every draw, whoever drew and whether or not a pixel changed by it.
fn watch(connection: &Arc<RustConnection>, root: u32) -> anyhow::Result<Receiver<Draw>> {
    connection.damage_query_version(1, 1)?.reply()?;
    let damage = connection.generate_id()?;
    connection.damage_create(damage, root, ReportLevel::NON_EMPTY)?.check()?;
    let (tell, draws) = channel();
    let connection = connection.clone();
    std::thread::spawn(move || {
        while let Ok(event) = connection.wait_for_event() {
            if !matches!(event, Event::DamageNotify(_)) {
                continue;
            }
            let subtracted = connection.damage_subtract(damage, NONE, NONE);
            if subtracted.is_err() || connection.flush().is_err() {
                return;
            }
            if tell.send(Draw { at: Instant::now(), wall: SystemTime::now() }).is_err() {
                return;
            }
        }
    });
    Ok(draws)
}

/// The server chooses a display that is free.
fn serve() -> anyhow::Result<(Process, String)> {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", &format!("{WIDTH}x{HEIGHT}x24")]);
    command.args(["-nolisten", "tcp", "-noreset"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = Process::start(&mut command)?;
    let told = server.child().stdout.take().context("no output")?;
    let mut number = String::new();
    BufReader::new(told).read_line(&mut number)?;
    anyhow::ensure!(!number.trim().is_empty(), "Xvfb did not start");
    Ok((server, format!(":{}", number.trim())))
}

/// How many frames these draws were: what comes within a blink is one, and the first two seconds of a minute are the
/// clock's, once.
pub(crate) fn frames(draws: &[Draw]) -> u32 {
    let (mut count, mut last, mut ticked) = (0, None::<Instant>, None);
    for draw in draws {
        let same = last.is_some_and(|last| draw.at.duration_since(last) < Duration::from_millis(10));
        last = Some(draw.at);
        if same {
            continue;
        }
        let seconds = draw.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        if seconds % 60 < 2 && ticked != Some(seconds / 60) {
            ticked = Some(seconds / 60);
        } else {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws at these milliseconds after a full minute.
    fn drawn(milliseconds: &[u64]) -> u32 {
        let start = Instant::now();
        let minute = SystemTime::UNIX_EPOCH + Duration::from_mins(1000);
        let draw = |ms: &u64| Draw {
            at: start + Duration::from_millis(*ms),
            wall: minute + Duration::from_millis(*ms),
        };
        frames(&milliseconds.iter().map(draw).collect::<Vec<_>>())
    }

    #[test]
    fn the_clock_may_draw_once_a_minute_and_nothing_else_may() {
        assert_eq!(drawn(&[]), 0);
        assert_eq!(drawn(&[30, 35, 60_050]), 0);
        assert_eq!(drawn(&[30, 500]), 1, "a second frame in the same minute is no tick");
        assert_eq!(drawn(&[2_100, 2_105, 3_000]), 2);
    }
}
