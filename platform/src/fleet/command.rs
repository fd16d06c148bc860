//! The operator's side of the fleet, on the command line of the platform.

use std::{fmt::Write as _, path::PathBuf, sync::LazyLock};

use enrolment::{Code, Invitation, Name};
use jiff::Timestamp;
use protocol::{Desired, Reported};
use qrcodegen::{QrCode, QrCodeEcc};

use super::{
    Authority, AuthorityError, Tls, configure, configure::Configure, configuring, enrolling, heartbeat,
    publishing, readiness, signing, signing::Signing,
};
use crate::{
    OpenFault, StoreError,
    catalogue::CatalogueError,
    config::Config,
    store::{Row, Store, Transaction},
};

/// What the fleet's commands look like.
pub static HELP: LazyLock<String> = LazyLock::new(|| [KIOSKS, configure::HELP, signing::HELP].concat());

const KIOSKS: &str = "
       platform enrol  --config FILE --kiosk NAME …     invite machines: a QR code, and the same to be typed
       platform revoke --config FILE --kiosk NAME …     take kiosks out; each wipes itself at its next contact
       platform fleet  --config FILE                    every kiosk, its certificate and how it is
       platform readiness --root CA.pem REPORT          whether a kiosk's report is true; needs no network and no database";

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// Without a platform.
    Sign(Signing),
    /// Without a platform, too: the root certificate, and the file with the report (`-` is standard input).
    Readiness {
        root: PathBuf,
        report: PathBuf,
    },
    At {
        config: PathBuf,
        what: What,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Enrol(Vec<Name>),
    Revoke(Vec<Name>),
    List,
    Configure(Configure),
}

/// Why a command did not do what it was told.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] kiosk_config::ConfigError),
    /// The catalogue that this program ships with.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// There is nothing to enrol at.
    #[error("found no [tls] in {}, expected where kiosks call", .0.display())]
    NoTls(PathBuf),
    /// The authority.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The database does not open.
    #[error(transparent)]
    Open(#[from] OpenFault),
    /// The database opens, and then fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No such kiosk.
    #[error("found no kiosk {0}, expected one that was invited")]
    NoKiosk(Name),
    /// A key, or a file to be signed.
    #[error(transparent)]
    Sign(#[from] signing::SignError),
    /// A set.
    #[error(transparent)]
    NotPublished(#[from] publishing::NotPublished),
    /// Settings that no kiosk could run with, with every key and its reason.
    #[error("{}: {refused}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        refused: settings::Refused,
    },
    /// Somebody else has changed it.
    #[error(
        "found version {newest} of {name} drafted or published by now, expected the one that was looked at: look again, and say --base {newest}"
    )]
    Changed {
        /// The kiosk.
        name: Name,
        /// Its newest version.
        newest: u64,
    },
    /// What is no poster.
    #[error("{}: {why}", path.display())]
    Poster {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// What is no recording.
    #[error("{}: {why}", path.display())]
    Recording {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Settings name a file that is not here.
    #[error("found no file {0} of that length, expected one that was uploaded, or a catalogue that was made")]
    NoContent(String),
    /// The system gave no random bytes, or the text is too long for a QR code.
    #[error("no invitation can be made")]
    NoInvitation,
    /// A report that proves nothing.
    #[error(transparent)]
    Readiness(#[from] readiness::ReadinessError),
}

/// Reads a command, if the words begin with the name of one.
pub fn parse(words: &[&str]) -> Option<Result<Command, String>> {
    let (name, rest) = words.split_first()?;
    let kind = match *name {
        "sign" => signing::parse(rest).map(Kind::Sign),
        "readiness" => match rest {
            ["--root", root, report] => Ok(Kind::Readiness { root: root.into(), report: report.into() }),
            _ => Err("expected --root CA.pem and the file with the report".to_owned()),
        },
        "configure" => with_config(rest).and_then(|(config, rest)| {
            configure::parse(&rest).map(|configure| Kind::At { config, what: What::Configure(configure) })
        }),
        "enrol" | "revoke" | "fleet" => with_config(rest)
            .and_then(|(config, rest)| kiosks(name, &rest).map(|what| Kind::At { config, what })),
        _ => return None,
    };
    Some(kind.map(Command))
}

/// Takes `--config FILE` out, wherever it stands.
fn with_config<'a>(words: &[&'a str]) -> Result<(PathBuf, Vec<&'a str>), String> {
    let at =
        words.iter().position(|word| *word == "--config").ok_or("found no --config FILE, expected one")?;
    let file = words.get(at + 1).ok_or("found --config without a file, expected one")?;
    let rest = words.iter().enumerate().filter(|(place, _)| *place != at && *place != at + 1);
    Ok((file.into(), rest.map(|(_, word)| *word).collect()))
}

