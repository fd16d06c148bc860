//! 待机海报 as the kiosk has them on its disk: looked at once before they are shown, so that nothing is put in front of residents that
//! nobody has signed, and nothing that cannot be.

use std::{path::Path, sync::Arc};

use flow::event::Poster;
use serde_json::{Map, Value};
use settings::Content;

use super::content;
use crate::screens::poster;

/// What can be shown, and what is wrong with the rest.
pub(super) fn load(folder: &Path, settings: &Map<String, Value>) -> (Vec<Poster>, Option<String>) {
    let (mut posters, mut wrong) = (Vec::new(), None);
    for named in settings::posters(settings) {
        let name = &named.content.sha256;
        match read(folder, &named.content) {
            Ok(jpeg) => posters.push(Poster { title: named.title, jpeg }),
            Err(why) => {
                tracing::error!(name, why, "poster not shown");
                wrong.get_or_insert(format!("idle.posters: {name}: {why}"));
            }
        }
    }
    (posters, wrong)
}

fn read(folder: &Path, named: &Content) -> Result<Arc<[u8]>, String> {
    let bytes = content::signed(folder, named)?;
    poster::decode(&bytes)?;
    Ok(bytes.into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::{fs, io::Cursor};

    use image::{ImageFormat, RgbImage};
    use serde_json::json;

    use super::*;

    /// A picture of one shade.
    fn picture(shade: u8) -> Vec<u8> {
        let mut jpeg = Cursor::new(Vec::new());
        RgbImage::from_pixel(16, 16, [shade; 3].into()).write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
        jpeg.into_inner()
    }

    fn settings(jpeg: &[u8]) -> Map<String, Value> {
        let named = json!([{"title": "示例", "sha256": config_trust::sha256(jpeg), "length": jpeg.len()}]);
        json!({"idle": {"posters": named}}).as_object().unwrap().clone()
    }

    fn shown(folder: &Path, settings: &Map<String, Value>) -> Vec<Arc<[u8]>> {
        load(folder, settings).0.into_iter().map(|poster| poster.jpeg).collect()
    }

    #[test]
    fn a_picture_that_was_signed_is_shown_and_one_in_its_place_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (signed, other) = (picture(0), picture(255));
        let settings = settings(&signed);
        let path = folder.path().join(config_trust::sha256(&signed));
        fs::write(&path, &signed).unwrap();
        assert_eq!(shown(folder.path(), &settings), [Arc::from(signed)]);
        // As good a picture as any, and nobody has signed it.
        fs::write(&path, other).unwrap();
        let (posters, wrong) = load(folder.path(), &settings);
        let wrong = wrong.unwrap_or_default();
        assert!(posters.is_empty() && wrong.contains("not the file that was signed"), "{wrong}");
    }

    #[test]
    fn a_file_that_was_signed_and_is_no_picture_is_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = b"no picture";
        fs::write(folder.path().join(config_trust::sha256(bytes)), bytes).unwrap();
        let (posters, wrong) = load(folder.path(), &settings(bytes));
        assert!(posters.is_empty() && wrong.unwrap().contains("idle.posters"));
    }
}
