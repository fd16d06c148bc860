//! 运维登录: a card and a PIN, before anything of the machine is shown.

use std::{fmt, time::Duration};

use super::{Cx, Ending, Leaving, Maintaining, Patience, State, Wait};
use crate::{
    Deadlines, Effect, Event, Now,
    event::Touch,
    maintenance::{Admission, Credentials},
    view::{Admit, AdmitTrouble, Screen},
};

/// Touches of the clock that open this, and how fast they must follow one another.
const KNOCKS: u32 = 7;
const KNOCKING: Duration = Duration::from_secs(5);
/// The longest PIN.
const PIN_LEN: usize = 12;
/// The shortest.
const PIN_LEAST: usize = 6;

/// Counts the hidden gesture: no resident finds it by chance, and nothing on the screen gives it away.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Knocks {
    count: u32,
    first: Duration,
}

impl Knocks {
    /// One more; tells whether that is enough.
    pub(crate) fn knock(&mut self, now: Duration) -> bool {
        if self.count == 0 || now.saturating_sub(self.first) > KNOCKING {
            *self = Self { count: 0, first: now };
        }
        self.count += 1;
        let enough = self.count >= KNOCKS;
        if enough {
            *self = Self::default();
        }
        enough
    }
}

/// Waits for a card, digits and the answer.
pub(crate) struct Admitting {
    card: Option<String>,
    pin: String,
    checking_since: Option<Duration>,
    trouble: Option<AdmitTrouble>,
}

impl fmt::Debug for Admitting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admitting").field("trouble", &self.trouble).finish_non_exhaustive()
    }
}

impl Admitting {
    pub(crate) fn begin(cx: &mut Cx<'_>) -> State {
        Self::again(None, cx)
    }

    fn again(trouble: Option<AdmitTrouble>, cx: &mut Cx<'_>) -> State {
        cx.want(Effect::ReadCard);
        Self { card: None, pin: String::new(), checking_since: None, trouble }.into()
    }

    fn digit(mut self, digit: char) -> State {
        if digit.is_ascii_digit() && self.pin.len() < PIN_LEN {
            self.pin.push(digit);
        }
        Self { trouble: None, ..self }.into()
    }

    fn erase(mut self) -> State {
        self.pin.pop();
        Self { trouble: None, ..self }.into()
    }

    fn check(self, cx: &mut Cx<'_>) -> State {
        let Some(card) = self.card.clone().filter(|_| self.pin.len() >= PIN_LEAST) else {
            return Self { trouble: Some(AdmitTrouble::Incomplete), ..self }.into();
        };
        cx.want(Effect::Admit(Credentials { card, pin: self.pin }));
        Self { card: None, pin: String::new(), checking_since: Some(cx.now.mono), trouble: None }.into()
    }

    fn answered(self, event: Event, cx: &mut Cx<'_>) -> State {
        match event {
            Event::Admission(Admission::Granted(technician)) => Maintaining::begin(technician, cx),
            Event::Admission(Admission::Refused) => Self::again(Some(AdmitTrouble::Refused), cx),
            Event::Admission(Admission::LockedFor { minutes }) => {
                Self::again(Some(AdmitTrouble::Locked { minutes }), cx)
            }
            Event::Admission(Admission::Unavailable) => Self::again(Some(AdmitTrouble::Unavailable), cx),
            Event::Tick if self.deadline(cx.limits).is_some_and(|at| at <= cx.now.mono) => {
                Self::again(Some(AdmitTrouble::Unavailable), cx)
            }
            _ => self.into(),
        }
    }
}

impl Wait for Admitting {
    fn screen(&self, _: Now) -> Screen {
        Screen::Admit(Admit {
            card: self.card.is_some(),
            digits: self.pin.len(),
            checking: self.checking_since.is_some(),
            trouble: self.trouble,
        })
    }

    fn on(self, event: Event, cx: &mut Cx<'_>) -> State {
        if matches!(event, Event::Touch(Touch::Back)) {
            return Ending::begin(false, false, cx);
        }
        if self.checking_since.is_some() {
            return self.answered(event, cx);
        }
        match event {
            Event::CardRead(card) => {
                *cx.card_seen = true;
                cx.want(Effect::StopReading);
                Self { card: Some(card.applicant.id_number.clone()), trouble: None, ..self }.into()
            }
            Event::CardFailed(trouble) => {
                *cx.card_seen = true;
                Self { trouble: Some(AdmitTrouble::Card(trouble)), ..self }.into()
            }
            Event::Touch(Touch::PinDigit(digit)) => self.digit(digit),
            Event::Touch(Touch::ErasePin) => self.erase(),
            Event::Touch(Touch::Admit) => self.check(cx),
            _ => self.into(),
        }
    }

    fn patience(&self, limits: &Deadlines) -> Patience {
        Patience::Quiet(limits.idle)
    }

    fn leaving(&self) -> Leaving {
        Leaving::Ends
    }

    fn deadline(&self, limits: &Deadlines) -> Option<Duration> {
        self.checking_since.map(|since| since + limits.record)
    }

    fn can_go_back(&self) -> bool {
        true
    }

    fn is_personal(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(times: &[u64]) -> Vec<bool> {
        let mut knocks = Knocks::default();
        times.iter().map(|second| knocks.knock(Duration::from_secs(*second))).collect()
    }

    #[test]
    fn seven_quick_touches_are_a_knock_and_slow_ones_are_not() {
        assert_eq!(seconds(&[0, 0, 1, 1, 2, 3, 5]), [false, false, false, false, false, false, true]);
        assert!(seconds(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]).iter().all(|knock| !knock));
    }

    #[test]
    fn after_a_knock_counting_begins_anew() {
        let knocks = seconds(&[0; 14]);
        assert_eq!(knocks.iter().filter(|knock| **knock).count(), 2);
    }
}
