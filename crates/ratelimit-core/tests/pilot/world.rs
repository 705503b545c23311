//! One client, one server, and the network between them.

use ratelimit_core::adapt::SendId;

use crate::MINUTE;
use crate::case::Case;
use crate::client::{Client, Step};
use crate::events::{Event, Events};
use crate::greedy::greedy;
use crate::server::{Reply, Server};

/// The server's clock is so far ahead of the client's, at least.
const AHEAD: u64 = 1_600_000_000_000_000_000;

/// What came of a run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) sent: u64,
    pub(crate) refused: u64,
    /// When the first was refused, in seconds after the beginning.
    pub(crate) first_refused: Option<f64>,
    /// What was admitted after the first two windows, of what a greedy client would have got.
    pub(crate) use_of_limit: f64,
}

struct World<'a> {
    case: &'a Case,
    server: Server,
    client: Client,
    events: Events,
    random: u64,
    start: u64,
    looks_at: u64,
    admitted_late: u64,
    outcome: Outcome,
}

/// Runs it.
pub(crate) fn run(case: &Case) -> Outcome {
    let mut random = case.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let phase = below(&mut random, MINUTE);
    let server = Server::new(case, AHEAD + below(&mut random, MINUTE), phase);
    let start = server.now();
    let mut world = World {
        case,
        server,
        client: Client::new(case),
        events: Events::default(),
        random,
        start,
        looks_at: start,
        admitted_late: 0,
        outcome: Outcome::default(),
    };
    world.events.plan(start, Event::Look);
    // Both on an edge, so that nobody is in the midst of a window that others have used up already.
    let edge = |windows: u64| (start - phase) + (phase / case.window + windows) * case.window;
    let (late, end) = (edge(3), edge(case.windows + 1));
    world.run((late, end));
    let [before, all] = greedy(case, phase, [late, end]);
    world.outcome.use_of_limit = world.admitted_late as f64 / (all - before) as f64;
    world.outcome
}

impl World<'_> {
    fn run(&mut self, (late, end): (u64, u64)) {
        while let Some((now, event)) = self.events.next() {
            if now >= end {
                break;
            }
            self.server.wait_until(now);
            match event {
                Event::Look if now < self.looks_at => continue,
                Event::Look => {}
                Event::Arrives(id) => {
                    self.admitted_late += u64::from(self.arrives(now, id) && now >= late);
                    continue;
                }
                Event::Answered(id, reply) => self.answered(now, id, &reply),
                Event::Lost(id) => self.client.lost(now, id),
                Event::TakenBack(id) => self.client.takes_back(now, id),
            }
            self.look(now);
        }
    }

    fn look(&mut self, now: u64) {
        loop {
            match self.client.step(now) {
                Step::Sends(id) => self.send(now, id),
                Step::LooksAgainAt(at) => {
                    self.looks_at = at;
                    return self.events.plan(at, Event::Look);
                }
                Step::WaitsForAnAnswer => {
                    self.looks_at = u64::MAX;
                    return;
                }
            }
        }
    }

    fn send(&mut self, now: u64, id: SendId) {
        self.outcome.sent += 1;
        let way = below(&mut self.random, self.case.way + 1);
        let event = match () {
            () if self.happens(self.case.taken_back) => Event::TakenBack(id),
            // Half of the lost ones are lost on the way there.
            () if self.happens(self.case.lost / 2) => Event::Lost(id),
            () => Event::Arrives(id),
        };
        self.events.plan(now + way, event);
    }

    /// Whether it is admitted.
    fn arrives(&mut self, now: u64, id: SendId) -> bool {
        let reply = self.server.serve();
        if !reply.allowed {
            self.outcome.refused += 1;
            let after = (now - self.start) as f64 * 1e-9;
            self.outcome.first_refused.get_or_insert(after);
        }
        let mut back = now + below(&mut self.random, self.case.way + 1);
        if let Some((from, to)) = self.case.silence {
            let silent = self.start + from..self.start + to;
            if silent.contains(&back) {
                back = silent.end;
            }
        }
        let event = match self.happens(self.case.lost / 2) {
            true => Event::Lost(id),
            false => Event::Answered(id, reply),
        };
        self.events.plan(back, event);
        reply.allowed
    }

    fn answered(&mut self, now: u64, id: SendId, reply: &Reply) {
        let told = !self.happens(self.case.unstated);
        let dated = !self.happens(self.case.undated);
        self.client.answered(now, id, reply, told, dated);
    }

    fn happens(&mut self, percent: u32) -> bool {
        below(&mut self.random, 100) < u64::from(percent)
    }
}

/// The next of a row of random numbers, below `bound`.
fn below(random: &mut u64, bound: u64) -> u64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    u64::try_from((u128::from(*random) * u128::from(bound)) >> 64).unwrap()
}
