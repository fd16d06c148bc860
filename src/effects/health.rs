//! What is wrong with the machine: gathered from whoever sees it, told to the screen and the log, and kept for the
//! technician, the platform and Prometheus.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use driver_api::{LinkFault, Paper, PrinterFault, PrinterStatus, ReaderFault};
use flow::{Event, maintenance::Trouble};
use health::{Board, Condition, Facts, Limits};
use jiff::{SignedDuration, Timestamp};
use outbox::Full;
use platform_client::CallError;
use protocol::{Desired, Reported};
use tokio::sync::watch;

use super::{readiness, registry, store::SharedStore};
use crate::{clock, inbox::Inbox};

/// Between two looks at what nobody tells.
const LOOK: Duration = Duration::from_mins(1);

/// The board, and what else a heartbeat says.
#[derive(Clone, Debug, Default)]
pub(super) struct Vitals {
    pub(super) board: Board,
    pub(super) facts: Facts,
    pub(super) waiting: u64,
    pub(super) paper: Option<Paper>,
    /// The reader's SAM id.
    pub(super) reader: Option<String>,
    /// Which pushed configuration is in force.
    pub(super) running: Option<Desired>,
}

pub(super) struct Health {
    vitals: Mutex<Vitals>,
    inbox: Inbox,
    store: SharedStore,
    store_path: PathBuf,
    limits: Limits,
    /// Says that something on the board has changed.
    news: watch::Sender<()>,
}

impl Health {
    pub(super) fn new(store: SharedStore, store_path: PathBuf, inbox: Inbox) -> Arc<Self> {
        let (vitals, news) = (Mutex::default(), watch::Sender::new(()));
        Arc::new(Self { vitals, inbox, store, store_path, limits: Limits::default(), news })
    }

    pub(super) fn set(&self, condition: Condition, stands: bool) {
        self.change(|board, now| {
            board.set(condition, stands, now);
        });
    }

    pub(super) fn reader(&self, fault: Option<ReaderFault>) {
        let conditions: Vec<_> = fault.map(of_reader).into_iter().collect();
        self.change(|board, now| {
            board.replace('R', &conditions, now);
        });
    }

    pub(super) fn reader_is(&self, sam: &str) {
        let vitals = &mut *self.lock();
        if vitals.reader.as_deref() != Some(sam) {
            vitals.reader = Some(sam.to_owned());
        }
    }

    pub(super) fn printer(&self, seen: Result<PrinterStatus, PrinterFault>) {
        let (fault, paper) = match seen {
            Ok(status) => (status.fault, Some(status.paper)),
            Err(fault) => (Some(fault), None),
        };
        self.lock().paper = paper;
        let low = (paper == Some(Paper::NearEnd)).then_some(Condition::PrinterPaperNearEnd);
        let conditions: Vec<_> = fault.map(of_printer).into_iter().chain(low).collect();
        self.change(|board, now| {
            board.replace('P', &conditions, now);
        });
    }

    pub(super) fn speaker(&self, fault: Option<LinkFault>) {
        let conditions: Vec<_> = fault.map(of_speaker).into_iter().collect();
        self.change(|board, now| {
            board.replace('L', &conditions, now);
        });
    }

    pub(super) fn platform(&self, answered: Result<(), &CallError>) {
        let refused = matches!(answered, Err(CallError::ServerError(401 | 403)));
        self.change(|board, now| {
            board.set(Condition::PlatformRefusesTerminal, refused, now);
            board.set(Condition::PlatformUnreachable, answered.is_err() && !refused, now);
        });
    }

    /// How far the platform's clock is from ours.
    pub(super) fn platform_time(&self, platform: Timestamp) {
        self.lock().facts.clock_skew = Some(clock::now().duration_since(platform));
    }

    /// Which pushed configuration is in force.
    pub(super) fn configuration(&self, reported: &Reported) {
        self.lock().running = reported.running.clone();
    }

    /// How it is.
    pub(super) fn vitals(&self) -> Vitals {
        self.lock().clone()
    }

