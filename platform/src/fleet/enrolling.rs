//! What is remembered of invitations, kiosks and certificates.

use enrolment::{Certificate, Name};
use jiff::{SignedDuration, Timestamp};

use crate::store::{StoreError, Transaction};

/// How long an invitation is open.
pub(super) const OPEN_FOR: SignedDuration = SignedDuration::from_mins(15);
/// After so many wrong codes nobody gets in with the right one either.
pub(super) const TRIES: i64 = 5;

/// What became of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// The machine is in, with this certificate (DER): the new one, or the one that it did not hear of.
    In(Vec<u8>),
    /// No such invitation, another code, or too many of them. Whoever guesses is not told which.
    Wrong,
    /// The right code, and another machine has used it.
    Spent,
    /// The right code, too late.
    Expired,
}

/// Invites a machine to be `name`, in place of an earlier invitation. Tells whether a machine is that now.
pub(super) fn invite(
    transaction: &Transaction<'_>,
    name: &Name,
    code_sha256: &[u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let at = now.to_string();
    let sql = "INSERT INTO kiosk (name, invited_at) VALUES (?1, ?2)
               ON CONFLICT (name) DO UPDATE SET invited_at = excluded.invited_at";
    transaction.execute(sql, &[name.as_str().into(), at.into()])?;
    transaction.execute("DELETE FROM invitation WHERE name = ?1", &[name.as_str().into()])?;
    transaction.execute(
        "INSERT INTO invitation (name, code_sha256, expires_at, wrong_tries) VALUES (?1, ?2, ?3, ?4)",
        &[
            name.as_str().into(),
            code_sha256.as_slice().into(),
            (now + OPEN_FOR).to_string().into(),
            0_i64.into(),
        ],
    )?;
    let standing = "SELECT serial FROM certificate WHERE name = ?1 AND revoked_at IS NULL";
    Ok(transaction.row(standing, &[name.as_str().into()])?.is_some())
}

/// Tries a code, for the machine that `certificate` was made for.
pub(super) fn admit(
    transaction: &Transaction<'_>,
    name: &Name,
    code_sha256: &[u8; 32],
    certificate: &Certificate,
    now: Timestamp,
) -> Result<Admission, StoreError> {
    let found = transaction.row("SELECT * FROM invitation WHERE name = ?1", &[name.as_str().into()])?;
    let Some(invitation) = found else { return Ok(Admission::Wrong) };
    if invitation.integer("wrong_tries")? >= TRIES {
        return Ok(Admission::Wrong);
    }
    if invitation.bytes("code_sha256")? != code_sha256.as_slice() {
        let sql = "UPDATE invitation SET wrong_tries = wrong_tries + 1 WHERE name = ?1";
        transaction.execute(sql, &[name.as_str().into()])?;
        return Ok(Admission::Wrong);
    }
    if let Some(spent_by) = invitation.bytes_option("spent_by")? {
        let same = spent_by == certificate.key_sha256().as_slice();
        return Ok(if same { Admission::In(invitation.bytes("answer")?.to_vec()) } else { Admission::Spent });
    }
    let expires_at: Timestamp =
        invitation.text("expires_at")?.parse().map_err(|_| StoreError::Damaged("expires_at"))?;
    if now >= expires_at {
        return Ok(Admission::Expired);
    }
    enrol(transaction, name, certificate, now)?;
    Ok(Admission::In(certificate.der().to_vec()))
}

fn enrol(
    transaction: &Transaction<'_>,
    name: &Name,
    certificate: &Certificate,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (at, key) = (now.to_string(), certificate.key_sha256());
    transaction.execute(
        "UPDATE invitation SET spent_by = ?2, answer = ?3 WHERE name = ?1",
        &[name.as_str().into(), key.as_slice().into(), certificate.der().into()],
    )?;
    // Two machines of one name cannot both be right: the one before has been replaced.
    transaction.execute(
        "UPDATE certificate SET revoked_at = ?2 WHERE name = ?1 AND revoked_at IS NULL AND key_sha256 <> ?3",
        &[name.as_str().into(), (&at).into(), key.as_slice().into()],
    )?;
    let sql = "UPDATE kiosk SET enrolled_at = ?2, revoked_at = NULL, wiped_at = NULL, waiting = NULL WHERE name = ?1";
    transaction.execute(sql, &[name.as_str().into(), at.into()])?;
    keep(transaction, name, certificate)
}

/// Remembers a certificate that is given out.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    name: &Name,
    certificate: &Certificate,
) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO certificate (serial, name, key_sha256, not_after) VALUES (?1, ?2, ?3, ?4)",
        &[
            certificate.serial().into(),
            name.as_str().into(),
            certificate.key_sha256().as_slice().into(),
            certificate.not_after().to_string().into(),
        ],
    )?;
    Ok(())
}

/// What a certificate is to this platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// It was never given out.
    No,
    /// It counts.
    Yes,
    /// It counts no more.
    Revoked,
}

pub(super) fn known(view: &Transaction<'_>, serial: &str) -> Result<Known, StoreError> {
    let found = view.row("SELECT revoked_at FROM certificate WHERE serial = ?1", &[serial.into()])?;
    let Some(row) = found else { return Ok(Known::No) };
    Ok(if row.text_option("revoked_at")?.is_some() { Known::Revoked } else { Known::Yes })
}

/// Takes a kiosk out: its certificates count no more, and no invitation is open. `false` if there is no such kiosk.
pub(super) fn revoke(transaction: &Transaction<'_>, name: &Name, now: Timestamp) -> Result<bool, StoreError> {
    let values = [name.as_str().into(), now.to_string().into()];
    let known = transaction.execute("UPDATE kiosk SET revoked_at = ?2 WHERE name = ?1", &values)?;
    transaction
        .execute("UPDATE certificate SET revoked_at = ?2 WHERE name = ?1 AND revoked_at IS NULL", &values)?;
    transaction.execute("DELETE FROM invitation WHERE name = ?1", &[name.as_str().into()])?;
    Ok(known > 0)
}

/// A revoked kiosk has wiped itself, and so many sealed calls are still on its disk.
pub(super) fn wiped(
    transaction: &Transaction<'_>,
    name: &str,
    waiting: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE kiosk SET wiped_at = ?2, waiting = ?3 WHERE name = ?1 AND revoked_at IS NOT NULL";
    transaction.execute(sql, &[name.into(), now.to_string().into(), waiting.into()])?;
    Ok(())
}
