//! A client with as many workers as requests may wait or be under way.

use ratelimit_core::Timestamp;
use ratelimit_core::adapt::{Answer, Leave, Pilot, SendId, Spend, Steering, Verdict};

use crate::case::Case;
use crate::server::Reply;

pub(crate) struct Client {
    pub(crate) pilot: Pilot,
    /// Requests that wait.
    waiting: usize,
}

/// What the client does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Sends(SendId),
    LooksAgainAt(u64),
    WaitsForAnAnswer,
}

impl Client {
    pub(crate) fn new(case: &Case) -> Self {
        let steering = Steering::new().with_pace(case.pace).with_seed(case.seed);
        Self {
            pilot: Pilot::new(steering),
            waiting: case.workers,
        }
    }

    pub(crate) fn step(&mut self, now: u64) -> Step {
        if self.waiting == 0 {
            return Step::WaitsForAnAnswer;
        }
        let (at, one) = (Timestamp::from_nanos(now), Spend::new(1));
        match self.pilot.leave(at, &one, self.waiting) {
            Leave::Now => {
                self.waiting -= 1;
                Step::Sends(self.pilot.sent(at, &one))
            }
            Leave::At(later) => {
                assert!(later > at, "to look again now is to look for ever");
                Step::LooksAgainAt(later.as_nanos())
            }
            Leave::WhenAnswered => Step::WaitsForAnAnswer,
            other => panic!("a cost of one is never too much: {other:?}"),
        }
    }

    pub(crate) fn answered(
        &mut self,
        now: u64,
        id: SendId,
        reply: &Reply,
        told: bool,
        dated: bool,
    ) {
        let verdict = match reply.allowed {
            true => Verdict::Served,
            false => Verdict::refused(reply.wait),
        };
        let limits = [reply.told];
        let answer = Answer::new(verdict)
            .with_date(dated.then_some(reply.date))
            .with_told(&limits[..usize::from(told)]);
        self.pilot.answered(id, Timestamp::from_nanos(now), &answer);
        self.waiting += 1;
    }

    pub(crate) fn lost(&mut self, now: u64, id: SendId) {
        self.pilot.lost(id, Timestamp::from_nanos(now));
        self.waiting += 1;
    }

    pub(crate) fn takes_back(&mut self, now: u64, id: SendId) {
        self.pilot.unsent(id, Timestamp::from_nanos(now));
        self.waiting += 1;
    }
}
