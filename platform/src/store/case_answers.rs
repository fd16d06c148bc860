//! What anybody is told of a case who knows its number or its 取件码: written down with every change of the case, so that to be
//! asked is to read one row. The database itself takes it away with whatever changes the case; where it is not there, it is
//! looked up.

use std::cmp::Reverse;

use jiff::Timestamp;
use protocol::CaseList;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Store, StoreError, Transaction,
    cases::{self, By},
    columns::to_json,
};
use crate::{routes::paging::Page, store::casework::told::Words};

/// Rises whenever an answer comes to say something else than a program before would have said of the same case.
const EDITION: i64 = 2;

/// Writes down what is told of the case `key` as it stands now, and gives it.
pub(crate) fn keep(transaction: &Transaction<'_>, key: &str) -> Result<String, StoreError> {
    let case = cases::by_key(transaction, key)?.ok_or(StoreError::Damaged("case"))?;
    let body = to_json(&case)?;
    let sql =
        "INSERT INTO case_answer (case_id, edition, body) SELECT id, ?2, ?3 FROM cases WHERE case_key = ?1
               ON CONFLICT (case_id) DO UPDATE SET edition = excluded.edition, body = excluded.body";
    transaction.execute(sql, &[key.into(), EDITION.into(), (&body).into()])?;
    Ok(body)
}

/// What is told of the case with that number.
pub(crate) async fn told(store: &Store, case_no: String) -> Result<Option<String>, StoreError> {
    // No column holds one, and PostgreSQL refuses to look for it.
    if case_no.contains('\0') {
        return Ok(None);
    }
    let sql = "SELECT body FROM cases JOIN case_answer ON case_id = id WHERE case_no = ?1 AND edition = ?2";
    match store.glance(sql, [(&case_no).into(), EDITION.into()]).await? {
        Some(body) => Ok(Some(body)),
        None => store.look(move |view| looked_up(view, &case_no)).await,
    }
}

fn looked_up(view: &Transaction<'_>, case_no: &str) -> Result<Option<String>, StoreError> {
    cases::by_case_no(view, case_no)?.map(|case| to_json(&case)).transpose()
}

/// What the order of a list goes by.
#[derive(Deserialize)]
struct Head {
    case_key: Uuid,
    received_at: Timestamp,
}

/// A page of a [`CaseList`] of the cases with that 取件码, and behind which case the next one begins.
pub(crate) async fn list(
    store: &Store,
    code: String,
    page: Page<Uuid>,
) -> Result<(String, Option<Uuid>), StoreError> {
    let look = move |view: &Transaction<'_>| {
        if let Some(told) = written(view, &code, &page)? {
            return Ok(told);
        }
        let (cases, next) = cases::page(view, &By::PickupCode(code.clone()), &page, Words::Hidden)?;
        Ok((to_json(&CaseList { cases })?, next))
    };
    store.look(look).await
}

/// The same out of what is written down of each of them; nothing where one has to be looked up.
fn written(
    view: &Transaction<'_>,
    code: &str,
    page: &Page<Uuid>,
) -> Result<Option<(String, Option<Uuid>)>, StoreError> {
    let select =
        format!("SELECT body FROM cases LEFT JOIN case_answer ON case_id = cases.id AND edition = {EDITION}");
    let (rows, more) = cases::rows(view, &select, &By::PickupCode(code.to_owned()), page)?;
    let bodies = rows.iter().map(|row| row.text_option("body")).collect::<Result<Option<Vec<_>>, _>>()?;
    let Some(mut bodies) = bodies else { return Ok(None) };
    let mut next = None;
    // Nearly always it is one, and nobody has to read it.
    if more || bodies.len() > 1 {
        let told = bodies.into_iter().map(|body| Ok((head(body)?, body)));
        let mut told = told.collect::<Result<Vec<_>, StoreError>>()?;
        next = told.last().filter(|_| more).map(|(head, _)| head.case_key);
        told.sort_by_key(|(head, _)| Reverse(head.received_at));
        bodies = told.into_iter().map(|(_, body)| body).collect();
    }
    Ok(Some((format!("{{\"cases\":[{}]}}", bodies.join(",")), next)))
}

fn head(body: &str) -> Result<Head, StoreError> {
    serde_json::from_str(body).map_err(|_| StoreError::Damaged("body"))
}

#[cfg(test)]
mod tests {
    use protocol::Case;
    use utoipa::{PartialSchema as _, ToSchema as _};

    use super::EDITION;
    use crate::{
        lifecycle::state::{Outcome, State, resident_word},
        materials::sha256,
    };

    #[test]
    fn other_words_are_another_edition() {
        let mut parts = Vec::new();
        Case::schemas(&mut parts);
        parts.sort_by(|(one, _), (other, _)| one.cmp(other));
        let words: Vec<_> = State::ALL
            .iter()
            .flat_map(|state| {
                [None, Some(Outcome::Granted), Some(Outcome::Denied)].map(|of| resident_word(*state, of))
            })
            .collect();
        let all = serde_json::to_vec(&(Case::schema(), parts, words)).unwrap();
        assert_eq!(
            (EDITION, &sha256(&all)[..16]),
            (2, "4b52c4e33d40a615"),
            "what is told of a case has changed: raise EDITION, and write both here"
        );
    }
}
