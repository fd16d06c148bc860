//! The thread that owns the ID-card reader.

use std::{sync::Arc, time::Duration};

use driver_api::{CardKind, CardProblem, CardReading, IdCard, IdCardReader, ReaderFault, ValidUntil};
use flow::{
    Event,
    event::{CardIdentity, CardTrouble},
    view::ReaderTrouble,
};
use protocol::{Applicant, IdKind, Sex};

use super::{health::Health, link::Link, wish::Wish};
use crate::inbox::Inbox;

/// Between two looks at the plate while a card is wanted; the modules ask for at least 300 ms.
const POLL: Duration = Duration::from_millis(300);
/// Between two signs of life while no card is wanted.
const WATCH: Duration = Duration::from_secs(6);

/// Between two looks for one that has gone: plugged in again, it is of use within three seconds.
const MISSED: Duration = Duration::from_secs(1);

/// Asks for cards and stops asking.
pub(super) struct ReaderThread {
    wish: Arc<Wish>,
}

impl ReaderThread {
    pub(super) fn start(
        reader: Box<dyn IdCardReader>,
        link: Link,
        health: Arc<Health>,
        inbox: Inbox,
    ) -> Self {
        let wish = Arc::new(Wish::default());
        let owner = Owner { reader, link, wish: wish.clone(), health, inbox, trouble: None, known: false };
        std::thread::spawn(move || owner.run());
        Self { wish }
    }

    pub(super) fn want_card(&self) {
        self.wish.set(true);
    }

    pub(super) fn stop(&self) {
        self.wish.set(false);
    }

    /// Has the reader looked at now, because of a plug.
    pub(super) fn looker(&self) -> impl Fn() + Send + use<> {
        let wish = self.wish.clone();
        move || wish.look()
    }
}

struct Owner {
    reader: Box<dyn IdCardReader>,
    link: Link,
    wish: Arc<Wish>,
    health: Arc<Health>,
    inbox: Inbox,
    trouble: Option<ReaderTrouble>,
    known: bool,
}

impl Owner {
    fn run(mut self) {
        loop {
            let (wanted, round) = self.wish.now();
            let looked = if wanted { self.look(round) } else { self.identify() };
            self.report(looked.err());
            wipe::wipe_stack();
            let pause = match (wanted, self.trouble) {
                (true, _) => POLL,
                (false, Some(_)) => MISSED,
                (false, None) => WATCH,
            };
            self.wish.wait(round, pause);
        }
    }

    fn identify(&mut self) -> Result<(), ReaderFault> {
        let sam = self.reader.identify()?;
        self.health.reader_is(&sam);
        Ok(())
    }

    fn look(&mut self, round: u64) -> Result<(), ReaderFault> {
        let reading = self.reader.read()?;
        if self.wish.now() != (true, round) {
            return Ok(());
        }
        match reading {
            CardReading::NoCard => {}
            CardReading::Card(card) => self.inbox.post(identity(&card)),
            CardReading::Unreadable(problem) => {
                tracing::info!(%problem, "card not read");
                self.inbox.post(Event::CardFailed(trouble(problem)));
            }
        }
        Ok(())
    }

    /// Tells changes only.
    fn report(&mut self, fault: Option<ReaderFault>) {
        self.health.reader(fault);
        self.link
            .set(fault.and_then(|fault| if let ReaderFault::Link(link) = fault { Some(link) } else { None }));
        let trouble = fault.map(|fault| match fault {
            ReaderFault::Link(_) => ReaderTrouble::Disconnected,
            _ => ReaderTrouble::Broken,
        });
        if self.known && trouble == self.trouble {
            return;
        }
        if let Some(fault) = fault {
            tracing::warn!(%fault, "ID-card reader unusable");
        } else {
            tracing::info!("ID-card reader ready");
        }
        (self.known, self.trouble) = (true, trouble);
        self.inbox.post(Event::Reader(trouble));
    }
}

fn trouble(problem: CardProblem) -> CardTrouble {
    match problem {
        CardProblem::Moved => CardTrouble::Moved,
        CardProblem::NotAnIdCard => CardTrouble::NotAnIdCard,
        CardProblem::NotGenuine | CardProblem::Malformed(_) => CardTrouble::NotGenuine,
        CardProblem::UnknownKind(_) => CardTrouble::UnknownKind,
    }
}

fn identity(card: &IdCard) -> Event {
    let applicant = Applicant {
        name: card.name.clone(),
        id_kind: match card.kind {
            CardKind::Resident => IdKind::ResidentIdCard,
            CardKind::HkMoTwResident => IdKind::HkMoTwResidencePermit,
            CardKind::ForeignResident2017 => IdKind::ForeignPermanentResident2017,
            CardKind::ForeignResident2023 => IdKind::ForeignPermanentResident2023,
        },
        id_number: card.number.clone(),
        sex: match card.sex {
            1 => Sex::Male,
            2 => Sex::Female,
            9 => Sex::NotStated,
            _ => Sex::Unknown,
        },
        birth: card.birth,
        nation: card.nation.clone(),
        address: card.address.clone(),
    };
    let valid_until = match card.valid_until {
        ValidUntil::Day(day) => Some(day),
        ValidUntil::LongTerm => None,
    };
    Event::CardRead(Box::new(CardIdentity { applicant, valid_from: card.valid_from, valid_until }))
}
