//! A pilot that has met its server.

use ratelimit_core::adapt::{Pilot, SendId};

use crate::SECOND;
use crate::case::Case;
use crate::client::{Client, Step};
use crate::server::{Reply, Server};

/// One request at a time, each answered at once: what a pilot does when it has learnt.
pub(crate) struct Steady {
    pub(crate) client: Client,
    pub(crate) now: u64,
    server: Server,
    way: u64,
}

impl Steady {
    pub(crate) fn new(case: &Case) -> Self {
        let ahead = 1_600_000_000 * SECOND + case.seed % SECOND;
        let server = Server::new(case, ahead, case.seed % case.window);
        Self {
            client: Client::new(case),
            now: server.now(),
            server,
            way: case.way,
        }
    }

    /// Sends the next if it may leave; else goes to when it may. Nothing may be under way.
    pub(crate) fn step(&mut self) -> Option<SendId> {
        match self.client.step(self.now) {
            Step::Sends(id) => return Some(id),
            Step::LooksAgainAt(at) => self.now = at,
            Step::WaitsForAnAnswer => panic!("there is none to come"),
        }
        None
    }

    /// What the server says to what was sent.
    pub(crate) fn reply(&mut self) -> Reply {
        self.server.wait_until(self.now + self.way);
        self.server.serve()
    }

    pub(crate) fn ask(&mut self) -> (SendId, Reply) {
        loop {
            if let Some(id) = self.step() {
                return (id, self.reply());
            }
        }
    }

    /// Somebody else asks for one.
    pub(crate) fn stranger(&mut self) {
        self.server.wait_until(self.now);
        let _ = self.server.serve();
    }

    pub(crate) fn answer(&mut self, id: SendId, reply: &Reply) {
        self.now += 2 * self.way;
        self.client.answered(self.now, id, reply, true, true);
    }
}

/// A pilot after so many answers, and the instant.
pub(crate) fn warmed_up(case: &Case, answers: usize) -> (Pilot, u64) {
    let mut steady = Steady::new(case);
    for _ in 0..answers {
        let (id, reply) = steady.ask();
        steady.answer(id, &reply);
    }
    (steady.client.pilot, steady.now)
}
