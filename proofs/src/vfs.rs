//! Puts [`crate::disk`] under `SQLite`: every change of a file is counted and noted, and at one of them the machine dies.
//!
//! It is a thin layer over the file layer that `SQLite` brings: the same functions on the same files, and for those that
//! change something our own in front. It becomes the default of this process, so that the store is opened as always. A
//! machine belongs to the thread that runs it: `SQLite` calls back on the thread that called it.
#![expect(unsafe_code, reason = "SQLite's file layer is an interface of C")]

use std::{
    cell::RefCell,
    collections::BTreeMap,
    ffi::{CStr, OsStr, c_char, c_int, c_void},
    fs,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    ptr,
    sync::{
        Mutex, Once, PoisonError,
        atomic::{AtomicPtr, Ordering},
    },
};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};

use crate::disk::{Change, FileState};

/// What every function answers on a machine that is dead.
const DEAD: c_int = ffi::SQLITE_IOERR;

/// One kiosk's hardware, as far as it can die.
#[derive(Default)]
struct Machine {
    folder: PathBuf,
    files: BTreeMap<PathBuf, FileState>,
    open: BTreeMap<usize, Open>,
    steps: u64,
    fuse: Option<u64>,
    dead: bool,
    lies: bool,
}

/// An open file.
struct Open {
    path: PathBuf,
    /// The layer below syncs the folder along with the first sync of a journal that it may have made.
    syncs_folder: bool,
}

thread_local! {
    static MACHINE: RefCell<Option<Machine>> = const { RefCell::new(None) };
}

/// What is to come of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is taken.
    Goes,
    /// The machine dies in the middle of it.
    Dies,
    /// There is nobody any more to take it.
    Dead,
}

impl Machine {
    fn step(&mut self) -> Step {
        if self.dead {
            return Step::Dead;
        }
        self.steps += 1;
        self.dead = self.fuse == Some(self.steps);
        if self.dead { Step::Dies } else { Step::Goes }
    }

    fn file(&mut self, path: &Path) -> &mut FileState {
        self.files.entry(path.to_owned()).or_insert_with(|| FileState::found(fs::read(path).ok()))
    }
}

/// Runs `what` with the machine of this thread; `None` where there is none.
fn with<T>(what: impl FnOnce(&mut Machine) -> T) -> Option<T> {
    MACHINE.with_borrow_mut(|machine| machine.as_mut().map(what))
}

/// Gives this thread a machine whose files are in `folder`. With `lies` its disk says that it has synced, and has not.
pub fn power_on(folder: &Path, lies: bool) {
    install();
    MACHINE.set(Some(Machine { folder: folder.to_owned(), lies, ..Machine::default() }));
}

/// Takes the machine away again.
pub fn scrap() {
    MACHINE.set(None);
}

/// The machine will die at step number `at`; the steps of all its lives are counted.
pub fn die_at(at: Option<u64>) {
    with(|machine| machine.fuse = at);
}

/// How many steps there were.
#[must_use]
pub fn steps() -> u64 {
    with(|machine| machine.steps).unwrap_or(0)
}

/// A step that is no change of a file: a send, say.
#[must_use]
pub fn step() -> Step {
    with(Machine::step).unwrap_or(Step::Goes)
}

/// Whether the machine has died.
#[must_use]
pub fn is_dead() -> bool {
    with(|machine| machine.dead).unwrap_or(false)
}

/// The process died, the system lives: the files are as they were left.
pub fn restart_process() {
    with(|machine| {
        machine.dead = false;
        machine.fuse = None;
    });
}

/// The power failed: on the files is what the disk made of it. Nothing may be open.
pub fn restart_machine(chance: &mut fastrand::Rng) -> std::io::Result<()> {
    with(|machine| {
        machine.dead = false;
        machine.fuse = None;
        machine.open.clear();
        for (path, state) in &mut machine.files {
            match state.cut_power(chance) {
                Some(content) => fs::write(path, content)?,
                None if path.exists() => fs::remove_file(path)?,
                None => {}
            }
        }
        // Shared memory: it is gone with the machine.
        for entry in fs::read_dir(&machine.folder)? {
            let path = entry?.path();
            if path.as_os_str().as_bytes().ends_with(b"-shm") {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    })
    .unwrap_or(Ok(()))
}

/// The file layer below.
static BELOW: AtomicPtr<sqlite3_vfs> = AtomicPtr::new(ptr::null_mut());

/// Becomes the default file layer of this process.
fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // SAFETY: the default layer lives for ever; ours is a copy of it that is leaked, so it does, too.
        unsafe {
            let below = ffi::sqlite3_vfs_find(ptr::null());
            BELOW.store(below, Ordering::Release);
            let mut ours = ptr::read(below);
            ours.pNext = ptr::null_mut();
            ours.zName = c"mortal".as_ptr();
            ours.xOpen = Some(open);
            ours.xDelete = Some(delete);
            ffi::sqlite3_vfs_register(Box::into_raw(Box::new(ours)), 1);
        }
    });
}

/// The functions of an open file: ours in front, and the table that they were copied from.
#[repr(C)]
struct Methods {
    ours: sqlite3_io_methods,
    below: *const sqlite3_io_methods,
}

/// Our tables, by the address of the one below. There are two or three in all, which live for ever.
static TABLES: Mutex<BTreeMap<usize, usize>> = Mutex::new(BTreeMap::new());

