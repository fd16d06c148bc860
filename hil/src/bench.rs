//! Situations, one line each.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    time::Instant,
};

/// What was tried, and what came of it.
#[derive(Default)]
pub(crate) struct Bench {
    tried: usize,
    failed: usize,
}

impl Bench {
    /// Tries one situation. What it returns is told behind its name.
    pub(crate) fn try_out(&mut self, name: &str, situation: impl FnOnce() -> anyhow::Result<String>) {
        let start = Instant::now();
        let came =
            catch_unwind(AssertUnwindSafe(situation)).unwrap_or_else(|_| Err(anyhow::anyhow!("it panicked")));
        let took = start.elapsed().as_secs_f32();
        self.tried += 1;
        match came {
            Ok(told) if told.is_empty() => println!("ok     {took:>5.1} s  {name}"),
            Ok(told) => println!("ok     {took:>5.1} s  {name}: {told}"),
            Err(error) => {
                self.failed += 1;
                println!("FAILED {took:>5.1} s  {name}: {error:#}");
            }
        }
    }

    /// The last line, which tells a whole run from one that broke off.
    pub(crate) fn verdict(&self) -> ExitCode {
        println!("hil: {} situations, {} failed", self.tried, self.failed);
        if self.tried > 0 && self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
