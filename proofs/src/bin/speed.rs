//! `speed [--short]`: one JSON object a line for each thing measured. `cargo xtask bench` runs it.

use proofs::speed::{self, Extent};

fn main() -> anyhow::Result<()> {
    let short = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--short") => true,
        Some(other) => anyhow::bail!("{other:?} is no argument of mine"),
    };
    let extent = if short {
        Extent { rounds: 1, cases: 20, queue: 2_000 }
    } else {
        Extent { rounds: 5, cases: 200, queue: 100_000 }
    };
    for line in speed::measure(extent)? {
        println!("{}", line.json());
    }
    Ok(())
}
