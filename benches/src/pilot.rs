//! What a client's pilot is asked and told, recorded once, so that a bench can ask and tell it again without
//! the server's part in the time.

use std::time::Duration;

use ratelimit_core::adapt::{
    Answer, Leave, Pace, Pilot, Reset, SendId, Spend, Steering, Told, Verdict,
};
use ratelimit_core::{Clock, ManualClock, Memory, Plan, Policy, Quota, Timestamp};

const LIMIT: u32 = 240;
const ONE: Spend = Spend::new(1);
const WAY: Duration = Duration::from_millis(25);
/// Enough for it to know what the server is.
const LEARNT_AFTER: usize = 2_000;

/// The kinds of limiters that a server may have, by name.
///
/// # Panics
/// Never: one policy always makes a plan.
#[must_use]
pub fn kinds() -> [(&'static str, Plan); 4] {
    let quota = Quota::per_minute(LIMIT);
    [
        ("fixed window", Policy::fixed_window("limit", quota)),
        ("sliding log", Policy::sliding_log("limit", quota)),
        ("sliding counter", Policy::sliding_counter("limit", quota)),
        ("bucket", Policy::gcra("limit", quota)),
    ]
    .map(|(name, policy)| {
        let plan = Plan::new("plan", [policy]).expect("one policy makes a plan");
        (name, plan)
    })
}

/// One request: when the pilot was asked, and what it was told.
#[derive(Clone, Debug)]
struct Exchange {
    /// The last of them is when it was sent.
    asked: Vec<Timestamp>,
    answered: Timestamp,
    told: [Told; 1],
    date: Duration,
}

/// A pilot that has learnt, and what happened to it after that.
#[derive(Clone, Debug)]
pub struct Recording {
    pilot: Pilot,
    exchanges: Vec<Exchange>,
}

impl Recording {
    /// So many requests, one after the other, to a server with this plan.
    #[must_use]
    pub fn new(plan: &Plan, requests: usize) -> Self {
        let clock = ManualClock::starting_at(Duration::from_secs(1_700_000_000));
        let limiter = Memory::builder().clock(clock.clone()).build();
        let mut pilot = Pilot::new(Steering::new().with_pace(Pace::Even).with_seed(7));
        for _ in 0..LEARNT_AFTER {
            exchange(&mut pilot, &clock, &limiter, plan);
        }
        let mut end = pilot.clone();
        let exchanges = (0..requests).map(|_| exchange(&mut end, &clock, &limiter, plan));
        let exchanges = exchanges.collect();
        Self { pilot, exchanges }
    }

    /// The pilot that it happened to, before it happened.
    #[must_use]
    pub fn pilot(&self) -> Pilot {
        self.pilot.clone()
    }

    /// Requests in it.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.exchanges.len()
    }

    /// How often the pilot is asked for each request: first until when to wait, then once more.
    #[must_use]
    pub fn asked(&self) -> f64 {
        let asked: usize = self.exchanges.iter().map(|each| each.asked.len()).sum();
        asked as f64 / self.exchanges.len() as f64
    }

    /// Lets it all happen again. The same pilot decides the same.
    pub fn play(&self, pilot: &mut Pilot) {
        for exchange in &self.exchanges {
            let mut sent = None;
            for at in &exchange.asked {
                if pilot.leave(*at, &ONE, 1) == Leave::Now {
                    sent = Some(pilot.sent(*at, &ONE));
                }
            }
            if let Some(id) = sent {
                tell(pilot, id, exchange);
            }
        }
    }
}

fn exchange(pilot: &mut Pilot, clock: &ManualClock, limiter: &Memory, plan: &Plan) -> Exchange {
    let mut asked = Vec::with_capacity(2);
    loop {
        asked.push(clock.now());
        match pilot.leave(clock.now(), &ONE, 1) {
            Leave::At(later) => clock.advance(later.saturating_since(clock.now())),
            _ => break,
        }
    }
    let id = pilot.sent(clock.now(), &ONE);
    clock.advance(WAY);
    let at = clock.now();
    let decision = limiter.check_key("client", plan, 1);
    clock.advance(WAY);
    let exchange = Exchange {
        asked,
        answered: clock.now(),
        told: [Told::new(1)
            .with_limit(u64::from(decision.limit()))
            .with_remaining(decision.remaining())
            .with_reset(Reset::At(ceil(clock.unix(at) + decision.reset_after())))],
        date: Duration::from_secs(clock.unix(at).as_secs()),
    };
    tell(pilot, id, &exchange);
    exchange
}

fn tell(pilot: &mut Pilot, id: SendId, exchange: &Exchange) {
    let answer = Answer::new(Verdict::Served)
        .with_date(exchange.date)
        .with_told(&exchange.told);
    pilot.answered(id, exchange.answered, &answer);
}

fn ceil(moment: Duration) -> Duration {
    Duration::from_secs(moment.as_secs() + u64::from(moment.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_played_again_goes_as_it_went() {
        for (name, plan) in kinds() {
            let recording = Recording::new(&plan, 1_000);
            let mut pilot = recording.pilot();
            for exchange in &recording.exchanges {
                let (last, waits) = exchange.asked.split_last().expect("it is asked");
                for at in waits {
                    let waits = matches!(pilot.leave(*at, &ONE, 1), Leave::At(_));
                    assert!(waits, "{name}");
                }
                assert_eq!(pilot.leave(*last, &ONE, 1), Leave::Now, "{name}");
                let id = pilot.sent(*last, &ONE);
                tell(&mut pilot, id, exchange);
            }
        }
    }
}
