//! Taking a case: sealed first, then committed, then told.

use std::{fmt, io};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::Timestamp;
use protocol::{
    Answers, Applicant, Belongs, BundleSubmission, CaseSubmission, Channel, Consent, Delivery, DeliveryKind,
    MaterialPage, PickupCode, Rating, SealedBody, Sealer, Subject,
};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::{Zeroize, Zeroizing};

use crate::{RowId, Store, StoreError, queue::from_ms};

/// What a resident confirmed, before it is a case, or a bundle of cases. Its `Debug` shows nothing personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Intake {
    /// What is filed, in the versions that the applicant saw.
    pub subject: Subject,
    /// Which machine.
    pub terminal_id: String,
    /// 收件时间: the moment the applicant confirmed.
    pub received_at: Timestamp,
    /// 申请人.
    pub applicant: Applicant,
    /// The answers, by [`protocol::Field::id`].
    pub fields: Answers,
    /// What the applicant agreed to.
    pub consent: Consent,
    /// The pages that were photographed, in the order in which they are sent.
    pub pages: Vec<Page>,
    /// 草稿 that it was, under whose key it is filed.
    pub draft: Option<Uuid>,
}

/// 电子件: one page of one material. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Page {
    /// Of a bundle: an item of it that needs the paper.
    pub item: Option<String>,
    /// 序号: its place in [`protocol::ServiceItem::materials`], from 1.
    pub material: u16,
    /// From 1.
    pub page: u16,
    /// How many the material has.
    pub pages: u16,
    /// One of [`protocol::material::PAGE_TYPES`].
    pub media_type: String,
    /// The file.
    pub content: Zeroizing<Vec<u8>>,
    /// When it was photographed.
    pub made_at: Timestamp,
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        self.fields.values_mut().for_each(Zeroize::zeroize);
    }
}

/// A case, or a bundle, that is on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its row, for [`Store::due_now`].
    pub id: RowId,
    /// Its `Idempotency-Key`.
    pub case_key: Uuid,
    /// 取件码, for the screen and the receipt.
    pub pickup_code: PickupCode,
}

/// How often another pick-up code is drawn when one is taken. With 10,000 cases waiting, one draw in ten thousand is.
const PICKUP_CODE_DRAWS: usize = 16;

impl Store {
    /// Keeps a case, or a bundle, with its pages. When this returns, all of it is on the disk, sealed, with its keys and its
    /// hashes; when it fails, nothing is.
    pub fn record_case(
        &mut self,
        intake: &Intake,
        sealer: &dyn Sealer,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        self.look_through()?;
        let case_key = self.case_key(intake.draft)?;
        let pickup_code = self.free_pickup_code()?;
        let (kind, plaintext) = submission(intake, pickup_code.clone())?;
        let expires_at = self.expiry(now);
        let sealed = |kind, key, plaintext: &[u8]| {
            let belongs = Belongs { case_key: key, terminal_id: &intake.terminal_id, expires_at };
            Ok::<_, StoreError>(sealed(kind, case_key, &belongs, sealer.seal(&belongs, plaintext)?))
        };
        let case = sealed(kind, case_key, &plaintext)?;
        let mut pages = Vec::with_capacity(intake.pages.len());
        for page in &intake.pages {
            let plaintext = serialised(&material_page(intake, page, case_key))?;
            pages.push(sealed(DeliveryKind::Material, (self.keys)(), &plaintext)?);
        }
        self.life.schedule(now);
        // One statement is a transaction of its own.
        let several = (!pages.is_empty()).then_some(TransactionBehavior::Immediate);
        let recording = several.map(|how| Transaction::new_unchecked(&self.db, how)).transpose()?;
        let id = enqueue(&self.db, &case, Some(&pickup_code), now, expires_at)?;
        for page in &pages {
            enqueue(&self.db, page, None, now, expires_at)?;
        }
        if let Some(recording) = recording {
            recording.commit()?;
        }
        Ok(Recorded { id, case_key, pickup_code })
    }

    /// The key of a draft, if nothing was filed under it here, or a new one.
    fn case_key(&mut self, draft: Option<Uuid>) -> Result<Uuid, StoreError> {
        let Some(key) = draft else { return Ok((self.keys)()) };
        let mut known = self.db.prepare_cached("SELECT 1 FROM outbox WHERE case_key = ?1")?;
        match known.query_row([key.as_bytes()], |_| Ok(())).optional()? {
            None => Ok(key),
            Some(()) => Err(StoreError::AlreadyRecorded),
        }
    }

    /// Keeps a rating, to be sent after everything else about its case. Nothing in it is personal: it is not sealed.
    pub fn record_rating(&mut self, rating: &Rating, now: Timestamp) -> Result<RowId, StoreError> {
        self.look_through()?;
        let body = serde_json::to_vec(rating).map_err(|e| StoreError::Failed(e.to_string()))?;
        let delivery = Delivery {
            kind: DeliveryKind::Rating,
            case_key: rating.case_key,
            idempotency_key: (self.keys)(),
            terminal_id: None,
            media_type: "application/json".to_owned(),
            body,
        };
        self.life.schedule(now);
        enqueue(&self.db, &delivery, None, now, self.expiry(now))
    }

