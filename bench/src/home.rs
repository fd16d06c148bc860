//! The home screen against the same page in a browser's kiosk mode, on the same screen.

mod chromium;
mod kiosk;
mod look;

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Context as _;

use crate::{
    line::{Line, Measure},
    plan::Plan,
    process::{Process, installed},
    screen::{self, Screen},
    tree::{self, Busy},
};

const MEMORY: Measure = Measure { name: "home-memory", unit: "MiB", goal: 0.15 };
const START: Measure = Measure { name: "home-start", unit: "ms", goal: 0.25 };
const CPU: Measure = Measure { name: "home-idle-cpu", unit: "ms", goal: 0.1 };
const FRAMES: Measure = Measure { name: "home-idle-frames", unit: "frames", goal: 0.0 };

/// How much of the two pictures may differ: letters are drawn by two different hands.
const UNLIKE: f64 = 0.03;

/// What one side showed.
#[derive(Default)]
struct Seen {
    start: Vec<f64>,
    memory: Vec<f64>,
    cpu: Vec<f64>,
    frames: Vec<f64>,
    picture: Vec<u8>,
}

/// Both sides by turns; which goes first changes with each round.
pub(crate) fn compare(plan: &Plan) -> anyhow::Result<Vec<Line>> {
    if let Some(missing) = ["Xvfb", "chromium"].into_iter().find(|name| !installed(name)) {
        anyhow::ensure!(plan.short, "{missing} is not installed");
        println!("home: NOT MEASURED, {missing} is not installed; cargo xtask bench installs it");
        return Ok(Vec::new());
    }
    let screen = Screen::start()?;
    let (kiosk, chromium) = (kiosk::Stage::start(&screen)?, chromium::Stage::start(&screen)?);
    let sides: [&dyn Fn() -> Command; 2] = [&|| kiosk.command(), &|| chromium.command()];
    let mut seen = [Seen::default(), Seen::default()];
    for (side, seen) in sides.iter().zip(&mut seen) {
        // Fills the disk's cache and the program's own; not counted.
        let (_program, _, picture) = start(&screen, side())?;
        seen.picture = picture;
    }
    alike(plan, &seen)?;
    for round in 0..plan.rounds + plan.starts {
        let mut order = [0, 1];
        order.rotate_left(round % 2);
        for index in order {
            if let (Some(side), Some(seen)) = (sides.get(index), seen.get_mut(index)) {
                one(plan, &screen, side(), seen, round < plan.rounds)?;
            }
        }
    }
    let [ours, other] = seen;
    Ok(vec![
        Line { measure: MEMORY, ours: ours.memory, other: other.memory },
        Line { measure: START, ours: ours.start, other: other.start },
        Line { measure: CPU, ours: ours.cpu, other: other.cpu },
        Line { measure: FRAMES, ours: ours.frames, other: other.frames },
    ])
}

/// A comparison of two different pages would say nothing.
fn alike(plan: &Plan, seen: &[Seen; 2]) -> anyhow::Result<()> {
    let [ours, other] = seen;
    if let Some(folder) = &plan.pictures {
        fs::create_dir_all(folder)?;
        look::save(&ours.picture, &folder.join("home-ours.png"))?;
        look::save(&other.picture, &folder.join("home-other.png"))?;
    }
    let unlike = look::unlike(&ours.picture, &other.picture);
    println!("home: {:.1} % of the two pages differ", unlike * 100.0);
    anyhow::ensure!(unlike <= UNLIKE, "bench/pages/home.html is not the home screen any more");
    Ok(())
}

/// One side, the whole way or only to its first full frame.
fn one(plan: &Plan, screen: &Screen, command: Command, seen: &mut Seen, whole: bool) -> anyhow::Result<()> {
    let (program, took, _) = start(screen, command)?;
    seen.start.push(took.as_secs_f64() * 1000.0);
    if whole {
        std::thread::sleep((program.since + plan.rest).saturating_duration_since(Instant::now()));
        seen.memory.push(tree::memory(program.id())?);
        let (cpu, frames) = idle(plan, screen, program.id())?;
        seen.cpu.push(cpu);
        seen.frames.push(frames.into());
    }
    Ok(())
}

/// Starts a side and waits until the page stands still. The time is that of the last change, as read from the screen.
fn start(screen: &Screen, mut command: Command) -> anyhow::Result<(Process, Duration, Vec<u8>)> {
    const STILL: Duration = Duration::from_millis(2500);
    screen.forget_draws();
    let program = Process::start(&mut command)?;
    let patience = program.since + Duration::from_mins(1);
    let (mut picture, mut changed) = (Vec::new(), program.since);
    loop {
        match screen.draw(Instant::now() + STILL) {
            Some(_) => {
                let now = screen.picture()?;
                if !look::same(&now, &picture) {
                    (picture, changed) = (now, Instant::now());
                }
                if !look::is_home(&picture) {
                    // 待机 waits for a touch; the top of the page is no button anywhere.
                    screen.touch(400, 40)?;
                }
            }
            None if look::is_home(&picture) => break,
            None => {}
        }
        anyhow::ensure!(
            Instant::now() < patience,
            "{} shows no home screen",
            command.get_program().display()
        );
    }
    let took = changed - program.since;
    Ok((program, took, picture))
}

/// Milliseconds of processor and frames drawn while nobody touches anything.
fn idle(plan: &Plan, screen: &Screen, root: u32) -> anyhow::Result<(f64, u32)> {
    let mut busy = Busy::default();
    let (before, until) = (busy.look(root)?, Instant::now() + plan.idle);
    let mut draws = Vec::new();
    screen.forget_draws();
    while Instant::now() < until {
        let second = until.min(Instant::now() + Duration::from_secs(1));
        while let Some(draw) = screen.draw(second) {
            draws.push(draw);
        }
        busy.look(root)?;
    }
    let ran = busy.look(root)? - before;
    anyhow::ensure!(fs::exists(format!("/proc/{root}"))?, "it ended meanwhile");
    let nanoseconds = u32::try_from(ran).context("more than four seconds of work in an idle minute")?;
    Ok((f64::from(nanoseconds) / 1e6, screen::frames(&draws)))
}
