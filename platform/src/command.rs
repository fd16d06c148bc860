//! The command line.

use std::path::PathBuf;

use jiff::civil::{Date, DateTime};
use uuid::Uuid;

use platform::people::Role;

pub(crate) const HELP: &str = "\
usage: platform --config FILE                          serve
       platform rotate-sealing-key --config FILE       have kiosks seal to a new key, also while it serves
       platform check --config FILE                    look whether the stored data are sound
       platform backup --config FILE --to FILE         copy all data, while the platform serves
       platform restore --config FILE --from FILE      make the database anew from such a copy
       platform exchange --config FILE [--replay all|ID]  what the platform above has refused; send it again
       platform openapi                                the description of the API
       platform due-date --from DATE --working-days N [--config FILE]
                                                       when a promise of N working days is due, by the years that this
                                                       program ships with or that are installed in the database
       platform due-date --from MOMENT --working-hours N [--config FILE]
                                                       the same in hours of 09:00-12:00 and 13:00-17:00
       platform create-administrator --config FILE --login NAME --name NAME --role ROLE
                                                       an account; its password and TOTP secret are told once.
                                                       ROLE: system_administrator, security_administrator, auditor
       platform import-organisations --config FILE --file FILE
       platform import-calendar --config FILE --file FILE
       platform check-audit --config FILE              whether anybody has touched the access audit
       platform --help | --version";

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Serve { config: PathBuf },
    RotateSealingKey { config: PathBuf },
    Check { config: PathBuf },
    Backup { config: PathBuf, to: PathBuf },
    Restore { config: PathBuf, from: PathBuf },
    Exchange { config: PathBuf, replay: Option<Replay> },
    OpenApi,
    Fleet(platform::fleet::command::Command),
    DueDate { from: Date, working_days: u32, config: Option<PathBuf> },
    DueMoment { from: DateTime, working_hours: u32, config: Option<PathBuf> },
    CreateAdministrator { config: PathBuf, login: String, name: String, role: Role },
    ImportOrganisations { config: PathBuf, file: PathBuf },
    ImportCalendar { config: PathBuf, file: PathBuf },
    CheckAudit { config: PathBuf },
    Help,
    Version,
}

/// Which dead letters to send again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replay {
    All,
    One(Uuid),
}

/// Reads the arguments behind the program's name.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let arguments: Vec<String> = arguments.collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Some(command) = platform::fleet::command::parse(&words) {
        return command.map(Command::Fleet);
    }
    match words.as_slice() {
        ["--config", file] => Ok(Command::Serve { config: file.into() }),
        ["rotate-sealing-key", "--config", file] => Ok(Command::RotateSealingKey { config: file.into() }),
        ["check", "--config", file] => Ok(Command::Check { config: file.into() }),
        ["backup", "--config", file, "--to", to] => {
            Ok(Command::Backup { config: file.into(), to: to.into() })
        }
        ["restore", "--config", file, "--from", from] => {
            Ok(Command::Restore { config: file.into(), from: from.into() })
        }
        ["exchange", "--config", file] => Ok(Command::Exchange { config: file.into(), replay: None }),
        ["exchange", "--config", file, "--replay", which] => {
            let one = || which.parse().map(Replay::One);
            let replay = if *which == "all" { Ok(Replay::All) } else { one() };
            let wrong = |_| format!("found --replay {which}, expected `all` or the number of a message");
            Ok(Command::Exchange { config: file.into(), replay: Some(replay.map_err(wrong)?) })
        }
        ["openapi"] => Ok(Command::OpenApi),
        ["--help" | "-h"] => Ok(Command::Help),
        ["--version"] => Ok(Command::Version),
        [] => Err("found no arguments, expected --config FILE".to_owned()),
        [verb, options @ ..] => {
            let mut options = Options::read(options).map_err(|()| unknown(&words))?;
            let command = options.command(verb)?.ok_or_else(|| unknown(&words))?;
            if options.0.is_empty() { Ok(command) } else { Err(unknown(&words)) }
        }
    }
}

fn unknown(words: &[&str]) -> String {
    format!("found {:?}, expected one of the lines below", words.join(" "))
}