fn kiosks(name: &str, mut words: &[&str]) -> Result<What, String> {
    let mut kiosks = Vec::new();
    while let ["--kiosk", value, rest @ ..] = words {
        kiosks.push(value.parse().map_err(|why| format!("found --kiosk {value}, {why}"))?);
        words = rest;
    }
    match (name, kiosks.is_empty(), words.first()) {
        (_, _, Some(word)) => Err(format!("found {word}, expected --kiosk NAME")),
        ("enrol", false, None) => Ok(What::Enrol(kiosks)),
        ("revoke", false, None) => Ok(What::Revoke(kiosks)),
        ("fleet", true, None) => Ok(What::List),
        ("fleet", ..) => Err("found --kiosk, expected none of it".to_owned()),
        _ => Err("found no --kiosk NAME, expected at least one".to_owned()),
    }
}

/// Does it, and gives what is to be shown.
pub async fn run(command: Command, now: Timestamp) -> Result<String, CommandError> {
    let (file, what) = match command.0 {
        Kind::Sign(signing) => return Ok(signing::run(signing, now)?),
        Kind::Readiness { root, report } => return Ok(readiness::run(&root, &report, now)?),
        Kind::At { config, what } => (config, what),
    };
    let config: Config = kiosk_config::load(&file)?;
    let store = Store::open(config.database.url).await?;
    let tls = config.tls.ok_or(CommandError::NoTls(file));
    match what {
        What::Enrol(names) => enrol(&store, &tls?, names, now).await,
        What::Configure(configure) => configure::run(configure, &store, &tls?, now).await,
        What::Revoke(names) => revoke(&store, names, now).await,
        What::List => Ok(store.read(move |view| list(view, now)).await?),
    }
}

async fn enrol(store: &Store, tls: &Tls, names: Vec<Name>, now: Timestamp) -> Result<String, CommandError> {
    let pin = Authority::open(&tls.directory, now)?.pin();
    let mut shown = String::new();
    for name in names {
        let code = Code::generate().ok_or(CommandError::NoInvitation)?;
        let (hash, kiosk) = (code.sha256(), name.clone());
        let taken =
            store.write(move |transaction| enrolling::invite(transaction, &kiosk, &hash, now)).await?;
        shown += &card(&Invitation { url: tls.url.clone(), name, pin, code }, taken, now)?;
    }
    Ok(shown)
}

/// What a technician takes to the machine.
fn card(invitation: &Invitation, taken: bool, now: Timestamp) -> Result<String, CommandError> {
    let Invitation { url, name, pin, code } = invitation;
    let qr = QrCode::encode_text(&invitation.to_string(), QrCodeEcc::Medium);
    let mut card = picture(&qr.map_err(|_| CommandError::NoInvitation)?);
    let until = (now + enrolling::OPEN_FOR).strftime("%H:%M:%S UTC");
    let _ = write!(
        card,
        "\nplatform  {url}\nkiosk     {name}\npin       {pin}\ncode      {code}\n\nor in one: {invitation}\n\
         open until {until} for one machine; {} wrong codes close it\n",
        enrolling::TRIES
    );
    if taken {
        card += "a machine has this name now: it is revoked, and wipes itself, once another one has used the code\n";
    }
    Ok(card)
}

