//! `device-speed [--short]`: one JSON object a line for each thing measured. `cargo xtask bench` runs it.

mod picture;
mod receipt;
mod serial;
mod wire;

use anyhow::Context as _;
use serde_json::json;

/// One thing measured: ours may be at most `goal` times the other.
struct Line {
    name: &'static str,
    unit: &'static str,
    goal: f64,
    ours: Vec<f64>,
    other: Vec<f64>,
}

impl Line {
    fn json(&self) -> String {
        let Self { name, unit, goal, ours, other } = self;
        json!({"name": name, "unit": unit, "goal": goal, "ours": ours, "other": other}).to_string()
    }
}

/// How much of it.
#[derive(Clone, Copy)]
struct Extent {
    cards: usize,
    receipts: usize,
    rows: u32,
    repeats: usize,
}

fn main() -> anyhow::Result<()> {
    let extent = match std::env::args().nth(1).as_deref() {
        None => Extent { cards: 9, receipts: 5, rows: 900, repeats: 40 },
        Some("--short") => Extent { cards: 1, receipts: 1, rows: 120, repeats: 2 },
        Some(other) => anyhow::bail!("{other:?} is no argument of mine"),
    };
    println!("{}", serial::cards(extent).context("card read")?.json());
    println!("{}", serial::receipts(extent).context("printing")?.json());
    println!("{}", picture::previews(extent).context("preview")?.json());
    match receipt::layouts(extent).context("layout")? {
        Some(line) => println!("{}", line.json()),
        None => eprintln!(
            "device-speed: python-escpos is not installed, so layout is not compared: cargo xtask foreign"
        ),
    }
    Ok(())
}

/// Milliseconds that `act` takes.
fn timed<T>(act: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(T, f64)> {
    let start = std::time::Instant::now();
    let done = act()?;
    Ok((done, start.elapsed().as_secs_f64() * 1_000.0))
}
