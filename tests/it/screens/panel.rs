//! One kiosk screen without a display, drawn by the software renderer.

use std::path::Path;

use flow::view::{Settings, View};
use i_slint_backend_testing::{TestingBackend, TestingBackendOptions};
use jiff::Timestamp;
use kiosk::screens::Screens;
use kiosk_ui::slint::{self, ComponentHandle as _};

/// 2026-11-23 09:41 in China.
pub(super) fn now() -> Timestamp {
    "2026-11-23T01:41:00Z".parse().unwrap()
}

pub(super) const PORTRAIT: (u16, u16) = (1080, 1920);
pub(super) const LANDSCAPE: (u16, u16) = (1920, 1080);
/// Pixels a millimetre of the reference panel.
pub(super) const MM: f32 = 4.033;

pub(super) struct Panel {
    pub(super) screens: Screens,
}

impl Panel {
    pub(super) fn new(size: (u16, u16)) -> Self {
        let renderer_name = Some("software".into());
        let backend =
            TestingBackend::new(TestingBackendOptions { mock_time: true, threading: false, renderer_name });
        // A second panel of the same test finds the platform in place.
        let _ = slint::platform::set_platform(Box::new(backend));
        let screens = Screens::new(|_| ()).unwrap();
        screens.place(size, false);
        screens.window().show().unwrap();
        Self { screens }
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
