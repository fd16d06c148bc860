//! The same module behind four pipes of USB and behind HID reports, in virtual time.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use driver_api::{CardReading, IdCardReader, LinkFault, ReaderFault};
use driver_sim::id_card_reader::shells;
use id_card_reader::{
    Deadlines, Line, SamReader,
    transport::{ReportLine, SplitLine},
};

use crate::stage::{Stage, card};

/// What is put around the frames.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shell {
    Pipes,
    Reports,
}

const SHELLS: [Shell; 2] = [Shell::Pipes, Shell::Reports];

fn reader(stage: &Stage, shell: Shell) -> impl IdCardReader + use<> {
    let stage = stage.clone();
    let connect = move |_| {
        let wire = stage.connect(115_200)?;
        Ok(match shell {
            Shell::Reports => {
                Box::new(ReportLine::new(Box::new(Reports { wire, waiting: vec![] }))) as Box<dyn Line>
            }
            Shell::Pipes => {
                let device = Arc::new(Mutex::new(Pipes { wire, head: vec![], waiting: [vec![], vec![]] }));
                let pipe = |number| Box::new(OnePipe { device: device.clone(), number });
                Box::new(SplitLine::new(pipe(0), pipe(1)))
            }
        })
    };
    SamReader::without_rates(connect, Deadlines::default())
}

/// All that the module says at once.
fn heard(wire: &mut dyn Line, wait: Duration) -> Result<Vec<u8>, LinkFault> {
    let mut bytes = vec![0; 8192];
    let count = wire.receive(&mut bytes, wait)?;
    bytes.truncate(count);
    Ok(bytes)
}

/// A node that carries whole reports.
struct Reports {
    wire: Box<dyn Line>,
    waiting: Vec<[u8; 64]>,
}

impl Line for Reports {
    fn send(&mut self, report: &[u8]) -> Result<(), LinkFault> {
        self.wire.send(shells::unwrap_report(report).expect("a report as published"))
    }

    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        if self.waiting.is_empty() {
            self.waiting = shells::reports(&heard(&mut *self.wire, wait)?);
        }
        if self.waiting.is_empty() {
            return Ok(0);
        }
        into[..64].copy_from_slice(&self.waiting.remove(0));
        Ok(64)
    }

    fn now(&self) -> Instant {
        self.wire.now()
    }
}

/// A device with four pipes.
struct Pipes {
    wire: Box<dyn Line>,
    head: Vec<u8>,
    waiting: [Vec<u8>; 2],
}

struct OnePipe {
    device: Arc<Mutex<Pipes>>,
    number: usize,
}

impl Line for OnePipe {
    fn send(&mut self, bytes: &[u8]) -> Result<(), LinkFault> {
        let device = &mut *self.device.lock().unwrap();
        if self.number == 0 {
            assert_eq!(bytes.len(), 7, "a head");
            device.head = bytes.to_vec();
            return Ok(());
        }
        device.wire.send(&[std::mem::take(&mut device.head), bytes.to_vec()].concat())
    }

    fn receive(&mut self, into: &mut [u8], wait: Duration) -> Result<usize, LinkFault> {
        let device = &mut *self.device.lock().unwrap();
        if device.waiting[self.number].is_empty() {
            let (heads, bodies) = shells::split(&heard(&mut *device.wire, wait)?);
            device.waiting[0].extend(heads);
            device.waiting[1].extend(bodies);
        }
        // A packet has 64 bytes.
        let count = device.waiting[self.number].len().min(64).min(into.len());
        for (to, from) in into.iter_mut().zip(device.waiting[self.number].drain(..count)) {
            *to = from;
        }
        Ok(count)
    }

    fn now(&self) -> Instant {
        self.device.lock().unwrap().wire.now()
    }
}

#[test]
fn cards_are_read_and_the_module_says_who_it_is() {
    for shell in SHELLS {
        let stage = Stage::new();
        let mut reader = reader(&stage, shell);
        assert_eq!(reader.identify().unwrap(), "05.01-20101129-0001228293-0296863149", "{shell:?}");
        assert!(matches!(reader.read(), Ok(CardReading::NoCard)), "{shell:?}");
        stage.put("citizen-new-address");
        let address = card(reader.read().unwrap()).address.clone();
        assert_eq!(address.as_deref(), Some("北京市海淀区示例路9号"), "{shell:?}");
        assert_eq!(
            stage.last_commands().iter().filter(|command| *command == "read").count(),
            1,
            "once, {shell:?}"
        );
    }
}

#[test]
fn a_silent_module_is_a_fault_in_time_and_one_rate_is_tried() {
    for shell in SHELLS {
        let stage = Stage::new();
        let mut reader = reader(&stage, shell);
        reader.identify().unwrap();
        for fault in ["silent", "garbled", "truncated", "flooding", "wrong-checksum"] {
            stage.fault(fault);
            for _ in 0..3 {
                let (reading, time) = stage.timed(|| reader.read());
                let Err(ReaderFault::Link(LinkFault::Silent | LinkFault::Garbled)) = reading else {
                    panic!("{shell:?}, {fault}: {reading:?}")
                };
                assert!(time < Duration::from_secs(12), "{shell:?}, {fault}: {time:?}");
            }
            stage.fault("none");
            stage.wait(Duration::from_secs(1));
            let healed = (0..3).find_map(|_| reader.read().ok());
            assert!(matches!(healed, Some(CardReading::NoCard)), "{shell:?}, {fault}");
        }
    }
}

#[test]
fn an_unplugged_reader_comes_back_by_itself() {
    for shell in SHELLS {
        let stage = Stage::new();
        let mut reader = reader(&stage, shell);
        reader.identify().unwrap();
        stage.unplug();
        assert_eq!(reader.read().unwrap_err(), ReaderFault::Link(LinkFault::Unplugged), "{shell:?}");
        assert_eq!(reader.read().unwrap_err(), ReaderFault::Link(LinkFault::NotFound), "{shell:?}");
        stage.plug();
        stage.put("citizen-1");
        let (reading, time) = stage.timed(|| reader.read());
        assert_eq!(card(reading.unwrap()).name, "张三", "{shell:?}");
        assert!(time < Duration::from_secs(3), "{shell:?}: {time:?}");
    }
}

#[test]
fn under_chaos_a_name_is_right_or_there_is_none() {
    for (shell, seed) in SHELLS.into_iter().cycle().zip(0..8) {
        let stage = Stage::new();
        let mut reader = reader(&stage, shell);
        stage.chaos(seed, 12);
        let mut read = 0;
        for _ in 0..20 {
            stage.put("citizen-1");
            for _ in 0..6 {
                let reading = reader.read();
                match reading {
                    Ok(CardReading::Card(card)) => {
                        assert_eq!(card.name, "张三", "{shell:?}, seed {seed}");
                        read += 1;
                        break;
                    }
                    Ok(CardReading::Unreadable(_)) => {
                        stage.lift();
                        stage.put("citizen-1");
                    }
                    _ => stage.wait(Duration::from_millis(300)),
                }
            }
            stage.lift();
        }
        assert!(read > 10, "{shell:?}, seed {seed}: {read} of 20 were read");
    }
}