/// The table in front of `below`.
///
/// # Safety
/// `below` is a table of the layer below, which lives for ever.
unsafe fn in_front_of(below: *const sqlite3_io_methods) -> *const sqlite3_io_methods {
    let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    let made = tables.entry(below.addr()).or_insert_with(|| {
        // SAFETY: as promised by the caller; a table is plain data.
        let mut ours = unsafe { ptr::read(below) };
        ours.xWrite = Some(write);
        ours.xTruncate = Some(truncate);
        ours.xSync = Some(sync);
        Box::into_raw(Box::new(Methods { ours, below })).expose_provenance()
    });
    ptr::with_exposed_provenance(*made)
}

/// The functions below those of `file`.
///
/// # Safety
/// `file` was opened by [`open`] and has one of our tables.
unsafe fn below(file: *mut sqlite3_file) -> *const sqlite3_io_methods {
    // SAFETY: our table is the first field of `Methods`.
    unsafe { (*(*file).pMethods.cast::<Methods>()).below }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let below = BELOW.load(Ordering::Acquire);
    // SAFETY: SQLite gives a name that ends with a zero, or none.
    let path = (!name.is_null()).then(|| unsafe { path(name) });
    let ours = path.filter(|path| with(|machine| path.starts_with(&machine.folder)) == Some(true));
    let is_new = ours.as_ref().is_some_and(|path| !path.exists());
    if ours.is_some() && is_dead() {
        // SAFETY: a file without functions is one that was not opened.
        unsafe { (*file).pMethods = ptr::null() };
        return DEAD;
    }
    // SAFETY: the layer below gets what it would get without us; a file of ours is of the same size.
    let result = unsafe { (*below).xOpen.map_or(DEAD, |open| open(below, name, file, flags, out_flags)) };
    let Some(path) = ours.filter(|_| result == ffi::SQLITE_OK) else { return result };
    // SAFETY: it has just been opened by the layer below.
    unsafe { (*file).pMethods = in_front_of((*file).pMethods) };
    with(|machine| {
        if is_new {
            let state = machine.files.entry(path.clone()).or_insert_with(|| FileState::found(None));
            state.change(Change::Created);
        } else {
            machine.file(&path);
        }
        let journal = ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL | ffi::SQLITE_OPEN_WAL;
        let syncs_folder = flags & ffi::SQLITE_OPEN_CREATE != 0 && flags & journal != 0;
        machine.open.insert(file.addr(), Open { path, syncs_folder });
    });
    result
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    let vfs = BELOW.load(Ordering::Acquire);
    // SAFETY: SQLite gives a name that ends with a zero.
    let path = unsafe { path(name) };
    let is_ours = with(|machine| path.starts_with(&machine.folder)) == Some(true);
    if is_ours && step() != Step::Goes {
        return ffi::SQLITE_IOERR_DELETE;
    }
    if is_ours && path.exists() {
        with(|machine| {
            let lies = machine.lies;
            let state = machine.file(&path);
            state.change(Change::Deleted);
            if sync_folder != 0 && !lies {
                state.sync();
            }
        });
    }
    // SAFETY: the layer below gets what it would get without us.
    unsafe { (*vfs).xDelete.map_or(DEAD, |delete| delete(vfs, name, sync_folder)) }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, bytes: *const c_void, length: c_int, at: i64) -> c_int {
    let step = step();
    // A write that the machine dies in has got halfway.
    let length = if step == Step::Dies { length / 2 } else { length };
    if step == Step::Dead {
        return DEAD;
    }
    // SAFETY: SQLite gives so many bytes.
    let written =
        unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), usize::try_from(length).unwrap_or(0)) };
    note(file, || Change::Wrote { at: usize::try_from(at).unwrap_or(0), bytes: written.to_vec() });
    // SAFETY: the layer below gets its own file.
    let result = unsafe { (*below(file)).xWrite.map_or(DEAD, |write| write(file, bytes, length, at)) };
    if step == Step::Dies { DEAD } else { result }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: i64) -> c_int {
    if step() != Step::Goes {
        return DEAD;
    }
    note(file, || Change::Resized(usize::try_from(size).unwrap_or(0)));
    // SAFETY: the layer below gets its own file.
    unsafe { (*below(file)).xTruncate.map_or(DEAD, |truncate| truncate(file, size)) }
}

/// The disk is ours: the real one need not be waited for.
unsafe extern "C" fn sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    if step() != Step::Goes {
        return DEAD;
    }
    with(|machine| {
        if machine.lies {
            return;
        }
        let Some(open) = machine.open.get_mut(&file.addr()) else { return };
        let (path, folder) = (open.path.clone(), std::mem::take(&mut open.syncs_folder));
        machine.file(&path).sync();
        if folder {
            machine.files.values_mut().for_each(FileState::sync_name);
        }
    });
    ffi::SQLITE_OK
}

fn note(file: *mut sqlite3_file, change: impl FnOnce() -> Change) {
    with(|machine| {
        if let Some(path) = machine.open.get(&file.addr()).map(|open| open.path.clone()) {
            machine.file(&path).change(change());
        }
    });
}

/// # Safety
/// `name` ends with a zero.
unsafe fn path(name: *const c_char) -> PathBuf {
    // SAFETY: as promised by the caller.
    PathBuf::from(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()))
}
