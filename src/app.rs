//! The composition root: screen, state machine and executor, connected.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use flow::{Event, Flow, Now, Touch};
use kiosk_ui::slint;

use crate::{
    Config, clock, effects::Effects, inbox::Inbox, panel::Panel, screens::Screens, service,
    standing::Standing,
};

thread_local! {
    /// The one app of this thread, for closures that come in from other threads.
    static CURRENT: RefCell<Option<Rc<App>>> = const { RefCell::new(None) };
}

/// A kiosk, ready to run.
pub struct App {
    flow: RefCell<Flow>,
    screens: Screens,
    effects: Effects,
    inbox: Inbox,
    standing: Standing,
    started: Instant,
    deadline: slint::Timer,
    minute: slint::Timer,
    failed: Cell<bool>,
}

impl App {
    /// Builds and connects every part, on the screen that `choose_screen` selects. The window is shown by [`App::run`].
    pub fn start(
        config: &Config,
        choose_screen: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<Rc<Self>> {
        let inbox = Inbox::new(|| {
            // Refused only while the event loop ends: then nobody needs the news.
            let _ = slint::invoke_from_event_loop(|| with_current(Self::drain));
        });
        // Before the screen: a store that cannot be opened is told even where there is no screen to tell it on.
        let standing = Standing::default();
        let panel = Panel::default();
        let effects = Effects::start(config, &inbox, &standing, &panel)?;
        let config = effects.config();
        let send = |touch: Touch| with_current(|app| app.handle(Event::Touch(touch)));
        let screens =
            choose_screen().and_then(|()| Screens::on(panel, send)).context("the screen cannot be opened")?;
        screens.place(config.ui.orientation.size(), config.ui.fullscreen);
        screens.identify(&config.terminal_id());
        let started = Instant::now();
        let flow =
            RefCell::new(Flow::new(config.deadlines(), config.settings(effects.volume()), at(started)));
        let (deadline, minute) = (slint::Timer::default(), slint::Timer::default());
        let app = Rc::new(Self {
            flow,
            screens,
            effects,
            inbox,
            standing,
            started,
            deadline,
            minute,
            failed: Cell::new(false),
        });
        CURRENT.set(Some(app.clone()));
        Ok(app)
    }

    /// Shows the window and stays until it is closed.
    pub fn run(&self) -> anyhow::Result<()> {
        self.show();
        self.tell_the_time();
        self.drain();
        let _alive = service::report();
        self.screens.run()?;
        CURRENT.set(None);
        anyhow::ensure!(!self.failed.get(), "the executor hangs");
        Ok(())
    }

    /// What is on the screen.
    pub fn screens(&self) -> &Screens {
        &self.screens
    }

    fn handle(&self, event: Event) {
        let wanted = self.flow.borrow_mut().handle(event, at(self.started));
        self.standing.tell(self.flow.borrow().is_at_rest());
        for effect in wanted {
            if let Err(hanging) = self.effects.want(effect) {
                tracing::error!(%hanging, "ending, to be started anew");
                self.failed.set(true);
                let _ = slint::quit_event_loop();
            }
        }
        self.show();
    }

    fn drain(&self) {
        while let Some(event) = self.inbox.take() {
            self.handle(event);
        }
        if let Some(preview) = self.inbox.take_preview() {
            self.screens.preview(&preview);
        }
        if self.inbox.is_ending() {
            let _ = slint::quit_event_loop();
        }
    }

    fn show(&self) {
        let view = self.flow.borrow().view();
        self.screens.show(&view, clock::now());
        self.come_back();
    }

    /// Sets the one timer to the next deadline.
    fn come_back(&self) {
        let Some(deadline) = self.flow.borrow().next_deadline() else { return self.deadline.stop() };
        let wait = deadline.saturating_sub(at(self.started).mono) + Duration::from_millis(1);
        let tick = || with_current(|app| app.handle(Event::Tick));
        self.deadline.start(slint::TimerMode::SingleShot, wait, tick);
    }

    /// Keeps the clock on the screen right, with one wake-up a minute.
    fn tell_the_time(&self) {
        let into = clock::now().as_second().rem_euclid(60).unsigned_abs();
        let next = Duration::from_secs(60 - into);
        let again = || {
            with_current(|app| {
                // What is valid today may not be tomorrow.
                app.handle(Event::Tick);
                app.tell_the_time();
            });
        };
        self.minute.start(slint::TimerMode::SingleShot, next, again);
    }
}

fn with_current(act: impl FnOnce(&App)) {
    let current = CURRENT.with_borrow(Clone::clone);
    if let Some(app) = current {
        act(&app);
    }
}

fn at(started: Instant) -> Now {
    Now { mono: started.elapsed(), wall: clock::now() }
}
