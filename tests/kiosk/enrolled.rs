//! A kiosk of a fleet: it calls over mutual TLS, takes what is configured for it between visits, and ends when it is revoked.

use std::{fs, time::Instant};

use testkit::{ENROLLED, StageOptions, says};

use crate::visit::{PATIENCE, Visit};

fn enrolled() -> anyhow::Result<Visit> {
    Visit::none_yet(&StageOptions { enrolled: true, ..StageOptions::default() })
}

pub(crate) fn types(visit: &Visit, words: &str) -> anyhow::Result<String> {
    visit.stage.operator(&format!("{words} --config platform.toml"))
}

/// What an operator and two keepers of keys do, once for a platform.
pub(crate) fn roots(visit: &Visit) -> anyhow::Result<()> {
    for key in ["a", "b"] {
        visit.stage.operator(&format!("sign key --out {key}"))?;
    }
    types(visit, "configure key --out online.pub")?;
    let both = "2:a.pub,b.pub";
    visit.stage.operator(&format!(
        "sign root --out 1.root.json --root {both} --targets {both} --online online.pub"
    ))?;
    for key in ["a", "b"] {
        visit.stage.operator(&format!("sign add --key {key} 1.root.json"))?;
    }
    types(visit, "configure root 1.root.json").map(drop)
}

/// Drafted and signed.
pub(crate) fn prepare(visit: &Visit, settings: &str, how: &str) -> anyhow::Result<()> {
    fs::write(visit.stage.office().join("settings.json"), settings)?;
    types(visit, &format!("configure set --kiosk {ENROLLED} --settings settings.json"))?;
    let _ = fs::remove_file(visit.stage.office().join("targets.json"));
    types(visit, &format!("configure draft {how} --out targets.json"))?;
    for key in ["a", "b"] {
        visit.stage.operator(&format!("sign add --key {key} targets.json"))?;
    }
    Ok(())
}

fn publish(visit: &Visit, settings: &str) -> anyhow::Result<()> {
    prepare(visit, settings, "")?;
    types(visit, "configure publish targets.json").map(drop)
}

/// Until the platform knows of the kiosk what it should.
pub(crate) fn is_known(visit: &Visit, words: &str) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        let fleet = types(visit, "fleet")?;
        if fleet.contains(words) {
            return Ok(());
        }
        anyhow::ensure!(Instant::now() < until, "the platform does not say {words}: {fleet}");
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
}

/// How many pieces of the kiosk's audit log its platform has, once it has any; all of them follow one another.
fn pieces_of_audit(visit: &Visit) -> anyhow::Result<u64> {
    let database = rusqlite::Connection::open(visit.stage.office().join("platform.db"))?;
    let query = "SELECT count(*), count(broken) FROM kiosk_audit WHERE kiosk = ?1";
    let until = Instant::now() + PATIENCE;
    loop {
        let told = database.query_row(query, [ENROLLED], |row| Ok((row.get(0)?, row.get(1)?)));
        let (pieces, broken): (u64, u64) = told?;
        anyhow::ensure!(broken == 0, "the audit log does not follow");
        if pieces > 0 {
            return Ok(pieces);
        }
        anyhow::ensure!(Instant::now() < until, "the audit log is not told");
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
}

#[test]
fn it_files_takes_its_configuration_and_ends_when_it_is_revoked() -> anyhow::Result<()> {
    let mut visit = enrolled()?;
    let code = visit.whole()?;
    let case = visit.stage.wait_for_case(&code, PATIENCE)?;
    assert_eq!(case["terminal_id"].as_str(), Some(ENROLLED), "{case}");
    is_known(&visit, "heard ")?;
    assert_eq!(pieces_of_audit(&visit)?, 1, "one start, one piece");

    roots(&visit)?;
    publish(&visit, r#"{"ui": {"language": "en"}}"#)?;
    is_known(&visit, "1 is staged")?;
    // Somebody is still there, so nothing changes under their hands; once they have gone, it does.
    visit.stage.tap("首页")?;
    visit.sees("请取走")?;
    visit.lifts_card()?;
    visit.stage.tap("首页")?;
    visit.sees("What would you like to do")?;
    is_known(&visit, "runs 1, 1 is active")?;
    // A power cut during the trial is no reason to go back.
    visit.stage.power_cut()?;
    visit.sees("Touch the screen")?;
    std::thread::sleep(std::time::Duration::from_secs(3));
    is_known(&visit, "runs 1, 1 is active")?;
    visit.sees("Touch the screen")?;

    types(&visit, &format!("revoke --kiosk {ENROLLED}"))?;
    visit.sees("Code C04")?;
    is_known(&visit, "0 sealed calls on its disk")?;
    let identity = visit.stage.kiosk_home().join("identity");
    let left: Vec<_> = fs::read_dir(&identity)?.flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["revoked"], "{left:?}");
    visit.stage.power_cut()?;
    visit.sees("代码 C04")?;
    Ok(())
}

#[test]
fn an_invitation_is_for_one_machine_and_for_one_platform() -> anyhow::Result<()> {
    let visit = enrolled()?;
    let invited = types(&visit, "enrol --kiosk LZ-0002")?;
    let invitation = invited.split("or in one: ").nth(1).and_then(|rest| rest.lines().next()).unwrap_or("");
    let toml = fs::read_to_string(visit.stage.kiosk_home().join("kiosk.toml"))?;
    let machine = |name: &str| -> anyhow::Result<std::path::PathBuf> {
        let folder = visit.stage.office().join(name);
        fs::create_dir(&folder)?;
        let store = visit.stage.kiosk_home().join("kiosk.db");
        let own = folder.join("kiosk.db");
        let toml = toml.replace(&store.display().to_string(), &own.display().to_string());
        fs::write(folder.join("kiosk.toml"), toml)?;
        Ok(folder)
    };
    let takes = |folder: &std::path::Path, invitation: &str| {
        says(folder, "kiosk", &["provision", "--config", "kiosk.toml", invitation])
    };
    let (first, second) = (machine("first")?, machine("second")?);
    let (front, pin_and_code) = invitation.rsplit_once("LZ-0002/").unwrap_or_default();
    let (_, code) = pin_and_code.rsplit_once('/').unwrap_or_default();
    let stranger = format!("{front}LZ-0002/0000-0000-0000-0000-0000-0000-0000-0000/{code}");
    let refused = takes(&first, &stranger).map(drop).map_err(|error| error.to_string());
    assert!(refused.as_ref().is_err_and(|why| why.contains("the code was not sent")), "{refused:?}");
    let taken = takes(&first, invitation)?;
    assert!(taken.contains("LZ-0002"), "{taken}");
    assert!(takes(&first, invitation).is_err(), "it is one already");
    assert!(takes(&second, invitation).is_err(), "the code is spent");
    assert!(!second.join("identity").join("membership.json").exists());
    Ok(())
}
