//! What settings are looked at for before anybody drafts them: whether a kiosk can run with them, and whether this platform
//! has what they name.

use protocol::App;
use serde_json::Value;
use settings::{Problem, Reason, Refused};

/// Whether they can be drafted. A kiosk passes over a tile or a sentence that it does not
/// know; here it would be a slip of the pen.
pub(super) fn check(settings: &Value, apps: &[App]) -> Result<(), Refused> {
    settings::check(settings)?;
    let named = settings.as_object().map(settings::tiles).unwrap_or_default();
    let known: Vec<&str> = apps.iter().map(|app| app.id.as_str()).collect();
    let unknown = named.iter().enumerate().filter(|(_, tile)| !known.contains(&tile.as_str()));
    let tiles = unknown.map(|(place, tile)| Problem {
        key: format!("home.tiles.{place}"),
        reason: Reason::new(
            format!("no tile is called {tile}; there are {}", known.join(", ")),
            format!("没有叫 {tile} 的入口，现有：{}", known.join("、")),
        ),
    });
    let named = settings.as_object().map(settings::recordings).unwrap_or_default();
    let unknown = named.iter().enumerate().filter(|(_, named)| !voice::is_prompt(&named.prompt));
    let recordings = unknown.map(|(place, named)| Problem {
        key: format!("voice.prompts.{place}.prompt"),
        reason: Reason::new(
            format!("kiosks have no sentence {}", named.prompt),
            format!("终端没有 {} 这句话", named.prompt),
        ),
    });
    let problems: Vec<Problem> = tiles.chain(recordings).collect();
    if problems.is_empty() { Ok(()) } else { Err(Refused(problems)) }
}
