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
    catalogue::CatalogueFile,
    checking,
    command::CommandError,
    configuring::{self, NoDraft},
    drafting, posters, publishing, recordings, rings,
    rollout::{self, Plan},
    signing::{self, failed, read},
    starting,
};
use crate::{
    catalogue::Catalogue,
    offer::Offer,
    store::{Store, StoreError},
};

/// What the commands look like.
pub(super) const HELP: &str = "
       platform configure key     --config FILE --out PUB       the key with which the platform says what is newest
       platform configure root    --config FILE ROOT            take a root that was signed
       platform configure set     --config FILE --kiosk NAME … --settings JSON [--base VERSION]
                                                        draft what is to be set on kiosks
       platform configure poster  --config FILE --title TITLE PICTURE
                                                        take a picture in; gives what settings name it by
       platform configure recording --config FILE --prompt KEY --language LANGUAGE --title TITLE OGG
                                                        take a recording in; gives what settings name it by
       platform configure catalogue --config FILE               the catalogue as it is offered now, as a file for kiosks;
                                                        gives what settings name it by
       platform configure draft   --config FILE --out TARGETS [--days D] [--in-rings]
                                                        what is new or grows old, to be signed; with the way back
                                                        where it goes out in rings
       platform configure roll-out --config FILE TARGETS [--canary NAME …] [--soak MINUTES]
                                                        what was signed, to at most three kiosks, and to the others
                                                        once it has gone well there
       platform configure publish --config FILE TARGETS [--all-at-once]
                                                        what was signed, to the kiosks";

/// How long what is signed is good for.
pub(super) const DAYS: i64 = 90;
/// Who has begun a roll-out that nobody has signed in for.
const COMMAND_LINE: &str = "-";

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Configure {
    Key { out: PathBuf },
    Root { file: PathBuf },
    Set { kiosks: Vec<Name>, settings: PathBuf, base: Option<u64> },
    Poster { title: String, file: PathBuf },
    Recording { prompt: String, language: String, title: String, file: PathBuf },
    Catalogue,
    Draft { out: PathBuf, days: i64, in_rings: bool },
    RollOut { file: PathBuf, canaries: Vec<Name>, soak_minutes: i64 },
    Publish { file: PathBuf, all_at_once: bool },
}

/// Reads the words behind `platform configure`, without `--config`.
pub(super) fn parse(words: &[&str]) -> Result<Configure, String> {
    match words {
        ["key", "--out", out] => Ok(Configure::Key { out: out.into() }),
        ["root", file] => Ok(Configure::Root { file: file.into() }),
        ["set", rest @ ..] => set(rest),
        ["poster", "--title", title, file] => {
            Ok(Configure::Poster { title: (*title).to_owned(), file: file.into() })
        }
        ["recording", "--prompt", prompt, "--language", language, "--title", title, file] => {
            let [prompt, language, title] = [prompt, language, title].map(|word| (*word).to_owned());
            Ok(Configure::Recording { prompt, language, title, file: file.into() })
        }
        ["catalogue"] => Ok(Configure::Catalogue),
        ["draft", rest @ ..] => draft_words(rest),
        ["roll-out", file, rest @ ..] => roll_out(file, rest),
        ["publish", file] => Ok(Configure::Publish { file: file.into(), all_at_once: false }),
        ["publish", file, "--all-at-once"] => Ok(Configure::Publish { file: file.into(), all_at_once: true }),
        _ => Err(format!("found {:?}, expected one of the lines below", words.join(" "))),
    }
}

fn draft_words(mut words: &[&str]) -> Result<Configure, String> {
    let (mut out, mut days, mut in_rings) = (None, DAYS, false);
    loop {
        words = match words {
            ["--in-rings", rest @ ..] => {
                in_rings = true;
                rest
            }
            ["--out", file, rest @ ..] => {
                out = Some(PathBuf::from(file));
                rest
            }
            ["--days", value, rest @ ..] => {
                let count: u16 = value.parse().map_err(|_| format!("found --days {value}, expected days"))?;
                days = count.into();
                rest
            }
            [] => break,
            [word, ..] => {
                return Err(format!("found {word}, expected an argument of `platform configure draft`"));
            }
        };
    }
    out.map(|out| Configure::Draft { out, days, in_rings }).ok_or_else(|| "expected --out".to_owned())
}