/// Two modules in one character: dark on light whatever the terminal's colours are.
fn picture(qr: &QrCode) -> String {
    const QUIET: i32 = 4;
    let (from, to) = (-QUIET, qr.size() + QUIET);
    let mut picture = String::new();
    for y in (from..to).step_by(2) {
        picture += "\x1b[30;107m";
        for x in from..to {
            picture.push(match (qr.get_module(x, y), qr.get_module(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        picture += "\x1b[0m\n";
    }
    picture
}

async fn revoke(store: &Store, names: Vec<Name>, now: Timestamp) -> Result<String, CommandError> {
    let mut shown = String::new();
    for name in names {
        let kiosk = name.clone();
        let done = store.write(move |transaction| {
            // A kiosk that listens hears of it at once.
            configuring::hint(transaction)?;
            enrolling::revoke(transaction, &kiosk, now)
        });
        if !done.await? {
            return Err(CommandError::NoKiosk(name));
        }
        let _ = writeln!(shown, "{name} is revoked");
    }
    Ok(shown)
}

fn list(view: &Transaction<'_>, now: Timestamp) -> Result<String, StoreError> {
    let sql = "SELECT k.name, k.enrolled_at, k.revoked_at, k.wiped_at, k.waiting, r.body AS told,
                      (SELECT max(not_after) FROM certificate c WHERE c.name = k.name AND c.revoked_at IS NULL) AS ends
               FROM kiosk k LEFT JOIN reported r ON r.name = k.name ORDER BY k.name";
    let mut shown = String::new();
    for row in view.rows(sql, &[])? {
        let name = row.text("name")?;
        let desired = configuring::desired(view, name)?.map_or(0, |desired| desired.version);
        let _ = writeln!(shown, "{name:<20} {}; shall have {desired}, {}", standing(&row)?, told(&row)?);
        if let Some(said) = heartbeat::said(view, name, now)? {
            let _ = writeln!(shown, "{:<20} {said}", "");
        }
    }
    Ok(shown)
}

fn standing(row: &Row) -> Result<String, StoreError> {
    let ends = row.text_option("ends")?.unwrap_or("-");
    Ok(
        match (row.text_option("enrolled_at")?, row.text_option("revoked_at")?, row.text_option("wiped_at")?)
        {
            (_, Some(at), None) => format!("revoked {at}, not heard of since"),
            (_, Some(at), Some(wiped)) => {
                let waiting = row.integer_option("waiting")?.unwrap_or_default();
                format!("revoked {at}, wiped {wiped}, {waiting} sealed calls on its disk")
            }
            (Some(at), ..) => format!("enrolled {at}, certificate until {ends}"),
            (None, ..) => "invited".to_owned(),
        },
    )
}

fn told(row: &Row) -> Result<String, StoreError> {
    let Some(body) = row.text_option("told")? else { return Ok("has said nothing".to_owned()) };
    let told: Reported = serde_json::from_str(body).map_err(|_| StoreError::Damaged("report"))?;
    let version = |desired: &Option<Desired>| desired.as_ref().map_or(0, |desired| desired.version);
    let why = told.why.as_ref().map_or_else(String::new, |why| format!(" ({why})"));
    let (running, newest) = (version(&told.running), version(&told.newest));
    Ok(format!("runs {running}, {newest} is {}{why}", told.phase.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<What, String> {
        let read = parse(&line.split_whitespace().collect::<Vec<_>>()).unwrap();
        read.map(|command| match command.0 {
            Kind::At { what, .. } => what,
            Kind::Sign(_) | Kind::Readiness { .. } => panic!("without a platform"),
        })
    }

    #[test]
    fn what_is_said_is_understood_or_named() {
        let two = read("enrol --config p.toml --kiosk LZ-0001 --kiosk LZ-0002").unwrap();
        assert_eq!(two, What::Enrol(vec!["LZ-0001".parse().unwrap(), "LZ-0002".parse().unwrap()]));
        assert_eq!(read("fleet --config p.toml").unwrap(), What::List);
        let draft = Configure::Draft { out: "t.json".into(), days: 7, in_rings: true };
        assert_eq!(
            read("configure draft --out t.json --in-rings --days 7 --config p.toml").unwrap(),
            What::Configure(draft)
        );
        assert_eq!(parse(&["due-date"]), None);
        for (line, told) in [
            ("enrol --kiosk LZ-0001", "--config"),
            ("enrol --config p.toml", "--kiosk"),
            ("enrol --config p.toml --kiosk LZ/1", "LZ/1"),
            ("revoke --config p.toml --kiosk", "--kiosk"),
            ("fleet --config p.toml --kiosk LZ-0001", "--kiosk"),
            ("revoke --config p.toml --kiosks LZ-0001", "--kiosks"),
            ("configure set --config p.toml --kiosk LZ-0001", "--settings"),
            ("configure publish --config p.toml", "publish"),
            ("configure draft --in-rings --config p.toml", "--out"),
            ("configure poster a.png --config p.toml", "poster"),
            ("configure recording --prompt card.place a.ogg --config p.toml", "recording"),
            ("configure roll-out t.json --soak long --config p.toml", "--soak"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.contains(told) && error.contains("expected"), "{line}: {error}");
        }
    }
}
