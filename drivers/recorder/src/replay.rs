//! A line that says what a recorded one said.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use driver_api::LinkFault;

use crate::{NotARecording, Step, parse};

/// A recording that is being played. All handles of it are one.
#[derive(Clone)]
pub struct Replay(Arc<Mutex<State>>);

struct State {
    left: VecDeque<Step>,
    /// Where the driver first did something else than what is recorded.
    strayed: Option<String>,
}

impl Replay {
    /// Plays `text`.
    pub fn of(text: &str) -> Result<Self, NotARecording> {
        Ok(Self(Arc::new(Mutex::new(State { left: parse(text)?.into(), strayed: None }))))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the program asks for next; `None` at the end.
    #[must_use]
    pub fn next_call(&self) -> Option<String> {
        let mut state = self.state();
        match state.left.pop_front() {
            None => None,
            Some(Step::Call(what)) => Some(what),
            Some(other) => {
                let _ = state.stray(&format!("recorded is {}, and the driver has returned", other.line()));
                None
            }
        }
    }

    /// What came of a call must be what is recorded.
    pub fn result(&self, told: &str) {
        let mut state = self.state();
        match state.left.pop_front() {
            Some(Step::Result(recorded)) if recorded == told => {}
            other => {
                let _ = state.stray(&format!("recorded is {other:?}, and the driver returned {told:?}"));
            }
        }
    }

    /// The driver opens its line.
    pub fn open(&self, how: &str) -> Result<(), LinkFault> {
        let mut state = self.state();
        match state.left.pop_front() {
            Some(Step::Open(recorded)) if recorded == how => state.failure().map_or(Ok(()), Err),
            other => Err(state.stray(&format!("recorded is {other:?}, and the driver opens {how:?}"))),
        }
    }

    /// The driver sends: as many bytes are taken as the recorded line took.
    pub fn send(&self, bytes: &[u8]) -> Result<usize, LinkFault> {
        let mut state = self.state();
        if let Some(fault) = state.failure() {
            return Err(fault);
        }
        match state.left.pop_front() {
            Some(Step::Sent(recorded)) if bytes.starts_with(&recorded) => Ok(recorded.len()),
            other => {
                let recorded = other.map_or_else(|| "nothing".to_owned(), |step| step.line());
                let sent = Step::Sent(bytes.to_vec()).line();
                Err(state.stray(&format!("recorded is {recorded}, and the driver sends {sent}")))
            }
        }
    }

    /// The driver listens: nothing comes until it does what it did then.
    pub fn receive(&self, into: &mut [u8]) -> Result<usize, LinkFault> {
        let mut state = self.state();
        if let Some(fault) = state.failure() {
            return Err(fault);
        }
        let Some(Step::Came(bytes)) = state.left.front_mut() else { return Ok(0) };
        let count = bytes.len().min(into.len());
        into.iter_mut().zip(bytes.drain(..count)).for_each(|(to, from)| *to = from);
        if bytes.is_empty() {
            state.left.pop_front();
        }
        Ok(count)
    }

    /// Where the driver strayed from what is recorded, if it did.
    #[must_use]
    pub fn strayed(&self) -> Option<String> {
        self.state().strayed.clone()
    }
}

impl State {
    fn failure(&mut self) -> Option<LinkFault> {
        let Some(Step::Failed(fault)) = self.left.front() else { return None };
        let fault = *fault;
        self.left.pop_front();
        Some(fault)
    }

    /// Only the first one tells; what follows follows from it.
    fn stray(&mut self, how: &str) -> LinkFault {
        let left = self.left.len();
        self.strayed.get_or_insert_with(|| format!("{how}, {left} steps before the end"));
        LinkFault::Garbled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "call read\nopen 9600\n> 3F\n< 61 62 63\n! Silent\nresult gone\n";

    #[test]
    fn a_driver_that_does_what_was_recorded_goes_through() {
        let replay = Replay::of(SESSION).unwrap();
        assert_eq!(replay.next_call().as_deref(), Some("read"));
        assert_eq!(replay.open("9600"), Ok(()));
        let mut into = [0; 2];
        assert_eq!(replay.receive(&mut into), Ok(0), "nobody has asked yet");
        assert_eq!(replay.send(b"?!"), Ok(1), "as many as were taken then");
        assert_eq!((replay.receive(&mut into), into), (Ok(2), *b"ab"));
        assert_eq!((replay.receive(&mut into), into[0]), (Ok(1), b'c'));
        assert_eq!(replay.receive(&mut into), Err(LinkFault::Silent));
        replay.result("gone");
        assert_eq!((replay.next_call(), replay.strayed()), (None, None));
    }

    #[test]
    fn a_driver_that_does_something_else_is_told_so() {
        let strays: [fn(&Replay); 4] = [
            |replay| assert!(replay.open("115200").is_err()),
            |replay| assert!(replay.open("9600").and_then(|()| replay.send(b"!")).is_err()),
            |replay| replay.result("gone"),
            |replay| drop(replay.next_call()),
        ];
        for stray in strays {
            let replay = Replay::of(SESSION).unwrap();
            let _ = replay.next_call();
            stray(&replay);
            assert!(replay.strayed().is_some());
        }
    }
}
