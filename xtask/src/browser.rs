//! `cargo xtask browser`: a case from form to result in a real browser, every page looked at on every screen.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Failure, cargo, npm, setup};

/// Each with its version: what judges must not change by itself. Neither brings a browser: Debian's is used.
const NODE: [&str; 2] = ["playwright-core@1.57.0", "axe-core@4.11.0"];

/// Builds the platform and runs it.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let pictures = match arguments {
        [] => None,
        [flag, folder] if flag == "--pictures" => Some(Path::new(folder)),
        other => return Err(format!("browser: {:?} is no argument of mine", other.join(" "))),
    };
    let workspace = cargo::Metadata::ours()?;
    cargo::run(&workspace.workspace_root, &["build", "--package", "platform"])?;
    drive(&workspace, pictures)
}

/// The same as a stage of the tests, which have built everything.
pub(crate) fn run_stage(workspace: &cargo::Metadata) -> Result<(), Failure> {
    drive(workspace, None)
}

fn drive(workspace: &cargo::Metadata, pictures: Option<&Path>) -> Result<(), Failure> {
    let tools = install(workspace)?;
    let mut node = Command::new("node");
    node.arg(workspace.workspace_root.join("platform/tests/browser/main.mjs"))
        .env("BROWSER_TOOLS", &tools)
        .env("KIOSK_BIN_DIR", workspace.bin_dir())
        // The fonts that the kiosk is shipped with, wherever the machine has none of its own.
        .env("XDG_DATA_HOME", tools.join("share"));
    if let Some(pictures) = pictures {
        node.env("BROWSER_PICTURES", pictures);
    }
    npm::run(&mut node)
}

/// Installs what drives and judges where it is not, and tells where it is.
fn install(workspace: &cargo::Metadata) -> Result<PathBuf, Failure> {
    setup::run_for_browser()?;
    let folder = workspace.target_directory.join("browser");
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(folder.join("share")).map_err(told)?;
    let fonts = folder.join("share/fonts");
    // Another clone may have left its own.
    let _ = std::fs::remove_file(&fonts);
    std::os::unix::fs::symlink(workspace.workspace_root.join("assets/fonts"), fonts).map_err(told)?;
    let (mark, wanted) = (folder.join("installed"), NODE.join(" "));
    if !std::fs::read_to_string(&mark).is_ok_and(|known| known == wanted) {
        npm::install(&folder, &NODE)?;
        // Last, so that an installation that broke off is done anew.
        std::fs::write(&mark, wanted).map_err(told)?;
    }
    Ok(folder)
}
