//! 工作日历 of years that were imported.

use jiff::Timestamp;

use super::{StoreError, Transaction};

/// Keeps the text of a year, or another text of it.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    year: i16,
    text: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO work_calendar VALUES (?1, ?2, ?3)
         ON CONFLICT (year) DO UPDATE SET body = excluded.body, imported_at = excluded.imported_at",
        &[i64::from(year).into(), text.into(), now.to_string().into()],
    )?;
    Ok(())
}

/// The texts of all years, oldest first.
pub(crate) fn texts(view: &Transaction<'_>) -> Result<Vec<String>, StoreError> {
    let rows = view.rows("SELECT body FROM work_calendar ORDER BY year", &[])?;
    rows.iter().map(|row| Ok(row.text("body")?.to_owned())).collect()
}
