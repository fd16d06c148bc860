//! Stages that are timed, and tell at the end which of them failed.

use std::time::{Duration, Instant};

use crate::Failure;

/// What ran, in order.
#[derive(Default)]
pub(crate) struct Stages {
    done: Vec<Stage>,
}

struct Stage {
    name: &'static str,
    took: Duration,
    failure: Option<Failure>,
}

impl Stages {
    /// Runs one and tells whether it succeeded; a failed one does not stop those that can do without it.
    pub(crate) fn run(&mut self, name: &'static str, stage: impl FnOnce() -> Result<(), Failure>) -> bool {
        println!("\n=== {name}");
        let start = Instant::now();
        let failure = stage().err();
        let took = start.elapsed();
        if let Some(failure) = &failure {
            println!("{failure}");
        }
        println!("=== {name}: {} in {:.1} s", verdict(failure.as_ref()), took.as_secs_f32());
        let succeeded = failure.is_none();
        self.done.push(Stage { name, took, failure });
        succeeded
    }

    /// The table.
    pub(crate) fn print(&self) {
        println!("\nstage       seconds");
        for Stage { name, took, failure } in &self.done {
            println!("{name:<10} {:>8.1}  {}", took.as_secs_f32(), verdict(failure.as_ref()));
        }
        let total: Duration = self.done.iter().map(|stage| stage.took).sum();
        println!("{:<10} {:>8.1}", "together", total.as_secs_f32());
    }

    /// An error that names every stage that failed.
    pub(crate) fn verdict(&self) -> Result<(), Failure> {
        let failed: Vec<_> =
            self.done.iter().filter(|stage| stage.failure.is_some()).map(|stage| stage.name).collect();
        if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
    }
}

fn verdict(failure: Option<&Failure>) -> &'static str {
    if failure.is_none() { "ok" } else { "FAILED" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_stage_fails_the_whole() {
        let mut stages = Stages::default();
        assert!(stages.run("one", || Ok(())));
        assert_eq!(stages.verdict(), Ok(()));
        assert!(!stages.run("two", || Err("no".to_owned())));
        assert!(stages.run("three", || Ok(())));
        assert_eq!(stages.verdict(), Err("failed: two".to_owned()));
    }
}
