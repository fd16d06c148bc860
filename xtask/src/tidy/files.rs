//! The text files of the repository.

use std::{path::Path, process::Command};

use crate::Failure;

/// A file as git knows it.
pub(crate) struct TextFile {
    /// From the top of the repository.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The names of all that are in git or about to be.
pub(crate) fn names(root: &Path) -> Result<Vec<String>, Failure> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listing = Command::new("git")
        .current_dir(root)
        .args(arguments)
        .output()
        .map_err(|error| format!("git: {error}"))?;
    if !listing.status.success() {
        return Err(format!("git ls-files: {}", String::from_utf8_lossy(&listing.stderr).trim()));
    }
    let names = String::from_utf8_lossy(&listing.stdout).into_owned();
    Ok(names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// Those of `names` that are text; pictures and fonts are left out.
pub(crate) fn read(root: &Path, names: &[String]) -> Vec<TextFile> {
    names.iter().filter_map(|name| read_one(root, name)).collect()
}

/// `None` for what is not text, and for a file that is just being removed.
fn read_one(root: &Path, name: &str) -> Option<TextFile> {
    let bytes = std::fs::read(root.join(name)).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(TextFile { path: name.to_owned(), text })
}
