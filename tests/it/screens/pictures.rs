//! Pictures to look at.

use flow::view::{Contrast, Settings};

use super::{
    cases,
    panel::{LANDSCAPE, PORTRAIT, Panel},
};

/// Writes `SCREENS_OUT/<panel>-<look>-<case>.png`; `SCREENS_ONLY` picks cases by a part of the name.
#[test]
fn pictures_of_every_screen() {
    let Some(out) = std::env::var_os("SCREENS_OUT").filter(|out| !out.is_empty()) else { return };
    let out = std::path::PathBuf::from(out);
    let only = std::env::var("SCREENS_ONLY").unwrap_or_default();
    let looks = [
        ("normal", Settings::default()),
        ("large", Settings { large_type: true, ..Settings::default() }),
        ("english", Settings { language: protocol::Language::English, ..Settings::default() }),
        (
            "english-large",
            Settings { language: protocol::Language::English, large_type: true, ..Settings::default() },
        ),
        ("traditional", Settings { language: protocol::Language::Traditional, ..Settings::default() }),
        ("dark", Settings { contrast: Contrast::Dark, ..Settings::default() }),
        ("black-on-white", Settings { contrast: Contrast::BlackOnWhite, ..Settings::default() }),
        ("yellow-on-black", Settings { contrast: Contrast::YellowOnBlack, ..Settings::default() }),
    ];
    std::fs::create_dir_all(&out).unwrap();
    for (shape, size) in [("portrait", PORTRAIT), ("landscape", LANDSCAPE)] {
        let panel = Panel::new(size);
        for case in cases::all() {
            for (look, settings) in looks {
                let name = format!("{shape}-{look}-{}", case.name);
                if only.split(',').any(|part| name.contains(part)) {
                    panel.play(&case, settings);
                    panel.picture(&out.join(name + ".png"));
                }
            }
        }
    }
}
