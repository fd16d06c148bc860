//! `cargo xtask tidy`: the rules of the house that no compiler checks.
//!
//! Every check tells how many things it looked at: one that found nothing to look at is broken, and fails.

pub(crate) mod files;
mod layers;
mod manifests;
mod sizes;
mod top;
mod words;

use crate::{Failure, cargo::Metadata, licences, privacy};

/// What one check found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// How many things it looked at.
    pub(crate) looked_at: usize,
    /// What is wrong, a sentence each.
    pub(crate) problems: Vec<String>,
}

impl Findings {
    /// `Err` with all problems, or with the one that nothing was found.
    pub(crate) fn verdict(self, check: &str) -> Result<(), Failure> {
        let Self { looked_at, problems } = self;
        if looked_at == 0 {
            return Err(format!("{check}: found nothing to look at"));
        }
        println!("{check}: looked at {looked_at}, {} wrong", problems.len());
        if problems.is_empty() { Ok(()) } else { Err(format!("{check}:\n  {}", problems.join("\n  "))) }
    }
}

/// Runs all checks, and names everything that is wrong at once.
pub(crate) fn run() -> Result<(), Failure> {
    let metadata = Metadata::whole()?;
    let names = files::names(&metadata.workspace_root)?;
    let files = files::read(&metadata.workspace_root, &names);
    let verdicts = [
        layers::check(&metadata).verdict("who may know whom"),
        manifests::check(&metadata).verdict("manifests"),
        sizes::check(&files).verdict("sizes"),
        words::check(&files).verdict("words"),
        top::check(&names).verdict("top level"),
        privacy::check(&files).verdict("personal data"),
        licences::check(&metadata).verdict("licences"),
    ];
    let failures: Vec<_> = verdicts.into_iter().filter_map(Result::err).collect();
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        if let Err(failure) = run() {
            panic!("{failure}");
        }
    }

    #[test]
    fn a_check_that_looks_at_nothing_fails() {
        assert!(Findings::default().verdict("empty").is_err());
        assert!(Findings { looked_at: 1, problems: vec![] }.verdict("good").is_ok());
        assert!(Findings { looked_at: 1, problems: vec!["bad".to_owned()] }.verdict("bad").is_err());
    }
}
