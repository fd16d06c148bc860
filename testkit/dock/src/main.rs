//! `dock [--landscape] [--reader URL] [--printer URL] [--scanner URL] [--camera URL] [--platform URL]`: the demo in windows. Ends everything it started.

use std::{
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError, mpsc},
};

use anyhow::Context as _;
use dock::{
    desk::{Desk, News},
    display::{self, Share},
    window,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use slint::ComponentHandle as _;
use testkit::{StageOptions, Surroundings};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dock: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let options = StageOptions { with_camera: true, ..StageOptions::parse(std::env::args().skip(1))? };
    let share = Share::of(display::area(), options.landscape);
    let surroundings = Surroundings::start(&options)?;
    println!("{0}/ has the residents' pages, {0}/console the staff's", surroundings.platform());
    let kiosk = surroundings.open_kiosk(share.kiosk_scale)?;
    let desk = Desk::new(surroundings, Some(kiosk))?;
    let (orders, inbox) = mpsc::channel();
    let window = window::open(desk.cards(), orders)?;
    place(&window, share);
    end_on_signals()?;
    let failure = Arc::new(Mutex::new(None));
    let (weak, failed) = (window.as_weak(), failure.clone());
    let desk = desk.start(inbox, move |news| match news {
        News::State(state) => drop(weak.upgrade_in_event_loop(move |window| window::show(&window, &state))),
        News::KioskEnded(how) => {
            *failed.lock().unwrap_or_else(PoisonError::into_inner) = how.err();
            let _ = slint::quit_event_loop();
        }
    });
    window.run()?;
    // The window holds the only way to order; without it the desk stops and ends every program.
    drop(window);
    desk.join().ok().context("the desk failed")?;
    let failure = failure.lock().unwrap_or_else(PoisonError::into_inner).take();
    failure.map_or(Ok(()), |how| Err(anyhow::anyhow!(how)))
}

fn place(window: &dock::DockWindow, share: Share) {
    let (width, height) = (share.dock.width, share.dock.height);
    window.window().set_size(slint::LogicalSize::new(width.into(), height.into()));
    let (x, y) = (share.dock.x.into(), share.dock.y.into());
    window.window().set_position(slint::PhysicalPosition::new(x, y));
}

fn end_on_signals() -> anyhow::Result<()> {
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::spawn(move || {
        for _ in signals.forever() {
            let _ = slint::quit_event_loop();
        }
    });
    Ok(())
}
