//! 一件事: which cases were filed at once, and under which number.

use protocol::{BundleCase, BundleRef, BundleSubmission, PartOf, PickupCode};
use uuid::Uuid;

use super::{
    StoreError, Transaction, cases,
    casework::told::Words,
    columns::{json, parsed, to_json},
    sql::Row,
};
use crate::catalogue::bundle::LifeEventBundle;

/// Writes a new one over cases that have just been written, in their order.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    (key, number): (Uuid, &str),
    bundle: &LifeEventBundle,
    submission: &BundleSubmission,
    members: &[Uuid],
) -> Result<(), StoreError> {
    let row = [
        key.to_string().into(),
        number.into(),
        (&bundle.id).into(),
        bundle.version.into(),
        to_json(&bundle.name)?.into(),
        bundle.demo.into(),
        submission.pickup_code.as_str().into(),
        submission.received_at.to_string().into(),
    ];
    transaction.execute("INSERT INTO bundle_case VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", &row)?;
    for (place, case) in (0i64..).zip(members) {
        let row = [key.to_string().into(), place.into(), case.to_string().into()];
        transaction.execute("INSERT INTO bundle_member VALUES (?1, ?2, ?3)", &row)?;
    }
    Ok(())
}

/// The one with that number, each of its cases as it stands now. `words` are for its applicant alone.
pub(crate) fn by_number(
    view: &Transaction<'_>,
    number: &str,
    words: Words,
) -> Result<Option<BundleCase>, StoreError> {
    // No column holds one, and PostgreSQL refuses to look for it.
    if number.contains('\0') {
        return Ok(None);
    }
    let row = view.row("SELECT * FROM bundle_case WHERE bundle_no = ?1", &[number.into()])?;
    row.map(|row| whole(view, &row, words)).transpose()
}

fn whole(view: &Transaction<'_>, row: &Row, words: Words) -> Result<BundleCase, StoreError> {
    let bundle_no = row.text("bundle_no")?.to_owned();
    let mut cases = Vec::new();
    for case_no in case_numbers(view, &bundle_no)? {
        cases.extend(match words {
            Words::Shown => cases::for_applicant(view, &case_no)?,
            Words::Hidden => cases::by_case_no(view, &case_no)?,
        });
    }
    let version = row.integer("bundle_version")?;
    Ok(BundleCase {
        bundle_no,
        bundle_key: parsed(row, "bundle_key")?,
        bundle: BundleRef {
            id: row.text("bundle_id")?.to_owned(),
            version: version.try_into().map_err(|_| StoreError::Damaged("bundle_version"))?,
            name: json(row, "name")?,
        },
        pickup_code: PickupCode::try_from(row.text("pickup_code")?.to_owned())
            .map_err(|_| StoreError::Damaged("pickup_code"))?,
        received_at: parsed(row, "received_at")?,
        demo: row.truth("demo")?,
        cases,
    })
}

/// Bundles with their cases. The first case of each says whose it is.
const MEMBERS: &str = "bundle_case JOIN bundle_member ON bundle_member.bundle_key = bundle_case.bundle_key
     JOIN cases ON cases.case_key = bundle_member.case_key";

/// The numbers of its cases, in its order.
pub(crate) fn case_numbers(view: &Transaction<'_>, number: &str) -> Result<Vec<String>, StoreError> {
    let query = format!("SELECT case_no FROM {MEMBERS} WHERE bundle_no = ?1 ORDER BY place");
    let rows = view.rows(&query, &[number.into()])?;
    rows.iter().map(|row| row.text("case_no").map(str::to_owned)).collect()
}

fn part_of(row: &Row) -> Result<PartOf, StoreError> {
    let number = |name| u32::try_from(row.integer(name)?).map_err(|_| StoreError::Damaged(name));
    let (bundle_no, name) = (row.text("bundle_no")?.to_owned(), json(row, "name")?);
    Ok(PartOf { bundle_no, name, place: number("place")? + 1, of: number("of_all")? })
}

/// The one that a case was filed in, if it was.
pub(crate) fn of_case(view: &Transaction<'_>, case_no: &str) -> Result<Option<PartOf>, StoreError> {
    let all = "SELECT count(*) FROM bundle_member AS each WHERE each.bundle_key = bundle_case.bundle_key";
    let query = format!(
        "SELECT bundle_no, bundle_case.name AS name, place, ({all}) AS of_all FROM {MEMBERS} WHERE case_no = ?1"
    );
    view.row(&query, &[case_no.into()])?.as_ref().map(part_of).transpose()
}

/// All of a person's, the newest first.
pub(crate) fn of_person(view: &Transaction<'_>, owner: &str) -> Result<Vec<BundleCase>, StoreError> {
    let query = format!(
        "SELECT bundle_case.* FROM {MEMBERS} WHERE place = 0 AND id_number = ?1 ORDER BY cases.id DESC"
    );
    view.rows(&query, &[owner.into()])?.iter().map(|row| whole(view, row, Words::Hidden)).collect()
}

/// The number under which `owner` filed the bundle `key`.
pub(crate) fn filed(view: &Transaction<'_>, key: Uuid, owner: &str) -> Result<Option<String>, StoreError> {
    let query = format!(
        "SELECT bundle_no FROM {MEMBERS} WHERE bundle_case.bundle_key = ?1 AND place = 0 AND id_number = ?2"
    );
    let row = view.row(&query, &[key.to_string().into(), owner.into()])?;
    row.map(|row| row.text("bundle_no").map(str::to_owned)).transpose()
}

/// Whether the bundle with that number is `owner`'s.
pub(crate) fn is_own(view: &Transaction<'_>, number: &str, owner: &str) -> Result<bool, StoreError> {
    if number.contains('\0') {
        return Ok(false);
    }
    let query = format!("SELECT place FROM {MEMBERS} WHERE bundle_no = ?1 AND place = 0 AND id_number = ?2");
    Ok(view.row(&query, &[number.into(), owner.into()])?.is_some())
}