/// `--name value`, in any order, each once.
struct Options<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Options<'a> {
    fn read(words: &[&'a str]) -> Result<Self, ()> {
        let pairs = words.chunks(2).map(|pair| match pair {
            [name, value] => name.strip_prefix("--").map(|name| (name, *value)).ok_or(()),
            _ => Err(()),
        });
        pairs.collect::<Result<_, ()>>().map(Self)
    }

    fn take(&mut self, name: &str) -> Option<&'a str> {
        let place = self.0.iter().position(|(option, _)| *option == name)?;
        Some(self.0.remove(place).1)
    }

    fn need(&mut self, name: &str) -> Result<&'a str, String> {
        self.take(name).ok_or_else(|| format!("found no --{name}, expected one"))
    }

    fn command(&mut self, verb: &str) -> Result<Option<Command>, String> {
        Ok(Some(match verb {
            "due-date" => self.due_date()?,
            "create-administrator" => Command::CreateAdministrator {
                config: self.need("config")?.into(),
                login: self.need("login")?.to_owned(),
                name: self.need("name")?.to_owned(),
                role: role(self.need("role")?)?,
            },
            "import-organisations" => Command::ImportOrganisations {
                config: self.need("config")?.into(),
                file: self.need("file")?.into(),
            },
            "import-calendar" => Command::ImportCalendar {
                config: self.need("config")?.into(),
                file: self.need("file")?.into(),
            },
            "check-audit" => Command::CheckAudit { config: self.need("config")?.into() },
            _ => return Ok(None),
        }))
    }

    fn due_date(&mut self) -> Result<Command, String> {
        if let Some(n) = self.take("working-hours") {
            return self.due_moment(n);
        }
        let (from, n) = (self.need("from")?, self.need("working-days")?);
        let from =
            from.parse().map_err(|_| format!("found --from {from}, expected a day like 2026-11-24"))?;
        let n = n.parse::<u16>().map_err(|_| format!("found --working-days {n}, expected 0 to 65535"))?;
        Ok(Command::DueDate { from, working_days: n.into(), config: self.take("config").map(PathBuf::from) })
    }
}

impl Options<'_> {
    fn due_moment(&mut self, n: &str) -> Result<Command, String> {
        let from = self.need("from")?;
        let from = from
            .parse()
            .map_err(|_| format!("found --from {from}, expected a moment like 2026-11-24T16:30"))?;
        let n = n.parse::<u16>().map_err(|_| format!("found --working-hours {n}, expected 0 to 65535"))?;
        Ok(Command::DueMoment {
            from,
            working_hours: n.into(),
            config: self.take("config").map(PathBuf::from),
        })
    }
}

fn role(name: &str) -> Result<Role, String> {
    Role::named(name).filter(|role| role.administers()).ok_or_else(|| {
        format!("found --role {name}, expected system_administrator, security_administrator or auditor")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn what_is_said_is_understood_or_named() {
        assert_eq!(read("--config p.toml"), Ok(Command::Serve { config: "p.toml".into() }));
        let rotate = Command::RotateSealingKey { config: "p.toml".into() };
        assert_eq!(read("rotate-sealing-key --config p.toml"), Ok(rotate));
        let due = Command::DueDate { from: "2025-12-31".parse().unwrap(), working_days: 2, config: None };
        assert_eq!(read("due-date --from 2025-12-31 --working-days 2"), Ok(due));
        let due = Command::DueDate {
            from: "2025-12-31".parse().unwrap(),
            working_days: 2,
            config: Some("p.toml".into()),
        };
        assert_eq!(read("due-date --working-days 2 --config p.toml --from 2025-12-31"), Ok(due));
        for (line, told) in [
            ("", "found no arguments"),
            ("--config", "found \"--config\""),
            ("rotate-sealing-key", "found \"rotate-sealing-key\""),
            ("serve", "found \"serve\""),
            ("backup --config p.toml", "found \"backup"),
            ("exchange --config p.toml --replay some", "found --replay some"),
            ("due-date --from today --working-days 2", "found --from today"),
            ("due-date --from 2025-12-31 --working-days -2", "found --working-days -2"),
            ("due-date --from 2025-12-31", "found no --working-days"),
            ("due-date --from noon --working-hours 2", "found --from noon"),
            ("check-audit --config p.toml --file x", "found \"check-audit"),
            ("create-administrator --config p --login a --name b --role clerk", "found --role clerk"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.starts_with(told) && error.contains("expected"), "{error}");
        }
    }
}
