//! What is asked again before anybody has written is not looked for again.
//!
//! `SQLite` tells a connection in every transaction whether anybody has committed since, whichever connection and whichever
//! program it was (`PRAGMA data_version`). So an answer that is made of the database alone is as true as it was for as long
//! as that number stays, and all of them are forgotten with it.

use std::{any::Any, collections::HashMap};

use super::{StoreError, Transaction, Work};

/// So many answers are kept at most: of those who ask again just now.
pub(super) const MOST: usize = 64;

/// Answers of one connection, by what was asked.
#[derive(Default)]
pub(super) struct Found {
    version: Option<i64>,
    answers: HashMap<String, Box<dyn Any + Send>>,
}

impl Found {
    /// What `work` found when it was asked `about` the same, or what it finds now.
    pub(super) fn again<T: Clone + Send + 'static>(
        &mut self,
        view: &Transaction<'_>,
        about: &str,
        work: Work<'_, T>,
    ) -> Result<T, StoreError> {
        let version = view.version()?;
        if self.version != Some(version) {
            *self = Self { version: Some(version), answers: HashMap::new() };
        }
        if let Some(known) = self.answers.get(about).and_then(|known| known.downcast_ref::<T>()) {
            return Ok(known.clone());
        }
        let found = work(view)?;
        if self.answers.len() >= MOST {
            self.answers.clear();
        }
        self.answers.insert(about.to_owned(), Box::new(found.clone()));
        Ok(found)
    }
}
