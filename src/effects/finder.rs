//! Looks up cases. Nothing of the answer is kept.

use flow::{Event, effect::Find, event::QueryTrouble};
use platform_client::{CallError, Client};
use protocol::CaseList;

pub(super) async fn find(client: &Client, find: Find) -> Event {
    let found = match find {
        Find::ByCode(code) => client.cases_by_pickup_code(&code).await,
        Find::ByNumber(number) => by_number(client, &number).await,
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

/// A number that no case has is an answer like any other: none was found.
async fn by_number(client: &Client, number: &str) -> Result<CaseList, CallError> {
    match client.case_by_no(number).await {
        Ok(case) => Ok(CaseList { cases: vec![case] }),
        Err(CallError::Refused(problem)) if problem.status == 404 => Ok(CaseList { cases: vec![] }),
        Err(error) => Err(error),
    }
}
