//! Makes a table of the recordings that are in `assets/voice`, so that a new one is a file and nothing else.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

const LANGUAGES: [&str; 2] = ["zh-CN", "en"];

fn main() {
    if let Err(error) = table() {
        println!("cargo::error={error}");
    }
}

fn table() -> Result<(), Box<dyn Error>> {
    let assets = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../assets/voice").canonicalize()?;
    let mut table = "&[\n".to_owned();
    for language in LANGUAGES {
        let folder = assets.join(language);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
        files.sort_by_key(fs::DirEntry::file_name);
        for path in files.iter().map(fs::DirEntry::path) {
            let key = path.file_stem().unwrap_or_default().to_string_lossy();
            writeln!(table, "({language:?}, {key:?}, include_bytes!({:?})),", path.display().to_string())?;
        }
    }
    table.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("recordings.rs"), table)?;
    Ok(())
}
