//! What a kiosk does at the machine: a resident acts, a case goes onto the disk, a receipt comes out.

use std::time::Duration;

use flow::{
    Event,
    effect::{Find, Intake, Slip, SlipText},
    event::{IntakeTrouble, PrintNews, QueryTrouble},
    view::PrinterTrouble,
};
use outbox::PrintOutcome;
use platform_client::HpkeSealer;
use protocol::{CaseList, PickupCode, Rating};

use super::{
    Sabotage,
    machine::{Machine, Ours, Outcome, told},
    resident::Deed,
};

impl Machine<'_> {
    pub(super) fn act(&mut self) -> Outcome {
        let codes: Vec<PickupCode> = self.told.filed.values().rev().take(3).cloned().collect();
        let Some(running) = &mut self.running else { return Ok(()) };
        let Some(resident) = &mut running.resident else { return Ok(()) };
        let deed = resident.next(&running.flow.view(), &codes, &mut self.chance);
        let card = Box::new(resident.card.clone());
        let wait = match deed {
            Deed::Leaves => {
                running.resident = None;
                return Ok(());
            }
            Deed::Touches(_) => self.chance.u64(600..5_000),
            Deed::PutsCard(_) => 3_000,
            Deed::Waits => 1_000,
        };
        self.after(wait, Ours::Act);
        match deed {
            Deed::Touches(touch) => self.handle(Event::Touch(touch)),
            Deed::PutsCard(read) if self.running.as_ref().is_some_and(|running| running.reading) => {
                let news = read.map_or_else(Event::CardFailed, |()| Event::CardRead(card));
                self.after(1_200, Ours::News(Box::new(news)));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn record(&mut self, intake: Intake) -> Outcome {
        self.follow_clock()?;
        let (wall, name) = (self.wall(), self.name.clone());
        let Some(running) = &mut self.running else { return Ok(()) };
        let room = running.store.may_take_case(wall).is_ok();
        let Some(registry) = running.registry.as_ref().filter(|_| room) else {
            return self.handle(Event::NotRecorded(IntakeTrouble::Full));
        };
        let sealer = HpkeSealer::new(registry.sealing_key.clone());
        // No kiosk of this town has a camera.
        let Intake { subject, received_at, applicant, fields, consent, papers: _, draft } = intake;
        let (terminal_id, pages) = (name, Vec::new());
        let kept =
            outbox::Intake { subject, terminal_id, received_at, applicant, fields, consent, pages, draft };
        let recorded = running.store.record_case(&kept, &sealer, wall).map_err(told)?;
        if !self.offset.is_zero() {
            self.told.by_wrong_clock.insert(recorded.case_key);
        }
        let (case_key, pickup_code) = (recorded.case_key, recorded.pickup_code);
        self.after(5, Ours::News(Box::new(Event::Recorded { case_key, pickup_code })));
        self.after(8, Ours::Send(recorded.id));
        Ok(())
    }

    pub(super) fn rate(&mut self, rating: &Rating) -> Outcome {
        self.follow_clock()?;
        let wall = self.wall();
        self.disk(|store| store.record_rating(rating, wall))?;
        self.told.rated.insert(rating.case_key);
        self.carry_in(Duration::from_millis(1));
        Ok(())
    }

    pub(super) fn find(&mut self, find: Find) -> Event {
        if !self.network {
            return Event::NotFound(QueryTrouble::Offline);
        }
        let found = |list: CaseList| Event::Found(list.cases);
        let answer = self.world.run(async |client| match find {
            Find::ByCode(code) => client.cases_by_pickup_code(&code).await.map(found),
            Find::ByNumber(number) => client.cases_by_number(&number).await.map(found),
            Find::ByIdentity(query) => client.cases_by_identity(&query).await.map(found),
            Find::ByBundle(number) => {
                let bundle = client.bundle_by_no(&number).await;
                bundle.map(|it| it.map_or(Event::Found(Vec::new()), |it| Event::BundleFound(Box::new(it))))
            }
        });
        answer.unwrap_or(Event::NotFound(QueryTrouble::Failed))
    }

    pub(super) fn print(&mut self, slip: Box<Slip>) -> Outcome {
        let wall = self.wall();
        let number = self.disk(|store| store.print_job_begin(wall))?;
        if self.sabotage == Sabotage::PrintsTwice {
            self.after(1_000, Ours::Printing(number, slip.clone()));
        }
        self.within(2_000, 6_000, Ours::Printing(number, slip));
        Ok(())
    }

    pub(super) fn printed(&mut self, number: u64, slip: &Slip) -> Outcome {
        let (news, kept) = match self.chance.u8(0..40) {
            _ if !self.paper => (PrintNews::NotPrinted(PrinterTrouble::PaperOut), PrintOutcome::NotPrinted),
            0 => (PrintNews::Unknown, PrintOutcome::Unknown),
            1 => (PrintNews::NotPrinted(PrinterTrouble::Jam), PrintOutcome::NotPrinted),
            _ => (PrintNews::Printed, PrintOutcome::Printed),
        };
        let ended = self.disk(|store| store.print_job_end(number, kept));
        if self.sabotage != Sabotage::PrintsTwice {
            ended?;
        }
        let code = match &slip.says {
            SlipText::Filed(case) => &case.pickup_code,
            SlipText::Waiting(waiting) => &waiting.pickup_code,
            SlipText::BundleFiled(bundle) => &bundle.pickup_code,
            SlipText::BundleWaiting(waiting) => &waiting.pickup_code,
        };
        if !self.told.filed.values().any(|told| told == code) {
            return Err(format!("paper about {}, which no screen has confirmed", code.as_str()));
        }
        let Some(running) = &mut self.running else { return Ok(()) };
        running.papers += u32::from(kept != PrintOutcome::NotPrinted);
        if running.papers > 1 + running.asked_again {
            return Err("a receipt was printed twice and nobody had asked".to_owned());
        }
        self.handle(Event::Print(news))
    }
}
