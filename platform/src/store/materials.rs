//! 电子件: the pages of the materials of a case. What arrived is never changed; a page that is sent again is shown instead
//! of the one before it, which stays until the case is archived.

use std::collections::BTreeSet;

use jiff::Timestamp;
use protocol::{Channel, Material, MaterialSource, ServiceItem, material::PAGES};
use uuid::Uuid;

use super::{
    StoreError, Transaction,
    casework::told::asked_for,
    columns::{json, name_of, named, parsed},
    sql::{Row, Value},
};
use crate::lifecycle::{act::Gap, state::State};

/// What all pages of a case may take, those that were replaced with them.
const CASE_BYTES: i64 = 128 << 20;
/// How many pages of a case may arrive, those that were replaced with them.
const CASE_PAGES: i64 = 400;

/// A page that arrives.
pub(crate) struct NewPage<'a> {
    pub(crate) page_key: Uuid,
    pub(crate) case_key: Uuid,
    pub(crate) material: u16,
    pub(crate) page: u16,
    pub(crate) pages: u16,
    pub(crate) media_type: &'a str,
    pub(crate) content: &'a [u8],
    pub(crate) made_at: Timestamp,
    pub(crate) received_at: Timestamp,
    pub(crate) channel: Channel,
    pub(crate) terminal_id: Option<&'a str>,
}

/// Why a page is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unkept {
    /// There is no such case, or it is another machine's.
    NoCase,
    /// The case has no such paper.
    NoPaper,
    /// It is in the archive.
    Archived,
    /// It has as many pages as a case may have.
    Full,
}

/// What became of a page in one of the cases of its bundle.
pub(crate) struct InCase {
    pub(crate) case_no: String,
    /// Why it does not have the page.
    pub(crate) unkept: Option<Unkept>,
}

/// A page that is kept.
#[derive(Clone, Debug)]
pub(crate) struct KeptPage {
    pub(crate) page_key: Uuid,
    pub(crate) material: u16,
    pub(crate) page: u16,
    pub(crate) pages: u16,
    pub(crate) media_type: String,
    pub(crate) bytes: i64,
    pub(crate) sha256: String,
    pub(crate) received_at: Timestamp,
    pub(crate) channel: Channel,
    /// A later one is shown instead.
    pub(crate) replaced: bool,
}

/// A paper that pictures may be of: what the item names, and then whatever else a correction has asked for.
#[derive(Clone, Debug)]
pub(crate) struct Paper {
    /// 序号, from 1.
    pub(crate) material: u16,
    pub(crate) name: String,
    /// What the item says of it; none where only a correction has named it.
    pub(crate) spec: Option<Material>,
    /// Whether a correction names it.
    pub(crate) asked: bool,
}

impl Paper {
    /// Whether pictures of it are taken.
    pub(crate) fn takes_pictures(&self) -> bool {
        self.asked || self.spec.as_ref().is_some_and(|spec| spec.source == MaterialSource::Counter)
    }

    /// Whether there should be one.
    pub(crate) fn wants_pictures(&self) -> bool {
        self.spec.as_ref().is_some_and(|spec| spec.picture)
    }
}

/// All papers of a case under `item`. Numbers that were given once stay: a correction only adds to them.
pub(crate) fn papers(
    view: &Transaction<'_>,
    key: &str,
    item: &ServiceItem,
) -> Result<Vec<Paper>, StoreError> {
    let asked = asked_for(view, key)?;
    let of_item = item.materials.iter().map(|spec| (spec.name.simplified.clone(), Some(spec.clone())));
    let mut named: Vec<(String, Option<Material>)> = of_item.collect();
    for Gap { material, .. } in &asked {
        if named.iter().all(|(name, _)| name != material.trim()) {
            named.push((material.trim().to_owned(), None));
        }
    }
    let paper = |(material, (name, spec)): (u16, (String, Option<Material>))| {
        let asked = asked.iter().any(|gap| gap.material.trim() == name);
        Paper { material, name, spec, asked }
    };
    Ok((1..).zip(named).map(paper).collect())
}

/// Where a case stands, for whoever adds to it.
struct Standing {
    terminal_id: Option<String>,
    state: State,
    item: ServiceItem,
}

fn standing(view: &Transaction<'_>, key: &str) -> Result<Option<Standing>, StoreError> {
    let query = "SELECT terminal_id, status, body FROM cases
                 JOIN item ON item.id = item_id AND item.version = item_version WHERE case_key = ?1";
    let standing = |row: Row| {
        Ok(Standing {
            terminal_id: row.text_option("terminal_id")?.map(str::to_owned),
            state: named(&row, "status")?,
            item: json(&row, "body")?,
        })
    };
    view.row(query, &[key.into()])?.map(standing).transpose()
}

