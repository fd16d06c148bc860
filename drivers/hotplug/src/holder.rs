//! Which process has a device open.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A process that has it open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its number.
    pub process: u32,
    /// What it is called.
    pub name: String,
}

/// Who has `node`, or what it links to, open. Processes of other users stay hidden from one that is not root.
#[must_use]
pub fn holders(node: &Path) -> Vec<Holder> {
    let node = fs::canonicalize(node).unwrap_or_else(|_| node.to_owned());
    let ours = std::process::id();
    let processes = children(Path::new("/proc")).filter_map(|path| {
        let process = path.file_name()?.to_str()?.parse::<u32>().ok().filter(|process| *process != ours)?;
        let open = children(&path.join("fd")).any(|fd| fs::read_link(fd).is_ok_and(|target| target == node));
        open.then(|| Holder {
            process,
            name: fs::read_to_string(path.join("comm")).unwrap_or_default().trim().to_owned(),
        })
    });
    processes.collect()
}

fn children(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn who_has_a_file_open_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(holders(file.path()), [], "we ourselves are no other");
        let open = fs::File::open(file.path()).unwrap();
        let mut other = Command::new("sleep").arg("60").stdin(open).stdout(Stdio::null()).spawn().unwrap();
        let link = file.path().with_extension("link");
        std::os::unix::fs::symlink(file.path(), &link).unwrap();
        // Between its start and the program it is to be, a process is called as we are.
        let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
        let mut found = holders(&link);
        while found.first().is_none_or(|holder| holder.name != "sleep") && std::time::Instant::now() < end {
            std::thread::sleep(std::time::Duration::from_millis(10));
            found = holders(&link);
        }
        let wanted = Holder { process: other.id(), name: "sleep".into() };
        let _ = (other.kill(), other.wait(), fs::remove_file(&link));
        assert_eq!(found, [wanted]);
    }
}
