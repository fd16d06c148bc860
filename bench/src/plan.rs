//! How long and how often.

use std::{path::PathBuf, time::Duration};

/// What was asked for.
pub(crate) struct Plan {
    /// Only shows that it runs.
    pub(crate) short: bool,
    /// Where the lines go.
    pub(crate) out: PathBuf,
    /// Where the pictures of both sides go, for whoever wants to see that they are alike.
    pub(crate) pictures: Option<PathBuf>,
    /// How often each side runs the whole way, and how often it only starts.
    pub(crate) rounds: usize,
    pub(crate) starts: usize,
    /// From the start to looking at the memory.
    pub(crate) rest: Duration,
    /// How long nobody touches anything.
    pub(crate) idle: Duration,
}

impl Plan {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut plan = Self::full();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| anyhow::anyhow!("{argument} needs a value"));
            match argument.as_str() {
                "--short" => {
                    plan = Self { out: plan.out, pictures: plan.pictures, ..Self::in_seconds() };
                }
                "--rounds" => plan.rounds = value()?.parse()?,
                "--out" => plan.out = value()?.into(),
                "--pictures" => plan.pictures = Some(value()?.into()),
                other => anyhow::bail!("{other:?} is no argument of mine"),
            }
        }
        Ok(plan)
    }

    fn full() -> Self {
        Self {
            short: false,
            out: "bench.json".into(),
            pictures: None,
            rounds: 3,
            starts: 7,
            rest: Duration::from_mins(1),
            idle: Duration::from_mins(1),
        }
    }

    fn in_seconds() -> Self {
        let second = Duration::from_secs(1);
        Self { short: true, rounds: 1, starts: 0, rest: second, idle: second, ..Self::full() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(words: &str) -> anyhow::Result<Plan> {
        Plan::parse(words.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn short_is_short_wherever_it_stands() {
        for words in ["--out x --short", "--short --out x"] {
            let plan = plan(words).unwrap();
            assert!(plan.short && plan.rounds == 1 && plan.out.ends_with("x"));
        }
        assert!(!plan("").unwrap().short);
        assert_eq!(plan("--rounds 1").unwrap().rounds, 1);
        assert!(plan("--shrt").is_err() && plan("--out").is_err() && plan("--rounds x").is_err());
    }
}