/// Keeps pages of one paper behind all others of its case: all of them, or none and why. A machine adds to the cases alone
/// that were filed at it.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    pages: &[NewPage<'_>],
) -> Result<Result<(), Unkept>, StoreError> {
    let Some(page) = pages.first() else { return Ok(Ok(())) };
    let key = page.case_key.to_string();
    let Some(standing) = standing(transaction, &key)? else { return Ok(Err(Unkept::NoCase)) };
    if page.terminal_id.is_some() && page.terminal_id != standing.terminal_id.as_deref() {
        return Ok(Err(Unkept::NoCase));
    }
    let papers = papers(transaction, &key, &standing.item)?;
    if !papers.iter().any(|paper| paper.material == page.material && paper.takes_pictures()) {
        return Ok(Err(Unkept::NoPaper));
    }
    if standing.state == State::Archived {
        return Ok(Err(Unkept::Archived));
    }
    let (count, bytes) = taken(transaction, &key)?;
    let more: i64 = pages.iter().map(size).sum();
    if count + i64::try_from(pages.len()).unwrap_or(CASE_PAGES) > CASE_PAGES || bytes + more > CASE_BYTES {
        return Ok(Err(Unkept::Full));
    }
    for (place, page) in (count..).zip(pages) {
        insert(transaction, &key, page, place)?;
    }
    Ok(Ok(()))
}

/// Keeps a page that a machine sends: of a case, or where `item` is named, of every case of a bundle that needs the same
/// paper, and tells what became of it in each of those. What one of them cannot take any more, because it is in the archive or
/// has enough, the others still get: nobody photographs it a second time. What none can take is refused.
pub(crate) fn arrive(
    transaction: &Transaction<'_>,
    page: &NewPage<'_>,
    item: Option<&str>,
) -> Result<Result<Vec<InCase>, Unkept>, StoreError> {
    let Some(item) = item else {
        return Ok(keep(transaction, std::slice::from_ref(page))?.map(|()| Vec::new()));
    };
    let places = match places(transaction, page, item)? {
        Ok(places) => places,
        Err(unkept) => return Ok(Err(unkept)),
    };
    let mut told = Vec::new();
    for Place { case_key, case_no, material } in places {
        // The call's own key is that of the first.
        let page_key = if told.is_empty() { page.page_key } else { Uuid::new_v4() };
        let kept = keep(transaction, &[NewPage { page_key, case_key, material, ..*page }])?;
        told.push(InCase { case_no, unkept: kept.err() });
    }
    if told.iter().any(|case| case.unkept.is_none()) {
        return Ok(Ok(told));
    }
    Ok(Err(told.first().and_then(|case| case.unkept).unwrap_or(Unkept::NoPaper)))
}

/// A case of a bundle that needs a paper, and what number the paper has there.
struct Place {
    case_key: Uuid,
    case_no: String,
    material: u16,
}

/// The cases of a bundle that need the paper which `item` calls by the number of the page.
fn places(
    view: &Transaction<'_>,
    page: &NewPage<'_>,
    item: &str,
) -> Result<Result<Vec<Place>, Unkept>, StoreError> {
    let query = "SELECT cases.case_key, case_no, body FROM bundle_member
                 JOIN cases ON cases.case_key = bundle_member.case_key
                 JOIN item ON item.id = item_id AND item.version = item_version
                 WHERE bundle_key = ?1 AND terminal_id = ?2 ORDER BY place";
    let of_machine: [Value; 2] = [page.case_key.to_string().into(), page.terminal_id.into()];
    let member =
        |row: &Row| Ok((parsed(row, "case_key")?, row.text("case_no")?.to_owned(), json(row, "body")?));
    let members: Vec<(Uuid, String, ServiceItem)> =
        view.rows(query, &of_machine)?.iter().map(member).collect::<Result<_, StoreError>>()?;
    if members.is_empty() {
        return Ok(Err(Unkept::NoCase));
    }
    let named = members.iter().find(|(.., known)| known.id == item);
    let named = named.and_then(|(.., item)| item.materials.get(usize::from(page.material.checked_sub(1)?)));
    let Some(paper) = named else { return Ok(Err(Unkept::NoPaper)) };
    let place = |(case_key, case_no, item): &(Uuid, String, ServiceItem)| {
        let (material, _) = (1..).zip(&item.materials).find(|(_, material)| material.is_same(paper))?;
        Some(Place { case_key: *case_key, case_no: case_no.clone(), material })
    };
    Ok(Ok(members.iter().filter_map(place).collect()))
}

/// A file is never near the end of what this holds.
fn size(page: &NewPage<'_>) -> i64 {
    i64::try_from(page.content.len()).unwrap_or(CASE_BYTES)
}

/// How many pages of a case have arrived, and what they take.
fn taken(view: &Transaction<'_>, key: &str) -> Result<(i64, i64), StoreError> {
    let query = "SELECT count(*) AS n, CAST(coalesce(sum(bytes), 0) AS BIGINT) AS bytes
                 FROM material_page WHERE case_key = ?1";
    let row = view.row(query, &[key.into()])?.ok_or(StoreError::Damaged("material_page"))?;
    Ok((row.integer("n")?, row.integer("bytes")?))
}

