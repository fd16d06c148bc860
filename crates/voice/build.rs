//! Makes a table of the recordings that are in `assets/voice`, so that a new one is a file and nothing else. Each language has a
//! folder there.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    if let Err(error) = table() {
        println!("cargo::error={error}");
    }
}

fn table() -> Result<(), Box<dyn Error>> {
    let assets = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../assets/voice").canonicalize()?;
    println!("cargo::rerun-if-changed={}", assets.display());
    let mut table = "&[\n".to_owned();
    for folder in entries(&assets)?.into_iter().filter(|path| path.is_dir()) {
        let language = folder.file_name().unwrap_or_default().to_string_lossy();
        for path in entries(&folder)? {
            let key = path.file_stem().unwrap_or_default().to_string_lossy();
            writeln!(table, "({language:?}, {key:?}, include_bytes!({:?})),", path.display().to_string())?;
        }
    }
    table.push(']');
    fs::write(Path::new(&env::var("OUT_DIR")?).join("recordings.rs"), table)?;
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut entries: Vec<_> =
        fs::read_dir(folder)?.map(|entry| entry.map(|it| it.path())).collect::<Result<_, _>>()?;
    entries.sort();
    Ok(entries)
}
