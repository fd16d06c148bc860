//! Debian's stock kernel, unpacked and not installed.

use std::path::{Path, PathBuf};

use super::output;
use crate::Failure;

/// The package that always names the newest one. Not the `cloud` flavour, which has no USB.
const PACKAGE: &str = "linux-image-amd64";

/// A kernel and its modules.
pub(crate) struct Kernel {
    /// Its version, as in `/lib/modules`.
    pub(crate) version: String,
    /// Where it was unpacked.
    pub(crate) root: PathBuf,
}

impl Kernel {
    /// Downloads it into `folder`, unless it is there.
    pub(crate) fn fetch(folder: &Path) -> Result<Self, Failure> {
        let depends = output("apt-cache", &["depends", PACKAGE], folder)?;
        let package = depends
            .lines()
            .find_map(|line| {
                line.trim().strip_prefix("Depends: ").filter(|name| name.starts_with("linux-image-"))
            })
            .ok_or_else(|| format!("{PACKAGE}: depends on no kernel (apt-get update?)"))?;
        let version = package.trim_start_matches("linux-image-").trim_end_matches("-unsigned").to_owned();
        let kernel = Self { root: folder.join(package), version };
        if !kernel.image().exists() {
            kernel.unpack(folder, package)?;
        }
        Ok(kernel)
    }

    /// What QEMU boots.
    pub(crate) fn image(&self) -> PathBuf {
        self.root.join("boot").join(format!("vmlinuz-{}", self.version))
    }

    /// Its modules.
    pub(crate) fn modules(&self) -> PathBuf {
        self.root.join("lib/modules").join(&self.version)
    }

    fn unpack(&self, folder: &Path, package: &str) -> Result<(), Failure> {
        println!("hil: downloading {package}");
        let download = folder.join("download");
        // What an interrupted run left is fetched anew.
        let _ = std::fs::remove_dir_all(&download);
        std::fs::create_dir_all(&download).map_err(|error| format!("{}: {error}", download.display()))?;
        output("apt-get", &["download", package], &download)?;
        let files =
            std::fs::read_dir(&download).map_err(|error| format!("{}: {error}", download.display()))?;
        let file = files
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|e| e == "deb"));
        let file = file.ok_or("apt-get downloaded nothing")?;
        let (file, root) = (file.display().to_string(), self.root.display().to_string());
        output("dpkg-deb", &["--extract", &file, &root], folder)?;
        // The package leaves this to its installation.
        output("/sbin/depmod", &["--basedir", &root, &self.version], folder)?;
        let _ = std::fs::remove_dir_all(&download);
        Ok(())
    }
}
