//! One who waits.

use std::task::Waker;

use super::gate::Gate;
use super::line::Place;
use super::pass::Pass;
use super::queue::Standing;
use super::refusal::Refusal;
use crate::time::Timestamp;

/// A place in a gate's line. Dropped, the place is free at once; what was granted in the meantime,
/// and never seen, is given back.
#[derive(Debug)]
#[must_use = "a waiter that is dropped gives up its place"]
pub struct Waiter(State);

/// What came of waiting.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress {
    /// Go.
    Granted(Pass),
    /// It is known by now that it cannot go in time, or ever.
    Refused(Refusal),
    /// Not yet. Poll again at this instant, and whenever the waker is called; without an instant,
    /// only when it is called.
    Wait(Option<Timestamp>),
}

#[derive(Debug)]
enum State {
    Granted(Pass),
    Waiting(Gate, Place),
    Over,
}

impl Waiter {
    pub(super) fn granted(pass: Pass) -> Self {
        Self(State::Granted(pass))
    }

    pub(super) fn waiting(gate: Gate, place: Place) -> Self {
        Self(State::Waiting(gate, place))
    }

    /// Asks how it stands, and has `waker` called when polling again is worth while earlier than the
    /// instant that is told.
    ///
    /// # Panics
    /// If it has been granted or refused before.
    pub fn poll(&mut self, waker: &Waker) -> Progress {
        match std::mem::replace(&mut self.0, State::Over) {
            State::Granted(pass) => Progress::Granted(pass),
            State::Waiting(gate, place) => match gate.poll(place, waker) {
                Standing::Granted(grant) => Progress::Granted(Pass::new(gate, grant)),
                Standing::Refused(refusal) => Progress::Refused(refusal),
                Standing::Waits(until) => {
                    self.0 = State::Waiting(gate, place);
                    Progress::Wait(until.map(Timestamp::from_nanos))
                }
            },
            State::Over => panic!("a waiter was polled after it was answered"),
        }
    }

    /// The pass, if it was granted on entering.
    ///
    /// # Errors
    /// The waiter itself, if it has to wait.
    pub fn into_pass(mut self) -> Result<Pass, Self> {
        match std::mem::replace(&mut self.0, State::Over) {
            State::Granted(pass) => Ok(pass),
            waiting => {
                self.0 = waiting;
                Err(self)
            }
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        match std::mem::replace(&mut self.0, State::Over) {
            State::Granted(pass) => pass.cancel(),
            State::Waiting(gate, place) => gate.cancel(place),
            State::Over => {}
        }
    }
}
