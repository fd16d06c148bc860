//! 死信: what the platform above has refused for good, looked at and sent again. Nothing in them is about a person.

use uuid::Uuid;

use super::{
    access::{Ask, require},
    accounts::note,
};
use crate::{
    app::App,
    error::Refusal,
    exchange::DeadLetter,
    people::session::Session,
    store::{StoreError, Transaction, exchange},
};

/// What waits, what has arrived, and what was refused.
pub(crate) struct Letters {
    /// How many messages there are in each state.
    pub(crate) counts: Vec<(String, i64)>,
    pub(crate) dead: Vec<DeadLetter>,
}

pub(crate) async fn letters(app: &App, session: &Session) -> Result<Letters, Refusal> {
    require(session, Ask::Administer)?;
    let read =
        |view: &Transaction<'_>| Ok(Letters { counts: exchange::counts(view)?, dead: exchange::dead(view)? });
    Ok(app.store.read(read).await?)
}

/// Sends dead letters again, all or one, and writes down who did; tells how many.
pub(crate) async fn replay(app: &App, session: &Session, one: Option<Uuid>) -> Result<usize, Refusal> {
    require(session, Ask::Administer)?;
    let (session, now) = (session.clone(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| {
        let sent = exchange::replay(transaction, one, now)?;
        for id in &sent {
            note(transaction, &session, "replay-message", &id.to_string(), now)?;
        }
        Ok::<_, StoreError>(sent.len())
    };
    Ok(app.store.write(write).await?)
}
