//! `service [--short]`: one JSON object a line for each thing measured. `cargo xtask bench` runs it.

use std::path::Path;

use proofs::service::{self, Extent, bare};

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let extent = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => Extent { rounds: 5, cases: 500, reads: 20_000, kiosks: 10_000, few: 1_000, many: 1_000_000 },
        ["--short"] => Extent { rounds: 3, cases: 100, reads: 1_000, kiosks: 20, few: 200, many: 2_000 },
        [flag, file] if *flag == bare::BARE => return bare::serve(Path::new(file)),
        other => anyhow::bail!("{:?} is no argument of mine", other.join(" ")),
    };
    service::measure(extent, |line| println!("{}", line.json()))
}
