//! The files that settings name, as the kiosk has them on its disk.

use std::{fs, path::Path};

use settings::Content;

/// The file, if it is the one that whoever signed the settings has signed: a disk may have another in its place.
pub(super) fn signed(folder: &Path, named: &Content) -> Result<Vec<u8>, String> {
    let bytes = fs::read(folder.join(&named.sha256)).map_err(|error| error.to_string())?;
    if config_trust::sha256(&bytes) == named.sha256 {
        Ok(bytes)
    } else {
        Err("it is not the file that was signed".to_owned())
    }
}
