//! `platform sign`: what the people do who hold keys, on a machine that needs no network and no database.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use config_trust::{Head, KeyId, PublicKey, Role, RoleKeys, Root, SigningKey, TrustError};
use jiff::{SignedDuration, Timestamp};

use super::publishing::keep_secret;

/// What the commands look like.
pub(super) const HELP: &str = "
       platform sign key  --out KEY                     make a signing key, and KEY.pub beside it
       platform sign root --out FILE --root N:PUB,… --targets N:PUB,… --online PUB [--after ROOT] [--days D]
                                                        a root that wants N signatures of those keys
       platform sign add  --key KEY FILE                sign a root, or targets";

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Signing {
    Key { out: PathBuf },
    Root(Box<Wanted>),
    Add { key: PathBuf, file: PathBuf },
}

/// The root that is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    out: PathBuf,
    root: Signers,
    targets: Signers,
    online: PathBuf,
    after: Option<PathBuf>,
    days: i64,
}

/// How many of whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Signers {
    threshold: usize,
    keys: Vec<PathBuf>,
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// A file.
    #[error("found {} that cannot be used ({error}), expected {expected}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
        /// What it should be.
        expected: &'static str,
    },
    /// Keys or metadata.
    #[error("{}: {error}", path.display())]
    Trust {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        error: TrustError,
    },
}

/// Reads the words behind `platform sign`.
pub(super) fn parse(words: &[&str]) -> Result<Signing, String> {
    match words {
        ["key", "--out", out] => Ok(Signing::Key { out: out.into() }),
        ["add", "--key", key, file] => Ok(Signing::Add { key: key.into(), file: file.into() }),
        ["root", rest @ ..] => wanted(rest).map(|wanted| Signing::Root(Box::new(wanted))),
        _ => Err(format!("found {:?}, expected one of the lines below", words.join(" "))),
    }
}

fn wanted(mut words: &[&str]) -> Result<Wanted, String> {
    let mut wanted = Wanted { days: 365, ..Wanted::default() };
    while let [flag, value, rest @ ..] = words {
        match *flag {
            "--out" => wanted.out = value.into(),
            "--root" => wanted.root = signers(value)?,
            "--targets" => wanted.targets = signers(value)?,
            "--online" => wanted.online = value.into(),
            "--after" => wanted.after = Some(value.into()),
            "--days" => {
                wanted.days = value.parse().map_err(|_| format!("found --days {value}, expected days"))?;
            }
            _ => return Err(format!("found {flag}, expected an argument of `platform sign root`")),
        }
        words = rest;
    }
    let told = [&wanted.out, &wanted.online].iter().all(|path| !path.as_os_str().is_empty());
    let whole = words.is_empty() && told && wanted.root.threshold > 0 && wanted.targets.threshold > 0;
    whole.then_some(wanted).ok_or_else(|| "expected --out, --root, --targets and --online".to_owned())
}

fn signers(text: &str) -> Result<Signers, String> {
    let told = text.split_once(':').and_then(|(threshold, keys)| {
        let keys: Vec<PathBuf> = keys.split(',').map(PathBuf::from).collect();
        let threshold: usize = threshold.parse().ok()?;
        (1..=keys.len()).contains(&threshold).then_some(Signers { threshold, keys })
    });
    told.ok_or_else(|| format!("found {text}, expected how many of whom, like 2:a.pub,b.pub,c.pub"))
}

/// Does it, and gives what is to be shown.
pub(super) fn run(signing: Signing, now: Timestamp) -> Result<String, SignError> {
    match signing {
        Signing::Key { out } => make_key(&out),
        Signing::Root(wanted) => draft_root(&wanted, now),
        Signing::Add { key, file } => add(&key, &file),
    }
}

fn make_key(out: &Path) -> Result<String, SignError> {
    let bytes = SigningKey::generate().map_err(trust(out))?;
    keep_secret(out, &bytes).map_err(failed(out, "a new file"))?;
    let public = out.with_added_extension("pub");
    let id = write_public(&public, &SigningKey::from_pkcs8(&bytes).map_err(trust(out))?.public())?;
    Ok(format!("{} is secret; {} is for whoever makes a root\nkey {id}", out.display(), public.display()))
}

/// Writes the half that a root lists, and gives its id.
pub(super) fn write_public(path: &Path, key: &PublicKey) -> Result<KeyId, SignError> {
    let json = serde_json::to_vec_pretty(key).map_err(io::Error::other);
    json.and_then(|json| fs::write(path, json)).map_err(failed(path, "a new file"))?;
    key.id().map_err(trust(path))
}

fn draft_root(wanted: &Wanted, now: Timestamp) -> Result<String, SignError> {
    let version = match &wanted.after {
        Some(path) => {
            let old: Root = config_trust::peek(&read(path, "a root")?).map_err(trust(path))?;
            old.head.version + 1
        }
        None => 1,
    };
    let mut keys = BTreeMap::new();
    let mut role = |signers: &Signers| -> Result<RoleKeys, SignError> {
        let mut keyids = BTreeSet::new();
        for path in &signers.keys {
            let key: PublicKey = serde_json::from_slice(&read(path, "a public key")?)
                .map_err(|error| failed(path, "a public key")(error.into()))?;
            let id = key.id().map_err(trust(path))?;
            keys.insert(id.clone(), key);
            keyids.insert(id);
        }
        Ok(RoleKeys { keyids, threshold: signers.threshold })
    };
    let online = role(&Signers { threshold: 1, keys: vec![wanted.online.clone()] })?;
    let roles = BTreeMap::from([
        (Role::Root, role(&wanted.root)?),
        (Role::Targets, role(&wanted.targets)?),
        (Role::Snapshot, online.clone()),
        (Role::Timestamp, online),
    ]);
    let expires = now + SignedDuration::from_hours(24 * wanted.days);
    let head = Head::new(Role::Root, version, expires);
    let draft = config_trust::draft(&Root { head, consistent_snapshot: true, keys, roles });
    let draft = draft.map_err(trust(&wanted.out))?;
    fs::write(&wanted.out, draft).map_err(failed(&wanted.out, "a new file"))?;
    Ok(format!("{} is root {version}, for {} to sign", wanted.out.display(), wanted.root.threshold))
}

fn add(key: &Path, file: &Path) -> Result<String, SignError> {
    let signer = SigningKey::from_pkcs8(&read(key, "a signing key")?).map_err(trust(key))?;
    let signed = config_trust::sign(&read(file, "a root, or targets")?, &signer).map_err(trust(file))?;
    fs::write(file, signed).map_err(failed(file, "a file that may be written"))?;
    Ok(format!("{} is signed by {}", file.display(), signer.public().id().map_err(trust(key))?))
}

pub(super) fn read(path: &Path, expected: &'static str) -> Result<Vec<u8>, SignError> {
    fs::read(path).map_err(failed(path, expected))
}

pub(super) fn failed(path: &Path, expected: &'static str) -> impl Fn(io::Error) -> SignError {
    move |error| SignError::File { path: path.to_owned(), error, expected }
}

fn trust(path: &Path) -> impl Fn(TrustError) -> SignError {
    move |error| SignError::Trust { path: path.to_owned(), error }
}
