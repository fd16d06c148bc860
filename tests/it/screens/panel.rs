//! One kiosk screen without a display, drawn by the software renderer.

use std::{cell::RefCell, path::Path, rc::Rc};

use driver_api::Picture;
use flow::{
    Touch,
    maintenance::Part,
    view::{MaintenancePage, PageStage, Screen, Settings, Trial, View},
};
use i_slint_backend_testing::{ElementHandle, TestingBackend, TestingBackendOptions};
use jiff::Timestamp;
use kiosk::{inbox::Preview, screens::Screens};
use kiosk_ui::slint::{self, ComponentHandle as _};
use protocol::Language;

use super::cases::Case;

/// 2026-11-23 09:41 in China.
pub(super) fn now() -> Timestamp {
    "2026-11-23T01:41:00Z".parse().unwrap()
}

pub(super) const PORTRAIT: (u16, u16) = (1080, 1920);
pub(super) const LANDSCAPE: (u16, u16) = (1920, 1080);
/// Pixels a millimetre of the reference panel.
pub(super) const MM: f32 = 4.033;

/// A page, with lines of print.
fn drawn(width: u32, height: u32) -> Picture {
    let print = |at: u32| {
        let (x, y) = (at % width * 100 / width, at / width * 60 / height);
        let margin = !(8..=91).contains(&x) || !(4..=55).contains(&y);
        if margin || y.is_multiple_of(2) || x * 7 % 9 > 6 { 236 } else { 60 }
    };
    Picture::new(width, height, (0..width * height).flat_map(|at| [print(at); 3]).collect()).unwrap()
}

pub(super) struct Panel {
    pub(super) screens: Screens,
    touched: Rc<RefCell<Vec<Touch>>>,
}

impl Panel {
    pub(super) fn new(size: (u16, u16)) -> Self {
        let renderer_name = Some("software".into());
        let backend =
            TestingBackend::new(TestingBackendOptions { mock_time: true, threading: false, renderer_name });
        // A second panel of the same test finds the platform in place.
        let _ = slint::platform::set_platform(Box::new(backend));
        let touched = Rc::<RefCell<Vec<Touch>>>::default();
        let touches = touched.clone();
        let screens = Screens::new(move |touch| touches.borrow_mut().push(touch)).unwrap();
        screens.place(size, false);
        screens.window().show().unwrap();
        Self { screens, touched }
    }

    /// Shows a case and presses its keys.
    pub(super) fn play(&self, case: &Case, settings: Settings) {
        self.screens.show(&View { screen: Screen::Attract(None), ..case.view.clone() }, now());
        self.show(&case.view, settings);
        self.sees(&case.view);
        let english = settings.language == Language::English;
        let traditional = settings.language == Language::Traditional;
        for key in case.keys.chars() {
            let label = match key {
                '拼' if english => "Pinyin".to_owned(),
                '拼' => "拼音".to_owned(),
                '笔' if english => "Strokes".to_owned(),
                '笔' if traditional => "筆畫".to_owned(),
                '笔' => "笔画".to_owned(),
                '数' => "123".to_owned(),
                '字' => "ABC".to_owned(),
                '横' if english => "- héng".to_owned(),
                '横' if traditional => "一 橫".to_owned(),
                '横' => "一 横".to_owned(),
                '竖' if english => "| shù".to_owned(),
                '竖' if traditional => "丨 豎".to_owned(),
                '竖' => "丨 竖".to_owned(),
                letter => letter.to_string(),
            };
            self.press(&label);
        }
    }

    /// What a camera would send to such a screen.
    pub(super) fn sees(&self, view: &View) {
        if let Screen::Maintenance(shown) = &view.screen
            && let MaintenancePage::Testing { part: Part::Camera, trial: Trial::Look } = shown.page
        {
            for sharpness in [40.0, 312.0, 250.0] {
                self.screens.preview(&Preview { picture: drawn(640, 480), sharpness });
            }
            i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
        }
        if let Screen::Photograph(paper) = &view.screen {
            let picture = match paper.stage {
                PageStage::Looking(_) => drawn(1000, 1400),
                PageStage::Failed => return,
                _ => drawn(640, 480),
            };
            self.screens.preview(&Preview { picture, sharpness: 0.0 });
            i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
        }
    }

    /// Touches what is called so.
    pub(super) fn press(&self, label: &str) {
        let found = ElementHandle::find_by_accessible_label(self.screens.window(), label).next();
        found.unwrap_or_else(|| panic!("nothing is called {label:?}")).invoke_accessible_default_action();
        i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
    }

    /// Whether something on the screen is called so.
    pub(super) fn has(&self, label: &str) -> bool {
        ElementHandle::find_by_accessible_label(self.screens.window(), label).next().is_some()
    }

    /// What was touched since it was asked last.
    pub(super) fn touches(&self) -> Vec<Touch> {
        self.touched.take()
    }

    pub(super) fn show(&self, view: &View, settings: Settings) {
        let mut view = view.clone();
        view.frame.settings = settings;
        self.screens.show(&view, now());
        i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
    }

    pub(super) fn picture(&self, path: &Path) {
        let pixels = self.screens.window().window().take_snapshot().unwrap();
        let file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
        let mut encoder = png::Encoder::new(file, pixels.width(), pixels.height());
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_compression(png::Compression::Fast);
        encoder.write_header().unwrap().write_image_data(pixels.as_bytes()).unwrap();
    }
}
