//! `crash --points N --seed S [--only POINT]`: what `cargo xtask crash` runs.

use std::{process::ExitCode, time::Instant};

use anyhow::Context as _;
use proofs::{
    crash::{self, Plan},
    kiosk::Sabotage,
};

fn main() -> anyhow::Result<ExitCode> {
    let plan = arguments(std::env::args().skip(1))?;
    let start = Instant::now();
    let tally = crash::run(&plan)?;
    println!("{tally} seed={} in {:.1} s", plan.seed, start.elapsed().as_secs_f32());
    if let Some((point, why)) = &tally.first {
        let Plan { points, seed, .. } = plan;
        println!("point {point} failed: {why}");
        println!("once more: cargo xtask crash --points {points} --seed {seed} --only {point}");
    }
    Ok(if tally.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn arguments(mut words: impl Iterator<Item = String>) -> anyhow::Result<Plan> {
    let mut plan =
        Plan { points: 1_000, seed: fastrand::u64(..1_000_000), only: None, sabotage: Sabotage::None };
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} needs a value"))?;
        let number = value.parse().with_context(|| format!("{word}: {value:?} is no number"))?;
        match word.as_str() {
            "--points" => plan.points = number,
            "--seed" => plan.seed = number,
            "--only" => plan.only = Some(number),
            _ => anyhow::bail!("unknown option {word}"),
        }
    }
    anyhow::ensure!(plan.points > 0, "--points: at least one");
    anyhow::ensure!(plan.only.is_none_or(|only| only < plan.points), "--only: points are counted from 0");
    Ok(plan)
}
