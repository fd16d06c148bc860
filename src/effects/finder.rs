//! Looks up cases. Nothing of the answer is kept.

use flow::{Event, effect::Find, event::QueryTrouble};
use platform_client::{CallError, Client};
use protocol::CaseList;

pub(super) async fn find(client: &Client, find: Find) -> Event {
    let found = |list: CaseList| Event::Found(list.cases);
    let answer = match find {
        Find::ByCode(code) => client.cases_by_pickup_code(&code).await.map(found),
        Find::ByNumber(number) => client.cases_by_number(&number).await.map(found),
        Find::ByIdentity(query) => client.cases_by_identity(&query).await.map(found),
        Find::ByBundle(number) => {
            let bundle = client.bundle_by_no(&number).await;
            bundle
                .map(|bundle| bundle.map_or(Event::Found(Vec::new()), |it| Event::BundleFound(Box::new(it))))
        }
    };
    match answer {
        Ok(event) => event,
        Err(CallError::Unreachable | CallError::TimedOut) => Event::NotFound(QueryTrouble::Offline),
        Err(error) => {
            tracing::warn!(%error, "query failed");
            Event::NotFound(QueryTrouble::Failed)
        }
    }
}
