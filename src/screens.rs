//! Between state machine and markup: a view becomes properties, a touch becomes an event. Nothing is decided here.

mod bundles;
mod dates;
mod drafts;
mod focus;
mod form;
mod frame;
mod keyboard;
mod maintenance;
mod outcome;
mod pages;
mod photograph;
pub(crate) mod poster;
mod progress;
mod settings;

use std::{cell::RefCell, rc::Rc};

use anyhow::Context as _;
use flow::{
    Touch,
    view::{Screen, View},
};
use jiff::Timestamp;
use kiosk_ui::slint::ComponentHandle as _;
use kiosk_ui::{AppWindow, FrameApi, ScreenName, Theme, slint};
use protocol::Language;

use crate::{inbox::Preview, panel::Panel};

/// How touches leave a screen.
pub(crate) type Send = Rc<dyn Fn(Touch)>;

/// The window with all its screens.
pub struct Screens {
    window: AppWindow,
    panel: Panel,
    shown: RefCell<Option<View>>,
    language: RefCell<Option<Language>>,
    form: form::FormScreen,
    maintenance: maintenance::MaintenanceScreen,
}

impl Screens {
    /// Opens the window; every touch goes to `send`.
    pub fn new(send: impl Fn(Touch) + 'static) -> anyhow::Result<Self> {
        Self::on(Panel::default(), send)
    }

    /// The same, with touches put right by `panel`.
    pub(crate) fn on(panel: Panel, send: impl Fn(Touch) + 'static) -> anyhow::Result<Self> {
        let window = AppWindow::new()?;
        panel.follow(&window);
        let send: Send = Rc::new(send);
        frame::connect(&window, &send);
        pages::connect(&window, &send);
        photograph::connect(&window, &send);
        drafts::connect(&window, &send);
        outcome::connect(&window, &send);
        progress::connect(&window, &send);
        let maintenance = maintenance::MaintenanceScreen::connect(&window, &send);
        let form = form::FormScreen::connect(&window, &send);
        Ok(Self { window, panel, shown: RefCell::default(), language: RefCell::default(), form, maintenance })
    }

    /// Gives the window the panel's shape. The screens are drawn for so many pixels, however large a pixel is shown.
    pub fn place(&self, (width, height): (u16, u16), fullscreen: bool) {
        self.window.global::<Theme>().set_landscape(width > height);
        self.window.window().set_size(slint::LogicalSize::new(width.into(), height.into()));
        self.window.window().set_fullscreen(fullscreen);
    }

    /// Which terminal it is: what a screen out of service tells.
    pub fn identify(&self, terminal_id: &str) {
        self.window.global::<FrameApi>().set_terminal_id(terminal_id.into());
    }

    /// The touch screen, for whoever touches it otherwise than by a window system.
    #[must_use]
    pub fn panel(&self) -> &Panel {
        &self.panel
    }

    /// The window, for whoever looks at it.
    #[must_use]
    pub fn window(&self) -> &AppWindow {
        &self.window
    }

    /// Shows the window until it is closed.
    pub fn run(&self) -> anyhow::Result<()> {
        self.window.run().context("the screen failed")
    }

    /// Shows `view` as of `now`; what has not changed is not touched.
    pub fn show(&self, view: &View, now: Timestamp) {
        self.speak(view.frame.settings.language);
        frame::show(&self.window, view, now);
        let same = self.shown.borrow().as_ref().is_some_and(|shown| {
            shown.screen == view.screen
                && shown.frame.stopped == view.frame.stopped
                && shown.frame.settings.language == view.frame.settings.language
        });
        if !same {
            self.show_screen(view, now);
        }
        self.shown.replace(Some(view.clone()));
    }

