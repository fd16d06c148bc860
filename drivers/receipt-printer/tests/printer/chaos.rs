//! Thousands of receipts while the printer's answers are spoilt and the printer stops now and then: "printed" is said
//! only of paper that came, and nothing comes out later.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use driver_api::{LinkFault, PrintOutcome, ReceiptPrinter};
use driver_sim::{Action, Machine, receipt_printer::ReceiptPrinterMachine};
use receipt_printer::{Deadlines, EscPosPrinter, Profile, Transport};

use crate::stage::{job, whole};

const DEADLINES: Deadlines = Deadlines {
    answer: Duration::from_millis(10),
    probe: Duration::from_millis(10),
    clear: Duration::from_millis(60),
    grace: Duration::from_millis(30),
    bytes_per_second: 10_000_000,
};
/// No receipt may take longer, under all the deadlines above and with a machine that is busy with other tests.
const BOUND: Duration = Duration::from_secs(3);
/// What happens to the printer in the middle of a receipt, and what a person does about it.
const STOPS: [(&str, &str); 4] = [
    ("jam", "clear-jam"),
    ("open-cover", "close-cover"),
    ("paper-out", "load-paper"),
    ("overheat", "cool-down"),
];

type Tally = BTreeMap<String, usize>;

struct World {
    machine: ReceiptPrinterMachine,
    /// After so many bytes of a receipt something stops the printer.
    stop: Option<(usize, &'static str)>,
}

impl World {
    fn act(&mut self, action: &Action) {
        self.machine.perform(action, Instant::now()).unwrap();
    }
}

/// A machine at the end of a line in memory.
#[derive(Clone)]
struct Line(Arc<Mutex<World>>);

impl Line {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }
}

impl Transport for Line {
    fn name(&self) -> String {
        "memory".into()
    }

    fn open(&mut self) -> Result<(), LinkFault> {
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], _: Instant) -> Result<usize, LinkFault> {
        let mut world = self.world();
        let mut count = bytes.len().min(4096);
        if bytes.len() > 1024
            && let Some((after, what)) = world.stop.take()
        {
            count = count.min(after);
            world.machine.receive(&bytes[..count], Instant::now());
            world.act(&Action::named(what));
            return Ok(count);
        }
        world.machine.receive(&bytes[..count], Instant::now());
        Ok(count)
    }

    fn read(&mut self, into: &mut [u8], until: Instant) -> Result<usize, LinkFault> {
        loop {
            let now = Instant::now();
            let (said, due) = {
                let mut world = self.world();
                (world.machine.send(now), world.machine.due())
            };
            if !said.is_empty() {
                let count = said.len().min(into.len());
                into[..count].copy_from_slice(&said[..count]);
                return Ok(count);
            }
            if now >= until {
                return Ok(0);
            }
            let wake = due.map_or(until, |due| due.max(now + Duration::from_micros(200)).min(until));
            std::thread::sleep(wake - now);
        }
    }
}

/// Prints so many receipts, each of a height of its own, and looks at the paper after each.
fn receipts(count: u64, seed: u64, one_in: u64, proof_by_number: bool) -> (Tally, Duration) {
    let machine = ReceiptPrinterMachine::new(576, 0);
    let line = Line(Arc::new(Mutex::new(World { machine, stop: None })));
    let mut profile = Profile::named("escpos-80").unwrap();
    if !proof_by_number {
        profile.confirmation.remove(0);
    }
    let mut printer = EscPosPrinter::new(Box::new(line.clone()), profile, DEADLINES);
    let chaos = Action::named("fault").with("name", "chaos").with("seed", seed);
    line.world().act(&chaos.with("one_in", one_in).with("pause_ms", 4));
    let (mut tally, mut longest) = (Tally::new(), Duration::ZERO);
    for number in 0..count {
        let rows = 20 + u32::try_from(number % 97).unwrap();
        let stop = STOPS[usize::try_from((number + seed) % 4).unwrap()];
        let stops = number % 5 == 4;
        line.world().stop = stops.then_some((1 + usize::try_from(number * 37 % 1400).unwrap(), stop.0));
        let before = line.world().machine.output().receipts();
        let begun = Instant::now();
        let outcome = printer.print(&job(number, 576, rows));
        longest = longest.max(begun.elapsed());
        assert!(longest < BOUND, "seed {seed}, receipt {number}: {longest:?}");
        check(&line, before, rows, outcome, &format!("seed {seed}, receipt {number}"));
        *tally.entry(name(outcome)).or_default() += 1;
        line.world().act(&Action::named(stop.1));
        let cleared = line.world().machine.output().receipts();
        // The end of the visit; where the clearing is not confirmed it is done again before the next dot.
        let _ = printer.clear();
        assert_eq!(line.world().machine.output().receipts(), cleared, "an old receipt came out");
        line.world().act(&Action::named("tear"));
    }
    (tally, longest)
}

fn check(line: &Line, before: u64, rows: u32, outcome: PrintOutcome, what: &str) {
    let world = line.world();
    let output = world.machine.output();
    let came = output.receipts() - before;
    match outcome {
        PrintOutcome::Printed => {
            assert_eq!(came, 1, "{what}: said to be printed");
            // An image that a broken line left open is filled with white, which comes out in front.
            let sheet = &output.last().unwrap().sheet;
            let top = sheet.height() - u32::try_from(whole(u64::from(rows))).unwrap();
            let framed = (0..576).all(|x| sheet.is_black(x, top) && sheet.is_black(x, top + rows - 1));
            assert!(framed, "{what}: whole, with its own first and last row");
            let specks = (0..top).flat_map(|y| (0..576).map(move |x| (x, y)));
            let specks = specks.filter(|(x, y)| sheet.is_black(*x, *y)).count();
            assert!(specks < 300, "{what}: {specks} dots of an older receipt");
        }
        PrintOutcome::NotPrinted(_) => assert_eq!(came, 0, "{what}: said not to be printed: {outcome:?}"),
        PrintOutcome::Unknown(_) => assert!(came <= 1, "{what}: twice"),
    }
}

fn name(outcome: PrintOutcome) -> String {
    match outcome {
        PrintOutcome::Printed => "printed".into(),
        PrintOutcome::NotPrinted(why) => format!("not printed: {why}"),
        PrintOutcome::Unknown(why) => format!("unknown: {why}"),
    }
}

#[test]
fn under_chaos_printed_means_that_paper_came() {
    std::thread::scope(|scope| {
        for (seed, one_in) in (0..6).zip([12, 4].into_iter().cycle()) {
            scope.spawn(move || {
                let (tally, _) = receipts(50, seed, one_in, seed < 4);
                assert!(tally.contains_key("printed"), "seed {seed}: {tally:?}");
            });
        }
    });
}

#[test]
#[ignore = "takes minutes: run by hand, with --nocapture for the figures"]
fn ten_thousand_receipts_under_chaos() {
    let runs: Vec<_> = std::thread::scope(|scope| {
        let rates = [3, 3, 6, 6, 12, 12, 24, 24].into_iter().cycle();
        let threads: Vec<_> = (1000..1020)
            .zip(rates)
            .map(|(seed, one_in)| scope.spawn(move || receipts(500, seed, one_in, seed % 2 == 1)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut sum = Tally::new();
    let longest = runs.iter().map(|(_, time)| *time).max().unwrap();
    runs.into_iter()
        .flat_map(|(tally, _)| tally)
        .for_each(|(came, count)| *sum.entry(came).or_default() += count);
    println!("longest receipt {longest:?}, {sum:#?}");
    assert_eq!(sum.values().sum::<usize>(), 10_000);
}
