//! The command line.

use std::path::PathBuf;

use jiff::civil::Date;
use uuid::Uuid;

pub(crate) const HELP: &str = "\
usage: platform --config FILE                          serve
       platform rotate-sealing-key --config FILE       have kiosks seal to a new key, also while it serves
       platform check --config FILE                    look whether the stored data are sound
       platform backup --config FILE --to FILE         copy all data, while the platform serves
       platform restore --config FILE --from FILE      make the database anew from such a copy
       platform exchange --config FILE [--replay all|ID]  what the platform above has refused; send it again
       platform openapi                                the description of the API
       platform due-date --from DATE --working-days N  when a promise of N working days is due
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
    DueDate { from: Date, working_days: u32 },
    Fleet(platform::fleet::command::Command),
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
        ["due-date", "--from", from, "--working-days", n]
        | ["due-date", "--working-days", n, "--from", from] => {
            let from =
                from.parse().map_err(|_| format!("found --from {from}, expected a day like 2026-11-24"))?;
            let n = n.parse::<u16>().map_err(|_| format!("found --working-days {n}, expected 0 to 65535"))?;
            Ok(Command::DueDate { from, working_days: n.into() })
        }
        ["--help" | "-h"] => Ok(Command::Help),
        ["--version"] => Ok(Command::Version),
        [] => Err("found no arguments, expected --config FILE".to_owned()),
        _ => Err(format!("found {:?}, expected one of the lines below", words.join(" "))),
    }
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
        let due = Command::DueDate { from: "2025-12-31".parse().unwrap(), working_days: 2 };
        assert_eq!(read("due-date --from 2025-12-31 --working-days 2"), Ok(due));
        for (line, told) in [
            ("", "found no arguments"),
            ("--config", "found \"--config\""),
            ("rotate-sealing-key", "found \"rotate-sealing-key\""),
            ("serve", "found \"serve\""),
            ("backup --config p.toml", "found \"backup"),
            ("exchange --config p.toml --replay some", "found --replay some"),
            ("due-date --from today --working-days 2", "found --from today"),
            ("due-date --from 2025-12-31 --working-days -2", "found --working-days -2"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.starts_with(told) && error.contains("expected"), "{error}");
        }
    }
}
