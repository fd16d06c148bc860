//! The state and the documents as files.

use std::collections::BTreeSet;
use std::io;

use sha2::{Digest, Sha256};

use crate::disk::Disk;
use crate::state::{Slot, State};

/// Two copies of each file: one that went bad does not matter.
const COPIES: [&str; 2] = ["a", "b"];

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn document_name(sha256: &str, copy: &str) -> String {
    format!("{sha256}.{copy}")
}

fn state_name(copy: &str) -> String {
    format!("state.{copy}")
}

/// Puts a file in the place of another: the old content or the new is there, whenever the power goes.
pub fn replace(disk: &mut dyn Disk, name: &str, bytes: &[u8]) -> io::Result<()> {
    let new = format!("{name}.new");
    disk.write(&new, bytes)?;
    disk.rename(&new, name)?;
    disk.sync_names()
}

pub(crate) fn save_document(disk: &mut dyn Disk, slot: &Slot, bytes: &[u8]) -> io::Result<()> {
    COPIES.iter().try_for_each(|copy| replace(disk, &document_name(&slot.sha256, copy), bytes))
}

/// The bytes that belong to the hash; `None` if no copy has them any more.
pub(crate) fn load_document(disk: &dyn Disk, slot: &Slot) -> Option<Vec<u8>> {
    let copies =
        COPIES.iter().filter_map(|copy| disk.read(&document_name(&slot.sha256, copy)).ok().flatten());
    copies.into_iter().find(|bytes| sha256(bytes) == slot.sha256)
}

/// The hash of the rest, then the rest.
pub(crate) fn save_state(disk: &mut dyn Disk, state: &State) -> io::Result<()> {
    let json = serde_json::to_string(state)?;
    let file = format!("{}\n{json}", sha256(json.as_bytes()));
    COPIES.iter().try_for_each(|copy| replace(disk, &state_name(copy), file.as_bytes()))
}

/// The first copy is the newer one, if they differ.
pub(crate) fn load_state(disk: &dyn Disk) -> Option<State> {
    COPIES.iter().find_map(|copy| parse(&disk.read(&state_name(copy)).ok()??))
}

fn parse(file: &[u8]) -> Option<State> {
    let (hash, json) = std::str::from_utf8(file).ok()?.split_once('\n')?;
    if hash != sha256(json.as_bytes()) {
        return None;
    }
    serde_json::from_str(json).ok()
}

/// Takes away what the state on the disk does not speak of.
pub(crate) fn sweep(disk: &mut dyn Disk, state: &State) -> io::Result<()> {
    let documents = state.slots().flat_map(|slot| COPIES.map(|copy| document_name(&slot.sha256, copy)));
    let wanted: BTreeSet<_> = documents.chain(COPIES.map(state_name)).collect();
    for name in disk.list()?.iter().filter(|name| !wanted.contains(*name)) {
        disk.remove(name)?;
    }
    Ok(())
}
