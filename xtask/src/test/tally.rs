//! How many tests there were, summed from the line with which every runner ends.

use std::fmt;

use crate::Failure;

/// The sum.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u32,
    failed: u32,
    ignored: u32,
}

impl Tally {
    /// Takes in a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`; others say nothing.
    pub(crate) fn read(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split(';') {
            let Some((number, what)) = count.trim().split_once(' ') else { continue };
            let Ok(number) = number.parse::<u32>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    /// A run in which no test passed has shown nothing, whatever its exit code.
    pub(crate) fn verdict(&self, succeeded: bool) -> Result<(), Failure> {
        if !succeeded || self.failed > 0 {
            return Err(format!("cargo test failed ({} of the tests)", self.failed));
        }
        if self.passed == 0 {
            return Err("cargo test found no test".to_owned());
        }
        Ok(())
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tests: {} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(f, ", {} ignored", self.ignored)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
    const BAD: &str =
        "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";

    #[test]
    fn runners_are_summed() {
        let mut tally = Tally::default();
        for line in [GOOD, "running 5 tests", "test a ... ok", BAD, ""] {
            tally.read(line);
        }
        assert_eq!(tally, Tally { passed: 15, failed: 2, ignored: 1 });
        assert_eq!(tally.to_string(), "tests: 15 passed, 2 failed, 1 ignored");
        assert!(tally.verdict(true).is_err(), "a failed test fails, whatever the exit code");
    }

    #[test]
    fn no_test_at_all_is_a_failure() {
        assert!(Tally::default().verdict(true).unwrap_err().contains("no test"));
        let mut tally = Tally::default();
        tally.read(GOOD);
        assert_eq!(tally.verdict(true), Ok(()));
        assert!(tally.verdict(false).is_err(), "a runner that died says no number");
    }
}
