//! `simulate --kiosks K --days D --seed S`: what `cargo xtask simulate` runs.

use std::{process::ExitCode, time::Instant};

use anyhow::Context as _;
use proofs::simulate::{self, Plan, Sabotage};

fn main() -> anyhow::Result<ExitCode> {
    let plan = arguments(std::env::args().skip(1))?;
    let start = Instant::now();
    let tally = simulate::run(&plan)?;
    let Plan { kiosks, days, seed, .. } = plan;
    println!("{tally} kiosks={kiosks} days={days} seed={seed} in {:.1} s", start.elapsed().as_secs_f32());
    if !tally.is_good() {
        println!("{}{}", tally.wrong.unwrap_or_default(), tally.first_lost.unwrap_or_default());
        println!("once more: cargo xtask simulate --kiosks {kiosks} --days {days} --seed {seed}");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn arguments(mut words: impl Iterator<Item = String>) -> anyhow::Result<Plan> {
    let seed = fastrand::u64(..1_000_000);
    let mut plan = Plan { kiosks: 25, days: 12, seed, sabotage: Sabotage::None };
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} needs a value"))?;
        let number = value.parse().with_context(|| format!("{word}: {value:?} is no number"))?;
        match word.as_str() {
            "--kiosks" => plan.kiosks = number,
            "--days" => plan.days = number,
            "--seed" => plan.seed = number,
            _ => anyhow::bail!("unknown option {word}"),
        }
    }
    anyhow::ensure!((1..=1_000).contains(&plan.kiosks), "--kiosks: 1 to 1000");
    anyhow::ensure!((1..=365).contains(&plan.days), "--days: 1 to 365");
    Ok(plan)
}
