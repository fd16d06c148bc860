//! Looks up cases. Nothing of the answer is kept.

use flow::{Event, effect::Find, event::QueryTrouble};
use platform_client::{CallError, Client};

pub(super) async fn find(client: &Client, find: Find) -> Event {
    let found = match find {
        Find::ByCode(code) => client.cases_by_pickup_code(&code).await,
        Find::ByNumber(number) => client.cases_by_number(&number).await,
        Find::ByIdentity(query) => client.cases_by_identity(&query).await,
    };
    match found {
        Ok(list) => Event::Found(list.cases),
        Err(CallError::Unreachable | CallError::TimedOut) => Event::NotFound(QueryTrouble::Offline),
        Err(error) => {
            tracing::warn!(%error, "query failed");
            Event::NotFound(QueryTrouble::Failed)
        }
    }
}
