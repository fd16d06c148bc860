//! The store and the courier against the same bytes kept and sent bare: measured by a program of their own, which knows
//! them.

use std::process::{Command, Stdio};

use anyhow::Context as _;
use serde::Deserialize;

use crate::{
    line::{Line, Measure},
    plan::Plan,
};

/// A line as that program writes it.
#[derive(Deserialize)]
struct Told {
    name: String,
    unit: String,
    goal: f64,
    ours: Vec<f64>,
    other: Vec<f64>,
}

/// Runs it to its end.
pub(crate) fn compare(plan: &Plan) -> anyhow::Result<Vec<Line>> {
    told_by("speed", plan)
}

/// Runs a program that tells its own lines.
pub(crate) fn told_by(program: &str, plan: &Plan) -> anyhow::Result<Vec<Line>> {
    let folder = std::env::var_os("KIOSK_BIN_DIR").context("KIOSK_BIN_DIR is not set")?;
    let mut speed = Command::new(std::path::Path::new(&folder).join(program));
    if plan.short {
        speed.arg("--short");
    }
    let told = speed.stderr(Stdio::inherit()).output().with_context(|| program.to_owned())?;
    anyhow::ensure!(told.status.success(), "{program}: {}", told.status);
    String::from_utf8(told.stdout)?.lines().map(line).collect()
}

fn line(text: &str) -> anyhow::Result<Line> {
    let Told { name, unit, goal, ours, other } = serde_json::from_str(text)?;
    Ok(Line { measure: Measure { name: name.leak(), unit: unit.leak(), goal }, ours, other })
}
