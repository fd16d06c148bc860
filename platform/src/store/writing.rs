//! Writes that wait for the one writer. What has gathered while it was busy goes to the disk in one transaction, so that
//! all of them wait for the disk once; none is told before.
//!
//! A write is the same in company as alone. Where one of them fails nothing has happened, and each is done alone: who
//! fails then, fails for itself.

use tokio::sync::oneshot;

use super::{Connection, StoreError, Transaction};

/// A write that waits.
pub(super) trait Pending: Send {
    /// Does it, and keeps what came of it.
    fn attempt(&mut self, transaction: &Transaction<'_>) -> Result<(), StoreError>;
    /// Tells what came of it, or why it is not on the disk.
    fn tell(self: Box<Self>, committed: Result<(), StoreError>);
}

/// A write, and whoever waits for it.
pub(super) struct Write<T, W> {
    pub(super) work: W,
    pub(super) came: Option<T>,
    pub(super) answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send, W: Fn(&Transaction<'_>) -> Result<T, StoreError> + Send> Pending for Write<T, W> {
    fn attempt(&mut self, transaction: &Transaction<'_>) -> Result<(), StoreError> {
        self.came = Some((self.work)(transaction)?);
        Ok(())
    }

    fn tell(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self { came, answer, .. } = *self;
        // Nobody listening any more is no reason to stop halfway: the work is done, and a retry finds it.
        drop(answer.send(committed.and_then(|()| came.ok_or(StoreError::Closed))));
    }
}

/// Does all of them, in their order.
pub(super) fn write(connection: &mut Connection, mut waiting: Vec<Box<dyn Pending>>) {
    if waiting.len() > 1 && together(connection, &mut waiting) {
        waiting.into_iter().for_each(|one| one.tell(Ok(())));
        return;
    }
    for mut one in waiting {
        let committed = connection.write(&mut |transaction| one.attempt(transaction));
        one.tell(committed);
    }
}

fn together(connection: &mut Connection, all: &mut [Box<dyn Pending>]) -> bool {
    let done =
        connection.write(&mut |transaction| all.iter_mut().try_for_each(|one| one.attempt(transaction)));
    done.is_ok()
}
