//! `platform configure`: from settings to what kiosks fetch.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use enrolment::Name;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::{
    Tls,
    command::CommandError,
    configuring::{self, NoDraft},
    drafting, publishing,
    signing::{self, failed, read},
};
use crate::store::Store;

/// What the commands look like.
pub(super) const HELP: &str = "
       platform configure key     --config FILE --out PUB       the key with which the platform says what is newest
       platform configure root    --config FILE ROOT            take a root that was signed
       platform configure set     --config FILE --kiosk NAME … --settings JSON [--base VERSION]
                                                        draft what is to be set on kiosks
       platform configure draft   --config FILE --out TARGETS [--days D]   what is new or grows old, to be signed
       platform configure publish --config FILE TARGETS         what was signed, to the kiosks";

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Configure {
    Key { out: PathBuf },
    Root { file: PathBuf },
    Set { kiosks: Vec<Name>, settings: PathBuf, base: Option<u64> },
    Draft { out: PathBuf, days: i64 },
    Publish { file: PathBuf },
}

/// Reads the words behind `platform configure`, without `--config`.
pub(super) fn parse(words: &[&str]) -> Result<Configure, String> {
    match words {
        ["key", "--out", out] => Ok(Configure::Key { out: out.into() }),
        ["root", file] => Ok(Configure::Root { file: file.into() }),
        ["set", rest @ ..] => set(rest),
        ["draft", "--out", out] => Ok(Configure::Draft { out: out.into(), days: 90 }),
        ["draft", "--out", out, "--days", days] => {
            let days: u16 = days.parse().map_err(|_| format!("found --days {days}, expected days"))?;
            Ok(Configure::Draft { out: out.into(), days: days.into() })
        }
        ["publish", file] => Ok(Configure::Publish { file: file.into() }),
        _ => Err(format!("found {:?}, expected one of the lines below", words.join(" "))),
    }
}

fn set(mut words: &[&str]) -> Result<Configure, String> {
    let (mut kiosks, mut settings, mut base) = (Vec::new(), None, None);
    while let [flag, value, rest @ ..] = words {
        match *flag {
            "--kiosk" => kiosks.push(value.parse().map_err(|why| format!("found --kiosk {value}, {why}"))?),
            "--settings" => settings = Some(PathBuf::from(value)),
            "--base" => {
                base = Some(value.parse().map_err(|_| format!("found --base {value}, expected a version"))?);
            }
            _ => return Err(format!("found {flag}, expected an argument of `platform configure set`")),
        }
        words = rest;
    }
    match (settings, words) {
        (Some(settings), []) if !kiosks.is_empty() => Ok(Configure::Set { kiosks, settings, base }),
        _ => Err("expected --kiosk and --settings".to_owned()),
    }
}

/// Does it, and gives what is to be shown.
pub(super) async fn run(
    configure: Configure,
    store: &Store,
    tls: &Tls,
    now: Timestamp,
) -> Result<String, CommandError> {
    match configure {
        Configure::Key { out } => {
            let id = signing::write_public(&out, &online(tls)?.public())?;
            Ok(format!("{} is key {id}, for whoever makes a root", out.display()))
        }
        Configure::Root { file } => {
            let root = read(&file, "a root")?;
            let version = store.write(move |transaction| publishing::take_root(transaction, &root)).await??;
            Ok(format!("root {version} is what kiosks go by"))
        }
        Configure::Set { kiosks, settings, base } => draft(store, kiosks, &settings, base, now).await,
        Configure::Draft { out, days } => {
            let life = SignedDuration::from_hours(24 * days);
            let files = store.read(move |view| drafting::draft(view, now, life)).await??;
            let batch = config_trust::batch(&files).map_err(publishing::NotPublished::from)?;
            fs::write(&out, batch).map_err(failed(&out, "a new file"))?;
            let documents: usize = files.values().map(|file| file.targets.len()).sum();
            let (out, files) = (out.display(), files.len());
            Ok(format!("{out} is {files} files of the set, which name {documents} documents, to be signed"))
        }
        Configure::Publish { file } => {
            let (targets, online) = (read(&file, "targets")?, online(tls)?);
            let done =
                store.write(move |transaction| publishing::publish(transaction, &targets, &online, now));
            Ok(format!("published: {} documents are new", done.await??.len()))
        }
    }
}

fn online(tls: &Tls) -> Result<config_trust::SigningKey, CommandError> {
    Ok(publishing::online_key(&tls.directory).map_err(failed(&tls.directory, "a directory for keys"))?)
}

async fn draft(
    store: &Store,
    kiosks: Vec<Name>,
    file: &Path,
    base: Option<u64>,
    now: Timestamp,
) -> Result<String, CommandError> {
    let bytes = read(file, "settings as JSON")?;
    let settings: Map<String, Value> =
        serde_json::from_slice(&bytes).map_err(|error| failed(file, "settings as JSON")(error.into()))?;
    settings::check(&Value::Object(settings.clone()))
        .map_err(|refused| CommandError::Settings { path: file.to_owned(), refused })?;
    let drafted = store.write(move |transaction| {
        // All are looked at before any is drafted.
        let mut versions = Vec::new();
        for name in &kiosks {
            match configuring::next_version(transaction, name.as_str(), base)? {
                Ok(version) => versions.push((name.clone(), version)),
                Err(why) => return Ok(Err((name.clone(), why))),
            }
        }
        for (name, version) in &versions {
            configuring::draft(transaction, name.as_str(), *version, &settings, now)?;
        }
        Ok(Ok(versions))
    });
    let versions = drafted.await?.map_err(|(name, why)| match why {
        NoDraft::NoKiosk => CommandError::NoKiosk(name),
        NoDraft::Changed { newest } => CommandError::Changed { name, newest },
    })?;
    let mut shown = String::new();
    for (name, version) in versions {
        let _ = writeln!(shown, "{name} {version} is drafted");
    }
    Ok(shown)
}
