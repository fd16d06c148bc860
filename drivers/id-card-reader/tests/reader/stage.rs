//! The emulated module in memory, in virtual time: a second here takes no time.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use driver_api::{CardProblem, CardReading, IdCard, IdCardReader, LinkFault};
use driver_sim::{Action, Machine, id_card_reader::IdCardReaderMachine};
use id_card_reader::{Deadlines, Line, SamReader};

/// What the cable does to the bytes of each direction.
pub(crate) type Cable = Box<dyn FnMut(Vec<u8>) -> Vec<u8> + Send>;

pub(crate) struct World {
    pub(crate) machine: IdCardReaderMachine,
    pub(crate) now: Instant,
    pub(crate) plugged: bool,
    /// Rates at which the line was opened.
    pub(crate) rates: Vec<u32>,
    /// The rate that the module talks at.
    pub(crate) module_rate: u32,
    cable: Cable,
    arrived: Vec<u8>,
}

#[derive(Clone)]
pub(crate) struct Stage(Arc<Mutex<World>>);

impl Stage {
    pub(crate) fn new() -> Self {
        Self::with_cable(Box::new(|bytes| bytes))
    }

    pub(crate) fn with_cable(cable: Cable) -> Self {
        let machine = IdCardReaderMachine::new(None).unwrap();
        Self(Arc::new(Mutex::new(World {
            machine,
            now: Instant::now(),
            plugged: true,
            rates: Vec::new(),
            module_rate: 115_200,
            cable,
            arrived: Vec::new(),
        })))
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    pub(crate) fn reader(&self) -> impl IdCardReader + use<> {
        let stage = self.clone();
        SamReader::new(move |rate| stage.connect(rate), 115_200, Deadlines::default())
    }

    pub(crate) fn connect(&self, rate: u32) -> Result<Box<dyn Line>, LinkFault> {
        let mut world = self.world();
        world.rates.push(rate);
        if !world.plugged {
            return Err(LinkFault::NotFound);
        }
        let deaf = world.module_rate != rate;
        Ok(Box::new(Wire { stage: self.clone(), deaf, born: world.rates.len() }))
    }

    fn act(&self, action: &Action) {
        let mut world = self.world();
        let now = world.now;
        world.machine.perform(action, now).unwrap();
    }

    pub(crate) fn put(&self, card: &str) {
        self.act(&Action::named("put-card").with("card", card));
    }

    pub(crate) fn lift(&self) {
        self.act(&Action::named("lift-card"));
    }

    pub(crate) fn fault(&self, name: &str) {
        self.act(&Action::named("fault").with("name", name));
    }

    /// A line at its worst: one in so many things said or heard is spoilt.
    pub(crate) fn chaos(&self, seed: u64, one_in: u64) {
        self.act(&Action::named("fault").with("name", "chaos").with("seed", seed).with("one_in", one_in));
    }

    pub(crate) fn wait(&self, time: Duration) {
        let until = self.world().now + time;
        self.world().run(until);
    }

    pub(crate) fn unplug(&self) {
        let mut world = self.world();
        world.plugged = false;
        world.machine.lose_power();
        world.arrived.clear();
    }

    pub(crate) fn plug(&self) {
        self.world().plugged = true;
    }

    pub(crate) fn last_commands(&self) -> Vec<String> {
        let situation = self.world().machine.situation();
        serde_json::from_value(situation["last_commands"].clone()).unwrap()
    }

    /// Runs `act` and returns how much time it took here.
    pub(crate) fn timed<T>(&self, act: impl FnOnce() -> T) -> (T, Duration) {
        let before = self.world().now;
        let result = act();
        (result, self.world().now - before)
    }
}

impl World {
    /// Lets the module work until `end`.
    fn run(&mut self, end: Instant) {
        while let Some(due) = self.machine.due().filter(|due| *due <= end) {
            self.step(due);
        }
        self.now = self.now.max(end);
    }

    fn step(&mut self, due: Instant) {
        self.now = self.now.max(due);
        let sent = self.machine.send(self.now);
        let sent = (self.cable)(sent);
        self.arrived.extend(sent);
    }
}

struct Wire {
    stage: Stage,
    deaf: bool,
    born: usize,
}

impl Wire {
    fn check(&self, world: &World) -> Result<(), LinkFault> {
        assert_eq!(self.born, world.rates.len(), "an old line is used beside a new one");
        if world.plugged { Ok(()) } else { Err(LinkFault::Unplugged) }
    }
}

impl Line for Wire {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkFault> {
        let mut world = self.stage.world();
        self.check(&world)?;
        if !self.deaf {
            let bytes = (world.cable)(bytes.to_vec());
            let now = world.now;
            world.machine.receive(&bytes, now);
        }
        Ok(())
    }

    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        let mut world = self.stage.world();
        self.check(&world)?;
        let end = world.now + wait;
        while world.arrived.is_empty()
            && let Some(due) = world.machine.due().filter(|due| *due <= end)
        {
            world.step(due);
        }
        if world.arrived.is_empty() {
            world.run(end);
            return Ok(0);
        }
        let count = world.arrived.len().min(into.len());
        let bytes: Vec<u8> = world.arrived.drain(..count).collect();
        into[..count].copy_from_slice(&bytes);
        Ok(count)
    }

    fn now(&self) -> Instant {
        self.stage.world().now
    }
}

/// The card that a look must give.
pub(crate) fn card(reading: CardReading) -> IdCard {
    match reading {
        CardReading::Card(card) => *card,
        other => panic!("expected a card, not {other:?}"),
    }
}

/// The problem that a look must give.
pub(crate) fn problem(reading: CardReading) -> CardProblem {
    match reading {
        CardReading::Unreadable(problem) => problem,
        other => panic!("expected a problem, not {other:?}"),
    }
}
