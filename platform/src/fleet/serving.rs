//! The signed set as a kiosk fetches it: file by file, or what it needs in one answer. Nothing of another kiosk.

use std::collections::BTreeMap;

use config_trust::{MAX_ROOTS, bin_of, target_name};
use serde::Deserialize;

use super::{
    configuring,
    drafting::TARGETS,
    tracks::{self, Track},
};
use crate::store::{StoreError, Transaction};

/// What a kiosk has already, by version; 0 is nothing.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Kept {
    #[serde(default)]
    root: u64,
    #[serde(default)]
    targets: u64,
}

/// A file as the kiosk `kiosk` may have it: the set, and of the documents its own.
pub(super) fn open(view: &Transaction<'_>, kiosk: &str, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    match document(kiosk, name) {
        Some(sha256) => configuring::body(view, kiosk, sha256),
        None => configuring::file(view, &Track::of(view, kiosk)?.file(name)),
    }
}

/// The hash in the name of a document of this kiosk.
pub(super) fn document<'a>(kiosk: &str, name: &'a str) -> Option<&'a str> {
    let (sha256, rest) = name.strip_prefix("kiosks/")?.split_once('.')?;
    (target_name(kiosk).strip_prefix("kiosks/") == Some(rest)).then_some(sha256)
}

/// All files that the kiosk will ask for one after the other, from one moment, and word of the root that there is not.
pub(super) fn bundle(
    view: &Transaction<'_>,
    kiosk: &str,
    kept: Kept,
) -> Result<BTreeMap<String, Option<String>>, StoreError> {
    let text = |body: Vec<u8>| String::from_utf8(body).map_err(|_| StoreError::Damaged("trust_file"));
    let (bin, mut files) = (bin_of(&target_name(kiosk)), BTreeMap::new());
    for next in (1..).map(|step| kept.root.saturating_add(step)).take(MAX_ROOTS) {
        let name = configuring::file_name("root", next);
        let root = configuring::file(view, &name)?.map(text).transpose()?;
        let last = root.is_none();
        files.insert(name, root);
        if last {
            break;
        }
    }
    let track = Track::of(view, kiosk)?;
    for role in ["timestamp", "snapshot"] {
        if let Some((version, body)) = configuring::newest_file(view, &track.role(role))? {
            files.insert(configuring::file_name(role, version), Some(text(body)?));
        }
    }
    let promises = tracks::promises(view, track)?;
    for role in [TARGETS, bin.as_str()] {
        let promised = promises.get(&format!("{role}.json")).map(|promised| promised.version);
        let needed = promised.filter(|version| role != TARGETS || *version != kept.targets);
        let name = needed.map(|version| configuring::file_name(role, version));
        if let Some(name) = name
            && let Some(body) = configuring::file(view, &name)?
        {
            files.insert(name, Some(text(body)?));
        }
    }
    if let Some(desired) = configuring::desired(view, kiosk)?
        && let Some(body) = configuring::body(view, kiosk, &desired.sha256)?
    {
        let name = target_name(kiosk).replacen('/', &format!("/{}.", desired.sha256), 1);
        files.insert(name, Some(text(body)?));
    }
    Ok(files)
}
