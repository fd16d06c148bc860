//! The small tools beside the service. They need no running platform, and do not disturb one.

use std::path::{Path, PathBuf};

use platform::{
    Clock, Platform,
    calendar::{OfficeHours, WorkCalendar},
    catalogue::Catalogue,
    config::Config,
    people::Role,
};

use crate::{Failure, command::Command, say};

pub(crate) fn run(command: Command) -> Result<(), Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        match command {
            Command::DueDate { from, working_days, config: Some(config) } => {
                let due = open(&config).await?.working_days_after(from, working_days);
                say(&format!("{}{}", due.on, if due.provisional { " provisional" } else { "" }))
            }
            Command::DueMoment { from, working_hours, config } => {
                let calendar = match config {
                    Some(config) => open(&config).await?.work_calendar(),
                    None => WorkCalendar::embedded()?,
                };
                let due = calendar.working_hours_after(from, working_hours, &OfficeHours::default());
                let at = due.at.strftime("%Y-%m-%dT%H:%M");
                say(&format!("{at}{}", if due.provisional { " provisional" } else { "" }))
            }
            Command::CreateAdministrator { config, login, name, role } => {
                create(&config, &login, &name, role).await
            }
            Command::ImportOrganisations { config, file } => {
                let text = read(&file)?;
                let n = open(&config).await?.import_organisations(&name_of(&file), &text).await?;
                say(&format!("{n} organisations"))
            }
            Command::ImportCalendar { config, file } => {
                let text = read(&file)?;
                let (year, moved) = open(&config).await?.import_calendar(&name_of(&file), &text).await?;
                say(&format!("{year}, {moved} due dates moved"))
            }
            Command::CheckAudit { config } => check_audit(&config).await,
            // Done in `main.rs`. Named one by one, so that a new command is for the compiler to miss.
            Command::Serve { .. }
            | Command::RotateSealingKey { .. }
            | Command::Check { .. }
            | Command::Backup { .. }
            | Command::Restore { .. }
            | Command::Exchange { .. }
            | Command::OpenApi
            | Command::DueDate { .. }
            | Command::Fleet(_)
            | Command::Help
            | Command::Version => Ok(()),
        }
    })
}

async fn open(file: &Path) -> Result<Platform, Failure> {
    let config: Config = kiosk_config::load(file)?;
    Platform::open(config.database.url, Catalogue::embedded()?, Clock::system())
        .await
        .map_err(|fault| Failure::Start { file: file.to_owned(), fault })
}

/// The secrets go to whoever stands at the machine, and nowhere else.
async fn create(config: &Path, login: &str, name: &str, role: Role) -> Result<(), Failure> {
    let made = open(config).await?.create_administrator(login, name, role).await?;
    say(&format!(
        "account   {}\nrole      {}\npassword  {}   (to be changed at the first sign-in)\nTOTP      {}\n          {}",
        made.login,
        role.word(),
        made.password,
        made.totp_secret,
        made.totp_uri
    ))
}

async fn check_audit(config: &Path) -> Result<(), Failure> {
    let state = open(config).await?.check_audit().await.map_err(platform::ToolError::from)?;
    match state.broken_at {
        None => say(&format!("{} rows, all sound", state.sound)),
        Some(at) => Err(Failure::Audit { sound: state.sound, at }),
    }
}

fn read(file: &PathBuf) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::File { file: file.clone(), error })
}

fn name_of(file: &Path) -> String {
    file.display().to_string()
}
