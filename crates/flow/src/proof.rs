//! Proofs: values that nobody outside this module can make, each made in one place that a reviewer can find.

use jiff::{Timestamp, civil::Date};
use protocol::{Applicant, ConsentNotice};

use crate::event::{CardIdentity, CardTrouble};

/// The resident agreed to the notice.
#[derive(Debug)]
pub(crate) struct Consented(protocol::Consent);

impl Consented {
    /// Made when 同意 is touched on the screen that shows `notice`.
    pub(crate) fn by_touch(notice: &ConsentNotice, at: Timestamp) -> Self {
        Self(protocol::Consent { notice_version: notice.version, given_at: at })
    }

    pub(crate) fn record(&self) -> &protocol::Consent {
        &self.0
    }
}

/// The resident put down a genuine, valid card, having agreed that it be read.
#[derive(Debug)]
pub(crate) struct Identified {
    consented: Consented,
    applicant: Applicant,
}

impl Identified {
    /// Made from a checked card; hands the consent back when the card is not valid on `day`.
    pub(crate) fn by_card(
        consented: Consented,
        card: &CardIdentity,
        day: Date,
    ) -> Result<Self, (Consented, CardTrouble)> {
        let ended = card.valid_until.is_some_and(|last| last < day);
        if ended || day < card.valid_from {
            return Err((consented, CardTrouble::Expired));
        }
        Ok(Self { consented, applicant: card.applicant.clone() })
    }

    pub(crate) fn applicant(&self) -> &Applicant {
        &self.applicant
    }

    /// Forgets who it was; the consent to read a card stays.
    pub(crate) fn into_consented(self) -> Consented {
        self.consented
    }

    pub(crate) fn consent(&self) -> &protocol::Consent {
        self.consented.record()
    }
}
