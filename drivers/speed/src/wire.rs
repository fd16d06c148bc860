//! A serial line at its true rate: a pseudo-terminal has none, so what goes over it is held back for as long as its bits
//! would need.

use std::{
    collections::VecDeque,
    fs::{File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use driver_sim::{Cable as _, pty::Pty};
use rustix::fs::OFlags;

/// Ten bits a byte, as 8N1.
const BITS: u64 = 10;
/// Bytes that travel together: what has come is seen this late at most.
const PIECE: usize = 16;
/// How long neither end is looked at. Shorter than a piece takes.
const NAP: Duration = Duration::from_micros(400);

/// A line between a driver, at `link`, and an emulator.
pub(crate) struct Wire {
    stop: Arc<AtomicBool>,
    bytes: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Wire {
    /// Lays a line of so many bits a second to the emulator at `emulator`.
    pub(crate) fn lay(link: &Path, emulator: &Path, rate: u64) -> anyhow::Result<Self> {
        let outer = Pty::open(link)?;
        let flags = i32::try_from((OFlags::NONBLOCK | OFlags::NOCTTY).bits())?;
        let inner = OpenOptions::new().read(true).write(true).custom_flags(flags).open(emulator);
        let inner = inner.context("the emulator's line")?;
        let (stop, bytes) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (ended, counted) = (stop.clone(), bytes.clone());
        let thread = std::thread::spawn(move || carry(outer, inner, rate, &ended, &counted));
        Ok(Self { stop, bytes, thread: Some(thread) })
    }

    /// How many bytes have gone over it, both ways together.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// Milliseconds that so many bytes need at a rate.
pub(crate) fn line_time(bytes: u64, rate: u64) -> f64 {
    Duration::from_nanos(bytes * BITS * 1_000_000_000 / rate).as_secs_f64() * 1_000.0
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One direction: what is on its way, and when the line is free for more.
struct Way {
    on_its_way: VecDeque<(Instant, Vec<u8>)>,
    free: Instant,
}

impl Way {
    fn new() -> Self {
        Self { on_its_way: VecDeque::new(), free: Instant::now() }
    }

    fn take(&mut self, bytes: &[u8], rate: u64) {
        let mut begin = self.free.max(Instant::now());
        for piece in bytes.chunks(PIECE) {
            begin += Duration::from_nanos(piece.len() as u64 * BITS * 1_000_000_000 / rate);
            self.on_its_way.push_back((begin, piece.to_vec()));
        }
        self.free = begin;
    }

    /// What has arrived by now.
    fn arrived(&mut self) -> Vec<u8> {
        let now = Instant::now();
        let ready = self.on_its_way.iter().take_while(|(at, _)| *at <= now).count();
        self.on_its_way.drain(..ready).flat_map(|(_, piece)| piece).collect()
    }

    /// A UART holds a few bytes; a sender that is ahead of the line waits.
    fn is_full(&self) -> bool {
        self.on_its_way.len() > 4
    }
}

fn carry(mut outer: Pty, mut inner: File, rate: u64, stop: &AtomicBool, bytes: &AtomicU64) {
    let (mut down, mut up) = (Way::new(), Way::new());
    let mut buffer = [0; 64];
    while !stop.load(Ordering::Relaxed) {
        if !down.is_full() {
            let heard = outer.read(&mut buffer).unwrap_or_default().to_vec();
            bytes.fetch_add(heard.len() as u64, Ordering::Relaxed);
            down.take(&heard, rate);
        }
        if !up.is_full() {
            let count = match inner.read(&mut buffer) {
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
                Err(_) => return,
            };
            bytes.fetch_add(count as u64, Ordering::Relaxed);
            up.take(buffer.get(..count).unwrap_or_default(), rate);
        }
        let arrived = down.arrived();
        // An emulator takes everything at once.
        let _ = inner.write_all(&arrived);
        outer.write(&up.arrived());
        std::thread::sleep(NAP);
    }
}
