//! What a kiosk does with the network: as its courier and its registry do it.

use std::time::Duration;

use courier::Settled;
use flow::{Event, event::IntakeTrouble};
use jiff::Timestamp;
use outbox::{Due, RowId};
use platform_client::{CallError, Delivered, Fetched};

use super::{
    Sabotage,
    machine::{CACHE, Happening, Machine, Ours, Outcome, told},
};

/// Longest time between two looks into the outbox, and between a lost call and the question whether the platform is back:
/// as the kiosk has them.
const LOOK: Duration = Duration::from_secs(30);
const RETRY: Duration = Duration::from_secs(3);

impl Machine<'_> {
    pub(super) fn send_now(&mut self, id: RowId) -> Outcome {
        let wall = self.wall();
        if self.running.as_ref().is_some_and(|running| running.under_way.contains(&id)) {
            return Ok(());
        }
        if let Some(due) = self.disk(|store| store.due_now(id, wall))? {
            self.launch(due)?;
        }
        Ok(())
    }

    /// The call goes out; what it comes to is known a while later, if the kiosk lives so long.
    pub(super) fn launch(&mut self, due: Due) -> Outcome {
        if let Some(running) = &mut self.running {
            running.under_way.insert(due.id);
        }
        if self.sabotage == Sabotage::SettledBeforeSent && self.chance.u8(0..20) == 0 {
            let wall = self.wall();
            return self.disk(|store| store.settle_delivered(due.id, wall));
        }
        let outcome = self.call(&due);
        let slow = self.chance.u8(0..30) == 0;
        let latency = if slow { self.chance.u64(4_000..12_000) } else { self.chance.u64(60..900) };
        self.after(latency, Ours::Settle(Box::new(due), outcome));
        Ok(())
    }

    pub(super) fn call(&mut self, due: &Due) -> Result<Delivered, CallError> {
        if !self.network {
            return Err(CallError::Unreachable);
        }
        match self.chance.u8(0..50) {
            0 => Err(CallError::Unreachable),
            1 => Err(CallError::Overloaded { retry_after: Some(Duration::from_secs(30)) }),
            2 => Err(CallError::ServerError(500)),
            3 => Err(CallError::BadAnswer("a portal")),
            // It was done, and nobody hears of it.
            4 | 5 => {
                let _ = self.world.run(async |client| client.send(&due.delivery).await);
                Err(CallError::TimedOut)
            }
            _ => self.world.run(async |client| client.send(&due.delivery).await),
        }
    }

    pub(super) fn settle(&mut self, due: &Due, outcome: Result<Delivered, CallError>) -> Outcome {
        let wall = self.wall();
        let settled = self.disk(|store| courier::settle(store, due, outcome, wall))?;
        if let Some(running) = &mut self.running {
            running.under_way.remove(&due.id);
        }
        self.carry_in(Duration::from_millis(1));
        let case_key = due.case_key;
        if settled.network_is_away() {
            self.turn_online(false)?;
            self.after(u64::try_from(RETRY.as_millis()).unwrap_or(3_000), Ours::Poll);
        }
        let event = match settled {
            Settled::Delivered(Delivered::Case(case)) if case.case_key != case_key => {
                return Err("an answer about another case was believed".to_owned());
            }
            Settled::Delivered(Delivered::Bundle(bundle)) if bundle.bundle_key != case_key => {
                return Err("an answer about another bundle was believed".to_owned());
            }
            Settled::Delivered(Delivered::Case(case)) => Some(Event::Delivered(case)),
            Settled::Delivered(Delivered::Bundle(bundle)) => Some(Event::BundleDelivered(bundle)),
            Settled::Delivered(Delivered::Rating | Delivered::Material(_)) => None,
            _ if !due.kind.is_filing() => None,
            Settled::Parked(problem) => Some(Event::Refused { case_key, reason: problem.title }),
            Settled::Later { .. } => Some(Event::Deferred { case_key }),
        };
        event.map_or(Ok(()), |event| self.handle(event))
    }

    pub(super) fn turn_online(&mut self, online: bool) -> Outcome {
        let Some(running) = self.running.as_mut().filter(|running| running.online != online) else {
            return Ok(());
        };
        running.online = online;
        self.handle(Event::Online(online))
    }

    /// A look into the outbox in so long, unless one comes earlier.
    pub(super) fn carry_in(&mut self, wait: Duration) {
        let at = self.now + wait;
        let Some(running) = &mut self.running else { return };
        if running.carry_at.is_some_and(|known| known <= at && known > self.now) {
            return;
        }
        running.carry_at = Some(at);
        self.at(at, Happening::Ours(self.life, Ours::Carry));
    }

    /// What waits keeps its age where the clock was set since the last look.
    pub(super) fn follow_clock(&mut self) -> Outcome {
        let (now, wall) = (self.now, self.wall());
        let Some(running) = &mut self.running else { return Ok(()) };
        match running.clock.jump(wall, now) {
            Some(jump) => running.store.follow_clock(jump, wall).map_err(told),
            None => Ok(()),
        }
    }

    pub(super) fn carry(&mut self) -> Outcome {
        self.follow_clock()?;
        let (now, wall) = (self.now, self.wall());
        let Some(running) = self.running.as_mut().filter(|running| running.carry_at == Some(now)) else {
            return Ok(());
        };
        running.carry_at = None;
        if courier::is_overdue(&running.store, wall).map_err(told)? {
            return self.give_up(wall);
        }
        match running.store.next_due(wall).map_err(told)? {
            Some(due) if running.under_way.contains(&due.id) => {
                self.carry_in(Duration::from_millis(200));
                Ok(())
            }
            Some(due) => self.launch(due),
            None => self.rest(wall),
        }
    }

    pub(super) fn rest(&mut self, wall: Timestamp) -> Outcome {
        let Some(running) = &mut self.running else { return Ok(()) };
        let full = running.store.may_take_case(wall).err().map(|_| IntakeTrouble::Full);
        let next = running.store.next_due_at().map_err(told)?;
        let changed = running.intake != full;
        running.intake = full;
        if let Some(next) = next {
            let wait = Duration::try_from(next.duration_since(wall)).unwrap_or_default();
            self.carry_in(wait.clamp(Duration::from_millis(50), LOOK));
        }
        if changed { self.handle(Event::Intake(full)) } else { Ok(()) }
    }

    /// Only what is too old by both clocks: no clock that jumped costs anybody a case.
    pub(super) fn give_up(&mut self, wall: Timestamp) -> Outcome {
        let platform = self.network.then(|| self.world.run(async |client| client.time().await));
        if let Some(Ok(platform)) = platform {
            self.disk(|store| courier::expire(store, wall, platform))?;
            if let Some(due) = self.disk(|store| store.next_due(wall))? {
                return self.launch(due);
            }
        }
        self.carry_in(RETRY);
        Ok(())
    }

    /// Asks for the registry; where it answers, whatever waited for the network may go.
    pub(super) fn poll(&mut self) -> Outcome {
        let etag = self.running.as_ref().and_then(|running| running.etag.clone());
        if self.running.is_none() {
            return Ok(());
        }
        let answer = if self.network {
            self.world.run(async |client| client.registry(etag.as_deref()).await)
        } else {
            Err(CallError::Unreachable)
        };
        match answer {
            Err(_) => return self.turn_online(false),
            Ok(Fetched::NotModified) => {}
            Ok(Fetched::New { value, etag }) => {
                let wall = self.wall();
                let body = serde_json::to_vec(&value).map_err(|error| error.to_string())?;
                self.disk(|store| store.cache_put(CACHE, etag.as_deref(), &body, wall))?;
                self.learn(value, etag)?;
            }
        }
        let wall = self.wall();
        self.disk(|store| store.retry_now(courier::NETWORK_REASONS, wall))?;
        self.carry_in(Duration::from_millis(1));
        self.turn_online(true)
    }
}