    /// When what is recorded now expires; whole milliseconds, as they are kept.
    pub(crate) fn expiry(&self, now: Timestamp) -> Timestamp {
        let expiry = now.saturating_add(self.limits.life).unwrap_or(Timestamp::MAX);
        from_ms(expiry.as_millisecond())
    }

    /// A code that no case of this store has, delivered ones included.
    pub(crate) fn free_pickup_code(&mut self) -> Result<PickupCode, StoreError> {
        let mut taken = self.db.prepare_cached("SELECT 1 FROM outbox WHERE pickup_code = ?1")?;
        for _ in 0..PICKUP_CODE_DRAWS {
            let code = PickupCode::from_random((self.keys)().as_u64_pair().1);
            if taken.query_row([code.as_str()], |_| Ok(())).optional()?.is_none() {
                return Ok(code);
            }
        }
        Err(StoreError::NoFreePickupCode)
    }
}

fn sealed(kind: DeliveryKind, case_key: Uuid, belongs: &Belongs<'_>, body: SealedBody) -> Delivery {
    Delivery {
        kind,
        case_key,
        idempotency_key: belongs.case_key,
        terminal_id: Some(belongs.terminal_id.to_owned()),
        media_type: body.media_type,
        body: body.bytes,
    }
}

/// The intent, its key and its hash in one statement: they are committed together or not at all.
fn enqueue(
    db: &Connection,
    delivery: &Delivery,
    pickup_code: Option<&PickupCode>,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<RowId, StoreError> {
    let mut insert = db.prepare_cached(
        "INSERT INTO outbox (kind, case_key, idempotency_key, pickup_code, terminal_id, media_type,
                             body, body_bytes, body_sha256, recorded_at, scheduled_at, next_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, length(?7), ?8, ?9, ?9, ?9, ?10)",
    )?;
    let id = insert.insert(params![
        kind_word(delivery.kind),
        delivery.case_key.as_bytes(),
        delivery.idempotency_key.as_bytes(),
        pickup_code.map(PickupCode::as_str),
        delivery.terminal_id,
        delivery.media_type,
        delivery.body,
        sha256(&delivery.body),
        now.as_millisecond(),
        expires_at.as_millisecond(),
    ])?;
    Ok(RowId(id))
}

pub(crate) fn kind_word(kind: DeliveryKind) -> &'static str {
    match kind {
        DeliveryKind::Case => "case",
        DeliveryKind::Bundle => "bundle",
        DeliveryKind::Rating => "rating",
        DeliveryKind::Material => "material",
    }
}

pub(crate) fn sha256(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// What is sent, and as which kind of call.
fn submission(
    intake: &Intake,
    pickup_code: PickupCode,
) -> Result<(DeliveryKind, Zeroizing<Vec<u8>>), StoreError> {
    let Intake { received_at, .. } = *intake;
    let (channel, terminal_id) = (Channel::Kiosk, Some(intake.terminal_id.clone()));
    let (applicant, fields, consent) =
        (intake.applicant.clone(), intake.fields.clone(), intake.consent.clone());
    match intake.subject.clone() {
        Subject::Item { item, version: item_version } => {
            let case = CaseSubmission {
                item,
                item_version,
                pickup_code,
                channel,
                terminal_id,
                received_at,
                applicant,
                fields,
                consent,
            };
            Ok((DeliveryKind::Case, serialised(&case)?))
        }
        Subject::Bundle { bundle, version: bundle_version, item_versions } => {
            let bundle = BundleSubmission {
                bundle,
                bundle_version,
                item_versions,
                pickup_code,
                channel,
                terminal_id,
                received_at,
                applicant,
                fields,
                consent,
            };
            Ok((DeliveryKind::Bundle, serialised(&bundle)?))
        }
    }
}

fn material_page(intake: &Intake, page: &Page, case_key: Uuid) -> MaterialPage {
    MaterialPage {
        case_key,
        item: page.item.clone(),
        material: page.material,
        page: page.page,
        pages: page.pages,
        media_type: page.media_type.clone(),
        content: BASE64_STANDARD.encode(&*page.content),
        made_at: page.made_at,
        channel: Channel::Kiosk,
        terminal_id: Some(intake.terminal_id.clone()),
    }
}

/// What is sent as JSON, in one buffer of the right size: a buffer that grows leaves copies behind in freed memory.
fn serialised(call: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let failed = |e: serde_json::Error| StoreError::Failed(format!("a call is no JSON: {e}"));
    let mut size = Counter(0);
    serde_json::to_writer(&mut size, call).map_err(failed)?;
    let mut plaintext = Zeroizing::new(Vec::with_capacity(size.0));
    serde_json::to_writer(&mut *plaintext, call).map_err(failed)?;
    Ok(plaintext)
}

/// Counts what is written.
struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// A buffer that is too small grows, and leaves somebody's words where it was.
    #[test]
    fn every_byte_is_counted_before_it_is_written() {
        let mut size = Counter(0);
        size.write_all("示例".as_bytes()).unwrap();
        size.write_all(b"!").unwrap();
        assert_eq!(size.0, 7);
        assert_eq!((size.write(b"123").unwrap(), size.0), (3, 10));
    }
}