    fn show_screen(&self, view: &View, now: Timestamp) {
        let (window, language) = (&self.window, view.frame.settings.language);
        match &view.screen {
            Screen::Home(home) => pages::home(window, home, language),
            Screen::Notices(notices) => pages::notices(window, notices, language),
            Screen::Items(items) => pages::items(window, items, language),
            Screen::Guide(guide) => pages::guide(window, guide, language),
            Screen::BundleGuide(guide) => bundles::guide(window, guide, language),
            Screen::Consent(consent) => pages::consent(window, consent, language),
            Screen::Identify(identify) => pages::identify(window, identify, language),
            Screen::Form(form) => self.form.show(window, form, language, now),
            Screen::Drafts(found) => drafts::found(window, found, language),
            Screen::Draft(draft) => drafts::left(window, draft, language),
            Screen::Photograph(paper) => photograph::show(window, paper, language),
            Screen::Confirm(confirm) => pages::confirm(window, confirm, language),
            Screen::Result(result) => outcome::show(window, result, language),
            Screen::Rate(rate) => outcome::rate(window, *rate),
            Screen::ProgressQuery(query) => progress::query(window, query),
            Screen::Progress(found) => progress::found(window, found, language),
            Screen::End(end) => pages::end(window, *end),
            Screen::Admit(admit) => maintenance::admit(window, *admit),
            Screen::Maintenance(maintenance) => self.maintenance.show(window, maintenance),
            Screen::OutOfService => maintenance::out_of_service(window, view.frame.stopped),
            Screen::Attract(turn) => poster::show(window, turn.as_ref()),
            Screen::Starting | Screen::Submitting => {}
        }
        window.global::<FrameApi>().set_screen(name(&view.screen));
        if matches!(view.screen, Screen::End(_) | Screen::Attract(_)) {
            self.forget();
        }
    }

    /// Shows what the camera sees, where the screen is the one for it.
    pub fn preview(&self, preview: &Preview) {
        let shown = self.shown.borrow();
        match shown.as_ref().map(|view| &view.screen) {
            Some(Screen::Maintenance(page)) => self.maintenance.preview(&self.window, page, preview),
            Some(Screen::Photograph(paper)) => photograph::preview(&self.window, paper, preview),
            _ => {}
        }
    }

    /// Empties every property that ever held something about a resident.
    fn forget(&self) {
        self.form.forget(&self.window);
        pages::forget(&self.window);
        photograph::forget(&self.window);
        drafts::forget(&self.window);
        outcome::forget(&self.window);
        progress::forget(&self.window);
        self.maintenance.forget(&self.window);
        wipe::wipe_stack();
    }

    fn speak(&self, language: Language) {
        if self.language.replace(Some(language)) == Some(language) {
            return;
        }
        let name = match language {
            Language::Simplified => "",
            Language::Traditional => "zh_TW",
            Language::English => "en",
        };
        if let Err(error) = slint::select_bundled_translation(name) {
            tracing::error!(%error, "language not selected");
        }
    }
}

fn name(screen: &Screen) -> ScreenName {
    match screen {
        Screen::Starting => ScreenName::Starting,
        Screen::Attract(_) => ScreenName::Attract,
        Screen::Home(_) => ScreenName::Home,
        Screen::Notices(_) => ScreenName::Notices,
        Screen::Items(_) => ScreenName::Items,
        Screen::Guide(_) => ScreenName::Guide,
        Screen::BundleGuide(_) => ScreenName::Bundle,
        Screen::Consent(_) => ScreenName::Consent,
        Screen::Identify(_) => ScreenName::Identify,
        Screen::Form(_) => ScreenName::Form,
        Screen::Drafts(_) => ScreenName::Drafts,
        Screen::Draft(_) => ScreenName::Draft,
        Screen::Photograph(_) => ScreenName::Photograph,
        Screen::Confirm(_) => ScreenName::Confirm,
        Screen::Submitting => ScreenName::Submitting,
        Screen::Result(_) => ScreenName::Result,
        Screen::Rate(_) => ScreenName::Rate,
        Screen::ProgressQuery(_) => ScreenName::ProgressQuery,
        Screen::Progress(_) => ScreenName::Progress,
        Screen::End(_) => ScreenName::End,
        Screen::Admit(_) => ScreenName::Admit,
        Screen::Maintenance(_) => ScreenName::Maintenance,
        Screen::OutOfService => ScreenName::OutOfService,
    }
}