fn insert(
    transaction: &Transaction<'_>,
    key: &str,
    page: &NewPage<'_>,
    place: i64,
) -> Result<(), StoreError> {
    let page_key = page.page_key.to_string();
    let number = |number: u16| Value::from(u32::from(number));
    let row: [Value; 13] = [
        (&page_key).into(),
        key.into(),
        place.into(),
        number(page.material),
        number(page.page),
        number(page.pages),
        page.media_type.into(),
        size(page).into(),
        crate::materials::sha256(page.content).into(),
        page.made_at.to_string().into(),
        page.received_at.to_string().into(),
        name_of(page.channel)?.into(),
        page.terminal_id.into(),
    ];
    transaction.execute(
        "INSERT INTO material_page VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        &row,
    )?;
    let file = [page_key.into(), page.content.into()];
    transaction.execute("INSERT INTO material_file VALUES (?1, ?2)", &file).map(drop)
}

/// Every page of a case, oldest first.
pub(crate) fn of_case(view: &Transaction<'_>, key: &str) -> Result<Vec<KeptPage>, StoreError> {
    let query = "SELECT * FROM material_page WHERE case_key = ?1 ORDER BY place";
    let mut pages =
        view.rows(query, &[key.into()])?.iter().map(kept).collect::<Result<Vec<_>, StoreError>>()?;
    let mut later = BTreeSet::new();
    for page in pages.iter_mut().rev() {
        page.replaced = !later.insert((page.material, page.page));
    }
    Ok(pages)
}

fn kept(row: &Row) -> Result<KeptPage, StoreError> {
    let number = |name| u16::try_from(row.integer(name)?).map_err(|_| StoreError::Damaged(name));
    Ok(KeptPage {
        page_key: parsed(row, "page_key")?,
        material: number("material")?,
        page: number("page")?,
        pages: number("pages")?,
        media_type: row.text("media_type")?.to_owned(),
        bytes: row.integer("bytes")?,
        sha256: row.text("sha256")?.to_owned(),
        received_at: parsed(row, "received_at")?,
        channel: named(row, "channel")?,
        replaced: false,
    })
}

/// A page of the case with its file, while that is there.
pub(crate) fn file(
    view: &Transaction<'_>,
    key: &str,
    page_key: Uuid,
) -> Result<Option<(KeptPage, Vec<u8>)>, StoreError> {
    let query = "SELECT material_page.*, content FROM material_page
                 JOIN material_file ON material_file.page_key = material_page.page_key
                 WHERE material_page.page_key = ?1 AND case_key = ?2";
    let row = view.row(query, &[page_key.to_string().into(), key.into()])?;
    row.map(|row| Ok((kept(&row)?, row.bytes("content")?.to_vec()))).transpose()
}

/// Where the next new page of a material goes, behind those that are there and those that are on their way; none where
/// there is no room.
pub(crate) fn behind(pages: &[KeptPage], material: u16) -> Option<u16> {
    let of_it = pages.iter().filter(|page| page.material == material);
    let last = of_it.map(|page| page.page.max(page.pages)).max().unwrap_or_default();
    (last < PAGES).then_some(last + 1)
}

/// Lets the files go that others are shown instead of. What they were stays, with their hash.
pub(crate) fn forget_replaced(transaction: &Transaction<'_>, key: &str) -> Result<(), StoreError> {
    for page in of_case(transaction, key)?.iter().filter(|page| page.replaced) {
        let delete = "DELETE FROM material_file WHERE page_key = ?1";
        transaction.execute(delete, &[page.page_key.to_string().into()])?;
    }
    Ok(())
}

/// The first page whose file is not what it was, if there is one, and how many files there are.
pub(crate) fn verify(view: &Transaction<'_>) -> Result<(u64, Option<Uuid>), StoreError> {
    let query = "SELECT page_key, sha256 FROM material_page
                 WHERE EXISTS (SELECT 1 FROM material_file WHERE material_file.page_key = material_page.page_key)
                 ORDER BY page_key";
    let rows = view.rows(query, &[])?;
    for row in &rows {
        // One after the other: all of them together need not fit into memory.
        let file = "SELECT content FROM material_file WHERE page_key = ?1";
        let file = view.row(file, &[row.text("page_key")?.into()])?.ok_or(StoreError::Damaged("content"))?;
        if crate::materials::sha256(file.bytes("content")?) != row.text("sha256")? {
            return Ok((u64::try_from(rows.len()).unwrap_or(u64::MAX), Some(parsed(row, "page_key")?)));
        }
    }
    Ok((u64::try_from(rows.len()).unwrap_or(u64::MAX), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(material: u16, page: u16, pages: u16) -> KeptPage {
        KeptPage {
            page_key: Uuid::nil(),
            material,
            page,
            pages,
            media_type: String::new(),
            bytes: 0,
            sha256: String::new(),
            received_at: Timestamp::UNIX_EPOCH,
            channel: Channel::Kiosk,
            replaced: false,
        }
    }

    #[test]
    fn a_new_page_goes_behind_those_that_are_still_on_their_way() {
        assert_eq!(behind(&[], 3), Some(1));
        assert_eq!(behind(&[kept(3, 1, 4), kept(2, 1, 9)], 3), Some(5));
        assert_eq!(behind(&[kept(3, 6, 6), kept(3, 1, 4)], 3), Some(7));
        assert_eq!(behind(&[kept(3, PAGES, PAGES)], 3), None);
    }
}