    /// What stands, and a configuration may have brought about.
    pub(super) fn configured(&self) -> impl Iterator<Item = Condition> + use<> {
        let standing: Vec<_> = self.lock().board.standing().map(|(condition, _)| condition).collect();
        standing.into_iter().filter(|condition| condition.may_be_configured())
    }

    /// Becomes ready when something on the board changes.
    pub(super) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// For a technician, worst first.
    pub(super) fn troubles(&self) -> Vec<Trouble> {
        let mut standing: Vec<_> = self.lock().board.standing().collect();
        standing.sort_by_key(|(condition, _)| std::cmp::Reverse(condition.severity()));
        let trouble = |(condition, since): (Condition, Timestamp)| Trouble {
            code: condition.code(),
            cause: condition.cause(),
            action: condition.action(),
            since,
        };
        standing.into_iter().map(trouble).collect()
    }

    /// Runs as long as the kiosk.
    pub(super) async fn watch(self: Arc<Self>) {
        loop {
            self.look().await;
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Measures everything anew.
    pub(super) async fn look(&self) {
        let seen = self.store.run(|store| {
            let catalogue_at = store.cache_get(registry::CACHE)?.map(|cached| cached.stored_at);
            // A key that ends and a store that fails are no queue that is full.
            let full =
                matches!(store.may_take_case(clock::now()), Err(Full::Count | Full::Bytes | Full::Age));
            Ok((store.oldest_waiting()?, store.waiting_count()?, store.parked_count()?, full, catalogue_at))
        });
        let seen = seen.await;
        let known = seen.is_ok();
        let (oldest_waiting, waiting, parked, queue_full, catalogue_at) = seen.unwrap_or_default();
        let facts = {
            let vitals = &mut *self.lock();
            vitals.waiting = waiting;
            vitals.facts = Facts {
                disk_free: self.disk_free(),
                temperature: hottest(),
                oldest_waiting,
                queue_full,
                parked,
                catalogue_at,
                clock_lost: clock::is_lost(),
                certificate_until: readiness::certificate_until(&readiness::identity(&self.store_path)),
                ..vitals.facts.clone()
            };
            vitals.facts.clone()
        };
        let set_aside = self.keeps_a_damaged_store();
        self.change(|board, now| {
            board.set(Condition::StoreUnusable, !known, now);
            board.set(Condition::StoreSetAside, set_aside, now);
            board.judge(&facts, &self.limits, now);
        });
    }

    /// Bytes that the store's file system has left.
    fn disk_free(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(&self.store_path).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Whether somebody still has to fetch a store that was set aside.
    fn keeps_a_damaged_store(&self) -> bool {
        let name = self.store_path.file_name().unwrap_or_default().to_string_lossy();
        let begins = format!("{name}.damaged-");
        let mut files = fs::read_dir(self.store_path.with_file_name(".")).into_iter().flatten().flatten();
        files.any(|file| file.file_name().to_string_lossy().starts_with(&begins))
    }

    fn change(&self, change: impl FnOnce(&mut Board, Timestamp)) {
        let now = clock::now();
        let (before, after) = {
            let board = &mut self.lock().board;
            let before = board.clone();
            change(board, now);
            (before, board.clone())
        };
        if before == after {
            return;
        }
        for condition in Condition::ALL {
            let (code, condition_id) = (condition.code(), condition.id());
            match (before.stands(*condition), after.stands(*condition)) {
                (false, true) => tracing::warn!(code, condition = condition_id, "stands"),
                (true, false) => tracing::info!(code, condition = condition_id, "is over"),
                _ => {}
            }
        }
        if before.stop() != after.stop() {
            self.inbox.post(Event::Stopped(after.stop().map(Condition::code)));
        }
        self.news.send_replace(());
    }

    fn lock(&self) -> MutexGuard<'_, Vitals> {
        self.vitals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn of_reader(fault: ReaderFault) -> Condition {
    match fault {
        ReaderFault::Link(LinkFault::NotFound) => Condition::ReaderNotFound,
        ReaderFault::Link(LinkFault::PermissionDenied) => Condition::ReaderPermissionDenied,
        ReaderFault::Link(LinkFault::Busy) => Condition::ReaderBusy,
        ReaderFault::Link(LinkFault::Unplugged) => Condition::ReaderUnplugged,
        ReaderFault::Link(LinkFault::Silent) => Condition::ReaderSilent,
        ReaderFault::Link(LinkFault::Garbled) => Condition::ReaderGarbled,
        ReaderFault::SelfTestFailed => Condition::ReaderSelfTestFailed,
        ReaderFault::NotAuthorised => Condition::ReaderNotAuthorised,
        ReaderFault::Refused(_) => Condition::ReaderRefuses,
    }
}

fn of_printer(fault: PrinterFault) -> Condition {
    match fault {
        PrinterFault::Link(LinkFault::NotFound) => Condition::PrinterNotFound,
        PrinterFault::Link(LinkFault::PermissionDenied) => Condition::PrinterPermissionDenied,
        PrinterFault::Link(LinkFault::Busy) => Condition::PrinterBusy,
        PrinterFault::Link(LinkFault::Unplugged) => Condition::PrinterUnplugged,
        PrinterFault::Link(LinkFault::Silent) => Condition::PrinterSilent,
        PrinterFault::Link(LinkFault::Garbled) => Condition::PrinterGarbled,
        PrinterFault::PaperOut => Condition::PrinterPaperOut,
        PrinterFault::CoverOpen => Condition::PrinterCoverOpen,
        PrinterFault::Jam => Condition::PrinterJam,
        PrinterFault::Overheated => Condition::PrinterOverheated,
        PrinterFault::Offline => Condition::PrinterOffline,
        PrinterFault::Unrecoverable => Condition::PrinterUnrecoverable,
    }
}

fn of_speaker(fault: LinkFault) -> Condition {
    match fault {
        LinkFault::NotFound => Condition::SpeakerNotFound,
        LinkFault::PermissionDenied => Condition::SpeakerPermissionDenied,
        LinkFault::Busy => Condition::SpeakerBusy,
        LinkFault::Unplugged => Condition::SpeakerUnplugged,
        LinkFault::Silent | LinkFault::Garbled => Condition::SpeakerSilent,
    }
}

/// Of all zones that the machine measures, in thousandths of a degree.
fn hottest() -> Option<i64> {
    let zones = fs::read_dir("/sys/class/thermal").ok()?.flatten();
    zones.filter_map(|zone| fs::read_to_string(zone.path().join("temp")).ok()?.trim().parse().ok()).max()
}

/// In seconds, for a gauge.
pub(super) fn seconds(span: SignedDuration) -> f64 {
    span.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_fault_of_a_device_has_a_condition_of_its_own() {
        use LinkFault::{Busy, Garbled, NotFound, PermissionDenied, Silent, Unplugged};
        let links = [NotFound, PermissionDenied, Busy, Unplugged, Silent, Garbled];
        let reader = [ReaderFault::SelfTestFailed, ReaderFault::NotAuthorised, ReaderFault::Refused(0x33)];
        let readers: HashSet<_> =
            links.map(ReaderFault::Link).into_iter().chain(reader).map(of_reader).collect();
        let printer = [
            PrinterFault::PaperOut,
            PrinterFault::CoverOpen,
            PrinterFault::Jam,
            PrinterFault::Overheated,
            PrinterFault::Offline,
            PrinterFault::Unrecoverable,
        ];
        let printers: HashSet<_> =
            links.map(PrinterFault::Link).into_iter().chain(printer).map(of_printer).collect();
        let speakers: HashSet<_> = links.map(of_speaker).into_iter().collect();
        assert_eq!((readers.len(), printers.len(), speakers.len()), (9, 12, 5));
        assert!(speakers.iter().all(|condition| condition.code().starts_with('L')));
        assert!(readers.iter().all(|condition| condition.code().starts_with('R')));
        assert!(printers.iter().all(|condition| condition.code().starts_with('P')));
    }
}
