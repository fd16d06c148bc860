//! From a configuration file to a kiosk, or to a screen that says why there is none.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use health::Condition;
use kiosk_ui::slint;

use crate::{App, Config, config, screens::Screens, service, starts::Starts};

/// How long a screen with a code stays before the program ends, to be started anew.
const AGAIN: Duration = Duration::from_mins(1);
/// The same where it fell again and again.
const REST: Duration = Duration::from_mins(5);
/// A program that has run for so long has started well.
const WELL: Duration = Duration::from_mins(2);

/// Runs the kiosk that `path` configures, on the screen that `choose_screen` selects and `looked_at` gets to see.
///
/// Where a service manager starts it anew after every end, a kiosk that cannot serve shows the code of the reason for a
/// while before it ends: whoever stands before it never sees a desktop or a black screen.
pub fn run(
    path: &Path,
    choose_screen: impl FnOnce() -> anyhow::Result<()>,
    looked_at: impl FnOnce(&Screens) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let place = |screens: &Screens, ui: &config::Ui| screens.place(ui.orientation.size(), ui.fullscreen);
    let config = match Config::load(path) {
        Ok(config) => config,
        Err(error) if service::is_there() => {
            let screens = open(choose_screen)?;
            place(&screens, &config::Ui { fullscreen: true, ..config::Ui::default() });
            looked_at(&screens)?;
            return Err(show(&screens, Condition::ConfigurationFileUnusable, AGAIN, error.into()));
        }
        Err(error) => return Err(error.into()),
    };
    let starts = service::is_there().then(|| Starts::begin(config.store.path.with_file_name("starts.json")));
    let mut choose_screen = Some(choose_screen);
    let begun = if starts.as_ref().is_some_and(Starts::is_loop) {
        Err(anyhow::anyhow!("it fell again and again"))
    } else {
        App::start(&config, || choose_screen.take().map_or(Ok(()), |choose| choose()))
            .with_context(|| path.display().to_string())
    };
    let error = match begun {
        Ok(app) => {
            looked_at(app.screens())?;
            return serve(&app, starts);
        }
        Err(error) => error,
    };
    // Whatever has chosen a screen and failed cannot show anything on it.
    let (Some(starts), Some(choose_screen)) = (starts, choose_screen) else { return Err(error) };
    let (condition, stays) = match () {
        () if starts.is_loop() => (Condition::CrashLoop, REST),
        () if error.is::<outbox::StoreError>() => (Condition::StoreUnusable, AGAIN),
        () => (Condition::ProgramCannotStart, AGAIN),
    };
    let screens = open(choose_screen)?;
    place(&screens, &config.ui);
    screens.identify(&config.terminal_id());
    looked_at(&screens)?;
    let error = show(&screens, condition, stays, error);
    starts.forget();
    Err(error)
}

fn open(choose_screen: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<Screens> {
    choose_screen().and_then(|()| Screens::new(|_| {})).context("the screen cannot be opened")
}

fn serve(app: &App, starts: Option<Starts>) -> anyhow::Result<()> {
    let starts = std::rc::Rc::new(starts);
    let well = slint::Timer::default();
    let known = starts.clone();
    well.start(slint::TimerMode::SingleShot, WELL, move || {
        known.iter().for_each(Starts::forget);
    });
    app.run()?;
    starts.iter().for_each(Starts::forget);
    Ok(())
}

/// Shows the code of `condition` for a while; gives back why, to end with.
fn show(screens: &Screens, condition: Condition, stays: Duration, why: anyhow::Error) -> anyhow::Error {
    tracing::error!(code = condition.code(), condition = condition.id(), "{why:#}");
    screens.show(&out_of_service(condition), crate::clock::now());
    let _alive = service::report();
    slint::Timer::single_shot(stays, || {
        let _ = slint::quit_event_loop();
    });
    match screens.run() {
        Ok(()) => why,
        Err(error) => error,
    }
}

fn out_of_service(condition: Condition) -> flow::View {
    use flow::view::{Frame, Screen, Settings, View};
    let frame = Frame {
        community: None,
        subdistrict: None,
        phones: None,
        online: true,
        cached_since: None,
        printer: None,
        reader: None,
        codes: None,
        step: None,
        can_go_back: false,
        can_save: false,
        can_go_home: false,
        out_of_service: false,
        stopped: Some(condition.code()),
        languages: protocol::Language::ALL.into(),
        settings: Settings::default(),
        voice: None,
    };
    View { frame, screen: Screen::OutOfService, overlay: None }
}
