//! The initial file system: busybox, udev with its rules and ours, the modules that are needed, and our program.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{kernel::Kernel, output};
use crate::Failure;

/// What a machine is made of, beside udev and its rules.
pub(crate) struct Parts<'a> {
    /// What tells it from other machines.
    pub(crate) name: &'a str,
    /// Process 1.
    pub(crate) init: &'a str,
    /// What it loads, and what those need comes along.
    pub(crate) modules: &'a [&'a str],
    /// With the libraries that they are linked with.
    pub(crate) programs: &'a [&'a Path],
    /// Of this machine, under the same paths.
    pub(crate) folders: &'a [&'a Path],
    /// The udev rules of a kiosk.
    pub(crate) rules: &'a Path,
}

const FOLDERS: [&str; 8] = ["bin", "dev", "etc/udev/rules.d", "proc", "run", "sys", "tmp", "usr/lib/udev"];

/// Users and groups that the udev rules name, and the user that runs the kiosk.
const PASSWD: &str = "root:x:0:0::/:/bin/sh\nkiosk:x:1001:1001::/:/bin/sh\n";
const GROUP: &str = "root:x:0:\ntty:x:5:\ndisk:x:6:\nlp:x:7:\nkmem:x:15:\ndialout:x:20:\ncdrom:x:24:\ntape:x:26:\naudio:x:29:\n\
    video:x:44:\ninput:x:104:\nsgx:x:105:\nkvm:x:106:\nrender:x:107:\nkiosk:x:1001:\n";

/// Builds it anew and returns the archive.
pub(crate) fn build(folder: &Path, kernel: &Kernel, parts: &Parts<'_>) -> Result<PathBuf, Failure> {
    let root = folder.join(parts.name);
    let _ = fs::remove_dir_all(&root);
    for name in FOLDERS {
        fs::create_dir_all(root.join(name)).map_err(told(&root.join(name)))?;
    }
    write(&root.join("init"), parts.init)?;
    fs::set_permissions(root.join("init"), fs::Permissions::from_mode(0o755)).map_err(told(&root))?;
    write(&root.join("etc/passwd"), PASSWD)?;
    write(&root.join("etc/group"), GROUP)?;
    link("usr/lib/udev", "lib/udev", &root)?;
    copy(Path::new("/bin/busybox"), &root.join("bin/busybox"))?;
    for tool in [Path::new("/bin/udevadm")].iter().chain(parts.programs) {
        add_program(tool, &root)?;
    }
    link("udevadm", "bin/systemd-udevd", &root)?;
    copy_folder(Path::new("/usr/lib/udev/rules.d"), &root.join("usr/lib/udev/rules.d"))?;
    copy_folder(parts.rules, &root.join("etc/udev/rules.d"))?;
    for folder in parts.folders {
        copy_folder(folder, &root.join(folder.strip_prefix("/").unwrap_or(folder)))?;
    }
    add_modules(kernel, &root, parts.modules)?;
    pack(&root)
}

fn told(path: &Path) -> impl Fn(std::io::Error) -> Failure + use<> {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(told(path))
}

fn link(to: &str, name: &str, root: &Path) -> Result<(), Failure> {
    let name = root.join(name);
    let to = if name.parent() == Some(&root.join("lib")) { format!("../{to}") } else { to.to_owned() };
    name.parent().map_or(Ok(()), fs::create_dir_all).map_err(told(&name))?;
    symlink(to, &name).map_err(told(&name))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    to.parent().map_or(Ok(()), fs::create_dir_all).map_err(told(to))?;
    fs::copy(from, to).map(|_| ()).map_err(told(from))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    let entries = fs::read_dir(from).map_err(told(from))?.flatten().map(|entry| entry.path());
    let files: Vec<_> = entries.filter(|path| path.is_file()).collect();
    if files.is_empty() {
        return Err(format!("{}: is empty", from.display()));
    }
    let named = files.iter().filter_map(|file| Some((file, file.file_name()?)));
    named.into_iter().try_for_each(|(file, name)| copy(file, &to.join(name)))
}

/// A program, and the libraries that it is linked with under the same paths.
fn add_program(program: &Path, root: &Path) -> Result<(), Failure> {
    let name = program.file_name().ok_or("a program without a name")?;
    let to = root.join("bin").join(name);
    copy(program, &to)?;
    let libraries = output("ldd", &[&program.display().to_string()], root)?;
    for library in libraries.split_whitespace().filter(|word| word.starts_with('/')) {
        copy(Path::new(library), &root.join(library.trim_start_matches('/')))?;
    }
    Ok(())
}

/// The modules and whatever they need, as `modules.dep` says: `path: path path`.
fn add_modules(kernel: &Kernel, root: &Path, modules: &[&str]) -> Result<(), Failure> {
    let from = kernel.modules();
    let table = fs::read_to_string(from.join("modules.dep")).map_err(told(&from))?;
    let to = root.join("lib/modules").join(&kernel.version);
    for module in needed(&table, modules)? {
        copy(&from.join(module), &to.join(module))?;
    }
    for list in ["modules.builtin", "modules.order"] {
        copy(&from.join(list), &to.join(list))?;
    }
    output("/sbin/depmod", &["--basedir", &root.display().to_string(), &kernel.version], root).map(|_| ())
}

fn needed<'t>(table: &'t str, modules: &[&str]) -> Result<BTreeSet<&'t str>, Failure> {
    let mut needed = BTreeSet::new();
    for module in modules {
        let line = table.lines().find(|line| {
            let file = line.split(':').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
            file.trim_end_matches(".xz").trim_end_matches(".ko") == *module
        });
        let line = line.ok_or_else(|| format!("this kernel has no module {module}"))?;
        needed.extend(line.split([':', ' ']).filter(|path| !path.is_empty()));
    }
    Ok(needed)
}

fn pack(root: &Path) -> Result<PathBuf, Failure> {
    let archive = root.with_extension("initrd");
    let into = fs::File::create(&archive).map_err(told(&archive))?;
    let status = Command::new("sh")
        .args(["-c", "find . | cpio --create --format=newc --quiet"])
        .current_dir(root)
        .stdout(into)
        .stdin(Stdio::null())
        .status()
        .map_err(told(&archive))?;
    if status.success() { Ok(archive) } else { Err("cpio failed".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_bring_along_what_they_need() {
        let modules = ["configfs", "usblp"];
        let table: String =
            modules.iter().map(|module| format!("kernel/{module}.ko: kernel/base.ko\n")).collect();
        let needed = needed(&table, &modules).unwrap();
        assert!(needed.contains("kernel/base.ko") && needed.contains("kernel/usblp.ko"));
        assert_eq!(needed.len(), modules.len() + 1);
        assert!(super::needed("kernel/usblp.ko:\n", &modules).unwrap_err().contains("no module configfs"));
    }
}
