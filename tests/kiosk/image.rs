//! A thief has the whole disk: every file, whatever lies in their free pages, and every key that is among it. The cases
//! that wait stay shut.

use std::{fs, path::Path};

use anyhow::Context as _;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use enrolment::DeviceKey;
use rusqlite::Connection;
use seal::{Context, Sealed, SecretKey};
use sha2::{Digest as _, Sha512};
use uuid::Uuid;

use crate::{
    canary::nothing_is_on_the_disk,
    visit::{PATIENCE, Visit, WAITING},
};

/// A sealed case with what it is bound to, as it lies in the queue.
struct Queued {
    case_key: Uuid,
    terminal_id: String,
    sealed: Sealed,
}

fn queue(home: &Path) -> anyhow::Result<Vec<Queued>> {
    let db = Connection::open(home.join("kiosk.db"))?;
    let mut select = db
        .prepare("SELECT case_key, terminal_id, body FROM outbox WHERE body IS NOT NULL AND kind = 'case'")?;
    let rows: Vec<([u8; 16], String, Vec<u8>)> =
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?;
    let queued = rows.into_iter().map(|(case_key, terminal_id, body)| {
        Ok(Queued {
            case_key: Uuid::from_bytes(case_key),
            terminal_id,
            sealed: serde_json::from_slice(&body)?,
        })
    });
    queued.collect()
}

/// Every file below `folder`.
fn image(folder: &Path, files: &mut Vec<Vec<u8>>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()? {
            kind if kind.is_dir() => image(&entry.path(), files)?,
            kind if kind.is_file() => files.push(fs::read(entry.path())?),
            _ => {}
        }
    }
    Ok(())
}

/// Whatever could be a key: 32 bytes at any place, as they are, in base64 or in hexadecimal digits. What is text, or full
/// of noughts, is none.
fn candidates(bytes: &[u8]) -> Vec<[u8; 32]> {
    let mut found: Vec<[u8; 32]> = raw(bytes);
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(byte);
    for word in bytes.split(|byte| !is_letter(byte)).filter(|word| (43..=200).contains(&word.len())) {
        let padded = [word, &b"="[..word.len() % 4 % 2]].concat();
        found.extend(BASE64_STANDARD.decode(padded).iter().flat_map(|decoded| raw(decoded)));
        let digits: Option<Vec<u8>> =
            word.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
        found.extend(digits.iter().flat_map(|decoded| raw(decoded)));
    }
    found
}

fn raw(bytes: &[u8]) -> Vec<[u8; 32]> {
    let windows = bytes.windows(32).filter(|window| {
        let noughts = window.iter().map(|byte| usize::from(*byte == 0)).sum::<usize>();
        let letters = window.iter().filter(|byte| byte.is_ascii_graphic()).count();
        // Of 32 random bytes a dozen are letters, and hardly ever four are noughts.
        noughts < 4 && letters < 26
    });
    windows.filter_map(|window| window.try_into().ok()).collect()
}

/// How many cases of the queue one of `keys` opens.
fn opened(queue: &[Queued], keys: &[[u8; 32]]) -> usize {
    let opens = |case: &&Queued| {
        let context = Context { terminal_id: &case.terminal_id, case_key: case.case_key };
        keys.iter().any(|key| {
            SecretKey::from_bytes(key).is_ok_and(|key| seal::open(&key, &context, &case.sealed).is_ok())
        })
    };
    queue.iter().filter(opens).count()
}

/// The one key that opens, from where a kiosk never comes.
fn platforms_key(home: &Path) -> anyhow::Result<[u8; 32]> {
    let folder = home.parent().context("no folder")?;
    let db = Connection::open(folder.join("platform.db"))?;
    let secret: Vec<u8> = db.query_row("SELECT secret FROM sealing_key", [], |row| row.get(0))?;
    secret.try_into().map_err(|_| anyhow::anyhow!("a key of another length"))
}

#[test]
fn a_whole_disk_with_all_its_keys_opens_no_case() -> anyhow::Result<()> {
    let mut visit = Visit::before_filing()?;
    let home = visit.stage.kiosk_home();
    // As of an enrolled machine.
    let mut identity = config_apply::Folder::open(&home.join("identity"))?;
    let device = DeviceKey::load_or_make(&mut identity)?;
    visit.network()?.cut();
    visit.files()?;
    visit.sees(WAITING)?;
    let code = visit.stage.pickup_code()?;
    let queue = queue(&home)?;
    anyhow::ensure!(queue.len() == 1, "{} cases wait", queue.len());

    let mut files = Vec::new();
    image(&home, &mut files)?;
    let mut keys: Vec<[u8; 32]> = files.iter().flat_map(|file| candidates(file)).collect();
    let seeds = device.pkcs8().windows(32).filter_map(|seed| seed.try_into().ok());
    keys.extend(seeds.collect::<Vec<[u8; 32]>>());
    // An Ed25519 seed as the key for agreement that can be made of it.
    let made = device.pkcs8().windows(32).filter_map(|seed| Sha512::digest(seed).first_chunk().copied());
    keys.extend(made.collect::<Vec<[u8; 32]>>());
    println!("{} files, {} candidates", files.len(), keys.len());
    anyhow::ensure!(files.len() >= 5 && keys.len() > 1_000, "nothing to look at");
    anyhow::ensure!(opened(&queue, &keys) == 0, "a key on the disk opens the queue");
    nothing_is_on_the_disk(&visit)?;

    // The same search finds the key wherever it is put, so it would have found it.
    let key = platforms_key(&home)?;
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    for written in [key.to_vec(), BASE64_STANDARD.encode(key).into_bytes(), hex.into_bytes()] {
        let file = [b"\x00key = \"", written.as_slice(), b"\"\n"].concat();
        anyhow::ensure!(opened(&queue, &candidates(&file)) == 1, "the key is overlooked");
    }

    visit.network()?.mend();
    visit.stage.wait_for_case(&code, PATIENCE)?;
    nothing_is_on_the_disk(&visit)
}

/// What the screen shows after a visit is what a machine shows that has never seen anybody: to the last pixel.
#[test]
fn the_picture_after_a_visit_is_the_picture_of_a_machine_that_knows_nobody() -> anyhow::Result<()> {
    let mut visit = Visit::before_filing()?;
    let during = picture(&mut visit)?;
    visit.files()?;
    visit.sees("回执已打印")?;
    visit.stage.tap("完成")?;
    visit.stage.tap("不评价，结束")?;
    visit.lifts_card()?;
    visit.sees("点一下屏幕")?;
    // The clock is in the picture: both have to be of the same minute.
    for _ in 0..3 {
        let minute = jiff::Timestamp::now().as_second() / 60;
        let after = picture(&mut visit)?;
        anyhow::ensure!(after != during, "two pictures that nothing tells apart");
        visit.stage.power_cut()?;
        visit.sees("点一下屏幕")?;
        std::thread::sleep(std::time::Duration::from_secs(2));
        let fresh = picture(&mut visit)?;
        if jiff::Timestamp::now().as_second() / 60 == minute {
            anyhow::ensure!(after == fresh, "something of the visit is on the screen");
            return Ok(());
        }
    }
    anyhow::bail!("no two pictures in one minute")
}

fn picture(visit: &mut Visit) -> anyhow::Result<Vec<u8>> {
    let file = visit.stage.kiosk_home().join("tmp/screen.png");
    let order = serde_json::json!({"do": "snapshot", "path": file.display().to_string()});
    visit.stage.kiosk.perform(&order)?;
    let picture = fs::read(&file)?;
    fs::remove_file(file)?;
    Ok(picture)
}
