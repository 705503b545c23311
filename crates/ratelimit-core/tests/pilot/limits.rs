//! Limits come and go: a server renames one, has another for some of its paths, or states a new name each time.

use std::collections::VecDeque;
use std::time::Duration;

use ratelimit_core::Timestamp;
use ratelimit_core::adapt::{
    Answer, Leave, Pace, Pilot, Reset, SendId, Spend, Steering, Told, Verdict,
};

use crate::{MINUTE, SECOND};

const START: u64 = 1_000 * MINUTE;
const WAY: u64 = SECOND / 20;
const ONE: Spend = Spend::new(1);

/// A limit a minute, in windows that end with the minute.
#[derive(Clone, Copy)]
struct Limit {
    id: u64,
    limit: u64,
}

/// Counts what it lets in by limit.
#[derive(Default)]
struct Server {
    used: Vec<(u64, u64, u64)>,
    refused: usize,
    served: usize,
}

impl Server {
    fn ask(&mut self, limit: Limit, now: u64) -> (Verdict, Told) {
        let window = now / MINUTE;
        self.used.retain(|(_, in_window, _)| *in_window == window);
        let found = self.used.iter().position(|(id, ..)| *id == limit.id);
        let at = found.unwrap_or_else(|| {
            self.used.push((limit.id, window, 0));
            self.used.len() - 1
        });
        let used = &mut self.used[at].2;
        let end = Duration::from_secs((window + 1) * 60);
        let served = *used < limit.limit;
        *used += u64::from(served);
        let told = Told::new(limit.id)
            .with_limit(limit.limit)
            .with_remaining(limit.limit - *used)
            .with_reset(Reset::At(end))
            .with_window(Duration::from_secs(60));
        self.served += usize::from(served);
        self.refused += usize::from(!served);
        let wait = end.saturating_sub(Duration::from_nanos(now));
        match served {
            true => (Verdict::Served, told),
            false => (Verdict::refused(wait), told),
        }
    }
}

struct World {
    pilot: Pilot,
    server: Server,
    now: u64,
    under_way: VecDeque<(u64, SendId, Verdict, Told)>,
    sent: usize,
}

impl World {
    fn new() -> Self {
        Self {
            pilot: Pilot::new(Steering::new().with_pace(Pace::Eager).with_seed(7)),
            server: Server::default(),
            now: START,
            under_way: VecDeque::new(),
            sent: 0,
        }
    }

    /// As many as may leave for so many minutes; the nth request is counted by the limit that is named.
    fn run(&mut self, minutes: u64, limit: impl Fn(usize) -> Limit) {
        let end = self.now + minutes * MINUTE;
        while self.now < end {
            let next = match self.pilot.leave(Timestamp::from_nanos(self.now), &ONE, 20) {
                Leave::Now => {
                    self.send(limit(self.sent));
                    continue;
                }
                Leave::At(at) => Some(at.as_nanos()),
                _ => None,
            };
            let answer = self.under_way.front().map(|(at, ..)| *at);
            self.now = next.into_iter().chain(answer).min().unwrap().min(end);
            self.hear();
        }
    }

    fn send(&mut self, limit: Limit) {
        let id = self.pilot.sent(Timestamp::from_nanos(self.now), &ONE);
        let (verdict, told) = self.server.ask(limit, self.now + WAY);
        self.under_way
            .push_back((self.now + 2 * WAY, id, verdict, told));
        self.sent += 1;
    }

    fn hear(&mut self) {
        while self
            .under_way
            .front()
            .is_some_and(|(at, ..)| *at <= self.now)
        {
            let (at, id, verdict, told) = self.under_way.pop_front().unwrap();
            let date = Duration::from_secs((at - WAY) / SECOND);
            let told = [told];
            let answer = Answer::new(verdict).with_date(date).with_told(&told);
            self.pilot.answered(id, Timestamp::from_nanos(at), &answer);
        }
    }
}

#[test]
fn a_limit_that_is_not_stated_any_more_is_forgotten() {
    let mut world = World::new();
    world.run(5, |_| Limit { id: 1, limit: 10 });
    let before = world.server.served;
    assert!((45..=50).contains(&before), "{before}");
    world.run(5, |_| Limit { id: 2, limit: 600 });
    world.server.served = 0;
    world.run(5, |_| Limit { id: 2, limit: 600 });
    let after = world.server.served;
    assert!((2_900..=3_000).contains(&after), "{after}");
    assert_eq!(world.server.refused, 0);
}

#[test]
fn a_name_that_is_new_each_time_hides_no_limit() {
    let mut world = World::new();
    let odd = |n: usize| Limit {
        id: 100 + n as u64,
        limit: 1_000,
    };
    world.run(10, |n| match n {
        0..20 => odd(n),
        _ => Limit { id: 1, limit: 60 },
    });
    assert_eq!(world.server.refused, 0);
    assert!((540..=620).contains(&world.server.served));
}

#[test]
fn what_another_limit_counts_is_not_counted_here() {
    let mut world = World::new();
    let by_path = |n: usize| match n % 3 {
        0 => Limit { id: 1, limit: 60 },
        _ => Limit { id: 2, limit: 600 },
    };
    world.run(10, by_path);
    assert_eq!(world.server.refused, 0);
    // One in three is counted by the lower limit, which all keep in one gate.
    assert!(
        (1_600..=1_800).contains(&world.server.served),
        "{}",
        world.server.served
    );
}

#[test]
fn who_hears_nothing_lets_another_go_in_time() {
    let mut pilot = Pilot::new(Steering::new());
    let mut now = START;
    let mut sent = 0;
    while now < START + MINUTE {
        match pilot.leave(Timestamp::from_nanos(now), &ONE, 100) {
            Leave::Now => {
                pilot.sent(Timestamp::from_nanos(now), &ONE);
                sent += 1;
            }
            Leave::At(at) => now = at.as_nanos(),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(sent, 12);
}

#[test]
fn a_server_that_neither_states_nor_refuses_is_asked_by_ever_more_at_once() {
    let mut pilot = Pilot::new(Steering::new());
    let silent = Answer::new(Verdict::Served);
    let mut most = 0;
    for round in 0..200 {
        let now = Timestamp::from_nanos(START + round * SECOND / 10);
        let mut ids = Vec::new();
        while ids.len() < 100 && pilot.leave(now, &ONE, 100) == Leave::Now {
            ids.push(pilot.sent(now, &ONE));
        }
        most = ids.len();
        for id in ids {
            pilot.answered(id, now, &silent);
        }
    }
    assert_eq!(most, 100);
}
