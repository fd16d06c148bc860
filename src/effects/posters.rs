//! 待机海报 as the kiosk has them on its disk: looked at once before they are shown, so that nothing is put in front of residents that
//! cannot be.

use std::{fs, path::Path, sync::Arc};

use flow::event::Poster;
use serde_json::{Map, Value};

use crate::screens::poster;

/// What can be shown, and what is wrong with the rest.
pub(super) fn load(folder: &Path, settings: &Map<String, Value>) -> (Vec<Poster>, Option<String>) {
    let (mut posters, mut wrong) = (Vec::new(), None);
    for named in settings::posters(settings) {
        let name = &named.content.sha256;
        match fs::read(folder.join(name)).map_err(|error| error.to_string()).and_then(|bytes| {
            poster::decode(&bytes).map(drop)?;
            Ok(bytes)
        }) {
            Ok(jpeg) => posters.push(Poster { title: named.title, jpeg: Arc::from(jpeg) }),
            Err(why) => {
                tracing::error!(name, why, "poster not shown");
                wrong.get_or_insert(format!("idle.posters: {name}: {why}"));
            }
        }
    }
    (posters, wrong)
}
