//! What becomes of a case when it is filed. Pure: the same submission at the same moment always comes to the same.

use jiff::{Timestamp, ToSpan, civil::Date};
use protocol::{CaseKind, CaseStatus, ServiceItem, StatusStep};

use crate::{
    calendar::{Due, WorkCalendar},
    clock::china_date,
};

/// A case as it stands after filing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filing {
    pub(crate) status: CaseStatus,
    pub(crate) steps: Vec<StatusStep>,
    pub(crate) recorded_at: Timestamp,
    pub(crate) accepted_on: Option<Date>,
    pub(crate) due: Option<Due>,
    pub(crate) valid_until: Option<Date>,
}

/// Takes the case in (收件), and goes as far as no worker is needed for.
///
/// An item that accepts by itself accepts as of the day of receipt: a resident who filed during an outage must not lose
/// the days that the network was down.
pub(crate) fn file(
    item: &ServiceItem,
    received_at: Timestamp,
    recorded_at: Timestamp,
    calendar: &WorkCalendar,
) -> Filing {
    let accepted_on = item.auto_accept.then(|| china_date(received_at));
    let done_on = accepted_on.filter(|_| item.kind == CaseKind::Instant);
    let steps = steps(received_at, recorded_at, accepted_on.is_some(), done_on.is_some());
    Filing {
        status: steps.last().map_or(CaseStatus::Received, |step| step.status),
        steps,
        recorded_at,
        accepted_on,
        due: accepted_on.map(|day| calendar.due(day, item.promised)),
        valid_until: done_on.and_then(|day| valid_until(item, day)),
    }
}

fn steps(received: Timestamp, recorded: Timestamp, accepted: bool, done: bool) -> Vec<StatusStep> {
    let mut steps = vec![StatusStep { status: CaseStatus::Received, at: received }];
    let mut then = |status| steps.push(StatusStep { status, at: recorded });
    if accepted {
        then(CaseStatus::Accepted);
    }
    if done {
        then(CaseStatus::Decided);
        then(CaseStatus::Completed);
    }
    steps
}

/// The last day that a result of `item` holds which is given on the day `from`.
pub(crate) fn valid_until(item: &ServiceItem, from: Date) -> Option<Date> {
    item.result.valid_months.map(|months| from.saturating_add(i64::from(months).months()))
}

#[cfg(test)]
mod tests {
    use CaseStatus::{Accepted, Completed, Decided, Received};

    use super::*;
    use crate::catalogue::Catalogue;

    fn item(id: &str) -> ServiceItem {
        Catalogue::embedded().unwrap().items.into_iter().find(|item| item.id == id).unwrap()
    }

    fn filed(item: &ServiceItem, received: &str, recorded: &str) -> Filing {
        let calendar = WorkCalendar::embedded().unwrap();
        file(item, received.parse().unwrap(), recorded.parse().unwrap(), &calendar)
    }

    fn statuses(filing: &Filing) -> Vec<CaseStatus> {
        filing.steps.iter().map(|step| step.status).collect()
    }

    #[test]
    fn an_instant_item_is_finished_in_one_go_and_due_on_the_china_day_of_receipt() {
        // 00:30 on 12 February in China is still the 11th in UTC.
        let filing = filed(&item("pension-eligibility"), "2026-02-11T16:30:00Z", "2026-02-11T16:30:02Z");
        assert_eq!(statuses(&filing), [Received, Accepted, Decided, Completed]);
        assert_eq!(filing.status, Completed);
        assert_eq!(filing.due, Some(Due { on: "2026-02-12".parse().unwrap(), provisional: false }));
        assert_eq!(filing.valid_until, Some("2027-02-12".parse().unwrap()));
        assert_eq!(filing.steps[0].at, "2026-02-11T16:30:00Z".parse().unwrap());
        assert_eq!(filing.steps[3].at, "2026-02-11T16:30:02Z".parse().unwrap());
    }

    #[test]
    fn a_promised_item_is_accepted_and_counts_from_the_day_of_receipt_even_after_an_outage() {
        let filing =
            filed(&item("resident-pension-enrolment"), "2026-11-22T02:00:00Z", "2026-11-24T09:00:00Z");
        assert_eq!(statuses(&filing), [CaseStatus::Received, CaseStatus::Accepted]);
        assert_eq!(filing.due.unwrap().on, "2026-11-25".parse().unwrap(), "three days after a Sunday");
        assert_eq!(filing.valid_until, None);
    }

    #[test]
    fn an_item_that_needs_a_worker_stays_received_and_promises_no_day_yet() {
        let item = ServiceItem { auto_accept: false, ..item("resident-pension-enrolment") };
        let filing = filed(&item, "2026-11-22T02:00:00Z", "2026-11-22T02:00:00Z");
        assert_eq!(statuses(&filing), [CaseStatus::Received]);
        assert_eq!((filing.accepted_on, filing.due), (None, None));
    }

    #[test]
    fn a_year_from_the_29th_of_february_ends_on_the_28th() {
        let filing = filed(&item("pension-eligibility"), "2028-02-29T02:00:00Z", "2028-02-29T02:00:00Z");
        assert_eq!(filing.valid_until, Some("2029-02-28".parse().unwrap()));
    }
}
