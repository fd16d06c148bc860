//! 文书 for staff: masked as everything is that they look at, and with the name in full for whoever says what for.

use super::{
    access::{Ask, require},
    service::{purpose, seen},
};
use crate::{
    app::App,
    documents::Issued,
    error::Refusal,
    people::{audit, session::Session},
    problems,
    store::{
        StoreError, Transaction,
        cases::{self, Party},
        documents,
    },
};

/// A document, and whose name stands on it in full.
pub(crate) struct Print {
    pub(crate) issued: Issued,
    pub(crate) whose: Option<Party>,
}

/// A copy of the document with that number. Printed for the applicant, with a purpose, it is written down who did.
pub(crate) async fn copy(
    app: &App,
    session: &Session,
    (case_no, number): (&str, &str),
    why: Option<&str>,
) -> Result<Print, Refusal> {
    require(session, if why.is_some() { Ask::Reveal } else { Ask::Read })?;
    let why = why.map(purpose).transpose()?;
    let (session, case_no, number) = (session.clone(), case_no.to_owned(), number.to_owned());
    let now = app.clock.now();
    let write = move |transaction: &Transaction<'_>| {
        let Some(work) = seen(transaction, &session, &case_no)? else { return Ok(None) };
        let Some(issued) = documents::printed(transaction, &case_no, &number, now)? else { return Ok(None) };
        let Some(purpose) = &why else { return Ok(Some(Print { issued, whose: None })) };
        let entry = audit::Entry {
            at: now,
            staff_id: Some(&session.staff.id),
            login: &session.staff.login,
            action: "print-document",
            subject: &number,
            purpose,
        };
        audit::add(transaction, &entry)?;
        let key = work.key.parse().map_err(|_| StoreError::Damaged("case_key"))?;
        Ok(Some(Print { issued, whose: cases::party(transaction, key)? }))
    };
    Ok(app.store.write(write).await?.ok_or_else(problems::case_not_found)?)
}
