//! Everything that was ever published under a version.

use jiff::Timestamp;
use protocol::{ConsentNotice, ServiceItem};

use super::{
    StoreError, Transaction,
    columns::{json, to_json},
};
use crate::catalogue::Catalogue;

/// Two texts under one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Republished {
    pub(crate) what: String,
    pub(crate) version: u32,
}

/// Adds the versions of `catalogue` that are new. A version that is already there must read the same: residents have
/// filed under its words.
pub(crate) fn add(
    transaction: &Transaction<'_>,
    catalogue: &Catalogue,
    now: Timestamp,
) -> Result<Result<(), Republished>, StoreError> {
    if let Err(republished) = compare(catalogue, &items(transaction)?, &consents(transaction)?) {
        return Ok(Err(republished));
    }
    for item in &catalogue.items {
        let row = [(&item.id).into(), item.version.into(), to_json(item)?.into(), now.to_string().into()];
        transaction.execute("INSERT INTO item VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING", &row)?;
    }
    for consent in catalogue.consents() {
        let row = [consent.version.into(), to_json(consent)?.into(), now.to_string().into()];
        transaction.execute("INSERT INTO consent_notice VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", &row)?;
    }
    Ok(Ok(()))
}

fn compare(
    catalogue: &Catalogue,
    items: &[ServiceItem],
    consents: &[ConsentNotice],
) -> Result<(), Republished> {
    let item = |new: &&ServiceItem| {
        items.iter().any(|old| (&old.id, old.version) == (&new.id, new.version) && old != *new)
    };
    if let Some(item) = catalogue.items.iter().find(item) {
        return Err(Republished { what: format!("the item `{}`", item.id), version: item.version });
    }
    let notice = |new: &&ConsentNotice| consents.iter().any(|old| old.version == new.version && old != *new);
    if let Some(new) = catalogue.consents().into_iter().find(notice) {
        return Err(Republished { what: "the consent notice".to_owned(), version: new.version });
    }
    Ok(())
}

pub(crate) fn items(view: &Transaction<'_>) -> Result<Vec<ServiceItem>, StoreError> {
    view.rows("SELECT body FROM item", &[])?.iter().map(|row| json(row, "body")).collect()
}

pub(crate) fn consents(view: &Transaction<'_>) -> Result<Vec<ConsentNotice>, StoreError> {
    view.rows("SELECT body FROM consent_notice", &[])?.iter().map(|row| json(row, "body")).collect()
}
