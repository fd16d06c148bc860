//! Runs a machine at the end of a cable, a pseudo-terminal unless told: one thread owns both, everybody else asks it.

use std::{
    io::{self, Read, Write},
    os::{fd::AsFd as _, unix::net::UnixStream},
    path::Path,
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::event::{PollFd, PollFlags, poll};
use serde_json::{Map, Value, json};

use crate::{
    Action, Machine, Refusal,
    cable::{Cable, Socket},
    pty::PtyUnder,
};

/// A machine that is plugged in. Dropping it unplugs it and ends its thread.
pub struct Emulator {
    commander: Commander,
    thread: Option<JoinHandle<()>>,
}

/// Acts the person at an emulated device, from any thread.
#[derive(Clone)]
pub struct Commander {
    orders: Sender<Order>,
    bell: Arc<Mutex<UnixStream>>,
}

enum Order {
    Perform(Action, Sender<Value>),
    End,
}

impl Emulator {
    /// Plugs the machine into a pseudo-terminal under `link`.
    pub fn start(machine: Box<dyn Machine>, link: &Path) -> io::Result<Self> {
        Self::start_at(machine, Box::new(PtyUnder(link.to_owned())))
    }

    /// Plugs the machine into `socket`.
    pub fn start_at(machine: Box<dyn Machine>, mut socket: Box<dyn Socket>) -> io::Result<Self> {
        let cable = Some(socket.plug()?);
        let (bell, ear) = UnixStream::pair()?;
        ear.set_nonblocking(true)?;
        let (orders, inbox) = mpsc::channel();
        let owner = Owner { machine, cable, socket, inbox, ear };
        let thread = thread::Builder::new().name("emulator".into()).spawn(move || owner.run())?;
        Ok(Self { commander: Commander { orders, bell: Arc::new(Mutex::new(bell)) }, thread: Some(thread) })
    }

    /// A handle to act with.
    #[must_use]
    pub fn commander(&self) -> Commander {
        self.commander.clone()
    }

    /// Does one thing and waits until it is done.
    #[must_use]
    pub fn perform(&self, action: Action) -> Value {
        self.commander.perform(action)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.commander.order(Order::End);
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has been printed already.
            let _ = thread.join();
        }
    }
}

impl Commander {
    /// Does one thing and waits until it is done: `{"ok":true,…}` or `{"ok":false,"error":…}`.
    #[must_use]
    pub fn perform(&self, action: Action) -> Value {
        let (reply, answer) = mpsc::channel();
        self.order(Order::Perform(action, reply));
        answer.recv().unwrap_or_else(|_| json!({"ok": false, "error": "the emulator has ended"}))
    }

    fn order(&self, order: Order) {
        // Both fail only when the owner has ended; then nobody answers, which `perform` reports.
        let _ = self.orders.send(order);
        if let Ok(mut bell) = self.bell.lock() {
            let _ = bell.write_all(&[0]);
        }
    }
}

struct Owner {
    machine: Box<dyn Machine>,
    cable: Option<Box<dyn Cable>>,
    socket: Box<dyn Socket>,
    inbox: Receiver<Order>,
    ear: UnixStream,
}

impl Owner {
    fn run(mut self) {
        loop {
            self.wait();
            while let Ok(order) = self.inbox.try_recv() {
                match order {
                    // A client that has left does not wait for its answer.
                    Order::Perform(action, reply) => drop(reply.send(self.perform(&action))),
                    Order::End => return,
                }
            }
            self.exchange();
        }
    }

    /// Sleeps until the host writes, somebody rings, or the machine has something to say.
    fn wait(&mut self) {
        const LONGEST: Duration = Duration::from_secs(1);
        let due = self.machine.due().filter(|_| self.cable.is_some());
        let pause = due.map_or(LONGEST, |due| due.saturating_duration_since(Instant::now()).min(LONGEST));
        let pause = rustix::event::Timespec::try_from(pause).ok();
        let mut doors = vec![PollFd::new(&self.ear, PollFlags::IN)];
        doors.extend(self.cable.as_ref().map(|cable| PollFd::from_borrowed_fd(cable.as_fd(), PollFlags::IN)));
        // An interrupted wait is a short wait.
        let _ = poll(&mut doors, pause.as_ref());
        let mut rings = [0; 64];
        while self.ear.read(&mut rings).is_ok_and(|count| count > 0) {}
    }

    fn exchange(&mut self) {
        let Some(cable) = &mut self.cable else { return };
        let mut buffer = [0; 4096];
        let heard = cable.read(&mut buffer).unwrap_or_default();
        let now = Instant::now();
        if cable.host_changed() {
            self.machine.lose_host();
        }
        if !heard.is_empty() {
            self.machine.receive(heard, now);
        }
        cable.write(&self.machine.send(now));
    }

    fn perform(&mut self, action: &Action) -> Value {
        let done = match action.name() {
            "plug" => self.plug(),
            "unplug" => Ok(self.unplug()),
            "status" => Ok(self.situation()),
            _ => self.machine.perform(action, Instant::now()),
        };
        match done {
            Ok(mut members) => {
                members.insert("ok".into(), true.into());
                Value::Object(members)
            }
            Err(refusal) => json!({"ok": false, "error": refusal.to_string()}),
        }
    }

    fn plug(&mut self) -> Result<Map<String, Value>, Refusal> {
        if self.cable.is_none() {
            let cable = self.socket.plug().map_err(|error| Refusal::Terminal(error.to_string()))?;
            self.cable = Some(cable);
        }
        Ok(Map::new())
    }

    fn unplug(&mut self) -> Map<String, Value> {
        self.cable = None;
        self.machine.lose_power();
        Map::new()
    }

    fn situation(&self) -> Map<String, Value> {
        let mut members = self.machine.situation();
        members.insert("plugged".into(), self.cable.is_some().into());
        members
    }
}
