//! A finger on a touch screen, led from outside: `X Y` on a line, in ten-thousandths of the panel, is a tap there.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    process::ExitCode,
    thread::sleep,
    time::Duration,
};

use anyhow::Context as _;

use crate::touch::{SIZE, lift, panel, touch};

/// How long a finger stays down: nobody lifts it sooner, and an emulated processor is slow to see it.
const TAP: Duration = Duration::from_millis(200);

/// Does what comes by `line`, and says so there.
pub(crate) fn run(line: &str) -> ExitCode {
    match obey(line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("finger: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn obey(line: &str) -> anyhow::Result<()> {
    let mut panel = panel()?;
    let mut said = File::options().write(true).open(line)?;
    writeln!(said, "ready")?;
    for order in BufReader::new(File::open(line)?).lines() {
        let order = order?;
        let (x, y) = order.trim().split_once(' ').with_context(|| format!("{order:?}: expected X Y"))?;
        let place = |part: &str| part.parse::<i32>().map(|part| part * SIZE / 10_000);
        touch(&mut panel, place(x)?, place(y)?)?;
        sleep(TAP);
        lift(&mut panel)?;
        writeln!(said, "done")?;
    }
    Ok(())
}
