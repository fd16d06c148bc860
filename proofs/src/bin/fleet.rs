//! `fleet --seed S [--kiosks N] [--scale N]`: what `cargo xtask fleet` runs.

use std::time::Instant;

use anyhow::Context as _;
use proofs::fleet::{chaos, scale};
use rustix::process::{Resource, getrlimit, setrlimit};

struct Plan {
    seed: u64,
    kiosks: usize,
    scale: usize,
}

fn main() -> anyhow::Result<()> {
    let plan = arguments(std::env::args().skip(1))?;
    let mut files = getrlimit(Resource::Nofile);
    files.current = files.maximum;
    setrlimit(Resource::Nofile, files)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let good = runtime.block_on(run(&plan))?;
    // Not by way of the runtime's end: a thousand kiosks are in the middle of something.
    std::process::exit(i32::from(!good))
}

async fn run(plan: &Plan) -> anyhow::Result<bool> {
    let mut good = true;
    if plan.kiosks > 0 {
        let start = Instant::now();
        let verdict = chaos::run(plan.kiosks, plan.seed).await?;
        println!("{verdict} seed={} in {:.1} s", plan.seed, start.elapsed().as_secs_f32());
        if let Some(first) = &verdict.first {
            println!("first: {first}");
        }
        good &= verdict.is_good();
    }
    if plan.scale > 0 {
        let start = Instant::now();
        let measured = scale::run(plan.scale, plan.seed).await?;
        println!("{measured} in {:.1} s", start.elapsed().as_secs_f32());
        good &= measured.is_good();
    }
    if !good {
        let Plan { seed, kiosks, scale } = plan;
        println!("once more: cargo xtask fleet --seed {seed} --kiosks {kiosks} --scale {scale}");
    }
    Ok(good)
}

fn arguments(mut words: impl Iterator<Item = String>) -> anyhow::Result<Plan> {
    let mut plan = Plan { seed: fastrand::u64(..1_000_000), kiosks: 24, scale: 1_000 };
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} needs a value"))?;
        let number: u64 = value.parse().with_context(|| format!("{word}: {value:?} is no number"))?;
        let count = usize::try_from(number)?;
        match word.as_str() {
            "--seed" => plan.seed = number,
            "--kiosks" => plan.kiosks = count,
            "--scale" => plan.scale = count,
            _ => anyhow::bail!("unknown option {word}"),
        }
    }
    Ok(plan)
}
