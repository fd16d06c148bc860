//! What anybody is told of a case who knows its number: written down with every change of the case, so that to be asked is to
//! read one row. The database itself takes it away with whatever changes the case; where it is not there, it is looked up.

use super::{Store, StoreError, Transaction, cases, columns::to_json};

/// Rises whenever an answer comes to say something else than a program before would have said of the same case.
const EDITION: i64 = 2;

/// Writes down what is told of the case `key` as it stands now, and gives it.
pub(crate) fn keep(transaction: &Transaction<'_>, key: &str) -> Result<String, StoreError> {
    let case = cases::by_key(transaction, key)?.ok_or(StoreError::Damaged("case"))?;
    let body = to_json(&case)?;
    let sql = "INSERT INTO case_answer (case_no, edition, body) VALUES (?1, ?2, ?3)
               ON CONFLICT (case_no) DO UPDATE SET edition = excluded.edition, body = excluded.body";
    transaction.execute(sql, &[case.case_no.into(), EDITION.into(), (&body).into()])?;
    Ok(body)
}

/// What is told of the case with that number.
pub(crate) async fn told(store: &Store, case_no: String) -> Result<Option<String>, StoreError> {
    // No column holds one, and PostgreSQL refuses to look for it.
    if case_no.contains('\0') {
        return Ok(None);
    }
    let sql = "SELECT body FROM case_answer WHERE case_no = ?1 AND edition = ?2";
    match store.glance(sql, [(&case_no).into(), EDITION.into()]).await? {
        Some(body) => Ok(Some(body)),
        None => store.look(move |view| looked_up(view, &case_no)).await,
    }
}

fn looked_up(view: &Transaction<'_>, case_no: &str) -> Result<Option<String>, StoreError> {
    cases::by_case_no(view, case_no)?.map(|case| to_json(&case)).transpose()
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