fn roll_out(file: &str, mut words: &[&str]) -> Result<Configure, String> {
    let (mut canaries, mut soak_minutes) = (Vec::new(), rollout::SOAK_MINUTES);
    while let [flag, value, rest @ ..] = words {
        match *flag {
            "--canary" => {
                canaries.push(value.parse().map_err(|why| format!("found --canary {value}, {why}"))?);
            }
            "--soak" => {
                let minutes: u16 =
                    value.parse().map_err(|_| format!("found --soak {value}, expected minutes"))?;
                soak_minutes = minutes.into();
            }
            _ => return Err(format!("found {flag}, expected an argument of `platform configure roll-out`")),
        }
        words = rest;
    }
    match words {
        [] => Ok(Configure::RollOut { file: file.into(), canaries, soak_minutes }),
        _ => Err("expected --canary NAME and --soak MINUTES".to_owned()),
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
#[expect(clippy::too_many_lines, reason = "a table")]
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
        Configure::Poster { title, file } => {
            let made = posters::make(&title, &read(&file, "a picture")?);
            let made = made.map_err(|why| CommandError::Poster { path: file, why: said(&why) })?;
            let poster = store.write(move |transaction| made.keep(transaction, COMMAND_LINE, now)).await?;
            Ok(poster.named().to_string())
        }
        Configure::Recording { prompt, language, title, file } => {
            let sent = read(&file, "a recording")?;
            let made = recordings::make(recordings::Of { prompt, language, title }, sent);
            let made = made.map_err(|why| CommandError::Recording { path: file, why: said(&why) })?;
            let recording = store.write(move |transaction| made.keep(transaction, COMMAND_LINE, now)).await?;
            Ok(recording.named().to_string())
        }
        Configure::Catalogue => {
            let file =
                CatalogueFile::of(&offered(store).await?).map_err(|_| StoreError::Damaged("catalogue"))?;
            let named = file.named().to_string();
            store.write(move |transaction| file.keep(transaction, now)).await?;
            Ok(named)
        }
        Configure::Draft { out, days, in_rings } => {
            let life = SignedDuration::from_hours(24 * days);
            let files = store.read(move |view| {
                if in_rings {
                    drafting::draft_rollout(view, now, life, &|_| true)
                } else {
                    drafting::draft(view, now, life)
                }
            });
            let files = files.await??;
            let batch = config_trust::batch(&files).map_err(publishing::NotPublished::from)?;
            fs::write(&out, batch).map_err(failed(&out, "a new file"))?;
            let documents: usize = files.values().map(|file| file.targets.len()).sum();
            let (out, files) = (out.display(), files.len());
            Ok(format!("{out} is {files} files of the set, which name {documents} documents, to be signed"))
        }
        Configure::RollOut { file, canaries, soak_minutes } => {
            let (targets, online) = (read(&file, "targets")?, online(tls)?);
            let canaries = canaries.iter().map(ToString::to_string).collect();
            let plan = Plan { canaries, soak_minutes, by: COMMAND_LINE.to_owned(), charge: None };
            let begun =
                store.write(move |transaction| starting::start(transaction, &targets, &online, &plan, now));
            Ok(format!("begun: {} documents are new", begun.await??))
        }
        Configure::Publish { file, all_at_once } => {
            let (targets, online) = (read(&file, "targets")?, online(tls)?);
            let most = (!all_at_once).then_some(rings::CANARIES);
            let done = store
                .write(move |transaction| publishing::publish(transaction, &targets, &online, most, now));
            Ok(format!("published: {} documents are new", done.await??.len()))
        }
    }
}

fn said(why: &protocol::Problem) -> String {
    format!("{}：{}", why.title, why.detail.as_deref().unwrap_or_default())
}

fn online(tls: &Tls) -> Result<config_trust::SigningKey, CommandError> {
    Ok(publishing::online_key(&tls.directory).map_err(failed(&tls.directory, "a directory for keys"))?)
}

/// What is offered now: what this program brings, and what offices have published.
async fn offered(store: &Store) -> Result<Offer, CommandError> {
    let shipped = Catalogue::embedded()?;
    Ok(store.read(move |view| Offer::read(view, &shipped)).await?)
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
    checking::check(&Value::Object(settings.clone()), &offered(store).await?.placeable())
        .map_err(|refused| CommandError::Settings { path: file.to_owned(), refused })?;
    let drafted = store.write(move |transaction| {
        let kiosks: Vec<_> = kiosks.iter().map(|name| (name.clone(), base)).collect();
        configuring::draft_all(transaction, &kiosks, &settings, now)
    });
    let versions = drafted.await?.map_err(|(name, why)| match why {
        NoDraft::NoKiosk => CommandError::NoKiosk(name),
        NoDraft::Changed { newest } => CommandError::Changed { name, newest },
        NoDraft::RollingOut => publishing::NotPublished::RollingOut.into(),
        NoDraft::NoContent(missing) => CommandError::NoContent(missing),
    })?;
    let mut shown = String::new();
    for (name, version) in versions {
        let _ = writeln!(shown, "{name} {version} is drafted");
    }
    Ok(shown)
}
