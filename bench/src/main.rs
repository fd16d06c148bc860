//! `bench [--short] [--rounds N] [--out FILE] [--pictures DIR]`: ours against what others would use, as a table and as JSON lines.
//!
//! A comparison is a folder like `home/` with a function in `COMPARISONS` that gives lines.

mod devices;
mod home;
mod line;
mod offline;
mod plan;
mod process;
mod screen;
mod service;
mod tree;

use std::{fs, process::ExitCode};

use anyhow::Context as _;

use line::Line;
use plan::Plan;

/// Everything that is compared. A comparison gives no line where something it needs is not installed, and says so.
type Comparison = fn(&Plan) -> anyhow::Result<Vec<Line>>;
const COMPARISONS: [Comparison; 4] = [devices::compare, offline::compare, service::compare, home::compare];

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<ExitCode> {
    let plan = Plan::parse(std::env::args().skip(1))?;
    // What a measured program leaves behind becomes a child of ours. It is not counted yet, which favours the browser.
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let mut lines = Vec::new();
    for compare in COMPARISONS {
        lines.extend(compare(&plan)?);
    }
    let json: String = lines.iter().map(|line| line.json() + "\n").collect();
    fs::write(&plan.out, json).with_context(|| plan.out.display().to_string())?;
    line::print(&lines);
    // Seconds of measuring prove that it runs, and nothing about speed.
    let missed = !plan.short && lines.iter().any(|line| !line.ok());
    Ok(if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
