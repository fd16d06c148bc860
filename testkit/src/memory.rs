//! What is in a process's memory and in its files: looked for in every way in which a text can be written.

use std::{
    fs,
    io::{self, ErrorKind},
    os::unix::fs::FileExt as _,
    path::Path,
};

use memchr::memmem::Finder;

/// So much is read at a time.
const PIECE: usize = 1 << 20;

/// Something to look for, and what it is to be called.
pub struct Needle {
    name: String,
    finder: Finder<'static>,
}

impl Needle {
    /// Bytes as they are.
    #[must_use]
    pub fn bytes(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.to_owned(), finder: Finder::new(bytes).into_owned() }
    }

    /// A text in every way a program of ours or of others writes it. `gb18030` is the same in that encoding, which a
    /// program in Chinese may use for a file name or a log.
    #[must_use]
    pub fn text(name: &str, text: &str, gb18030: &[u8]) -> Vec<Self> {
        let units = || text.encode_utf16();
        let letters = text.chars().map(u32::from);
        let ways = [
            ("UTF-8", text.as_bytes().to_vec()),
            ("UTF-16LE", units().flat_map(u16::to_le_bytes).collect()),
            ("UTF-16BE", units().flat_map(u16::to_be_bytes).collect()),
            ("UTF-32LE", letters.flat_map(u32::to_le_bytes).collect()),
            ("GB18030", gb18030.to_vec()),
        ];
        let different = |(_, bytes): &(&str, Vec<u8>)| !bytes.is_empty();
        let ways = ways.into_iter().filter(different);
        ways.map(|(way, bytes)| Self::bytes(&format!("{name} in {way}"), &bytes)).collect()
    }

    fn len(&self) -> usize {
        self.finder.needle().len()
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// How much was looked at.
    pub bytes: u64,
    /// What was found where.
    pub hits: Vec<String>,
}

impl Found {
    fn search(&mut self, needles: &[Needle], bytes: &[u8], place: &dyn Fn(usize) -> String) {
        for needle in needles {
            let places = needle.finder.find_iter(bytes);
            self.hits.extend(places.map(|at| format!("{} in {}", needle.name, place(at))));
        }
    }
}

/// Looks through all that process `pid` can read itself. Needs the rights of root: a kiosk lets nobody else look.
pub fn in_memory(pid: u32, needles: &[Needle]) -> io::Result<Found> {
    let memory = fs::File::open(format!("/proc/{pid}/mem"))?;
    let mut found = Found::default();
    for line in fs::read_to_string(format!("/proc/{pid}/maps"))?.lines() {
        if let Some((from, to, name)) = readable(line) {
            mapping(&memory, (from, to), name, needles, &mut found)?;
        }
    }
    Ok(found)
}

/// A line of `/proc/PID/maps`: `7f00-7f10 rw-p 0000 00:00 0 [heap]`.
fn readable(line: &str) -> Option<(u64, u64, &str)> {
    let mut words = line.split_ascii_whitespace();
    let (from, to) = words.next()?.split_once('-')?;
    let rights = words.next()?;
    let name = words.nth(3).unwrap_or("memory");
    // What the kernel lends every process.
    let own = rights.starts_with('r') && !matches!(name, "[vvar]" | "[vsyscall]" | "[vvar_vclock]");
    own.then_some((u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?, name))
}

/// Pieces overlap, so that nothing is cut in two.
fn mapping(
    memory: &fs::File,
    (from, to): (u64, u64),
    name: &str,
    needles: &[Needle],
    found: &mut Found,
) -> io::Result<()> {
    let overlap = needles.iter().map(Needle::len).max().unwrap_or(1) as u64 - 1;
    let mut piece = vec![0; PIECE];
    let mut at = from;
    while at < to {
        let wanted = usize::try_from(to - at).unwrap_or(PIECE).min(PIECE);
        let read = match memory.read_at(piece.get_mut(..wanted).unwrap_or_default(), at) {
            // It was given back meanwhile, or it is a device.
            Ok(0) => return Ok(()),
            Err(error) if error.raw_os_error() == Some(5) || error.kind() == ErrorKind::InvalidInput => {
                return Ok(());
            }
            read => read?,
        };
        let end = at + read as u64;
        found.search(needles, piece.get(..read).unwrap_or_default(), &|place| {
            format!("{name} at {:#x}", at + place as u64)
        });
        found.bytes += read as u64;
        at = if end < to && read as u64 > overlap { end - overlap } else { end };
    }
    Ok(())
}

/// Looks through every file below `folder`.
pub fn in_files(folder: &Path, needles: &[Needle]) -> io::Result<Found> {
    let mut found = Found::default();
    files(folder, needles, &mut found)?;
    Ok(found)
}

fn files(folder: &Path, needles: &[Needle], found: &mut Found) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
        if kind.is_dir() {
            files(&path, needles, found)?;
        } else if kind.is_file() {
            let bytes = fs::read(&path)?;
            found.bytes += bytes.len() as u64;
            found.search(needles, &bytes, &|at| format!("{} at {at}", path.display()));
        }
    }
    Ok(())
}
