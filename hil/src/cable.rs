//! The cable between an emulated device and a gadget: two threads that carry bytes.

use std::{
    io,
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixDatagram,
    },
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{JoinHandle, sleep, spawn},
    time::Duration,
};

use driver_sim::Cable;
use rustix::net::{RecvFlags, recv};
use usb_gadget::RegGadget;

/// How long a thread waits at most before it looks whether the plug has been pulled.
pub(crate) const TICK: Duration = Duration::from_millis(50);
/// How long a device that has something to say waits for a host that does not listen.
const PATIENCE: Duration = Duration::from_millis(200);

/// What the host sent, empty where nothing came within a [`TICK`].
pub(crate) type Receive = Box<dyn FnMut() -> io::Result<Vec<u8>> + Send>;
/// Takes what goes to the host.
pub(crate) type Transmit = Box<dyn FnMut(&[u8]) -> io::Result<()> + Send>;

/// A gadget that is plugged in, and the threads that serve it.
pub(crate) struct GadgetCable {
    machine: UnixDatagram,
    pulled: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    gadget: Option<RegGadget>,
    /// Whether its files must be closed before the gadget goes: the kernel's own functions do not bear the opposite.
    close_first: bool,
}

impl GadgetCable {
    pub(crate) fn new(
        gadget: RegGadget,
        close_first: bool,
        receive: Receive,
        send: Transmit,
        stalled: Arc<AtomicBool>,
    ) -> io::Result<Self> {
        let (machine, port) = UnixDatagram::pair()?;
        machine.set_write_timeout(Some(PATIENCE))?;
        port.set_read_timeout(Some(TICK))?;
        let pulled = Arc::new(AtomicBool::new(false));
        let (back, stop) = (port.try_clone()?, pulled.clone());
        let down = spawn(move || carry_down(receive, &back, &stop, &stalled));
        let stop = pulled.clone();
        let up = spawn(move || carry_up(send, &port, &stop));
        Ok(Self { machine, pulled, threads: vec![down, up], gadget: Some(gadget), close_first })
    }

    /// Has a thread end with the cable.
    pub(crate) fn serve(&mut self, work: impl FnOnce(&AtomicBool) + Send + 'static) {
        let stop = self.pulled.clone();
        self.threads.push(spawn(move || work(&stop)));
    }
}

fn carry_down(mut receive: Receive, machine: &UnixDatagram, stop: &AtomicBool, stalled: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        if stalled.load(Ordering::Relaxed) {
            sleep(TICK);
            continue;
        }
        match receive() {
            Ok(bytes) if bytes.is_empty() => {}
            Ok(bytes) => drop(machine.send(&bytes)),
            // Not plugged in yet, or not any more.
            Err(_) => sleep(Duration::from_millis(5)),
        }
    }
}

fn carry_up(mut send: Transmit, machine: &UnixDatagram, stop: &AtomicBool) {
    let mut bytes = [0; 8192];
    while !stop.load(Ordering::Relaxed) {
        if let Ok(count) = machine.recv(&mut bytes) {
            // A host that has gone does not hear it.
            let _ = send(bytes.get(..count).unwrap_or_default());
        }
    }
}

impl AsFd for GadgetCable {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.machine.as_fd()
    }
}

impl Cable for GadgetCable {
    fn read<'a>(&mut self, into: &'a mut [u8]) -> io::Result<&'a [u8]> {
        match recv(&self.machine, &mut *into, RecvFlags::DONTWAIT) {
            Ok((count, _)) => Ok(into.get(..count).unwrap_or_default()),
            Err(rustix::io::Errno::AGAIN) => Ok(&[]),
            Err(error) => Err(error.into()),
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            let _ = self.machine.send(bytes);
        }
    }
}

impl Drop for GadgetCable {
    fn drop(&mut self) {
        self.pulled.store(true, Ordering::Relaxed);
        if !self.close_first {
            self.gadget = None;
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        self.gadget = None;
    }
}
